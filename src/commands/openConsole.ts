import { env, Uri } from 'vscode';
import { alibabaRegionOf } from '../core/model';
import { commands } from '../ids';
import type { Command } from './command';
import { targetOf } from './target';

export const openInTidbCloud: Command = {
  id: commands.openInTidbCloud,
  title: 'Open in TiDB Cloud',
  handler:
    ({ consoles }) =>
    async (argument) => {
      await env.openExternal(Uri.parse(consoles.tidbCloud(targetOf(argument).instanceId)));
    },
};

export const openInAlibabaCloud: Command = {
  id: commands.openInAlibabaCloud,
  title: 'Open in Alibaba Cloud',
  handler:
    ({ consoles, inventory }) =>
    async (argument) => {
      const { instanceId } = targetOf(argument);
      const instance = instanceId === undefined ? undefined : inventory.instance(instanceId);
      await env.openExternal(
        Uri.parse(consoles.alibabaCloud(instance && alibabaRegionOf(instance.regionId))),
      );
    },
};
