import { alibabaRegionOf, type Instance } from './model';
import type { PrivateEndpoint } from './health';

/** `automatic`: not at all while there are few, by project and region where there are many. */
export const groupings = ['automatic', 'none', 'projectAndRegion', 'region', 'project', 'account'] as const;
export type Grouping = (typeof groupings)[number];

export const isGrouping = (value: unknown): value is Grouping => groupings.some((each) => each === value);

export type Level = 'account' | 'project' | 'region';

/** Below this, `automatic` shows the instances themselves. */
const fewInstances = 50;

/** What is known of an instance beside itself. */
export interface Surroundings {
  readonly accountOf: (instanceId: string) => { readonly id: string; readonly name: string } | undefined;
  readonly accountCount: number;
  readonly endpointsOf: (instanceId: string) => readonly PrivateEndpoint[];
}

/** Instances that have something in common; those of the deepest level hold the instances. */
export interface Group {
  /** The keys from the outermost group to this one. */
  readonly path: readonly string[];
  readonly level: Level;
  readonly label: string;
  readonly detail: string;
  readonly instances: readonly Instance[];
  readonly groups: readonly Group[];
}

export interface Arranged {
  readonly groups: readonly Group[];
  /** Those that match the filter; in no group where there are no groups. */
  readonly instances: readonly Instance[];
  /** By what they are grouped, the outermost first. */
  readonly levels: readonly Level[];
}

/**
 * Which instances to show, and in which groups. Pure; its cost is one pass over the instances.
 *
 * @param before the levels of the last arrangement in the same way: while more instances come, groups that are there stay
 */
export function arrange(
  instances: readonly Instance[],
  grouping: Grouping,
  filter: string,
  around: Surroundings,
  before: readonly Level[] = [],
): Arranged {
  const words = wordsOf(filter);
  const shown = words.length === 0 ? instances : instances.filter((each) => matches(each, words, around));
  const levels = levelsOf(instances, grouping, around, before);
  return { instances: shown, groups: groupsOf(shown, levels, [], around), levels };
}

/** Whether the filter leaves this instance in sight. */
export function isFound(instance: Instance, filter: string, around: Surroundings): boolean {
  return matches(instance, wordsOf(filter), around);
}

function levelsOf(
  instances: readonly Instance[],
  grouping: Grouping,
  around: Surroundings,
  before: readonly Level[],
): readonly Level[] {
  switch (grouping) {
    case 'none':
      return [];
    case 'projectAndRegion':
      return ['project', 'region'];
    case 'region':
    case 'project':
    case 'account':
      return [grouping];
    case 'automatic': {
      if (instances.length <= fewInstances) {
        return around.accountCount > 1 ? ['account'] : [];
      }
      // A level with one group tells nothing. One that comes to tell something later goes below: a group that the person
      // has opened stays where it is.
      const kept = before.includes('account') ? [] : before;
      const added = (['project', 'region'] as const).filter(
        (level) =>
          !kept.includes(level) &&
          instances.some((each) => keyOf(each, level, around) !== keyOf(instances[0] ?? each, level, around)),
      );
      const levels = [...kept, ...added];
      return levels.length > 0 ? levels : ['region'];
    }
  }
}

function groupsOf(
  instances: readonly Instance[],
  [level, ...deeper]: readonly Level[],
  path: readonly string[],
  around: Surroundings,
): readonly Group[] {
  if (level === undefined) {
    return [];
  }
  const byKey = new Map<string, Instance[]>();
  for (const instance of instances) {
    const key = keyOf(instance, level, around);
    const group = byKey.get(key);
    if (group === undefined) {
      byKey.set(key, [instance]);
    } else {
      group.push(instance);
    }
  }
  return [...byKey]
    .map(([key, own]): Group => {
      const ownPath = [...path, `${level}:${key}`];
      const [first] = own;
      return {
        ...(first === undefined ? { label: key, detail: '' } : wordsFor(first, level, around)),
        path: ownPath,
        level,
        instances: own,
        groups: groupsOf(own, deeper, ownPath, around),
      };
    })
    .sort((a, b) => a.label.localeCompare(b.label));
}

function keyOf(instance: Instance, level: Level, { accountOf }: Surroundings): string {
  switch (level) {
    case 'account':
      return accountOf(instance.id)?.id ?? '';
    case 'project':
      return instance.projectId ?? '';
    case 'region':
      return instance.regionId;
  }
}

function wordsFor(
  instance: Instance,
  level: Level,
  { accountOf }: Surroundings,
): { readonly label: string; readonly detail: string } {
  switch (level) {
    case 'account':
      return { label: accountOf(instance.id)?.name ?? 'Unknown account', detail: '' };
    case 'project':
      return {
        label: instance.projectId === undefined ? 'No project' : `Project ${instance.projectId}`,
        detail: '',
      };
    case 'region': {
      const { regionId, regionName } = instance;
      const id = alibabaRegionOf(regionId) ?? regionId;
      const label = regionName === '' ? id : regionName;
      return { label, detail: label.includes(id) ? '' : id };
    }
  }
}

export const wordsOf = (filter: string): readonly string[] =>
  filter
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');

/** Every word is in the instance's name, id, region, project or account, or in what is known of its endpoints. */
function matches(instance: Instance, words: readonly string[], around: Surroundings): boolean {
  const { id, name, regionId, regionName, projectId = '' } = instance;
  const text = [
    ...[name, id, regionId, regionName, projectId, around.accountOf(id)?.name ?? ''],
    ...around
      .endpointsOf(id)
      .flatMap(({ endpointId, endpoint, connection }) => [
        endpointId,
        endpoint?.name ?? '',
        connection?.host ?? '',
      ]),
  ]
    .join('\n')
    .toLowerCase();
  return words.every((word) => text.includes(word));
}
