import assert from 'node:assert/strict';
import type { AuthenticationProvider, AuthenticationProviderAuthenticationSessionsChangeEvent } from 'vscode';
import type * as AccountMenusModule from '../../../src/commands/accountMenus';
import type * as SignInModule from '../../../src/commands/signIn';
import type { CommandServices } from '../../../src/commands/command';
import { authentications } from '../../../src/ids';
import { settle } from '../fakes';
import { manyAccounts } from '../services/manyAccounts';
import { editor, fakeEditor, withoutEditor } from './editor';

describe('the accounts in the editor’s menu', () => {
  let menus: typeof AccountMenusModule;
  let signIn: typeof SignInModule;
  let m: ReturnType<typeof manyAccounts>;
  const providers = new Map<string, AuthenticationProvider & { readonly options: unknown }>();
  const told: AuthenticationProviderAuthenticationSessionsChangeEvent[] = [];
  let typed: string[];
  let parts: readonly { dispose(): unknown }[];

  before(async () => {
    Object.assign(fakeEditor.vscode, {
      authentication: {
        registerAuthenticationProvider: (
          id: string,
          _label: string,
          provider: AuthenticationProvider,
          options: unknown,
        ) => {
          providers.set(id, Object.assign(provider, { options }));
          return { dispose: () => providers.delete(id) };
        },
      },
    });
    menus = await withoutEditor(() => import('../../../src/commands/accountMenus'));
    signIn = await withoutEditor(() => import('../../../src/commands/signIn'));
  });

  beforeEach(async () => {
    editor.reset();
    Object.assign(fakeEditor.vscode.window, {
      showInputBox: () => Promise.resolve(typed.shift()),
      setStatusBarMessage: () => undefined,
    });
    m = manyAccounts();
    await m.signIn();
    parts = menus.accountMenus(m.accounts, m.log);
    told.length = 0;
    providers.get(authentications.tidbCloud)?.onDidChangeSessions((event) => told.push(event));
  });
  afterEach(() => parts.forEach((part) => void part.dispose()));

  const provider = (id: string): AuthenticationProvider & { readonly options: unknown } =>
    providers.get(id) ?? assert.fail(`no provider ${id}`);
  const sessions = async (id: string): Promise<readonly string[]> =>
    (await provider(id).getSessions([], {})).map(({ account }) => account.label);

  it('are those that are signed in, several for each cloud', async () => {
    assert.deepEqual(await sessions(authentications.tidbCloud), ['public-one', 'public-two']);
    assert.deepEqual(await sessions(authentications.alibabaCloud), ['one (111)', 'two (222)']);
    assert.deepEqual(provider(authentications.tidbCloud).options, { supportsMultipleAccounts: true });
  });

  it('give no other extension anything secret', async () => {
    const all = await Promise.all([...providers.values()].map((each) => each.getSessions([], {})));
    assert.doesNotMatch(JSON.stringify(all), /private-|secret-/);
  });

  it('are removed there one at a time, which the editor is told', async () => {
    const [first] = await provider(authentications.tidbCloud).getSessions([], {});
    await provider(authentications.tidbCloud).removeSession(first?.id ?? '');
    await settle();
    assert.deepEqual(await sessions(authentications.tidbCloud), ['public-two']);
    assert.deepEqual(
      told.map(({ removed }) => removed?.map(({ account }) => account.label)),
      [['public-one']],
    );
  });

  it('are added there by the same questions as elsewhere, with a name', async () => {
    typed = ['public-three', 'private-three', 'The third'];
    const made = await provider(authentications.tidbCloud).createSession([], {});
    assert.equal(made.account.label, 'The third');
    assert.deepEqual(await sessions(authentications.tidbCloud), ['public-one', 'public-two', 'The third']);
    await settle();
    assert.ok(told.some(({ added }) => added?.some(({ id }) => id === made.id)));
  });

  it('are renamed, which the editor is told', async () => {
    await sessions(authentications.tidbCloud);
    typed = ['Shop'];
    editor.pick = (items) =>
      items.find((each) => (each as { description?: string }).description === 'public-two');
    await signIn.renameAccount.handler({ accounts: m.accounts } as unknown as CommandServices)(undefined);
    await settle();
    assert.deepEqual(await sessions(authentications.tidbCloud), ['public-one', 'Shop']);
    assert.deepEqual(
      told.at(-1)?.changed?.map(({ account }) => account.label),
      ['Shop'],
    );
  });

  it('are told of though the editor asks between a change and word of it', async () => {
    await sessions(authentications.tidbCloud);
    const set = m.state.set.bind(m.state);
    m.state.set = async (key, value) => {
      await set(key, value);
      await sessions(authentications.tidbCloud);
    };
    await m.accounts.signInTidbCloud({ publicKey: 'public-three', privateKey: 'private-three' });
    await settle();
    assert.deepEqual(
      told.flatMap(({ added }) => added?.map(({ account }) => account.label)),
      ['public-three'],
    );
  });

  it('of the environment stay, which the person is told', async () => {
    const { accounts } = manyAccounts({ TIDBCLOUD_PUBLIC_KEY: 'public', TIDBCLOUD_PRIVATE_KEY: 'private' });
    parts = [...parts, ...menus.accountMenus(accounts, m.log)];
    const changes: unknown[] = [];
    accounts.onDidChange((change) => changes.push(change));
    const [session] = await provider(authentications.tidbCloud).getSessions([], {});
    assert.equal(session?.account.label, 'Environment');
    await provider(authentications.tidbCloud).removeSession(session.id);
    assert.match(fakeEditor.asked.map(({ message }) => message).join(), /come from the environment/);
    assert.deepEqual(changes, []);
    assert.deepEqual(await sessions(authentications.tidbCloud), ['Environment']);
  });

  it('are signed out of by choosing which', async () => {
    editor.pick = (items) =>
      items.find((each) => (each as { description?: string }).description === 'two (222)');
    await signIn.signOut.handler({ accounts: m.accounts } as unknown as CommandServices)(undefined);
    assert.deepEqual(await sessions(authentications.alibabaCloud), ['one (111)']);
    assert.deepEqual(await sessions(authentications.tidbCloud), ['public-one', 'public-two']);
  });

  it('are nobody where the secrets cannot be read, which keeps nothing else from working', async () => {
    m.accounts.list = () => Promise.reject(new Error('locked'));
    assert.deepEqual(await sessions(authentications.tidbCloud), []);
    assert.equal(m.log.errors.length, 1);
  });
});
