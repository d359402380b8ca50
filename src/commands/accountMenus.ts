import type { Disposable } from 'vscode';
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
    // Those of the environment cannot be signed out of: they are back in the menu at once.
    signOut: (id) => accounts.signOut({ id, cloud }),
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
