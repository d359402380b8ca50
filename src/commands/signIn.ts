import { ProgressLocation, ThemeIcon, window } from 'vscode';
import { AppError, cancellation, wordingOf } from '../core/errors';
import { commands } from '../ids';
import { clouds, type Account, type Accounts, type AlibabaCloudCredentials } from '../services/accounts';
import type { Command } from './command';

export const signInTidbCloud: Command = {
  id: commands.signInTidbCloud,
  title: 'Sign In to TiDB Cloud',
  handler:
    ({ accounts }) =>
    async () => {
      const { name } = await addTidbCloud(accounts);
      window.setStatusBarMessage(`$(check) Signed in to TiDB Cloud: ${name}`, 3000);
    },
};

export const signInAlibabaCloud: Command = {
  id: commands.signInAlibabaCloud,
  title: 'Sign In to Alibaba Cloud',
  handler:
    ({ accounts }) =>
    async () => {
      const { name } = await addAlibabaCloud(accounts);
      window.setStatusBarMessage(`$(check) Signed in to Alibaba Cloud: ${name}`, 3000);
    },
};

/** Asks for a key and adds it. @throws the cancellation when the person stops */
export async function addTidbCloud(accounts: Accounts): Promise<Account> {
  const title = 'Sign In to TiDB Cloud';
  const publicKey = await ask({
    title: `${title} (1/2)`,
    prompt:
      'Public key of an API key made by an Organization Owner (TiDB Cloud console, Organization Settings > API Keys)',
  });
  const privateKey = await ask({ title: `${title} (2/2)`, prompt: 'Private key', password: true });
  return named(accounts, title, () =>
    withProgress('Signing in to TiDB Cloud…', (signal) =>
      accounts.signInTidbCloud({ publicKey, privateKey }, signal),
    ),
  );
}

/** Asks for credentials and adds them. @throws the cancellation when the person stops */
export async function addAlibabaCloud(accounts: Accounts): Promise<Account> {
  const title = 'Sign In to Alibaba Cloud';
  const way = await window.showQuickPick(
    [
      {
        label: 'AccessKey',
        iconPath: new ThemeIcon('key'),
        detail: 'An AccessKey ID and secret, optionally with a security token (STS)',
        id: 'keys' as const,
      },
      {
        label: 'Credentials of this machine',
        iconPath: new ThemeIcon('server-environment'),
        detail:
          'Alibaba Cloud’s default chain: environment, OIDC, ~/.aliyun/config.json, ~/.alibabacloud/credentials, the RAM role of an ECS instance',
        id: 'chain' as const,
      },
      {
        label: 'A profile of this machine…',
        iconPath: new ThemeIcon('account'),
        detail: 'One profile of ~/.aliyun/config.json or ~/.alibabacloud/credentials',
        id: 'profile' as const,
      },
    ],
    { title, placeHolder: 'How to sign in' },
  );
  if (way === undefined) {
    throw cancellation();
  }
  const credentials = await credentialsBy[way.id](accounts, title);
  return named(accounts, title, () =>
    withProgress('Signing in to Alibaba Cloud…', (signal) =>
      accounts.signInAlibabaCloud(credentials, signal),
    ),
  );
}

/** Where there are several, their names tell them apart: the person is asked for one, and may leave it as it is. */
async function named(accounts: Accounts, title: string, add: () => Promise<Account>): Promise<Account> {
  const account = await add();
  const all = await accounts.list(account.cloud);
  if (all.length < 2) {
    return account;
  }
  const name = await askName(account, title);
  if (name === undefined || name === account.name) {
    return account;
  }
  await accounts.rename(account, name);
  return { ...account, name };
}

const askName = async ({ name, cloud }: Account, title: string): Promise<string | undefined> =>
  (
    await window.showInputBox({
      title,
      prompt: `Name of this ${cloud} account, to tell it from the others`,
      value: name,
      ignoreFocusOut: true,
      validateInput: (text) => (text.trim() === '' ? 'A name is needed' : undefined),
    })
  )?.trim();

const credentialsBy: Readonly<
  Record<
    'keys' | 'chain' | 'profile',
    (accounts: Accounts, title: string) => Promise<AlibabaCloudCredentials>
  >
> = {
  keys: (_, title) => askKeys(title),
  chain: () => Promise.resolve({ kind: 'chain' }),
  profile: async (accounts, title) => ({ kind: 'chain', profile: await askProfile(accounts, title) }),
};

async function askProfile(accounts: Accounts, title: string): Promise<string> {
  const profiles = await accounts.alibabaCloudProfiles();
  if (profiles.length === 0) {
    throw new AppError('notSignedIn', {
      source: 'Alibaba Cloud',
      reason: 'this machine has no profile in ~/.aliyun/config.json or ~/.alibabacloud/credentials',
    });
  }
  const chosen = await window.showQuickPick(
    profiles.map(({ name, mode, regionId, file, isCurrent }) => ({
      label: name,
      description: [mode, regionId, isCurrent ? 'current' : undefined].filter(Boolean).join(' · '),
      detail: file,
    })),
    { title, placeHolder: 'Which profile', matchOnDescription: true },
  );
  if (chosen === undefined) {
    throw cancellation();
  }
  return chosen.label;
}

export const signOut: Command = {
  id: commands.signOut,
  title: 'Sign Out',
  handler:
    ({ accounts }) =>
    async () => {
      const stored = await storedAccounts(accounts);
      if (stored.length === 0) {
        void window.showInformationMessage(
          'There is nothing to sign out of. Credentials in the environment stay until the editor starts without them.',
        );
        return;
      }
      const account = await pickAccount(accounts, stored, {
        title: 'Sign Out',
        placeHolder: 'Remove the stored key of',
      });
      await accounts.signOut(account);
      const { cloud, name } = account;
      if ((await accounts.list(cloud)).some(({ isStored }) => !isStored)) {
        void window.showInformationMessage(
          `The stored key of ${cloud} is removed. The credentials in the environment are used from now on.`,
        );
      } else {
        window.setStatusBarMessage(`$(check) Signed out of ${cloud}: ${name}`, 3000);
      }
    },
};

export const renameAccount: Command = {
  id: commands.renameAccount,
  title: 'Rename Account',
  handler:
    ({ accounts }) =>
    async () => {
      const stored = await storedAccounts(accounts);
      if (stored.length === 0) {
        void window.showInformationMessage('There is no account to rename. Sign in first.');
        return;
      }
      const title = 'Rename Account';
      const account = await pickAccount(accounts, stored, { title, placeHolder: 'Which account' });
      const name = await askName(account, title);
      if (name === undefined) {
        throw cancellation();
      }
      await accounts.rename(account, name);
    },
};

const storedAccounts = async (accounts: Accounts): Promise<readonly Account[]> =>
  (await Promise.all(clouds.map((cloud) => accounts.list(cloud)))).flat().filter(({ isStored }) => isStored);

async function pickAccount(
  accounts: Accounts,
  among: readonly Account[],
  options: { readonly title: string; readonly placeHolder: string },
): Promise<Account> {
  const items = among.map((account) => {
    const failure = accounts.failureOf(account.id);
    return {
      label: account.cloud,
      iconPath: new ThemeIcon(failure === undefined ? 'account' : 'warning'),
      description: account.name,
      detail: failure === undefined ? account.key : `${account.key} · ${wordingOf(failure).message}`,
      account,
    };
  });
  const chosen = await window.showQuickPick(items, {
    ...options,
    matchOnDescription: true,
    matchOnDetail: true,
  });
  if (chosen === undefined) {
    throw cancellation();
  }
  return chosen.account;
}

async function askKeys(title: string): Promise<{
  kind: 'keys';
  accessKeyId: string;
  accessKeySecret: string;
  securityToken?: string;
}> {
  const accessKeyId = await ask({ title: `${title} (1/3)`, prompt: 'AccessKey ID' });
  const accessKeySecret = await ask({ title: `${title} (2/3)`, prompt: 'AccessKey secret', password: true });
  const securityToken = await ask({
    title: `${title} (3/3)`,
    prompt: 'Security token, for a temporary (STS) key. Leave empty otherwise',
    password: true,
    optional: true,
  });
  return { kind: 'keys', accessKeyId, accessKeySecret, ...(securityToken !== '' && { securityToken }) };
}

async function ask(options: {
  readonly title: string;
  readonly prompt: string;
  readonly password?: boolean;
  readonly optional?: boolean;
}): Promise<string> {
  const value = await window.showInputBox({
    title: options.title,
    prompt: options.prompt,
    password: options.password === true,
    ignoreFocusOut: true,
    validateInput: (text) =>
      text.trim() === '' && options.optional !== true ? 'A value is needed' : undefined,
  });
  if (value === undefined) {
    throw cancellation();
  }
  return value.trim();
}

const withProgress = <T>(title: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> =>
  Promise.resolve(
    window.withProgress({ location: ProgressLocation.Notification, title, cancellable: true }, (_, token) => {
      const abort = new AbortController();
      token.onCancellationRequested(() => abort.abort());
      return work(abort.signal);
    }),
  );
