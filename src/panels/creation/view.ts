import { AppError } from '../../core/errors';
import type { CreationState, Problem } from '../../protocol/creation';
import { acceptanceStep } from './acceptanceView';
import { activeStep } from './activeView';
import { endpointStep } from './endpointView';
import { instanceStep } from './instanceView';
import { isHarmless, problemOf } from './problem';
import { removalOfProgress } from './removalView';
import type { Shown } from './shown';

/** What the panel shows, from what is known. Pure. */
export function creationState(shown: Shown): CreationState {
  const { draft, sandbox, progress } = shown;
  const readOnly = progress?.readOnly === true;
  const removal = progress && removalOfProgress(progress);
  const state: CreationState = {
    sandbox,
    mode: progress === undefined ? draft.mode : progress.creation.spec ? 'automatic' : 'byHand',
    readOnly,
    canCancel: progress !== undefined && progress.creation.finished === undefined && !readOnly,
    ...panelProblem(shown),
    lost: lostCreations(shown),
    ...(removal !== undefined && { removal }),
    instance: instanceStep(shown),
    endpoint: endpointStep(shown),
    acceptance: acceptanceStep(shown),
    active: activeStep(shown),
  };
  return readOnly ? onlyLooking(state) : state;
}

function panelProblem(shown: Shown): { problem?: Problem } {
  const { snapshot, wantedInstanceId } = shown;
  const { value, error } = snapshot.instances;
  if (error !== undefined) {
    return { problem: problemOf(error) };
  }
  const isGone =
    wantedInstanceId !== undefined &&
    value !== undefined &&
    snapshot.isComplete &&
    !value.some(({ id }) => id === wantedInstanceId);
  const gone = { source: 'TiDB Cloud', subject: `the instance ${wantedInstanceId ?? ''}` } as const;
  return isGone ? { problem: problemOf(new AppError('notFound', gone)) } : {};
}

/** Those that this panel could be about: of its instance, or of any where none is chosen. */
function lostCreations({ snapshot, unfinished, wantedInstanceId }: Shown): CreationState['lost'] {
  const { value, error } = snapshot.instances;
  if (value === undefined || error !== undefined || !snapshot.isComplete) {
    return [];
  }
  return unfinished
    .filter(
      ({ creation: { instanceId }, readOnly }) =>
        !readOnly &&
        !value.some(({ id }) => id === instanceId) &&
        (wantedInstanceId === undefined || wantedInstanceId === instanceId),
    )
    .map(({ creation: { id, instanceId, instanceName, endpointId, removal } }) => ({
      creationId: id,
      name: instanceName,
      text: `${removal === undefined ? 'Creating' : 'Removing'} the private endpoint of ${instanceName} is not finished, and the instance (${instanceId}) is gone.${endpointId === undefined ? '' : ` Its endpoint is ${endpointId}.`}`,
    }));
}

/** Another window acts: what is left here is to look, and to open a console. */
function onlyLooking(state: CreationState): CreationState {
  const look = <T extends { readonly problem?: Problem }>(part: T): T =>
    part.problem === undefined
      ? part
      : {
          ...part,
          problem: { ...part.problem, actions: part.problem.actions.filter(({ id }) => isHarmless(id)) },
        };
  return {
    ...state,
    ...(state.removal !== undefined && { removal: look(state.removal) }),
    instance: look(state.instance),
    endpoint: look(state.endpoint),
    acceptance: look(state.acceptance),
    active: look(state.active),
  };
}
