import { clientLaunch, type OperatingSystem } from '../core/connectWith';
import { AppError } from '../core/errors';
import { commands } from '../ids';
import { findSqlClient, openClientTerminal } from '../platform/clientTerminal';
import { operatingSystem } from '../platform/operatingSystem';
import type { Command } from './command';
import { activeEndpoint } from './connect';
import { valuesOf } from './connectWith/values';
import { passwordOf } from './password';
import { endpointFor, targetOf } from './target';

const installation: Readonly<Record<OperatingSystem, string>> = {
  linux: 'Debian, Ubuntu: sudo apt install mariadb-client; RHEL, Alibaba Cloud Linux: sudo dnf install mysql',
  macos: 'brew install mysql-client@8.4, and put its bin folder on PATH',
  windows: 'winget install Oracle.MySQL, or MariaDB.Server',
};

/** A terminal with the machine's own MySQL client, logged in through verified TLS. */
export const openTerminal: Command = {
  id: commands.openTerminal,
  title: 'Open Terminal with MySQL Client',
  handler: (services) => async (argument) => {
    const found = await endpointFor(services.inventory, targetOf(argument), {
      placeHolder: 'Open Terminal: choose a private endpoint',
      ...activeEndpoint,
    });
    const route = await services.connections.routeTo(found.endpoint);
    if (route.kind === 'bastion') {
      throw new AppError('clientNeedsDirectRoute', { source: 'SQL', subject: route.destination });
    }
    const client = await findSqlClient();
    if (client === undefined) {
      throw new AppError('clientMissing', { source: 'Extension', subject: installation[operatingSystem] });
    }
    const values = await valuesOf(services, found);
    const credentials = await passwordOf(services, found);
    const launch = clientLaunch(client.kind, { ...values, ...credentials });
    await openClientTerminal(`${found.instance.name} (${client.kind})`, client, launch, services.log);
  },
};
