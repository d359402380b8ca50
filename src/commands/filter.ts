import { window } from 'vscode';
import { commands } from '../ids';
import type { Command } from './command';

/** Filters the view while the person types. Enter keeps what is typed; Escape puts back what there was. */
export const filter: Command = {
  id: commands.filter,
  title: 'Filter Instances',
  handler:
    ({ shape }) =>
    (argument) => {
      const given = (argument as { readonly text?: unknown } | undefined)?.text;
      if (typeof given === 'string') {
        shape.filterBy(given.trim());
        return;
      }
      const before = shape.filter;
      const input = window.createInputBox();
      input.title = 'Filter Instances';
      input.placeholder = 'Name, ID, region, project, account or endpoint';
      input.prompt =
        'Instances that match are shown as you type. Enter keeps the filter, Escape takes it back.';
      input.value = before;
      let isKept = false;
      input.onDidChangeValue((text) => shape.filterBy(text.trim()));
      input.onDidAccept(() => {
        isKept = true;
        input.hide();
      });
      input.onDidHide(() => {
        if (!isKept) {
          shape.filterBy(before);
        }
        input.dispose();
      });
      input.show();
    },
};

export const clearFilter: Command = {
  id: commands.clearFilter,
  title: 'Clear Filter',
  handler:
    ({ shape }) =>
    () =>
      shape.filterBy(''),
};
