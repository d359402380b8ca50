import { window } from 'vscode';
import { endpointName } from '../core/health';
import { commands } from '../ids';
import type { Command } from './command';
import { endpointFor, targetOf } from './target';

/** From now on statements that would change or drop everything ask first on this endpoint. */
export const markProduction: Command = marking({
  id: commands.markProduction,
  title: 'Mark as Production',
  marked: true,
  what: 'a private endpoint that is not marked as production',
  told: 'is marked as production: statements that would change or drop everything ask first',
});

export const unmarkProduction: Command = marking({
  id: commands.unmarkProduction,
  title: 'Unmark as Production',
  marked: false,
  what: 'a private endpoint that is marked as production',
  told: 'is no longer marked as production',
});

function marking({
  id,
  title,
  marked,
  what,
  told,
}: Pick<Command, 'id' | 'title'> & {
  readonly marked: boolean;
  readonly what: string;
  readonly told: string;
}): Command {
  return {
    id,
    title,
    handler:
      ({ inventory, production }) =>
      async (argument) => {
        const { endpoint } = await endpointFor(inventory, targetOf(argument), {
          placeHolder: `${title}: choose a private endpoint`,
          what,
          fits: ({ endpointId }) => production.has(endpointId) !== marked,
          always: true,
        });
        await production.set(endpoint.endpointId, marked);
        window.setStatusBarMessage(`$(check) ${endpointName(endpoint)} ${told}`, 5000);
      },
  };
}
