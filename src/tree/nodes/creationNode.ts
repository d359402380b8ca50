import { MarkdownString, TreeItem, type Command } from 'vscode';
import { creationVerdict } from '../../core/creationVerdict';
import type { Verdict } from '../../core/health';
import { commands, treeTokens } from '../../ids';
import type { CreationProgress } from '../../services/provisioning/progress';
import { levelIcons } from './levels';
import { contextValue, type TreeNode } from './node';

/** A creation or removal that is not finished, where no row of its endpoint tells of it. */
export class CreationNode implements TreeNode {
  readonly id: string;
  readonly instanceId: string;
  readonly creationId: string;

  /** @param parent undefined where the instance is gone */
  constructor(
    readonly parent: TreeNode | undefined,
    private readonly progress: CreationProgress,
  ) {
    const { id, instanceId } = progress.creation;
    this.instanceId = instanceId;
    this.creationId = id;
    this.id = `${parent?.id ?? ''}/creation/${id}`;
  }

  item(): TreeItem {
    const { creation } = this.progress;
    const { level, word } = verdictOfProgress(this.progress);
    const gone = this.parent === undefined;
    const name = creation.spec?.name ?? creation.endpointId ?? 'Private endpoint';
    const item = new TreeItem(gone ? `${creation.instanceName}: ${name}` : name);
    item.id = this.id;
    item.description = word;
    item.iconPath = levelIcons[level];
    item.accessibilityInformation = { label: `Private endpoint ${name}, ${word}` };
    item.command = openPanel(creation.instanceId);
    item.contextValue = contextValue(treeTokens.creation, gone && treeTokens.instanceGone);
    return item;
  }

  tooltip(): MarkdownString {
    const { creation } = this.progress;
    const { word, explanation } = verdictOfProgress(this.progress);
    const tooltip = new MarkdownString();
    tooltip.appendMarkdown('**').appendText(word).appendMarkdown('** ').appendText(explanation);
    if (this.parent === undefined) {
      tooltip
        .appendMarkdown('\n\n')
        .appendText(`TiDB Cloud does not list the instance ${creation.instanceName} any more.`);
    }
    if (creation.endpointId !== undefined) {
      tooltip.appendMarkdown('\n\nEndpoint ID: ').appendText(creation.endpointId);
    }
    return tooltip;
  }
}

export function verdictOfProgress({ creation, decision, error, readOnly }: CreationProgress): Verdict {
  const verdict = creationVerdict(creation, decision, error);
  return readOnly
    ? { ...verdict, explanation: `${verdict.explanation} Another window works on it.` }
    : verdict;
}

export const openPanel = (instanceId: string): Command => ({
  title: 'Open Creation Panel',
  command: commands.openCreation,
  arguments: [{ instanceId }],
});
