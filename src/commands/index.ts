import type { Disposable } from 'vscode';
import type { CommandRunner } from '../platform/commandRunner';
import type { Command, CommandServices } from './command';
import { connect } from './connect';
import { copyDomainName, copyEndpointId, copyServiceName } from './copy';
import { copyRamPolicy } from './copyRamPolicy';
import { createEndpoint } from './createEndpoint';
import { disconnect } from './disconnect';
import { openInAlibabaCloud, openInTidbCloud } from './openConsole';
import { openCreation } from './openCreation';
import { refresh } from './refresh';
import { cancelSql, runSql } from './runSql';
import { startSandbox, stopSandbox } from './sandbox';
import { showHealth } from './showHealth';
import { showLog } from './showLog';
import { signInAlibabaCloud, signInTidbCloud, signOut } from './signIn';

/** Every command there is. */
export const allCommands: readonly Command[] = [
  signInTidbCloud,
  signInAlibabaCloud,
  signOut,
  refresh,
  createEndpoint,
  openCreation,
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
  copyRamPolicy,
  startSandbox,
  stopSandbox,
  showLog,
];

export const registerCommands = (runner: CommandRunner, services: CommandServices): readonly Disposable[] =>
  allCommands.map((command) => runner.register({ ...command, handler: command.handler(services) }));
