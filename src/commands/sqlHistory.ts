import {
  env,
  Position,
  ThemeIcon,
  window,
  workspace,
  type QuickInputButton,
  type QuickPickItem,
} from 'vscode';
import { cancellation } from '../core/errors';
import type { SqlHistoryEntry } from '../core/ports';
import { statementsOf } from '../core/statements';
import { commands } from '../ids';
import type { Command, CommandServices } from './command';
import { freeUntitledUri } from './untitled';

interface HistoryItem extends QuickPickItem {
  readonly entry: SqlHistoryEntry;
}

const copyButton: QuickInputButton = { iconPath: new ThemeIcon('copy'), tooltip: 'Copy' };
const openButton: QuickInputButton = {
  iconPath: new ThemeIcon('go-to-file'),
  tooltip: 'Open in a New SQL Document on the Same Endpoint',
};
const deleteButton: QuickInputButton = {
  iconPath: new ThemeIcon('trash'),
  tooltip: 'Delete from the History',
};

/** Finds a statement that was run, and puts it into the editor; it does not run it. */
export const showSqlHistory: Command = {
  id: commands.showSqlHistory,
  title: 'Show SQL History',
  handler: (services) => () => pickFromHistory(services),
};

export const clearSqlHistory: Command = {
  id: commands.clearSqlHistory,
  title: 'Clear SQL History',
  handler:
    ({ history }) =>
    async () => {
      const clear = 'Clear';
      const chosen = await window.showWarningMessage(
        'Clear the SQL history?',
        { modal: true, detail: 'All statements that were kept are removed, in every window.' },
        clear,
      );
      if (chosen !== clear) {
        throw cancellation();
      }
      await history.clear();
      window.setStatusBarMessage('$(check) The SQL history is empty', 3000);
    },
};

async function pickFromHistory(services: CommandServices): Promise<void> {
  const { history, notifications, clock } = services;
  const entries = await history.list();
  if (entries.length === 0) {
    void window.showInformationMessage('The SQL history is empty.');
    return;
  }
  const picker = window.createQuickPick<HistoryItem>();
  picker.title = 'SQL History';
  picker.placeholder = 'Choose a statement to put it into the editor';
  picker.matchOnDescription = true;
  picker.matchOnDetail = true;
  picker.items = entries.map((entry) => itemOf(entry, clock.now()));
  const perform = (title: string, work: () => Promise<void>): void =>
    void work().catch((error: unknown) => notifications.showError(title, error));
  picker.onDidTriggerItemButton(({ button, item }) => {
    if (button === copyButton) {
      perform('Copy', () => copy(item.entry));
    } else if (button === openButton) {
      picker.hide();
      perform('Open the statement', () => openDocument(services, item.entry));
    } else {
      picker.items = picker.items.filter(({ entry }) => entry.id !== item.entry.id);
      perform('Delete from the SQL history', () => history.delete(item.entry.id));
    }
  });
  picker.onDidAccept(() => {
    const [chosen] = picker.selectedItems;
    picker.hide();
    if (chosen !== undefined) {
      perform('Insert the statement', () => insert(services, chosen.entry));
    }
  });
  picker.onDidHide(() => picker.dispose());
  picker.show();
}

const endings: Readonly<Record<SqlHistoryEntry['ended'], string>> = {
  done: 'pass',
  failed: 'error',
  cancelled: 'circle-slash',
};
const words: Readonly<Record<SqlHistoryEntry['ended'], string>> = {
  done: 'done',
  failed: 'failed',
  cancelled: 'cancelled',
};

function itemOf(entry: SqlHistoryEntry, nowMs: number): HistoryItem {
  const { statement, connection, ended, elapsedMs, atMs, masked } = entry;
  const onOneLine = statement.replace(/\s+/g, ' ').trim();
  const told = [
    connection,
    whenWords(atMs, nowMs),
    `${words[ended]} after ${durationWords(elapsedMs)}`,
    ...(masked === true ? ['secrets left out'] : []),
  ];
  return {
    label: onOneLine.length > 200 ? `${onOneLine.slice(0, 200)}…` : onOneLine,
    iconPath: new ThemeIcon(endings[ended]),
    detail: told.join(' · '),
    buttons: [copyButton, openButton, deleteButton],
    entry,
  };
}

/** Today: the time alone. */
function whenWords(atMs: number, nowMs: number): string {
  const at = new Date(atMs);
  const time = at.toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' });
  return at.toDateString() === new Date(nowMs).toDateString() ? time : `${at.toLocaleDateString()} ${time}`;
}

const durationWords = (ms: number): string =>
  ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`;

async function copy({ statement }: SqlHistoryEntry): Promise<void> {
  await env.clipboard.writeText(statement);
  window.setStatusBarMessage('Copied the statement', 3000);
}

/** At the cursor of a bound document that can be written in; else in a document of its own. */
async function insert(services: CommandServices, entry: SqlHistoryEntry): Promise<void> {
  const editor = window.activeTextEditor;
  const uri = editor?.document.uri.toString();
  const isOwn =
    editor !== undefined &&
    (services.documents.endpointOf(uri ?? '') !== undefined || editor.document.languageId === 'sql');
  const done = isOwn && (await editor.edit((edit) => edit.replace(editor.selection, terminated(entry))));
  if (!done) {
    await openDocument(services, entry);
  }
}

async function openDocument({ documents }: CommandServices, entry: SqlHistoryEntry): Promise<void> {
  const document = await workspace.openTextDocument(freeUntitledUri('history.sql'));
  const editor = await window.showTextDocument(document);
  if (document.getText() === '') {
    await editor.edit((edit) => edit.insert(new Position(0, 0), terminated(entry)));
  }
  if (!document.isClosed) {
    documents.bind(document.uri.toString(), entry);
  }
}

/** A statement with semicolons of its own, for example of a procedure, needs another delimiter. */
function terminated({ statement }: SqlHistoryEntry): string {
  return statement.includes(';') && [...statementsOf(statement)].length > 1
    ? `DELIMITER //\n${statement} //\nDELIMITER ;\n`
    : `${statement};\n`;
}
