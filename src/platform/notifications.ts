import { commands as vscodeCommands, env, Uri, window } from 'vscode';
import { AppError, isCancellation, wordingOf, type Remedy } from '../core/errors';
import type { Log } from '../core/ports';
import { commands, settings } from '../ids';
import { plainText } from './plainText';

export const guideUrl =
  'https://docs.pingcap.com/tidbcloud/premium/connect-to-premium-via-alibaba-cloud-private-endpoint/';

const labels: Record<Remedy, string> = {
  signInTidbCloud: 'Sign In to TiDB Cloud',
  signInAlibabaCloud: 'Sign In to Alibaba Cloud',
  connect: 'Connect',
  enterPassword: 'Enter Password',
  retry: 'Retry',
  chooseBastion: 'Choose Bastion…',
  diagnose: 'Diagnose',
  openTidbCloud: 'Open TiDB Cloud Console',
  openAlibabaCloud: 'Open Alibaba Cloud Console',
  openGuide: 'Open the Guide',
  stopSandbox: 'Stop Sandbox',
  copyRamPolicy: 'Copy RAM Policy',
  openSettings: 'Open Settings',
  openNetworkSettings: 'Open Proxy Settings',
};

/** The editor's command; it takes what to search for. */
export const openSettingsCommand = 'workbench.action.openSettings';

export const isRemedy = (text: string): text is Remedy => Object.hasOwn(labels, text);

export const remedyLabel = (remedy: Remedy): string => labels[remedy];

/** One message for one error: cause, next step, and a button for each thing that helps. */
export class Notifications {
  constructor(private readonly log: Log) {}

  /**
   * Shows an error and writes it to the log whole. A cancellation is neither. Returns at once; the buttons work later.
   *
   * @param retry what the Retry button does; without it there is none
   */
  showError(doing: string, error: unknown, retry?: () => void): void {
    if (isCancellation(error)) {
      return;
    }
    this.log.error(`${doing}: failed`, error);
    const { message, nextStep, remedies } = wordingOf(error);
    const usable = remedies.filter((remedy) => !needsRetry(remedy) || retry !== undefined);
    const buttons = new Map<string, () => void>(
      usable.map((remedy) => [labels[remedy], () => void this.apply(remedy, error, retry)]),
    );
    buttons.set('Open Log', () => void vscodeCommands.executeCommand(commands.showLog));
    void window
      .showErrorMessage(plainText(`${message} ${nextStep}`), ...buttons.keys())
      .then((chosen) => chosen !== undefined && buttons.get(chosen)?.());
  }

  /** Does what a remedy promises. */
  async apply(remedy: Remedy, error: unknown, retry?: () => void): Promise<void> {
    switch (remedy) {
      case 'retry':
      case 'enterPassword':
        retry?.();
        return;
      case 'chooseBastion':
        await vscodeCommands.executeCommand(commands.chooseBastion, domainOf(error));
        return;
      case 'diagnose':
        await vscodeCommands.executeCommand(commands.diagnose, domainOf(error));
        return;
      case 'connect':
        await vscodeCommands.executeCommand(commands.connect);
        return;
      case 'openGuide':
        await env.openExternal(Uri.parse(guideUrl));
        return;
      case 'stopSandbox':
        await vscodeCommands.executeCommand(commands.stopSandbox);
        return;
      case 'copyRamPolicy':
        await vscodeCommands.executeCommand(commands.copyRamPolicy);
        return;
      case 'openSettings':
        await vscodeCommands.executeCommand(openSettingsCommand, settingOf(error));
        return;
      case 'openNetworkSettings':
        await vscodeCommands.executeCommand(openSettingsCommand, 'http.proxy');
        return;
      case 'signInTidbCloud':
        await vscodeCommands.executeCommand(commands.signInTidbCloud);
        return;
      case 'signInAlibabaCloud':
        await vscodeCommands.executeCommand(commands.signInAlibabaCloud);
        return;
      case 'openTidbCloud':
        await vscodeCommands.executeCommand(commands.openInTidbCloud);
        return;
      case 'openAlibabaCloud':
        await vscodeCommands.executeCommand(commands.openInAlibabaCloud);
    }
  }
}

const needsRetry = (remedy: Remedy): boolean => remedy === 'retry' || remedy === 'enterPassword';

/** The private domain that could not be reached. */
const domainOf = (error: unknown): { readonly domain?: string } => {
  const { domain, subject } = AppError.is(error) ? error.details : {};
  const name = domain ?? subject;
  return name === undefined ? {} : { domain: name };
};

/** The setting that an error is about, as the settings editor finds it; else all of this extension's. */
export function settingOf(error: unknown): string {
  const subject = AppError.is(error) ? error.details.subject : undefined;
  const { section, ...keys } = settings;
  const names = Object.values(keys).map((key) => `${section}.${key}`);
  return names.find((name) => subject === name || subject?.startsWith(`${name}.`)) ?? section;
}
