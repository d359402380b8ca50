import { ThemeIcon, window } from 'vscode';
import { creationVerdict } from '../core/creationVerdict';
import { AppError, cancellation } from '../core/errors';
import { commands } from '../ids';
import type { CreationProgress } from '../services/provisioning/progress';
import type { Command, CommandServices } from './command';
import { confirm } from './removal';
import { targetOf } from './target';

/** Stops following a creation or removal; what exists in the clouds stays. */
export const giveUp: Command = {
  id: commands.giveUp,
  title: 'Give Up',
  handler: (services) => async (argument) => {
    const { creation } = await unfinishedFor(services, targetOf(argument).creationId);
    const { instanceName, endpointId, removal, endpointSentAtMs } = creation;
    const stays =
      endpointId !== undefined
        ? `The endpoint ${endpointId} stays in Alibaba Cloud, and costs what it costs, unless it is gone already.`
        : endpointSentAtMs !== undefined
          ? 'An endpoint may have been made in Alibaba Cloud; it stays there.'
          : 'Nothing was made for it yet.';
    await confirm(
      {
        message: `Give up ${removal === undefined ? 'creating' : 'deleting'} the private endpoint for ${instanceName}?`,
        detail: `It is not followed any more. ${stays}`,
      },
      'Give Up',
    );
    await services.runner.abandon(creation.id);
  },
};

async function unfinishedFor(
  { runner }: CommandServices,
  creationId: string | undefined,
): Promise<CreationProgress> {
  const unfinished = runner.unfinished();
  const named = unfinished.find(({ creation }) => creation.id === creationId);
  if (named !== undefined) {
    return named;
  }
  if (creationId !== undefined || unfinished.length === 0) {
    throw new AppError('notFound', { source: 'Extension', subject: 'a creation that is not finished' });
  }
  const chosen = await window.showQuickPick(
    unfinished.map((progress) => ({
      label: progress.creation.instanceName,
      iconPath: new ThemeIcon('plug'),
      description: progress.creation.endpointId ?? progress.creation.spec?.name ?? '',
      detail: creationVerdict(progress.creation, progress.decision, progress.error).explanation,
      progress,
    })),
    { placeHolder: 'Give Up: choose what is not finished' },
  );
  if (chosen === undefined) {
    throw cancellation();
  }
  return chosen.progress;
}
