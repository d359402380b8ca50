import { commands as vscodeCommands, ProgressLocation, Uri, window, workspace } from 'vscode';
import { counted } from '../core/counted';
import { AppError, cancellation } from '../core/errors';
import type { ExportFormat, SqlExportOptions } from '../core/ports';
import { isPlainQuery, tableOf } from '../core/queries';
import { commands } from '../ids';
import { readSettings } from '../platform/settings';
import type { ResultEntry } from '../services/results';
import type { Command, CommandServices } from './command';
import { activeEndpoint, openSession } from './connect';
import { endpointFor } from './target';

/** Writes a whole result to a file: from what has arrived where that is everything, else straight from the server. */
export const exportResults: Command = {
  id: commands.exportResults,
  title: 'Export Results',
  handler: (services) => async (argument) => {
    const entry = entryOf(services, argument);
    const source = await sourceOf(services, entry);
    const format = await askFormat();
    const file = await askFile(entry, format);
    const rows = await source();
    try {
      offerFile(file, await write(rows, { format: format.format, path: file.fsPath }, services.closed));
    } finally {
      await rows.close();
    }
  },
};

/** Where the rows come from, once it is open. */
interface Rows {
  readonly write: (options: SqlExportOptions) => Promise<number>;
  readonly close: () => Promise<void>;
}

type Source = () => Promise<Rows>;

async function write(
  rows: Rows,
  target: Pick<SqlExportOptions, 'format' | 'path'>,
  closed: AbortSignal,
): Promise<number> {
  return window.withProgress(
    { location: ProgressLocation.Notification, title: 'Exporting the result…', cancellable: true },
    (progress, token) => {
      const abort = new AbortController();
      token.onCancellationRequested(() => abort.abort(cancellation()));
      return rows.write({
        ...target,
        timeoutMs: readSettings.sqlQueryTimeoutSeconds() * 1000,
        signal: AbortSignal.any([abort.signal, closed]),
        onProgress: (count) => progress.report({ message: counted(count, 'row') }),
      });
    },
  );
}

/** The result that the panel names, else the one in sight. */
function entryOf({ results, resultsView }: CommandServices, argument: unknown): ResultEntry {
  const { tab } = (argument ?? {}) as Record<string, unknown>;
  const entry = typeof tab === 'string' ? results.entry(tab) : resultsView.shownEntry;
  if (entry?.outcome.kind !== 'rows') {
    throw new AppError('invalidInput', {
      source: 'Extension',
      reason:
        'There is no result with rows to export. Run a query first, and show its rows in the results panel',
    });
  }
  return entry;
}

/** @throws AppError invalidInput when the rows are not all here and the statement cannot be run a second time */
async function sourceOf(services: CommandServices, entry: ResultEntry): Promise<Source> {
  const { outcome, statement } = entry;
  if (
    outcome.kind === 'rows' &&
    outcome.rows.ended &&
    !outcome.rows.truncated &&
    outcome.cancelled !== true &&
    outcome.elapsedMs !== undefined
  ) {
    return () =>
      Promise.resolve({
        write: (options) => outcome.rows.export(options),
        close: () => Promise.resolve(),
      });
  }
  const count = outcome.kind === 'rows' ? outcome.rows.count : 0;
  if (!isPlainQuery(statement)) {
    throw new AppError('invalidInput', {
      source: 'Extension',
      reason: `Only the first ${counted(count, 'row')} were read, and the statement would have to be run again for the others. That is done for queries that only read (SELECT, SHOW, TABLE, VALUES, WITH); this one may change something. Raise “Max Rows” in the settings and run it yourself`,
    });
  }
  const run = 'Run Again and Export';
  const chosen = await window.showInformationMessage(
    'Export the whole result?',
    {
      modal: true,
      detail: `Only the first ${counted(count, 'row')} are here. The statement is run once more on ${entry.connection}, and all of its rows are written to the file as they come; what has changed meanwhile shows. Sorting and filtering do not count.`,
    },
    run,
  );
  if (chosen !== run) {
    throw cancellation();
  }
  const { instance, endpoint } = await endpointFor(services.inventory, entry.endpoint, {
    placeHolder: 'Export Results: choose a private endpoint',
    ...activeEndpoint,
  });
  return async () => {
    // A session of its own: the document goes on meanwhile.
    const slot = `export ${services.newId()}`;
    const session = await openSession(services, instance, endpoint, slot, entry.database);
    if (session === undefined) {
      throw cancellation();
    }
    return {
      write: (options) => session.export(statement, options),
      close: () => services.connections.release(slot),
    };
  };
}

const formats: readonly {
  readonly label: string;
  readonly detail: string;
  readonly extension: string;
  readonly format: ExportFormat;
}[] = [
  {
    label: 'CSV',
    detail: 'A line for each row, for spreadsheets and most tools. An empty field is NULL, "" an empty text.',
    extension: 'csv',
    format: 'csv',
  },
  {
    label: 'JSON Lines',
    detail: 'One JSON object for each row, on a line of its own.',
    extension: 'jsonl',
    format: 'jsonLines',
  },
];

async function askFormat(): Promise<(typeof formats)[number]> {
  const chosen = await window.showQuickPick(formats, {
    title: 'Export Results',
    placeHolder: 'Which form? All rows in the order of the server; sorting and filtering do not count.',
  });
  if (chosen === undefined) {
    throw cancellation();
  }
  return chosen;
}

async function askFile(
  { statement }: ResultEntry,
  { label, extension }: (typeof formats)[number],
): Promise<Uri> {
  const name = `${tableOf(statement)?.table.replace(/[^\w.-]+/g, '_') ?? 'result'}.${extension}`;
  const folder = workspace.workspaceFolders?.find(({ uri }) => uri.scheme === 'file')?.uri;
  const file = await window.showSaveDialog({
    title: 'Export Results',
    saveLabel: 'Export',
    filters: { [label]: [extension] },
    ...(folder !== undefined && { defaultUri: Uri.joinPath(folder, name) }),
  });
  if (file === undefined) {
    throw cancellation();
  }
  if (file.scheme !== 'file') {
    throw new AppError('invalidInput', {
      source: 'Extension',
      reason: 'Choose a file of the machine on which the extension runs',
    });
  }
  return file;
}

function offerFile(file: Uri, rows: number): void {
  const open = 'Open File';
  const show = (chosen: string | undefined): void => {
    if (chosen === open) {
      void vscodeCommands.executeCommand('vscode.open', file);
    }
  };
  void window.showInformationMessage(`Exported ${counted(rows, 'row')} to ${file.fsPath}.`, open).then(show);
}
