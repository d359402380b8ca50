import { env, QuickPickItemKind, ThemeIcon, window, workspace, type QuickPickItem } from 'vscode';
import {
  connectMethods,
  connectText,
  methodGroups,
  type ConnectionValues,
  type ConnectMethod,
} from '../../core/connectWith';
import { cancellation } from '../../core/errors';
import { commands } from '../../ids';
import type { Command, CommandServices } from '../command';
import { activeEndpoint } from '../connect';
import { passwordOf } from '../password';
import { endpointFor, targetOf, type FoundEndpoint } from '../target';
import { insertAtCursor, openInEditor } from './place';
import { valuesOf } from './values';
import { writeEnvFile } from './writeEnvFile';

/** «Connect With…»: this endpoint's values in the form that a driver, a tool or a framework takes. */
export const copyConnectionString: Command = {
  id: commands.copyConnectionString,
  title: 'Connect With',
  handler: (services) => async (argument) => {
    const found = await endpointFor(services.inventory, targetOf(argument), {
      placeHolder: 'Connect With: choose a private endpoint',
      ...activeEndpoint,
    });
    const method = await askMethod(found, services.connectWith.last);
    await services.connectWith.remember(method.id);
    const values = await valuesOf(services, found);
    const { use } = await askUse(method, values);
    await use({ services, found, method, values });
  },
};

interface Chosen {
  readonly services: CommandServices;
  readonly found: FoundEndpoint;
  readonly method: ConnectMethod;
  readonly values: ConnectionValues;
}

interface MethodItem extends QuickPickItem {
  readonly method?: ConnectMethod;
}

async function askMethod({ endpoint }: FoundEndpoint, last: string | undefined): Promise<ConnectMethod> {
  const item = (method: ConnectMethod): MethodItem => ({
    label: method.label,
    ...(method.detail !== undefined && { description: method.detail }),
    method,
  });
  const before = connectMethods.find(({ id }) => id === last);
  const separator = (label: string): MethodItem => ({ label, kind: QuickPickItemKind.Separator });
  const items = [
    ...(before === undefined ? [] : [separator('Last Chosen'), item(before)]),
    ...methodGroups.flatMap((group) => [
      separator(group),
      ...connectMethods.filter((method) => method.group === group).map(item),
    ]),
  ];
  const chosen = await window.showQuickPick(items, {
    title: `Connect With: ${endpoint.connection?.host ?? endpoint.endpointId}`,
    placeHolder: 'Which driver, tool or framework?',
    matchOnDescription: true,
  });
  if (chosen?.method === undefined) {
    throw cancellation();
  }
  return chosen.method;
}

interface UseItem extends QuickPickItem {
  readonly use: (chosen: Chosen) => Promise<void>;
}

async function askUse(method: ConnectMethod, values: ConnectionValues): Promise<UseItem> {
  const hasPassword = method.prompts !== true;
  const items: readonly UseItem[] = [
    {
      label: 'Copy',
      iconPath: new ThemeIcon('copy'),
      description: hasPassword ? 'without the password' : 'it asks for the password',
      use: ({ method: own, values: without }) => copy(own, connectText(own, without), without),
    },
    ...(window.activeTextEditor === undefined
      ? []
      : [
          {
            label: 'Insert at Cursor',
            iconPath: new ThemeIcon('insert'),
            use: ({ method: own, values: without }: Chosen) => insertAtCursor(connectText(own, without)),
          },
        ]),
    {
      label: 'Open in Editor',
      iconPath: new ThemeIcon('go-to-file'),
      use: ({ method: own, values: without }) => openInEditor(own, connectText(own, without)),
    },
    ...((workspace.workspaceFolders?.length ?? 0) === 0
      ? []
      : [
          {
            label: 'Write to .env',
            iconPath: new ThemeIcon('save'),
            description:
              method.entries === undefined ? 'TIDB_HOST, TIDB_PORT, …' : 'keeps everything else in it',
            use: ({ services, method: own, values: without }: Chosen) => writeEnvFile(services, own, without),
          },
        ]),
    ...(hasPassword
      ? [
          {
            label: 'Copy with Password…',
            iconPath: new ThemeIcon('key'),
            use: copyWithPassword,
          },
        ]
      : []),
  ];
  const chosen = await window.showQuickPick(items, {
    title: `Connect With ${method.label}`,
    placeHolder: `${values.user} at ${values.host}:${values.port}, database ${values.database}`,
  });
  if (chosen === undefined) {
    throw cancellation();
  }
  return chosen;
}

async function copyWithPassword({ services, found, method, values }: Chosen): Promise<void> {
  const confirm = 'Copy with Password';
  const answer = await window.showWarningMessage(
    `Copy the password of ${values.user} in plain text?`,
    {
      modal: true,
      detail: 'Everything that reads the clipboard can read it. Do not paste it into a file that others see.',
    },
    confirm,
  );
  if (answer !== confirm) {
    throw cancellation();
  }
  const { user, password } = await passwordOf(services, found);
  await copy(method, connectText(method, { ...values, user, password }), values);
}

async function copy(method: ConnectMethod, text: string, { caPath }: ConnectionValues): Promise<void> {
  await env.clipboard.writeText(text);
  const certificate = text.includes(caPath) ? `. The CA certificate is in ${caPath}` : '';
  window.setStatusBarMessage(`$(check) Copied for ${method.label}${certificate}`, 5000);
}
