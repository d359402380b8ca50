import { Disposable } from 'vscode';
import type { CommandRunner } from '../platform/commandRunner';
import type { Command, CommandServices } from './command';
import { chooseBastion } from './chooseBastion';
import { connect } from './connect';
import { copyConnectionString } from './connectWith/copyConnectionString';
import { copyDomainName, copyEndpointId, copyServiceName } from './copy';
import { copySqlName, loadMoreTables, selectFirstRows, showCreate } from './catalog';
import { copyRamPolicy } from './copyRamPolicy';
import { createEndpoint } from './createEndpoint';
import { deleteConnection } from './deleteConnection';
import { deleteEndpoint } from './deleteEndpoint';
import { diagnose } from './diagnose';
import { disconnect } from './disconnect';
import { exportAsCode } from './exportAsCode';
import { exportResults } from './exportResults';
import { clearFilter, filter } from './filter';
import { giveUp } from './giveUp';
import { groupBy, showMore } from './groupBy';
import { openInAlibabaCloud, openInTidbCloud } from './openConsole';
import { openCreation } from './openCreation';
import { openTerminal } from './openTerminal';
import { refresh } from './refresh';
import { markProduction, unmarkProduction } from './production';
import { cancelSql, explainSql, runAllSql, runSql } from './runSql';
import { clearSqlHistory, showSqlHistory } from './sqlHistory';
import { startSandbox, stopSandbox } from './sandbox';
import { showDetails, showHealthHistory } from './healthDetails';
import { showHealth } from './showHealth';
import { showLog } from './showLog';
import { switchConnection } from './switchConnection';
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
  copyConnectionString,
  openTerminal,
  connect,
  disconnect,
  chooseBastion,
  diagnose,
  runSql,
  runAllSql,
  explainSql,
  cancelSql,
  selectFirstRows,
  copySqlName,
  showCreate,
  loadMoreTables,
  switchConnection,
  markProduction,
  unmarkProduction,
  showSqlHistory,
  clearSqlHistory,
  exportResults,
  showHealth,
  showDetails,
  showHealthHistory,
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
