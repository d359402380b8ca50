import { AppError } from '../../core/errors';
import type { CreationState, Problem, StepStatus } from '../../protocol/creation';
import { domainNameProblem, endpointIdProblem } from '../../services/provisioning/input';
import type { CreationProgress } from '../../services/provisioning/progress';
import { blockedProblem, problem, problemOf } from './problem';
import { endpointError, isRegistered, type Shown } from './shown';

/** Step 3: the connection is created, handed over to TiDB Cloud's console, or its two values are typed. */
export function acceptanceStep(shown: Shown): CreationState['acceptance'] {
  const { draft, progress } = shown;
  const creation = progress?.creation;
  const byHand = creation === undefined ? draft.mode === 'byHand' : creation.spec === undefined;
  const typed = draft.endpointId !== '';
  const idProblem = typed && progress === undefined ? endpointIdProblem(draft.endpointId) : undefined;
  const nameProblem =
    draft.domainName !== '' && draft.service !== undefined && progress === undefined
      ? domainNameProblem(draft.domainName, draft.endpointId, draft.service)
      : undefined;
  const trouble = progress && acceptanceProblem(progress);
  const refused = progress && refusal(progress);
  return {
    status: acceptanceStatus(shown, byHand, trouble),
    way: creation?.acceptance === 'console' ? 'console' : byHand && progress === undefined ? 'byHand' : 'api',
    ...(trouble === undefined && activityOf(progress)),
    endpointId: creation?.endpointId ?? draft.endpointId,
    ...(idProblem !== undefined && { endpointIdProblem: idProblem }),
    domainName: creation?.endpointDomain ?? draft.domainName,
    ...(nameProblem !== undefined && { domainNameProblem: nameProblem }),
    canCreate:
      progress === undefined &&
      byHand &&
      typed &&
      draft.domainName !== '' &&
      idProblem === undefined &&
      nameProblem === undefined &&
      draft.service?.state === 'ACTIVE',
    ...(refused !== undefined && { refusal: refused }),
    ...(trouble !== undefined && { problem: trouble }),
  };
}

/** TiDB Cloud does not let this key create connections: no failure, the person does it in the console. */
const isHandedOver = ({ decision, error }: CreationProgress): boolean =>
  decision?.kind === 'ask' &&
  decision.forWhat === 'acceptInConsole' &&
  AppError.is(error) &&
  error.code === 'notAllowed';

const refusal = (progress: CreationProgress): string | undefined =>
  isHandedOver(progress) ? problemOf(progress.error).message : undefined;

function acceptanceProblem(progress: CreationProgress): Problem | undefined {
  const { creation, decision, error } = progress;
  if (error !== undefined && endpointError(progress) === undefined && !isHandedOver(progress)) {
    return isRegistered(creation) && creation.recreate === undefined ? undefined : problemOf(error);
  }
  if (decision?.kind === 'blocked') {
    return decision.reason === 'connectionFailed' || decision.reason === 'connectionDeleting'
      ? blockedProblem(decision.reason, decision.message)
      : undefined;
  }
  return decision?.kind === 'ask' && decision.forWhat === 'deleteInTidbCloud'
    ? problem(
        'TiDB Cloud does not take this deletion through its API.',
        "Delete the Failed connection on the instance's networking page. It is picked up here by itself, and created anew.",
        'openTidbCloud',
      )
    : undefined;
}

function acceptanceStatus({ draft, progress }: Shown, byHand: boolean, trouble?: Problem): StepStatus {
  if (progress === undefined) {
    return byHand && draft.service?.state === 'ACTIVE' ? 'current' : 'todo';
  }
  const { creation, decision } = progress;
  if (decision?.kind === 'ask' && progress.error === undefined && trouble !== undefined) {
    return 'waiting';
  }
  if (trouble !== undefined) {
    return 'failed';
  }
  if (creation.recreate !== undefined) {
    return 'working';
  }
  if (isRegistered(creation) || creation.finished !== undefined) {
    return 'done';
  }
  if (decision?.kind === 'ask' && decision.forWhat === 'acceptInConsole') {
    return 'waiting';
  }
  return decision?.kind === 'createConnection' || isSent(progress) ? 'working' : 'todo';
}

/** The call was sent, and TiDB Cloud does not list the connection yet. */
const isSent = ({ creation, decision }: CreationProgress): boolean =>
  !isRegistered(creation) && decision?.kind === 'wait' && decision.until === 'connectionActive';

function activityOf(progress: CreationProgress | undefined): { activity?: string } {
  switch (progress?.decision?.kind) {
    case 'createConnection':
      return { activity: 'Creating the private endpoint connection…' };
    case 'deleteConnection':
      return { activity: 'Deleting the Failed connection…' };
    case 'wait':
      if (progress.creation.recreate !== undefined) {
        return { activity: 'TiDB Cloud is deleting the Failed connection…' };
      }
      return isSent(progress) ? { activity: 'Creating the private endpoint connection…' } : {};
    default:
      return {};
  }
}
