import { ProgressLocation, ThemeIcon, window, type QuickPickItem } from 'vscode';
import { cancellation, AppError } from '../core/errors';
import { verdictOf, type PrivateEndpoint } from '../core/health';
import { alibabaRegionOf, type Instance } from '../core/model';
import type { Inventory } from '../services/inventory';

/** What a command is about: a tree row, an object another part passed on, or nothing when run from the palette. */
export interface Target {
  readonly instanceId?: string;
  readonly endpointId?: string;
  readonly creationId?: string;
}

export interface FoundEndpoint {
  readonly instance: Instance;
  readonly endpoint: PrivateEndpoint;
}

/** How the person is asked for an endpoint that the target does not name. */
export interface EndpointQuestion {
  readonly placeHolder: string;
  /** What is asked for, for the error when there is none. */
  readonly what: string;
  readonly fits?: (endpoint: PrivateEndpoint) => boolean;
  /** Asks even where there is only one to choose. */
  readonly always?: true;
}

export function targetOf(argument: unknown): Target {
  if (typeof argument !== 'object' || argument === null) {
    return {};
  }
  const { instanceId, endpointId, creationId } = argument as Record<string, unknown>;
  return {
    ...(typeof instanceId === 'string' && { instanceId }),
    ...(typeof endpointId === 'string' && { endpointId }),
    ...(typeof creationId === 'string' && { creationId }),
  };
}

/** What a row of a database is about. */
export interface CatalogTarget {
  readonly database?: string;
  readonly table?: string;
  readonly tableKind?: 'table' | 'view';
  readonly column?: string;
  readonly index?: string;
}

export function catalogTargetOf(argument: unknown): CatalogTarget {
  if (typeof argument !== 'object' || argument === null) {
    return {};
  }
  const { database, table, tableKind, column, index } = argument as Record<string, unknown>;
  return {
    ...(typeof database === 'string' && { database }),
    ...(typeof table === 'string' && { table }),
    ...((tableKind === 'table' || tableKind === 'view') && { tableKind }),
    ...(typeof column === 'string' && { column }),
    ...(typeof index === 'string' && { index }),
  };
}

/**
 * The target's instance, or the one the person picks among those on Alibaba Cloud. An instance that was named and is gone
 * is an error: another one never takes its place.
 */
export async function instanceFor(inventory: Inventory, { instanceId }: Target): Promise<Instance> {
  if (instanceId !== undefined) {
    return inventory.instance(instanceId) ?? (await instanceNotListed(inventory, instanceId));
  }
  const instances = await loadInstances(inventory);
  const items = instances.filter(isOnAlibabaCloud).map((instance) => ({
    label: instance.name,
    iconPath: new ThemeIcon('database'),
    description: alibabaRegionOf(instance.regionId) ?? '',
    detail: instance.state === 'ACTIVE' ? '' : instance.state,
    instance,
  }));
  if (items.length === 0) {
    notFound('a TiDB Cloud Premium instance on Alibaba Cloud');
  }
  return (await pick(items, 'Choose a TiDB Cloud Premium instance on Alibaba Cloud')).instance;
}

/** It is gone only where every account could be listed: what could not be read may have it. */
async function instanceNotListed(inventory: Inventory, instanceId: string): Promise<Instance> {
  if (!inventory.snapshot.isComplete) {
    await reading(inventory.refreshInstances());
  }
  const instance = inventory.instance(instanceId);
  if (instance !== undefined) {
    return instance;
  }
  const { instances, failures } = inventory.snapshot;
  const failure = instances.error ?? failures[0]?.error;
  if (!inventory.snapshot.isComplete && failure instanceof Error) {
    throw failure;
  }
  return notFound(`the instance ${instanceId}`);
}

/** The target's private endpoint, or the one the person picks among those that fit. One that is gone is an error. */
export async function endpointFor(
  inventory: Inventory,
  target: Target,
  question: EndpointQuestion,
): Promise<FoundEndpoint> {
  const { instanceId, endpointId } = target;
  if (instanceId !== undefined && endpointId !== undefined) {
    return namedEndpoint(inventory, instanceId, endpointId);
  }
  const candidates = await loadEndpoints(inventory, instanceId ?? (await instanceAmongMany(inventory)));
  const { what, placeHolder, always, fits = () => true } = question;
  const fitting = inventory
    .endpoints()
    .filter(({ instance, endpoint }) => candidates.some(({ id }) => id === instance.id) && fits(endpoint));
  if (fitting.length === 0) {
    throwFailure(inventory, candidates);
    notFound(what);
  }
  const items = fitting.map(({ instance, endpoint }) => ({
    label: endpoint.endpoint?.name ? endpoint.endpoint.name : endpoint.endpointId,
    iconPath: new ThemeIcon('plug'),
    description: `${instance.name} · ${verdictOf(endpoint).word}`,
    chosen: { instance, endpoint },
  }));
  return (await pick(items, placeHolder, always)).chosen;
}

/** To read the endpoints of more instances than this, the person is asked for one of them first. */
const mostRead = 20;

async function instanceAmongMany(inventory: Inventory): Promise<string | undefined> {
  const instances = await loadInstances(inventory);
  const unread = instances.filter(
    (instance) => isOnAlibabaCloud(instance) && inventory.details(instance.id).value === undefined,
  );
  return unread.length > mostRead ? (await instanceFor(inventory, {})).id : undefined;
}

/** Reads what was not read yet of the instances on Alibaba Cloud, or of one of them, and returns these. Never very many. */
export async function loadEndpoints(inventory: Inventory, instanceId?: string): Promise<readonly Instance[]> {
  const instances = await loadInstances(inventory);
  const asked = instances.filter(
    (instance) => isOnAlibabaCloud(instance) && (instanceId === undefined || instance.id === instanceId),
  );
  const unread = asked.filter(({ id }) => inventory.details(id).value === undefined).slice(0, mostRead);
  if (unread.length > 0) {
    await reading(Promise.all(unread.map(({ id }) => inventory.refreshDetails(id))));
  }
  return asked;
}

/** @throws why the endpoints of one of these instances could not be read, if so */
export function throwFailure(inventory: Inventory, instances: readonly Instance[]): void {
  const failure = instances
    .map(({ id }) => inventory.details(id).error)
    .find((error): error is Error => error instanceof Error);
  if (failure !== undefined) {
    throw failure;
  }
}

async function namedEndpoint(
  inventory: Inventory,
  instanceId: string,
  endpointId: string,
): Promise<FoundEndpoint> {
  const instance = await instanceFor(inventory, { instanceId });
  if (inventory.endpoint(instanceId, endpointId) === undefined) {
    await reading(inventory.refreshDetails(instanceId));
  }
  const endpoint = inventory.endpoint(instanceId, endpointId);
  if (endpoint === undefined) {
    throwFailure(inventory, [instance]);
    return notFound(`the private endpoint ${endpointId}`);
  }
  return { instance, endpoint };
}

async function loadInstances(inventory: Inventory): Promise<readonly Instance[]> {
  if (!inventory.snapshot.isWhole) {
    await reading(inventory.refreshInstances());
  }
  const { value, error } = inventory.snapshot.instances;
  if (value === undefined) {
    throw error instanceof Error ? error : cancellation();
  }
  return value;
}

const isOnAlibabaCloud = ({ regionId }: Instance): boolean => alibabaRegionOf(regionId) !== undefined;

const reading = async (work: Promise<unknown>): Promise<void> => {
  await window.withProgress(
    { location: ProgressLocation.Window, title: 'Reading private endpoints' },
    () => work,
  );
};

function notFound(subject: string): never {
  throw new AppError('notFound', { source: 'TiDB Cloud', subject });
}

async function pick<T extends QuickPickItem>(
  items: readonly T[],
  placeHolder: string,
  always?: true,
): Promise<T> {
  const [only] = items;
  if (items.length === 1 && only !== undefined && always !== true) {
    return only;
  }
  const chosen = await window.showQuickPick(items, { placeHolder, matchOnDescription: true });
  if (chosen === undefined) {
    throw cancellation();
  }
  return chosen;
}
