import { ThemeIcon, TreeItem, type Command } from 'vscode';
import { wordingOf, type Remedy } from '../../core/errors';
import { commands, treeTokens } from '../../ids';
import { openSettingsCommand, remedyLabel, settingOf } from '../../platform/notifications';
import type { TreeNode } from './node';

/** A part of an instance. */
export interface RowSubject {
  readonly endpointId?: string;
  readonly database?: string;
  readonly table?: string;
}

/** A row that says something: why there is nothing here, or what to do next. */
export class MessageNode implements TreeNode {
  readonly id: string;
  readonly instanceId: string | undefined;
  readonly endpointId: string | undefined;
  readonly database: string | undefined;
  readonly table: string | undefined;

  constructor(
    readonly parent: TreeNode | undefined,
    key: string,
    private readonly shown: {
      readonly label: string;
      readonly description?: string;
      readonly tooltip?: string;
      readonly icon: ThemeIcon;
      readonly command?: Command;
      readonly token?: string;
    },
    instanceId?: string,
    /** What of the instance a command run on the row is about. */
    { endpointId, database, table }: RowSubject = {},
  ) {
    this.id = `${parent?.id ?? ''}/${key}`;
    this.instanceId = instanceId;
    this.endpointId = endpointId;
    this.database = database;
    this.table = table;
  }

  item(): TreeItem {
    const { label, description } = this.shown;
    const item = new TreeItem(label);
    item.id = this.id;
    // A tooltip that is there from the start would be read in place of both.
    item.accessibilityInformation = { label: [label, description].filter(Boolean).join(', ') };
    item.iconPath = this.shown.icon;
    item.contextValue = this.shown.token ?? '';
    if (description !== undefined) {
      item.description = description;
    }
    if (this.shown.tooltip !== undefined) {
      item.tooltip = this.shown.tooltip;
    }
    if (this.shown.command !== undefined) {
      item.command = this.shown.command;
    }
    return item;
  }
}

/** The remedies that a row can be. */
const commandOf: Partial<Record<Remedy, string>> = {
  retry: commands.refresh,
  connect: commands.connect,
  enterPassword: commands.connect,
  chooseBastion: commands.chooseBastion,
  diagnose: commands.diagnose,
  signInTidbCloud: commands.signInTidbCloud,
  signInAlibabaCloud: commands.signInAlibabaCloud,
  openTidbCloud: commands.openInTidbCloud,
  openAlibabaCloud: commands.openInAlibabaCloud,
  copyRamPolicy: commands.copyRamPolicy,
  stopSandbox: commands.stopSandbox,
  openSettings: openSettingsCommand,
};

/** An error where the rows would be; clicking it does what helps most, and Refresh on it tries again. */
export function problemNode(
  parent: TreeNode | undefined,
  error: unknown,
  instanceId?: string,
  {
    account,
    more = {},
  }: {
    /** Whose trouble it is, where there are several accounts. */
    readonly account?: { readonly id: string; readonly name: string };
    /** What the command is about beside the instance. */
    readonly more?: RowSubject;
  } = {},
): MessageNode {
  const { message, nextStep, remedies } = wordingOf(error);
  const remedy = remedies.find((candidate) => commandOf[candidate] !== undefined) ?? 'retry';
  const title = remedyLabel(remedy);
  const about = instanceId === undefined ? [] : [{ instanceId, ...more }];
  return new MessageNode(
    parent,
    account === undefined ? 'problem' : `problem/${account.id}`,
    {
      label: account === undefined ? message : `${account.name}: ${message}`,
      description: `${title}…`,
      tooltip: `${message}\n${nextStep}`,
      icon: new ThemeIcon('error'),
      token: treeTokens.problem,
      command: {
        title,
        command: commandOf[remedy] ?? commands.refresh,
        arguments: remedy === 'openSettings' ? [settingOf(error)] : about,
      },
    },
    instanceId,
    more,
  );
}
