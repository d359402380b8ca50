import type { BlockedReason, Creation } from '../../core/creation';
import { AppError } from '../../core/errors';
import { alibabaRegionOf, type Instance } from '../../core/model';
import type { Snapshot } from '../../services/inventory';
import type { Draft } from '../../services/provisioning/draftState';
import { isUsable } from '../../services/provisioning/preselect';
import { domainNameProblem, endpointIdProblem, endpointNameProblem } from '../../services/provisioning/input';
import type { CreationProgress } from '../../services/provisioning/runner';
import type { Choice, CreationState, Problem, StepStatus, ZoneChoice } from '../../protocol/creation';
import { blockedProblem, problemOf } from './problem';

export interface Shown {
  readonly snapshot: Snapshot;
  readonly draft: Draft;
  /** The creation that this panel follows, once there is one. */
  readonly progress: CreationProgress | undefined;
  readonly sandbox: boolean;
  readonly canCreate: boolean;
  /** The instance the panel was opened for, which need not be in the list. */
  readonly wantedInstanceId?: string | undefined;
}

/** TiDB Cloud's guide: a connection becomes Active in about 5 minutes. */
const usualDurationMs = 5 * 60_000;

const cost =
  'Alibaba Cloud bills the endpoint as pay-as-you-go: a fee for each zone and hour it exists, and for the traffic through it.';

/** What the panel shows, from what is known. Pure. */
export function creationState(shown: Shown): CreationState {
  const { draft, sandbox } = shown;
  return {
    sandbox,
    mode: shown.progress === undefined ? draft.mode : shown.progress.creation.spec ? 'automatic' : 'byHand',
    ...panelProblem(shown),
    instance: instanceStep(shown),
    endpoint: endpointStep(shown),
    acceptance: acceptanceStep(shown),
    active: activeStep(shown),
  };
}

function panelProblem({ snapshot, wantedInstanceId }: Shown): { problem?: Problem } {
  const { value, error } = snapshot.instances;
  if (error !== undefined) {
    return { problem: problemOf(error) };
  }
  const isGone =
    wantedInstanceId !== undefined && value !== undefined && !value.some(({ id }) => id === wantedInstanceId);
  const gone = { source: 'TiDB Cloud', subject: `the instance ${wantedInstanceId ?? ''}` } as const;
  return isGone ? { problem: problemOf(new AppError('notFound', gone)) } : {};
}

function instanceStep({ snapshot, draft, progress }: Shown): CreationState['instance'] {
  const { service, serviceError } = draft;
  const chosen = draft.instanceId !== undefined;
  return {
    status:
      progress !== undefined || service?.state === 'ACTIVE'
        ? 'done'
        : serviceError !== undefined
          ? 'failed'
          : chosen
            ? 'working'
            : 'current',
    loading: snapshot.instances.loading,
    choices: (snapshot.instances.value ?? []).map(instanceChoice),
    ...(draft.instanceId !== undefined && { instanceId: draft.instanceId }),
    ...(service !== undefined && {
      service: {
        name: service.serviceName,
        state: service.state,
        zones:
          draft.verification.outcome === 'verified'
            ? draft.verification.service.zones
            : service.availableZones,
        regionId: regionOf(snapshot, draft),
        port: service.port,
      },
    }),
    ...(serviceError !== undefined && { problem: problemOf(serviceError) }),
  };
}

function instanceChoice(instance: Instance): Choice {
  const region = alibabaRegionOf(instance.regionId);
  const unusable =
    instance.cloudProvider !== 'alicloud' || region === undefined
      ? `hosted on ${instance.cloudProvider === 'aws' ? 'AWS' : 'another cloud'}, not on Alibaba Cloud`
      : instance.state === 'ACTIVE'
        ? undefined
        : `${instance.state}, not ACTIVE`;
  return {
    id: instance.id,
    label: instance.name,
    detail: region ?? instance.regionId,
    ...(unusable !== undefined && { unusable }),
  };
}

function endpointStep(shown: Shown): CreationState['endpoint'] {
  const { draft, progress, snapshot } = shown;
  const nameProblem = draft.name === '' ? undefined : endpointNameProblem(draft.name);
  const endpoint = typeof progress?.seen?.endpoint === 'object' ? progress.seen.endpoint : undefined;
  const creation = progress?.creation;
  const error = progress === undefined ? draft.networkError : endpointError(progress);
  const blocked =
    progress?.decision?.kind === 'blocked' ? blockedProblem(progress.decision.reason) : undefined;
  const group = draft.securityGroups.find(({ id }) => id === draft.securityGroupId);
  const status = endpointStatus(shown, error !== undefined);
  return {
    status,
    ...activityOf(draft, progress),
    regionId: regionOf(snapshot, draft),
    name: creation?.spec?.name ?? draft.name,
    ...(nameProblem !== undefined && { nameProblem }),
    serviceName: creation?.spec?.serviceName ?? draft.serviceName,
    verification: verification(draft),
    vpcs: draft.vpcs.map((vpc) => ({
      id: vpc.id,
      label: vpc.name === '' ? vpc.id : vpc.name,
      detail: [vpc.cidrBlocks.join(', '), vpc.isDefault && 'default'].filter(Boolean).join(' · '),
      ...(vpc.status !== 'Available' && { unusable: vpc.status }),
    })),
    ...(draft.vpcId !== undefined && { vpcId: draft.vpcId }),
    securityGroups: draft.securityGroups.map(({ id, name }) => ({
      id,
      label: name === '' ? id : name,
      detail: id,
    })),
    ...(draft.securityGroupId !== undefined && { securityGroupId: draft.securityGroupId }),
    ...(draft.portCheck !== undefined && group !== undefined && { portCheck: portCheck(draft, group.name) }),
    zones: zoneChoices(draft),
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
    ...(status === 'failed' && blocked !== undefined && { problem: blocked }),
    ...(error !== undefined && { problem: problemOf(error) }),
  };
}

function endpointStatus({ draft, progress }: Shown, failed: boolean): StepStatus {
  if (progress === undefined) {
    const ready = draft.service?.state === 'ACTIVE';
    return failed ? 'failed' : !ready ? 'todo' : draft.activity === undefined ? 'current' : 'working';
  }
  const { decision, seen } = progress;
  if (failed || (decision?.kind === 'blocked' && concernsEndpoint(decision.reason))) {
    return 'failed';
  }
  const active = typeof seen?.endpoint === 'object' && seen.endpoint.status === 'Active';
  const byHand = progress.creation.spec === undefined;
  return active || byHand || isRegistered(progress.creation) || progress.creation.finished
    ? 'done'
    : 'working';
}

function activityOf(draft: Draft, progress: CreationProgress | undefined): { activity?: string } {
  if (progress === undefined) {
    const words = {
      networks: 'Loading your VPCs…',
      network: 'Loading zones, vSwitches and security groups…',
      dryRun: 'Checking parameters and permissions…',
    };
    return draft.activity === undefined ? {} : { activity: words[draft.activity] };
  }
  switch (progress.decision?.kind) {
    case 'createEndpoint':
      return { activity: 'Creating the endpoint…' };
    case 'wait':
      if (progress.decision.until === 'endpointActive') {
        return { activity: 'Alibaba Cloud is creating the endpoint. This usually takes a minute.' };
      }
      return progress.decision.until === 'serviceActive'
        ? { activity: 'Waiting for the private link service…' }
        : {};
    default:
      return {};
  }
}

function verification(draft: Draft): CreationState['endpoint']['verification'] {
  const { verification: found } = draft;
  switch (found.outcome) {
    case 'verified':
      return {
        outcome: 'verified',
        text: `Found in ${found.service.zones.length} ${found.service.zones.length === 1 ? 'zone' : 'zones'}`,
      };
    case 'refused':
      return {
        outcome: 'refused',
        text:
          found.reason === 'notListed'
            ? 'This service does not exist in this region, or has not allowed your Alibaba Cloud account'
            : problemOf(found.error).message,
      };
    default:
      return { outcome: found.outcome };
  }
}

function portCheck(
  draft: Draft,
  groupName: string,
): { outcome: 'open' | 'closed' | 'unknown'; text: string } {
  const port = draft.service?.port ?? 4000;
  switch (draft.portCheck) {
    case 'open':
      return { outcome: 'open', text: `${groupName} lets the VPC reach TCP ${port}.` };
    case 'closed':
      return {
        outcome: 'closed',
        text: `${groupName} does not let the VPC reach TCP ${port}: connections would time out.`,
      };
    case 'partly':
      return { outcome: 'closed', text: `${groupName} lets only a part of the VPC reach TCP ${port}.` };
    default:
      return {
        outcome: 'unknown',
        text: `Whether ${groupName} lets the VPC reach TCP ${port} could not be told from its rules.`,
      };
  }
}

function zoneChoices(draft: Draft): readonly ZoneChoice[] {
  if (draft.verification.outcome !== 'verified') {
    return [];
  }
  const { zones } = draft.verification.service;
  const all = [...new Set([...zones, ...draft.vSwitches.map(({ zoneId }) => zoneId)])].sort();
  return all.map((zoneId) => {
    const vSwitches = draft.vSwitches.filter((vSwitch) => vSwitch.zoneId === zoneId);
    const unusable = !zones.includes(zoneId)
      ? 'TiDB Cloud does not offer the service in this zone'
      : vSwitches.length === 0
        ? 'the VPC has no vSwitch in this zone'
        : vSwitches.every((vSwitch) => !isUsable(vSwitch))
          ? 'no vSwitch here has a free address'
          : undefined;
    const vSwitchId = draft.zones.get(zoneId);
    return {
      zoneId,
      vSwitches: vSwitches.map((vSwitch) => ({
        id: vSwitch.id,
        label: vSwitch.name === '' ? vSwitch.id : vSwitch.name,
        detail: `${vSwitch.cidrBlock} · ${vSwitch.availableIpCount} free`,
        ...(!isUsable(vSwitch) && {
          unusable: vSwitch.status === 'Available' ? 'no free address' : vSwitch.status,
        }),
      })),
      ...(vSwitchId !== undefined && { vSwitchId }),
      ...(unusable !== undefined && { unusable }),
    };
  });
}

function acceptanceStep(shown: Shown): CreationState['acceptance'] {
  const { draft, progress } = shown;
  const creation = progress?.creation;
  const decision = progress?.decision;
  const byHand = creation === undefined ? draft.mode === 'byHand' : creation.spec === undefined;
  const typed = draft.endpointId !== '';
  const idProblem = typed && progress === undefined ? endpointIdProblem(draft.endpointId) : undefined;
  const nameProblem =
    draft.domainName !== '' && draft.service !== undefined && progress === undefined
      ? domainNameProblem(draft.domainName, draft.endpointId, draft.service)
      : undefined;
  const error =
    progress !== undefined && endpointError(progress) === undefined && !isRegistered(progress.creation)
      ? progress.error
      : undefined;
  const failed =
    decision?.kind === 'blocked' &&
    (decision.reason === 'connectionFailed' || decision.reason === 'connectionDeleting');
  return {
    status: acceptanceStatus(shown, byHand, failed || error !== undefined),
    way: creation?.acceptance === 'console' ? 'console' : byHand ? 'byHand' : 'api',
    ...(decision?.kind === 'createConnection' &&
      error === undefined && { activity: 'Creating the private endpoint connection…' }),
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
    ...(failed && { problem: blockedProblem(decision.reason, decision.message) }),
    ...(error !== undefined && { problem: problemOf(error) }),
  };
}

function acceptanceStatus({ draft, progress }: Shown, byHand: boolean, failed: boolean): StepStatus {
  if (progress === undefined) {
    return byHand && draft.service?.state === 'ACTIVE' ? 'current' : 'todo';
  }
  if (failed) {
    return 'failed';
  }
  if (isRegistered(progress.creation) || progress.creation.finished !== undefined) {
    return 'done';
  }
  if (isWaitingForConsole(progress)) {
    return 'waiting';
  }
  return progress.decision?.kind === 'createConnection' ? 'working' : 'todo';
}

function activeStep({ progress }: Shown): CreationState['active'] {
  const base = { status: 'todo' as StepStatus, usualDurationMs };
  if (progress === undefined) {
    return base;
  }
  const { creation, decision, seen } = progress;
  const connection = typeof seen?.connection === 'object' ? seen.connection : undefined;
  const since = creation.registeredAtMs !== undefined && { startedAtMs: creation.registeredAtMs };
  const problem = isRegistered(creation) &&
    progress.error !== undefined && { problem: problemOf(progress.error) };
  if (decision?.kind === 'done') {
    return {
      ...base,
      ...since,
      status: 'done',
      connectionState: 'Active',
      host: decision.host,
      port: decision.port,
    };
  }
  if (connection?.state === 'PENDING' || (connection?.state === 'ACTIVE' && decision?.kind === 'wait')) {
    return {
      ...base,
      ...since,
      ...problem,
      status: 'working',
      connectionState: connection.state === 'PENDING' ? 'Pending' : 'Active',
      explanation:
        'TiDB Cloud is accepting the endpoint and making its private domain. You can close this panel; you will be told.',
    };
  }
  return base;
}

const isRegistered = (creation: Creation): boolean => creation.registeredAtMs !== undefined;

const isWaitingForConsole = (progress: CreationProgress | undefined): boolean =>
  progress?.decision?.kind === 'ask' && progress.decision.forWhat === 'acceptInConsole';

/** An error before the endpoint exists belongs to step 2, any later one to step 3. */
const endpointError = ({ creation, error }: CreationProgress): unknown =>
  creation.spec !== undefined && creation.endpointId === undefined ? error : undefined;

const concernsEndpoint = (reason: BlockedReason): boolean =>
  ['serviceDeleted', 'endpointGone', 'endpointDeleting', 'financialLocked'].includes(reason);

/** Alibaba Cloud's id of the chosen instance's region; empty while that is not known. */
export function regionOf(snapshot: Snapshot, draft: Draft): string {
  const instance = snapshot.instances.value?.find(({ id }) => id === draft.instanceId);
  return (instance && alibabaRegionOf(instance.regionId)) ?? '';
}
