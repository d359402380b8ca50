import { window, type Disposable } from 'vscode';
import type { Log } from '../core/ports';
import { authentications } from '../ids';
import { registerAuthentication, type AccountSource } from '../platform/authentication';
import type { Account, Accounts, Cloud } from '../services/accounts';
import { addAlibabaCloud, addTidbCloud } from './signIn';

/** The accounts of both clouds in the editor's Accounts menu: signing in there asks the same as the commands do. */
export function accountMenus(accounts: Accounts, log: Log): readonly Disposable[] {
  const source = (cloud: Cloud, signIn: () => Promise<Account>): AccountSource => ({
    list: () => accounts.list(cloud),
    signIn,
    signOut: async (id) => {
      const account = (await accounts.list(cloud)).find((each) => each.id === id);
      if (account?.isStored === false) {
        void window.showInformationMessage(
          `The credentials of ${cloud} come from the environment. They stay until the editor starts without them.`,
        );
        return;
      }
      await accounts.signOut({ id, cloud });
    },
    onDidChange: (listener) => accounts.onDidChange((change) => change.cloud === cloud && listener()),
  });
  return [
    registerAuthentication(
      authentications.tidbCloud,
      'TiDB Cloud',
      source('TiDB Cloud', () => addTidbCloud(accounts)),
      log,
    ),
    registerAuthentication(
      authentications.alibabaCloud,
      'Alibaba Cloud',
      source('Alibaba Cloud', () => addAlibabaCloud(accounts)),
      log,
    ),
  ];
}
