import { QuickPickItemKind, ThemeIcon, window, type QuickPickItem } from 'vscode';
import { cancellation, AppError } from '../core/errors';
import { verdictOf, type PrivateEndpoint } from '../core/health';
import { alibabaRegionOf, type Instance } from '../core/model';
import type { Inventory } from '../services/inventory';

/** What a command is about: a tree row, an object another part passed on, or nothing when run from the palette. */
export interface Target {
  readonly instanceId?: string;
  readonly endpointId?: string;
}

export function targetOf(argument: unknown): Target {
  if (typeof argument !== 'object' || argument === null) {
    return {};
  }
  const { instanceId, endpointId } = argument as Record<string, unknown>;
  return {
    ...(typeof instanceId === 'string' && { instanceId }),
    ...(typeof endpointId === 'string' && { endpointId }),
  };
}

/** The target's instance, or the one the person picks among those on Alibaba Cloud. */
export async function instanceFor(inventory: Inventory, target: Target): Promise<Instance> {
  const instances = await loadInstances(inventory);
  const named = instances.find(({ id }) => id === target.instanceId);
  if (named !== undefined) {
    return named;
  }
  const items = instances
    .filter(({ regionId }) => alibabaRegionOf(regionId) !== undefined)
    .map((instance) => ({
      label: instance.name,
      iconPath: new ThemeIcon('database'),
      description: alibabaRegionOf(instance.regionId) ?? '',
      detail: instance.state === 'ACTIVE' ? '' : instance.state,
      instance,
    }));
  return (await pick(items, 'Choose a TiDB Cloud Premium instance on Alibaba Cloud')).instance;
}

/** The target's private endpoint, or the one the person picks among those that fit. */
export async function endpointFor(
  inventory: Inventory,
  target: Target,
  placeHolder: string,
  fits: (endpoint: PrivateEndpoint) => boolean = () => true,
): Promise<{ readonly instance: Instance; readonly endpoint: PrivateEndpoint }> {
  const instances = await loadInstances(inventory);
  const candidates = instances.filter(
    ({ id, regionId }) =>
      alibabaRegionOf(regionId) !== undefined &&
      (target.instanceId === undefined || id === target.instanceId),
  );
  await Promise.all(
    candidates
      .filter(({ id }) => inventory.details(id).value === undefined)
      .map(({ id }) => inventory.refreshDetails(id)),
  );
  const known = inventory.endpoints();
  const named = known.find(
    ({ endpoint }) => endpoint.instanceId === target.instanceId && endpoint.endpointId === target.endpointId,
  );
  if (named !== undefined) {
    return named;
  }
  const fitting = known.filter(
    ({ instance, endpoint }) => candidates.some(({ id }) => id === instance.id) && fits(endpoint),
  );
  if (fitting.length === 0) {
    throw (
      candidates.map(({ id }) => inventory.details(id).error).find((error) => error instanceof Error) ??
      new AppError('notFound', { source: 'TiDB Cloud', subject: 'a private endpoint for this' })
    );
  }
  const items = fitting.map(({ instance, endpoint }) => ({
    label: endpoint.endpoint?.name ?? endpoint.endpointId,
    iconPath: new ThemeIcon('plug'),
    description: `${instance.name} · ${verdictOf(endpoint).word}`,
    chosen: { instance, endpoint },
  }));
  return (await pick(items, placeHolder)).chosen;
}

async function loadInstances(inventory: Inventory): Promise<readonly Instance[]> {
  if (inventory.snapshot.instances.value === undefined) {
    await inventory.refreshInstances();
  }
  const { value, error } = inventory.snapshot.instances;
  if (value === undefined) {
    throw error instanceof Error ? error : cancellation();
  }
  return value;
}

async function pick<T extends QuickPickItem>(items: readonly T[], placeHolder: string): Promise<T> {
  const [only] = items.filter(({ kind }) => kind !== QuickPickItemKind.Separator);
  if (items.length === 1 && only !== undefined) {
    return only;
  }
  const chosen = await window.showQuickPick(items, { placeHolder, matchOnDescription: true });
  if (chosen === undefined) {
    throw cancellation();
  }
  return chosen;
}
