import { ThemeIcon, window } from 'vscode';
import { cancellation } from '../core/errors';
import { commands } from '../ids';
import { isGrouping, type Grouping } from '../core/arrangement';
import type { Command } from './command';

const ways: readonly { readonly label: string; readonly detail: string; readonly grouping: Grouping }[] = [
  {
    label: 'Automatic',
    detail: 'A plain list while there are few; by project and region where there are many',
    grouping: 'automatic',
  },
  { label: 'No groups', detail: 'A plain list', grouping: 'none' },
  { label: 'Project and region', detail: 'Regions within projects', grouping: 'projectAndRegion' },
  { label: 'Region', detail: 'One group for each region', grouping: 'region' },
  { label: 'Project', detail: 'One group for each project', grouping: 'project' },
];
const byAccount = {
  label: 'Account',
  detail: 'One group for each TiDB Cloud account',
  grouping: 'account',
} as const;

/** How the view groups the instances; remembered. */
export const groupBy: Command = {
  id: commands.groupBy,
  title: 'Group Instances By',
  handler:
    ({ shape, accounts }) =>
    async (argument) => {
      const given = (argument as { readonly grouping?: unknown } | undefined)?.grouping;
      if (isGrouping(given)) {
        await shape.groupBy(given);
        return;
      }
      const several = (await accounts.list('TiDB Cloud')).length > 1;
      const chosen = await window.showQuickPick(
        [...ways, ...(several ? [byAccount] : [])].map((way) => ({
          ...way,
          ...(way.grouping === shape.grouping && { description: 'now', iconPath: new ThemeIcon('check') }),
        })),
        { title: 'Group Instances By', placeHolder: 'How to group the instances' },
      );
      if (chosen === undefined) {
        throw cancellation();
      }
      await shape.groupBy(chosen.grouping);
    },
};

/** The next page of a group's rows; run without a row, of every list. */
export const showMore: Command = {
  id: commands.showMore,
  title: 'Show More Instances',
  handler:
    ({ shape }) =>
    (argument) => {
      const { groupId } = (argument ?? {}) as { readonly groupId?: unknown };
      shape.showMore(typeof groupId === 'string' ? groupId : undefined);
    },
};
