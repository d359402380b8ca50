import type { CreationState, FromCreation, Problem, StepStatus, Wait } from '../../protocol/creation';

export type CopyTarget = Extract<FromCreation, { type: 'copy' }>['what'];

/** What each part of the panel is drawn from. */
export interface View {
  readonly state: CreationState;
  readonly nowMs: number;
  /** The value copied a moment ago, for the tick on its button. */
  readonly copied: CopyTarget | undefined;
  send(message: FromCreation): void;
  copy(what: CopyTarget): void;
}

export const statusWords: Readonly<Record<StepStatus, string>> = {
  todo: 'Not started',
  current: 'Your turn',
  working: 'Working',
  waiting: 'Waiting',
  done: 'Done',
  failed: 'Failed',
};

export const stepTitles = {
  instance: 'Choose an instance',
  endpoint: 'Create the endpoint on Alibaba Cloud',
  acceptance: 'Accept the endpoint in TiDB Cloud',
  active: 'Active: connect',
} as const;

export type StepName = keyof typeof stepTitles;

export const stepNames = Object.keys(stepTitles) as readonly StepName[];

export const removalTitle = ({ status }: NonNullable<CreationState['removal']>): string =>
  status === 'done' ? 'Removed' : 'Remove the private endpoint';

export const readOnlyText = 'Another window works on this creation.';

const untouched = (status: StepStatus): boolean =>
  status === 'todo' || status === 'current' || status === 'failed';

/** A creation runs, here or in another window: nothing is filled in any more. */
export const isUnderWay = ({ canCancel, readOnly }: CreationState): boolean => canCancel || readOnly;

/** Until something is created for it, another instance can be chosen. */
export function instanceCanChange(state: CreationState): boolean {
  const { endpoint, acceptance } = state;
  return (
    !isUnderWay(state) &&
    endpoint.created === undefined &&
    untouched(endpoint.status) &&
    untouched(acceptance.status)
  );
}

/** The first step that is not finished; after the last one, the last one. */
export function currentStep(state: CreationState): StepName {
  return (
    stepNames.find((step) => state[step].status === 'failed') ??
    stepNames.find((step) => state[step].status === 'current') ??
    stepNames.find((step) => state[step].status !== 'done') ??
    'active'
  );
}

/** The step whose body carries the copy buttons of the endpoint's id and domain name, so that each exists once. */
export function endpointCopiedFrom({ endpoint, acceptance }: CreationState): 'endpoint' | 'acceptance' {
  const handedOver =
    acceptance.way === 'console' && acceptance.status !== 'todo' && acceptance.status !== 'done';
  return endpoint.created === undefined || handedOver ? 'acceptance' : 'endpoint';
}

/** The step whose body carries the copy buttons of the service's values. */
export function serviceCopiedFrom(state: CreationState): 'instance' | 'endpoint' {
  return isCreatedByHand(state) && state.instance.status === 'done' ? 'endpoint' : 'instance';
}

/** The person is creating the endpoint in the console right now. */
export function isCreatedByHand({ mode, endpoint }: CreationState): boolean {
  return (
    mode === 'byHand' &&
    endpoint.created === undefined &&
    endpoint.status !== 'todo' &&
    endpoint.status !== 'done'
  );
}

export type MainButton =
  | 'createEndpoint'
  | 'useEndpoint'
  | 'addRule'
  | 'openAlibabaCloud'
  | 'createConnection'
  | 'openTidbCloud'
  | 'connect'
  | 'startAgain';

/** What is being waited for; the clock runs only where there is something. */
export const waitOf = ({ instance, endpoint, active, removal }: CreationState): Wait | undefined =>
  removal === undefined ? (active.wait ?? endpoint.wait ?? instance.wait) : undefined;

/** The one next thing, which alone is drawn as the primary button: a way out of a problem, or a button. */
export function primary(state: CreationState): Problem | MainButton | undefined {
  const { instance, endpoint, acceptance, active, removal } = state;
  if (removal !== undefined) {
    return removal.status === 'done' ? 'startAgain' : withActions(removal.problem);
  }
  const problem = [
    state.problem,
    active.problem,
    acceptance.problem,
    endpoint.problem,
    instance.problem,
  ].find((candidate) => withActions(candidate) !== undefined);
  if (problem !== undefined) {
    return problem;
  }
  if (active.status === 'done') {
    return 'connect';
  }
  if (acceptance.status !== 'todo' && acceptance.status !== 'done') {
    if (acceptance.way === 'console') {
      return isCreatedByHand(state) ? 'openAlibabaCloud' : 'openTidbCloud';
    }
    if (acceptance.canCreate) {
      return 'createConnection';
    }
  }
  if (endpoint.created !== undefined || endpoint.status === 'todo' || endpoint.status === 'done') {
    return acceptance.status === 'current' ? 'createConnection' : undefined;
  }
  return state.mode === 'automatic' ? nextInForm(endpoint) : 'openAlibabaCloud';
}

/** To use what is there, to let the clients in, to create. */
const nextInForm = ({ existing, portCheck }: CreationState['endpoint']): MainButton =>
  existing.length > 0 ? 'useEndpoint' : portCheck?.rules === undefined ? 'createEndpoint' : 'addRule';

const withActions = (problem: Problem | undefined): Problem | undefined =>
  problem !== undefined && problem.actions.length > 0 ? problem : undefined;

/** What changed, in words for a screen reader; empty when nothing did that is worth an interruption. */
export function announcement(before: CreationState, after: CreationState): string {
  const said: string[] = [];
  stepNames.forEach((step, index) => {
    const status = after[step].status;
    if (before[step].status !== status) {
      said.push(`Step ${index + 1}, ${stepTitles[step]}: ${statusWords[status]}.`);
    }
  });
  const { outcome, text } = after.endpoint.verification;
  if (before.endpoint.verification.outcome !== outcome && outcome === 'verified') {
    said.push(text ?? 'Verified');
  }
  if (before.endpoint.verification.outcome !== outcome && outcome === 'refused') {
    said.push(text === undefined ? 'Not verified' : `Not verified: ${text}`);
  }
  if (before.removal?.status !== after.removal?.status && after.removal !== undefined) {
    said.push(`${removalTitle(after.removal)}: ${statusWords[after.removal.status]}.`);
  }
  if (before.endpoint.portCheck?.text !== after.endpoint.portCheck?.text) {
    said.push(after.endpoint.portCheck?.text ?? '');
  }
  if (after.endpoint.existing.length > 0 && before.endpoint.existing.length === 0) {
    said.push('This VPC already has an endpoint for the service.');
  }
  if (after.readOnly && !before.readOnly) {
    said.push(readOnlyText);
  }
  const { connectionState } = after.active;
  if (connectionState !== undefined && before.active.connectionState !== connectionState) {
    said.push(`Connection: ${connectionState}.`);
  }
  return said.filter((text) => text !== '').join(' ');
}
