import assert from 'node:assert/strict';
import { reconcile, type Creation, type Observed } from '../../../src/core/creation';
import { loaded } from '../../../src/core/loadable';
import type * as ProblemModule from '../../../src/panels/creation/problem';
import type { Shown } from '../../../src/panels/creation/shown';
import type * as ViewModule from '../../../src/panels/creation/view';
import type { CreationState, Problem, StepStatus } from '../../../src/protocol/creation';
import type { Snapshot } from '../../../src/services/inventory';
import { emptyDraft, type Draft } from '../../../src/services/provisioning/draftState';
import type { CreationProgress } from '../../../src/services/provisioning/progress';
import { aCreation, anEndpoint, anInstance, aService, without } from '../fakes';
import { withoutEditor } from './withoutEditor';

/** Drafts and creations at each point of the guide, and how they are shown. */

export const snapshot: Snapshot = {
  instances: loaded([
    anInstance,
    { ...anInstance, id: '2', name: 'on-aws', cloudProvider: 'aws', regionId: 'aws-us-east-1' },
    { ...anInstance, id: '3', name: 'asleep', state: 'PAUSED' },
  ]),
  isWhole: true,
  isComplete: true,
  failures: [],
  details: new Map(),
};
export const untouched: Draft = emptyDraft;
export const chosen: Draft = { ...untouched, instanceId: anInstance.id, name: 'tidb-orders' };
export const served: Draft = { ...chosen, service: aService, serviceName: aService.serviceName };
export const filled: Draft = {
  ...served,
  verification: {
    outcome: 'verified',
    service: {
      serviceId: 'epsrv-aaaa1111',
      serviceName: aService.serviceName,
      serviceDomain: aService.serviceDnsName,
      zones: ['ap-southeast-1a', 'ap-southeast-1b', 'ap-southeast-1c'],
      autoAccept: true,
      payer: 'Endpoint',
    },
  },
  vpcs: [
    {
      id: 'vpc-a',
      name: 'main',
      cidrBlocks: ['10.0.0.0/16', '10.1.0.0/16'],
      status: 'Available',
      isDefault: true,
    },
    { id: 'vpc-b', name: '', cidrBlocks: ['10.2.0.0/16'], status: 'Pending', isDefault: false },
  ],
  vpcId: 'vpc-a',
  vSwitches: [
    vSwitch('a', 'ap-southeast-1a', 7),
    vSwitch('b', 'ap-southeast-1b', 0),
    vSwitch('z', 'ap-southeast-1z', 7),
  ],
  zones: new Map([['ap-southeast-1a', 'vsw-a']]),
  securityGroups: [{ id: 'sg-a', name: 'web', vpcId: 'vpc-a', type: 'normal', serviceManaged: false }],
  securityGroupIds: ['sg-a'],
  port: { check: 'open', missing: [] },
  privateLink: 'open',
};
export const byHandDraft: Draft = { ...served, mode: 'byHand' };

function vSwitch(name: string, zoneId: string, availableIpCount: number): Draft['vSwitches'][number] {
  return {
    ...{ id: `vsw-${name}`, name: '', vpcId: 'vpc-a', zoneId, cidrBlock: '10.0.1.0/24' },
    ...{ availableIpCount, status: 'Available' },
  };
}

export const known = { endpointId: anEndpoint.id, endpointDomain: anEndpoint.domain };
export const registered = { ...known, registeredAtMs: 7 };
export const byHand: Creation = { ...without(aCreation, 'spec'), ...known };

/** A creation that nothing is known of yet. */
export const begun = (creation: Creation, error?: unknown): CreationProgress => ({
  ...{ creation, readOnly: false },
  ...(error !== undefined && { error }),
});

/** A creation as the runner tells of it, decided as it decides. */
export function progressOf(wanted: Creation, seen: Partial<Observed>, error?: unknown): CreationProgress {
  const whole: Observed = {
    ...{ atMs: 1_000_000, service: 'unknown', endpoint: anEndpoint, connection: 'absent', zones: 'unknown' },
    ...seen,
  };
  const decision = reconcile(wanted, whole);
  return { creation: wanted, seen: whole, decision, readOnly: false, ...(error !== undefined && { error }) };
}

export const statuses = ({ instance, endpoint, acceptance, active }: CreationState): StepStatus[] => [
  instance.status,
  endpoint.status,
  acceptance.status,
  active.status,
];
export const assertProblem = (problem: Problem | undefined, message: RegExp, ...actions: string[]): void => {
  assert.ok(problem);
  assert.match(problem.message, message);
  assert.match(problem.nextStep, /[^.]\.$/);
  assert.deepEqual(
    problem.actions.map(({ id }) => id),
    actions,
  );
  assert.ok(problem.actions.every(({ label }) => label !== ''));
};

export interface Shows {
  readonly view: typeof ViewModule;
  readonly problems: typeof ProblemModule;
  readonly show: (
    draft: Draft,
    progress?: CreationProgress,
    over?: Partial<Snapshot>,
    more?: Partial<Shown>,
  ) => CreationState;
}

export async function loadView(): Promise<Shows> {
  const view = await withoutEditor(() => import('../../../src/panels/creation/view'));
  const problems = await withoutEditor(() => import('../../../src/panels/creation/problem'));
  return {
    view,
    problems,
    show: (draft, progress, over, more) =>
      view.creationState({
        ...{ snapshot: { ...snapshot, ...over }, draft, progress },
        ...{ sandbox: false, canCreate: false, unfinished: [] },
        usualMs: (what) => ({ service: 240_000, endpoint: 60_000, connection: 300_000 })[what],
        ...more,
      }),
  };
}
