import { commands as vscodeCommands, env, window } from 'vscode';
import { quotedName, type TableInfo } from '../core/catalogModel';
import { cancellation } from '../core/errors';
import type { Loadable } from '../core/loadable';
import { commands } from '../ids';
import type { EndpointRef } from '../services/connections';
import type { Command, CommandServices } from './command';
import { activeEndpoint } from './connect';
import { catalogTargetOf, endpointFor, targetOf } from './target';

const firstRows = 100;

/** A SQL document with the first rows of a table, run at once. */
export const selectFirstRows: Command = {
  id: commands.selectFirstRows,
  title: 'Select First Rows',
  handler: (services) => async (argument) => {
    const { database, name, ...ref } = await tableFor(services, argument, 'Select First Rows');
    const statement = `SELECT * FROM ${quotedName(database)}.${quotedName(name)} LIMIT ${firstRows};`;
    const before = window.activeTextEditor;
    await vscodeCommands.executeCommand(commands.connect, { ...ref, database, statement });
    // Where the person cancelled, no document has come up.
    if (window.activeTextEditor !== undefined && window.activeTextEditor !== before) {
      await vscodeCommands.executeCommand(commands.runSql);
    }
  },
};

export const copySqlName: Command = {
  id: commands.copySqlName,
  title: 'Copy Name',
  handler: (services) => async (argument) => {
    const { database, table, column, index } = catalogTargetOf(argument);
    const known = index ?? column ?? table ?? database;
    const name = known ?? (await tableFor(services, argument, 'Copy Name')).name;
    await env.clipboard.writeText(name);
    window.setStatusBarMessage(`$(check) Copied ${name}`, 3000);
  },
};

export const showCreate: Command = {
  id: commands.showCreate,
  title: 'Show Create Statement',
  handler: (services) => async (argument) => {
    const { database, name, kind, ...ref } = await tableFor(services, argument, 'Show Create Statement');
    const text = await services.catalog.createStatement(ref, database, { name, kind });
    await services.showText(`${database}.${name}.sql`, `${text};\n`);
  },
};

/** The row at the end of a long list of tables. */
export const loadMoreTables: Command = {
  id: commands.loadMoreTables,
  title: 'Load More Tables',
  handler: (services) => async (argument) => {
    const { database, ...ref } = await databaseFor(services, argument, 'Load More Tables');
    await services.catalog.loadTables(ref, database, true);
    throwError(services.catalog.tables(ref, database));
  },
};

/** The row's database, or the one that the person picks. */
async function databaseFor(
  { inventory, catalog }: CommandServices,
  argument: unknown,
  title: string,
): Promise<EndpointRef & { readonly database: string }> {
  const target = targetOf(argument);
  const { endpoint } = await endpointFor(inventory, target, {
    placeHolder: `${title}: choose a private endpoint`,
    ...activeEndpoint,
  });
  const ref = { instanceId: endpoint.instanceId, endpointId: endpoint.endpointId };
  const { database } = catalogTargetOf(argument);
  if (database !== undefined) {
    return { ...ref, database };
  }
  if (catalog.databases(ref).value === undefined) {
    await catalog.loadDatabases(ref);
  }
  const names = throwError(catalog.databases(ref)) ?? [];
  return { ...ref, database: await pick(names, `${title}: choose a database`) };
}

/** The row's table or view, or the one that the person picks. */
async function tableFor(
  services: CommandServices,
  argument: unknown,
  title: string,
): Promise<
  EndpointRef & { readonly database: string; readonly name: string; readonly kind: TableInfo['kind'] }
> {
  const inDatabase = await databaseFor(services, argument, title);
  const { table, tableKind: kind = 'table' } = catalogTargetOf(argument);
  if (table !== undefined) {
    return { ...inDatabase, name: table, kind };
  }
  const { catalog } = services;
  const { database } = inDatabase;
  if (catalog.tables(inDatabase, database).value === undefined) {
    await catalog.loadTables(inDatabase, database);
  }
  const { tables = [] } = throwError(catalog.tables(inDatabase, database)) ?? {};
  const name = await pick(
    tables.map((info) => info.name),
    `${title}: choose a table or view`,
  );
  const chosen = tables.find((info) => info.name === name);
  return { ...inDatabase, name, kind: chosen?.kind ?? 'table' };
}

function throwError<T>({ value, error }: Loadable<T>): T | undefined {
  if (error !== undefined) {
    throw error instanceof Error ? error : new Error('the catalog cannot be read');
  }
  return value;
}

async function pick(names: readonly string[], placeHolder: string): Promise<string> {
  const chosen = await window.showQuickPick(names, { placeHolder });
  if (chosen === undefined) {
    throw cancellation();
  }
  return chosen;
}
