import { Disposable } from 'vscode';
import type { CommandRunner } from '../platform/commandRunner';
import type { Command, CommandServices } from './command';
import { connect } from './connect';
import { copyDomainName, copyEndpointId, copyServiceName } from './copy';
import { copyRamPolicy } from './copyRamPolicy';
import { createEndpoint } from './createEndpoint';
import { deleteConnection } from './deleteConnection';
import { deleteEndpoint } from './deleteEndpoint';
import { disconnect } from './disconnect';
import { exportAsCode } from './exportAsCode';
import { clearFilter, filter } from './filter';
import { giveUp } from './giveUp';
import { groupBy, showMore } from './groupBy';
import { openInAlibabaCloud, openInTidbCloud } from './openConsole';
import { openCreation } from './openCreation';
import { refresh } from './refresh';
import { cancelSql, runSql } from './runSql';
import { startSandbox, stopSandbox } from './sandbox';
import { showHealth } from './showHealth';
import { showLog } from './showLog';
import { renameAccount, signInAlibabaCloud, signInTidbCloud, signOut } from './signIn';

/** Every command there is. */
export const allCommands: readonly Command[] = [
  signInTidbCloud,
  signInAlibabaCloud,
  signOut,
  renameAccount,
  refresh,
  filter,
  clearFilter,
  groupBy,
  showMore,
  createEndpoint,
  openCreation,
  deleteConnection,
  deleteEndpoint,
  giveUp,
  copyServiceName,
  copyEndpointId,
  copyDomainName,
  connect,
  disconnect,
  runSql,
  cancelSql,
  showHealth,
  openInTidbCloud,
  openInAlibabaCloud,
  exportAsCode,
  copyRamPolicy,
  startSandbox,
  stopSandbox,
  showLog,
];

export function registerCommands(
  runner: CommandRunner,
  services: Omit<CommandServices, 'closed'>,
): readonly Disposable[] {
  const closing = new AbortController();
  const own = { ...services, closed: closing.signal };
  return [
    ...allCommands.map((command) => runner.register({ ...command, handler: command.handler(own) })),
    new Disposable(() => closing.abort()),
  ];
}
