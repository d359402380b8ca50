import type { BlockedReason } from '../../core/creation';
import { wordingOf } from '../../core/errors';
import { remedyLabel } from '../../platform/notifications';
import type { Problem } from '../../protocol/creation';

/** An error as the panel shows it; each remedy becomes a button. */
export function problemOf(error: unknown): Problem {
  const { message, nextStep, remedies } = wordingOf(error);
  return {
    message,
    nextStep,
    actions: remedies.map((remedy) => ({ id: remedy, label: remedyLabel(remedy) })),
  };
}

const blockedWords: Record<BlockedReason, { message: string; nextStep: string; actions: readonly string[] }> =
  {
    serviceDeleted: {
      message: 'The private link service of the instance is gone.',
      nextStep: 'Check the instance in TiDB Cloud, remove the endpoint and start again.',
      actions: ['startAgain', 'openTidbCloud'],
    },
    endpointGone: {
      message: 'The endpoint was removed in Alibaba Cloud.',
      nextStep: 'Start again to create a new one.',
      actions: ['startAgain'],
    },
    endpointDeleting: {
      message: 'The endpoint is being removed in Alibaba Cloud.',
      nextStep: 'Start again to create a new one.',
      actions: ['startAgain', 'openAlibabaCloud'],
    },
    financialLocked: {
      message: 'Alibaba Cloud has locked the endpoint because of an overdue payment.',
      nextStep: 'Settle the payment, then try again.',
      actions: ['retry', 'openAlibabaCloud'],
    },
    connectionFailed: {
      message: 'TiDB Cloud could not accept the endpoint: the connection is Failed',
      nextStep: 'Delete the connection in TiDB Cloud, then try again; it is created anew.',
      actions: ['openTidbCloud', 'retry', 'startAgain'],
    },
    connectionDeleting: {
      message: 'TiDB Cloud is removing the connection.',
      nextStep: 'Wait until it is gone, then try again.',
      actions: ['retry', 'openTidbCloud'],
    },
  };

const actionLabels: Record<string, string> = {
  startAgain: 'Start Again',
  retry: 'Retry',
  openTidbCloud: 'Open TiDB Cloud Console',
  openAlibabaCloud: 'Open Alibaba Cloud Console',
};

/** Why a creation cannot go on, and what helps. */
export function blockedProblem(reason: BlockedReason, detail?: string): Problem {
  const { message, nextStep, actions } = blockedWords[reason];
  return {
    message:
      detail === undefined
        ? message.replace(/([^.])$/, '$1.')
        : `${message.replace(/\.$/, '')}: ${detail.replace(/[\s.]+$/, '')}.`,
    nextStep,
    actions: actions.map((action) => ({ id: action, label: actionLabels[action] ?? action })),
  };
}
