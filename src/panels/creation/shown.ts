import type { BlockedReason, Creation } from '../../core/creation';
import { alibabaRegionOf } from '../../core/model';
import type { DurationKind } from '../../core/schedule';
import type { Wait } from '../../protocol/creation';
import type { Snapshot } from '../../services/inventory';
import type { Draft } from '../../services/provisioning/draftState';
import type { CreationProgress } from '../../services/provisioning/progress';

/** What the panel is shown from. */
export interface Shown {
  readonly snapshot: Snapshot;
  readonly draft: Draft;
  /** The creation that this panel follows, once there is one. */
  readonly progress: CreationProgress | undefined;
  /** Creations that are not finished, in any window. */
  readonly unfinished: readonly CreationProgress[];
  readonly sandbox: boolean;
  readonly canCreate: boolean;
  /** The instance the panel was opened for, which need not be in the list. */
  readonly wantedInstanceId?: string | undefined;
  readonly usualMs: (kind: DurationKind) => number;
}

export const isRegistered = (creation: Creation): boolean => creation.registeredAtMs !== undefined;

/** An error before the endpoint exists belongs to step 2, any later one to step 3. */
export const endpointError = ({ creation, error }: CreationProgress): unknown =>
  creation.spec !== undefined && creation.endpointId === undefined ? error : undefined;

export const concernsEndpoint = (reason: BlockedReason): boolean =>
  reason !== 'connectionFailed' && reason !== 'connectionDeleting';

/** Alibaba Cloud's id of the chosen instance's region; empty while that is not known. */
export function regionOf(snapshot: Snapshot, draft: Draft): string {
  const instance = snapshot.instances.value?.find(({ id }) => id === draft.instanceId);
  return (instance && alibabaRegionOf(instance.regionId)) ?? '';
}

/** Nothing while it has not begun. */
export const waitSince = (startedAtMs: number | undefined, usualMs: number): { wait?: Wait } =>
  startedAtMs === undefined ? {} : { wait: { startedAtMs, usualMs } };
