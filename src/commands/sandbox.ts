import { ProgressLocation, ThemeIcon, window } from 'vscode';
import { cancellation } from '../core/errors';
import type { SandboxChoice } from '../core/ports';
import { commands } from '../ids';
import type { Command } from './command';

/** Both clouds and a database on this machine, in place of the real ones. */
export const startSandbox: Command = {
  id: commands.startSandbox,
  title: 'Start Sandbox',
  handler:
    ({ sandbox }) =>
    async (argument) => {
      const choice = choiceIn(argument) ?? (await askChoice());
      await window.withProgress(
        { location: ProgressLocation.Notification, title: 'Starting the sandbox…' },
        () => sandbox.start(choice),
      );
      void window.showInformationMessage(
        'The sandbox runs: practice clouds on this machine, where nothing is real and nothing costs money. You are signed in to both.',
      );
    },
};

export const stopSandbox: Command = {
  id: commands.stopSandbox,
  title: 'Stop Sandbox',
  handler:
    ({ sandbox }) =>
    async () => {
      if (sandbox.id === undefined) {
        void window.showInformationMessage('No sandbox runs in this window.');
        return;
      }
      const stop = 'Stop Sandbox';
      const detail = 'What you made in it is gone, and you are back with your own accounts.';
      if ((await window.showWarningMessage('Stop the sandbox?', { modal: true, detail }, stop)) !== stop) {
        throw cancellation();
      }
      await sandbox.stop();
      window.setStatusBarMessage('$(check) The sandbox is gone', 3000);
    },
};

/** Given by whoever runs the command with an argument; a button in a view gives none of these. */
function choiceIn(argument: unknown): SandboxChoice | undefined {
  const { acceptMode } = (argument ?? {}) as Record<string, unknown>;
  return acceptMode === 'api' || acceptMode === 'console' ? { acceptMode } : undefined;
}

async function askChoice(): Promise<SandboxChoice> {
  const chosen = await window.showQuickPick(
    [
      {
        label: 'Accept by API',
        iconPath: new ThemeIcon('zap'),
        detail: 'The extension registers the endpoint in TiDB Cloud by itself: the shortest way',
        acceptMode: 'api' as const,
      },
      {
        label: 'Accept in the console',
        iconPath: new ThemeIcon('browser'),
        detail:
          'You accept the endpoint on TiDB Cloud’s networking page, which the sandbox plays: what most accounts meet today',
        acceptMode: 'console' as const,
      },
    ],
    { title: 'Start Sandbox', placeHolder: 'How does TiDB Cloud take a new endpoint?' },
  );
  if (chosen === undefined) {
    throw cancellation();
  }
  return chosen;
}
