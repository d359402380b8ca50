import { AppError } from '../core/errors';
import { commands } from '../ids';
import type { Command, CommandServices } from './command';
import { catalogTargetOf, targetOf } from './target';

/**
 * All instances, or those of the rows that are selected; of a group's instances, those that were read before. What fails
 * is shown by the tree, save that nobody is signed in.
 */
export const refresh: Command = {
  id: commands.refresh,
  title: 'Refresh',
  handler:
    ({ inventory, catalog, inView }) =>
    async (argument, selection) => {
      const rows = Array.isArray(selection) && selection.length > 1 ? (selection as unknown[]) : [argument];
      const others = rows.filter((row) => !refreshCatalog(row, catalog));
      if (others.length === 0) {
        return;
      }
      const ids = new Set(others.flatMap((row) => instancesOf(row, inventory)));
      await (ids.size === 0 && others.every((row) => !isGroup(row))
        ? inventory.refreshAll(inView())
        : Promise.all(
            [...ids].map((id) => inventory.refreshDetails(id, { everyAccount: true, withInstance: true })),
          ));
      const { error } = inventory.snapshot.instances;
      if (AppError.is(error) && error.code === 'notSignedIn') {
        throw error;
      }
    },
};

/** Reads anew what a row of a database shows. @returns true when there is nothing else to read for the row */
function refreshCatalog(row: unknown, catalog: CommandServices['catalog']): boolean {
  const { instanceId, endpointId } = targetOf(row);
  if (instanceId === undefined || endpointId === undefined) {
    return false;
  }
  const { database, table } = catalogTargetOf(row);
  catalog.refresh({ instanceId, endpointId, ...(database && { database }), ...(table && { table }) });
  return database !== undefined;
}

function instancesOf(row: unknown, inventory: CommandServices['inventory']): readonly string[] {
  const { instanceId } = targetOf(row);
  if (instanceId !== undefined) {
    return [instanceId];
  }
  return isGroup(row) ? row.instanceIds.filter((id) => inventory.details(id).value !== undefined) : [];
}

const isGroup = (row: unknown): row is { readonly instanceIds: readonly string[] } =>
  typeof row === 'object' &&
  row !== null &&
  Array.isArray((row as { readonly instanceIds?: unknown }).instanceIds);
