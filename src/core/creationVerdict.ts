import type { BlockedReason, Creation, Decision } from './creation';
import { AppError, isTransient, wordingOf } from './errors';
import type { HealthLevel, Verdict } from './health';

/** What a person is told in a word and a sentence about a creation or removal that is not finished. */
export function creationVerdict(
  { removal }: Pick<Creation, 'removal'>,
  decision: Decision | undefined,
  error: unknown,
): Verdict {
  const doing = removal === undefined ? 'Creating' : 'Deleting';
  // Where TiDB Cloud's API refuses, the person does it in the console: that is no failure beside it.
  if (
    decision?.kind === 'ask' &&
    (error === undefined || (AppError.is(error) && error.code === 'notAllowed'))
  ) {
    return asking[decision.forWhat];
  }
  if (error !== undefined) {
    const { message, nextStep } = wordingOf(error);
    return passesByItself(decision, error)
      ? verdict('attention', doing, `${message} It is tried again by itself.`)
      : verdict('failed', `${doing} failed`, `${message} ${nextStep}`);
  }
  if (decision?.kind === 'blocked') {
    return verdict('failed', `${doing} failed`, `${blockedWords(decision)}.`);
  }
  return verdict('changing', doing, decision?.kind === 'wait' ? waiting[decision.until] : `${doing}.`);
}

/** Tried again without the person. What is being changed already is free again in a while; an endpoint that exists stays. */
export function passesByItself(decision: Decision | undefined, error: unknown): boolean {
  const isBusy = AppError.is(error) && error.code === 'conflict';
  return isTransient(error) || (isBusy && decision?.kind !== 'createEndpoint');
}

/** Without a full stop. */
export const blockedWords = ({ reason, message }: Extract<Decision, { kind: 'blocked' }>): string =>
  `${blocked[reason]}${message === undefined ? '' : ` (${message.replace(/[\s.]+$/, '')})`}`;

const verdict = (level: HealthLevel, word: string, explanation: string): Verdict => ({
  level,
  word,
  explanation,
});

const asking: Readonly<Record<Extract<Decision, { kind: 'ask' }>['forWhat'], Verdict>> = {
  acceptInConsole: verdict(
    'attention',
    'Accept in TiDB Cloud',
    'Create the private endpoint connection in the TiDB Cloud console; it is noticed by itself.',
  ),
  endpointDetails: verdict(
    'attention',
    'Endpoint needed',
    'Create the endpoint in Alibaba Cloud and enter its ID and domain name.',
  ),
  deleteInTidbCloud: verdict(
    'attention',
    'Delete in TiDB Cloud',
    'Delete the private endpoint connection in the TiDB Cloud console; it is noticed by itself.',
  ),
  deleteInAlibabaCloud: verdict(
    'attention',
    'Delete in Alibaba Cloud',
    'Sign in to Alibaba Cloud to have the endpoint deleted; without that, a deletion in its console is not noticed.',
  ),
};

const waiting: Readonly<Record<Extract<Decision, { kind: 'wait' }>['until'], string>> = {
  serviceActive: 'Waiting until the private link service of the instance is Active.',
  endpointActive: 'Waiting until Alibaba Cloud shows the endpoint as Active.',
  connectionActive: 'Waiting until TiDB Cloud has accepted the endpoint.',
  connectionGone: 'TiDB Cloud is deleting the connection.',
  zoneGone: 'Alibaba Cloud is removing a zone from the endpoint.',
  endpointGone: 'Alibaba Cloud is deleting the endpoint.',
  observed: 'Looking at both clouds.',
};

const blocked: Readonly<Record<BlockedReason, string>> = {
  serviceDeleted: 'The private link service of the instance is gone',
  endpointGone: 'The endpoint was removed in Alibaba Cloud',
  endpointDeleting: 'The endpoint is being removed in Alibaba Cloud',
  financialLocked: 'Alibaba Cloud has locked the endpoint because of an overdue payment',
  connectionFailed: 'TiDB Cloud could not accept the endpoint',
  connectionDeleting: 'TiDB Cloud is removing the connection',
};
