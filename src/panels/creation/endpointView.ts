import type { CreationState, Problem, StepStatus } from '../../protocol/creation';
import { problemOfTag } from '../../services/provisioning/draft';
import type { Draft } from '../../services/provisioning/draftState';
import { endpointNameProblem, mostTags } from '../../services/provisioning/input';
import type { CreationProgress } from '../../services/provisioning/progress';
import { networkChoices } from './networkView';
import { blockedProblem, problem, problemOf } from './problem';
import { concernsEndpoint, endpointError, isRegistered, regionOf, waitSince, type Shown } from './shown';

const cost =
  'Alibaba Cloud bills the endpoint as pay-as-you-go: a fee for each zone and hour it exists, and for the traffic through it.';

/** Step 2: the form, then the endpoint as Alibaba Cloud tells of it. */
export function endpointStep(shown: Shown): CreationState['endpoint'] {
  const { draft, progress, snapshot } = shown;
  const nameProblem = draft.name === '' ? undefined : endpointNameProblem(draft.name);
  const endpoint = typeof progress?.seen?.endpoint === 'object' ? progress.seen.endpoint : undefined;
  const creation = progress?.creation;
  const trouble = endpointProblem(shown);
  const status = endpointStatus(shown, trouble !== undefined);
  return {
    status,
    ...activityOf(draft, progress),
    ...(status === 'working' && waitSince(creation?.endpointSentAtMs, shown.usualMs('endpoint'))),
    regionId: regionOf(snapshot, draft),
    ...(draft.accounts.length > 1 && {
      accounts: draft.accounts.map(({ id, name, key }) => ({ id, label: name, detail: key })),
      ...(draft.accountId !== undefined && { accountId: draft.accountId }),
    }),
    name: creation?.spec?.name ?? draft.name,
    ...(nameProblem !== undefined && { nameProblem }),
    serviceName: creation?.spec?.serviceName ?? draft.serviceName,
    verification: verification(draft),
    ...networkChoices(draft),
    tags: draft.tags.map((tag) => {
      const wrong = problemOfTag(tag, draft.tags);
      return wrong === undefined ? tag : { ...tag, problem: wrong };
    }),
    canAddTag: draft.tags.length < mostTags,
    cost,
    canCreate: shown.canCreate,
    ...(creation?.endpointId !== undefined && {
      created: {
        id: creation.endpointId,
        domainName: creation.endpointDomain ?? '',
        status: endpoint?.status ?? '',
        connectionStatus: endpoint?.connectionStatus ?? '',
      },
    }),
    ...(trouble !== undefined && { problem: trouble }),
  };
}

function endpointProblem({ draft, progress }: Shown): Problem | undefined {
  if (progress === undefined) {
    if (draft.privateLink === 'closed' && draft.networkError === undefined) {
      return problem(
        'PrivateLink is not activated on this Alibaba Cloud account.',
        'Activate it: that costs nothing by itself; endpoints are billed as pay-as-you-go.',
        'activatePrivateLink',
        'openAlibabaCloud',
      );
    }
    return draft.networkError === undefined ? undefined : problemOf(draft.networkError);
  }
  const error = endpointError(progress);
  const { decision } = progress;
  if (error !== undefined) {
    return problemOf(error);
  }
  return decision?.kind === 'blocked' && concernsEndpoint(decision.reason)
    ? blockedProblem(decision.reason, decision.message)
    : undefined;
}

function endpointStatus({ draft, progress }: Shown, failed: boolean): StepStatus {
  if (failed) {
    return 'failed';
  }
  if (progress === undefined) {
    if (draft.service?.state !== 'ACTIVE') {
      return 'todo';
    }
    return draft.activity === undefined && draft.privateLink !== 'opening' ? 'current' : 'working';
  }
  const { creation, seen } = progress;
  const active = typeof seen?.endpoint === 'object' && seen.endpoint.status === 'Active';
  const exists = creation.spec === undefined && creation.endpointDomain !== undefined;
  return active || exists || isRegistered(creation) || creation.finished !== undefined ? 'done' : 'working';
}

const activityWords: Record<NonNullable<Draft['activity']>, string> = {
  networks: 'Loading your VPCs…',
  network: 'Loading zones, vSwitches and security groups…',
  rule: 'Adding the rule…',
  dryRun: 'Checking parameters, permissions and quotas…',
};

function activityOf(draft: Draft, progress: CreationProgress | undefined): { activity?: string } {
  if (progress === undefined) {
    if (draft.privateLink === 'opening') {
      return { activity: 'Alibaba Cloud is activating PrivateLink…' };
    }
    return draft.activity === undefined ? {} : { activity: activityWords[draft.activity] };
  }
  const { creation, decision } = progress;
  if (decision?.kind === 'createEndpoint') {
    return { activity: 'Creating the endpoint…' };
  }
  if (decision?.kind === 'wait' && decision.until === 'endpointActive') {
    return {
      activity:
        creation.spec === undefined
          ? 'Waiting until the endpoint is Active…'
          : 'Alibaba Cloud is creating the endpoint…',
    };
  }
  return decision?.kind === 'wait' && decision.until === 'serviceActive'
    ? { activity: 'Waiting for the private link service…' }
    : {};
}

function verification({ verification: found }: Draft): CreationState['endpoint']['verification'] {
  switch (found.outcome) {
    case 'verified': {
      const { length } = found.service.zones;
      return { outcome: 'verified', text: `Found in ${length} ${length === 1 ? 'zone' : 'zones'}` };
    }
    case 'refused':
      return { outcome: 'refused', text: refusal(found) };
    case 'none':
    case 'checking':
      return { outcome: found.outcome };
  }
}

function refusal(found: Extract<Draft['verification'], { outcome: 'refused' }>): string {
  switch (found.reason) {
    case 'problem':
      return found.problem;
    case 'notListed':
      return 'This service does not exist in this region, or has not allowed your Alibaba Cloud account';
    case 'otherService':
      return 'This service exists, but it is not the one of the chosen instance';
    case 'failed':
      return problemOf(found.error).message;
  }
}
