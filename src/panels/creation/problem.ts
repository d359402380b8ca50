import type { BlockedReason } from '../../core/creation';
import { wordingOf } from '../../core/errors';
import { remedyLabel } from '../../platform/notifications';
import type { Problem } from '../../protocol/creation';

/** What the panel itself can do about a problem, beside the remedies of an error. */
const actionLabels = {
  activatePrivateLink: 'Activate PrivateLink',
  recreate: 'Delete and Create Again',
  remove: 'Remove…',
  retry: 'Retry',
  startAgain: 'Start Again',
  openTidbCloud: 'Open TiDB Cloud Console',
  openAlibabaCloud: 'Open Alibaba Cloud Console',
} as const;

export type Action = keyof typeof actionLabels;

export const isAction = (text: string): text is Action => Object.hasOwn(actionLabels, text);

/** What changes nothing, so that it can be done while another window works on the creation. */
const harmless: readonly string[] = [
  'openTidbCloud',
  'openAlibabaCloud',
  'openGuide',
  'openSettings',
  'openNetworkSettings',
  'copyRamPolicy',
];

export const isHarmless = (action: string): boolean => harmless.includes(action);

export const problem = (message: string, nextStep: string, ...actions: readonly Action[]): Problem => ({
  message,
  nextStep,
  actions: actions.map((id) => ({ id, label: actionLabels[id] })),
});

/** An error as the panel shows it; each remedy becomes a button. */
export function problemOf(error: unknown): Problem {
  const { message, nextStep, remedies } = wordingOf(error);
  return {
    message,
    nextStep,
    actions: remedies.map((remedy) => ({ id: remedy, label: remedyLabel(remedy) })),
  };
}

const blocked: Record<BlockedReason, readonly [message: string, nextStep: string, ...Action[]]> = {
  serviceDeleted: [
    'The private link service of the instance is gone.',
    'Check the instance in TiDB Cloud. What was made for it can be removed.',
    'remove',
    'openTidbCloud',
  ],
  endpointGone: [
    'The endpoint was removed in Alibaba Cloud.',
    'Start again to create a new one.',
    'startAgain',
    'openAlibabaCloud',
  ],
  endpointDeleting: [
    'The endpoint is being removed in Alibaba Cloud.',
    'Start again to create a new one.',
    'startAgain',
    'openAlibabaCloud',
  ],
  financialLocked: [
    'Alibaba Cloud has locked the endpoint because of an overdue payment.',
    'Settle the payment, then try again.',
    'retry',
    'openAlibabaCloud',
  ],
  connectionFailed: [
    'TiDB Cloud could not accept the endpoint: the connection is Failed',
    'Delete the connection and create a new one; the endpoint stays.',
    'recreate',
    'openTidbCloud',
  ],
  connectionDeleting: [
    'TiDB Cloud is removing the connection.',
    'Wait until it is gone, then try again.',
    'retry',
    'openTidbCloud',
  ],
};

/** Why a creation cannot go on, and what helps. */
export function blockedProblem(reason: BlockedReason, detail?: string): Problem {
  const [message, nextStep, ...actions] = blocked[reason];
  const cause = message.replace(/\.$/, '');
  return problem(
    detail === undefined ? `${cause}.` : `${cause}: ${detail.replace(/[\s.]+$/, '')}.`,
    nextStep,
    ...actions,
  );
}
