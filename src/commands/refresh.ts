import { window } from 'vscode';
import { AppError } from '../core/errors';
import { commands, views } from '../ids';
import type { Command, CommandServices } from './command';
import { catalogTargetOf, targetOf } from './target';

/**
 * All instances, or those of the rows that are selected; of a group's instances, those that were read before, and the list
 * where none was. What fails is shown by the tree, save that nobody is signed in.
 */
export const refresh: Command = {
  id: commands.refresh,
  title: 'Refresh',
  // What is being read already is not asked for twice; a row is not left out while all others are read.
  concurrent: true,
  handler: (services) => (argument, selection) => {
    const rows = rowsOf(argument, selection, services.selected);
    const others = rows.filter((row) => !refreshCatalog(row, services.catalog));
    return others.length === 0 && rows.length > 0
      ? undefined
      : Promise.resolve(
          window.withProgress({ location: { viewId: views.instances } }, () => readAnew(others, services)),
        );
  },
};

/** The key in the view is about what is selected there: its argument says so, since the editor gives it no rows. */
function rowsOf(
  argument: unknown,
  selection: unknown,
  selected: CommandServices['selected'],
): readonly unknown[] {
  if ((argument as { readonly selected?: unknown } | undefined)?.selected === true) {
    return selected();
  }
  const several = Array.isArray(selection) && selection.length > 1 ? (selection as unknown[]) : [];
  return several.length > 0 ? several : argument === undefined ? [] : [argument];
}

async function readAnew(
  rows: readonly unknown[],
  { inventory, inView }: Pick<CommandServices, 'inventory' | 'inView'>,
): Promise<void> {
  const ids = new Set(rows.flatMap((row) => instancesOf(row, inventory)));
  if (ids.size > 0) {
    await Promise.all(
      [...ids].map((id) => inventory.refreshDetails(id, { everyAccount: true, withInstance: true })),
    );
  } else if (rows.length > 0 && rows.every(isGroup)) {
    await inventory.refreshInstances();
  } else {
    await inventory.refreshAll(inView());
  }
  const { error } = inventory.snapshot.instances;
  if (AppError.is(error) && error.code === 'notSignedIn') {
    throw error;
  }
}

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
  const { instanceId, creationId } = targetOf(row);
  if (instanceId !== undefined) {
    // What is not finished may be about an instance that is gone.
    return creationId === undefined || inventory.instance(instanceId) !== undefined ? [instanceId] : [];
  }
  return isGroup(row) ? row.instanceIds.filter((id) => inventory.details(id).value !== undefined) : [];
}

const isGroup = (row: unknown): row is { readonly instanceIds: readonly string[] } =>
  typeof row === 'object' &&
  row !== null &&
  Array.isArray((row as { readonly instanceIds?: unknown }).instanceIds);
