import type { Creation, Decision } from '../../core/creation';
import { AppError } from '../../core/errors';
import type { CreationState, Problem, RemovalPart, StepStatus } from '../../protocol/creation';
import type { CreationProgress } from '../../services/provisioning/progress';
import { blockedProblem, problem, problemOf } from './problem';

type Part = 'connection' | 'zones' | 'endpoint';

/** What is being taken away, what is next, and what stands in the way. */
export function removalOfProgress(progress: CreationProgress): CreationState['removal'] {
  const { creation, decision } = progress;
  const { removal } = creation;
  if (removal === undefined) {
    return undefined;
  }
  const names = partsOf(removal);
  if (creation.finished?.outcome === 'removed' || decision?.kind === 'removed') {
    return { status: 'done', parts: names.map((name) => part(name, 'done', progress)) };
  }
  const trouble = removalProblem(progress);
  const asked = decision?.kind === 'ask' && progress.error === undefined;
  const status: StepStatus = trouble === undefined ? 'working' : asked ? 'waiting' : 'failed';
  const now = Math.max(0, names.indexOf(partOf(decision)));
  return {
    status,
    parts: names.map((name, index) =>
      part(name, index < now ? 'done' : index === now ? status : 'todo', progress),
    ),
    ...(trouble === undefined && { activity: activityOf(decision) }),
    ...(trouble !== undefined && { problem: trouble }),
  };
}

const partsOf = ({ connection, endpoint }: NonNullable<Creation['removal']>): readonly Part[] => [
  ...(connection ? (['connection'] as const) : []),
  ...(endpoint ? (['zones', 'endpoint'] as const) : []),
];

const labels: Record<Part, string> = {
  connection: 'Private endpoint connection in TiDB Cloud',
  zones: 'Zones of the endpoint in Alibaba Cloud',
  endpoint: 'Endpoint in Alibaba Cloud',
};

function part(name: Part, status: StepStatus, { creation, seen }: CreationProgress): RemovalPart {
  const connection = typeof seen?.connection === 'object' ? seen.connection.id : '';
  const zones = typeof seen?.zones === 'object' ? seen.zones.map(({ zoneId }) => zoneId) : [];
  const detail = {
    connection,
    zones: status === 'done' ? '' : zones.join(', '),
    endpoint: creation.endpointId ?? '',
  }[name];
  return { label: labels[name], status, ...(detail !== '' && { detail }) };
}

type Until = Extract<Decision, { kind: 'wait' }>['until'];

const partOfWait: Partial<Record<Until, Part>> = {
  endpointActive: 'zones',
  zoneGone: 'zones',
  endpointGone: 'endpoint',
};

/** The part that the decision is about. */
function partOf(decision: Decision | undefined): Part {
  switch (decision?.kind) {
    case 'removeZone':
      return 'zones';
    case 'deleteEndpoint':
      return 'endpoint';
    case 'wait':
      return partOfWait[decision.until] ?? 'connection';
    case 'ask':
      return decision.forWhat === 'deleteInAlibabaCloud' ? 'endpoint' : 'connection';
    default:
      return 'connection';
  }
}

function activityOf(decision: Decision | undefined): string {
  switch (decision?.kind) {
    case 'deleteConnection':
      return 'Deleting the private endpoint connection…';
    case 'removeZone':
      return `Removing the zone ${decision.zoneId} from the endpoint…`;
    case 'deleteEndpoint':
      return 'Deleting the endpoint…';
    case 'wait':
      return {
        connectionGone: 'TiDB Cloud is deleting the connection…',
        zoneGone: 'Alibaba Cloud is removing the zone…',
        endpointActive: 'Waiting until Alibaba Cloud takes the next change of the endpoint…',
        endpointGone: 'Alibaba Cloud is deleting the endpoint…',
        serviceActive: 'Looking at both clouds…',
        connectionActive: 'Looking at both clouds…',
        observed: 'Looking at both clouds…',
      }[decision.until];
    default:
      return 'Looking at both clouds…';
  }
}

function removalProblem({ creation, decision, error }: CreationProgress): Problem | undefined {
  if (error !== undefined) {
    return problemOf(error);
  }
  if (decision?.kind === 'blocked') {
    return blockedProblem(decision.reason, decision.message);
  }
  if (decision?.kind !== 'ask') {
    return undefined;
  }
  return decision.forWhat === 'deleteInAlibabaCloud'
    ? withSignIn(
        problem(
          'Alibaba Cloud cannot be asked from here to delete the endpoint.',
          `Sign in to Alibaba Cloud, and the endpoint${creation.endpointId === undefined ? '' : ` ${creation.endpointId}`} is deleted. Or delete it in Alibaba Cloud's console and stop removing it here: without signing in, that is not noticed.`,
          'openAlibabaCloud',
        ),
      )
    : problem(
        'The private endpoint connection has to be deleted in TiDB Cloud’s console.',
        "Delete it on the instance's networking page. It is picked up here by itself, and the rest follows.",
        'openTidbCloud',
      );
}

const withSignIn = (shown: Problem): Problem => {
  const { actions } = problemOf(new AppError('notSignedIn', { source: 'Alibaba Cloud' }));
  return { ...shown, actions: [...actions, ...shown.actions] };
};
