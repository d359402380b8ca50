import { window } from 'vscode';
import { commands } from '../ids';
import type { Command } from './command';

interface OpenBox {
  /** What Escape puts back. */
  readonly before: string;
  /** Closes it with what is typed. */
  readonly keep: () => void;
}

let open: OpenBox | undefined;

/**
 * Filters the view while the person types. Enter keeps what is typed; Escape puts back what there was. The box stays while
 * the person looks at what is found.
 */
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
      const before = open?.before ?? shape.filter;
      open?.keep();
      const input = window.createInputBox();
      input.title = 'Filter Instances';
      input.placeholder = 'Name, ID, region, project, account or endpoint';
      input.prompt =
        'Instances that match are shown as you type. Enter keeps the filter, Escape takes it back.';
      input.value = shape.filter;
      input.ignoreFocusOut = true;
      let isKept = false;
      const box: OpenBox = {
        before,
        keep: () => {
          isKept = true;
          input.hide();
        },
      };
      // Cleared or set from elsewhere meanwhile: that counts.
      const subscription = shape.onDidChange(() => shape.filter !== input.value.trim() && box.keep());
      input.onDidChangeValue((text) => shape.filterBy(text.trim()));
      input.onDidAccept(box.keep);
      input.onDidHide(() => {
        subscription.dispose();
        if (open === box) {
          open = undefined;
        }
        if (!isKept) {
          shape.filterBy(before);
        }
        input.dispose();
      });
      open = box;
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
