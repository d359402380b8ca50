import { env, ProgressLocation, window, workspace } from 'vscode';
import { AppError, cancellation } from '../../core/errors';
import type { SqlValue } from '../../core/ports';
import { prettyJson } from '../../core/prettyJson';
import { tableOf } from '../../core/queries';
import { counted, grouped } from '../../core/counted';
import type { FromResults } from '../../protocol/results';
import type { ResultEntry } from '../../services/results';
import { copyRows, rowsWanted, type Copied } from './copyRows';
import type { RowsInView } from './rowAnswers';

type Copy = Extract<FromResults, { type: 'copy' }>;
type Place = Pick<Extract<FromResults, { type: 'copyValue' }>, 'row' | 'column'>;

/** Fewer are copied before anybody could read that they are. */
const worthProgress = 20_000;
/** What the editor opens without a warning. */
const greatestDocument = 50_000_000;

export async function copySelection(
  view: RowsInView,
  { statement }: ResultEntry,
  message: Copy,
): Promise<void> {
  const { format, headers, selection } = message;
  const wish = { format, headers, selection, table: format === 'insert' ? tableOf(statement) : undefined };
  const abort = new AbortController();
  const copied =
    rowsWanted(view, wish) < worthProgress
      ? await copyRows(view, wish, { signal: abort.signal, onProgress: () => undefined })
      : await window.withProgress(
          { location: ProgressLocation.Notification, title: 'Copying rows…', cancellable: true },
          (progress, token) => {
            token.onCancellationRequested(() => abort.abort(cancellation()));
            return copyRows(view, wish, {
              signal: abort.signal,
              onProgress: (rows, of) =>
                progress.report({
                  message: `${grouped(rows)} of ${grouped(of)}`,
                }),
            });
          },
        );
  await env.clipboard.writeText(copied.text);
  window.setStatusBarMessage(wordsOf(copied), 3000);
}

const wordsOf = ({ rows, columns }: Copied): string =>
  rows === 1 && columns === 1 ? 'Copied 1 value' : `Copied ${counted(rows, 'row')}`;

export async function copyValue(view: RowsInView, place: Place): Promise<void> {
  await env.clipboard.writeText((await valueAt(view, place)) ?? 'NULL');
  window.setStatusBarMessage('Copied 1 value', 3000);
}

/** Opens a value as a new document; JSON can be laid out, exact as it is. */
export async function openValue(
  view: RowsInView,
  place: Place & { readonly pretty: boolean },
): Promise<void> {
  const value = (await valueAt(view, place)) ?? 'NULL';
  if (value.length > greatestDocument) {
    throw new AppError('invalidInput', {
      source: 'Extension',
      reason: 'This value is too long to be opened in the editor; export the result to a file',
    });
  }
  const isJson = view.rows.columns[place.column]?.type === 'JSON';
  const pretty = place.pretty ? prettyJson(value) : undefined;
  const document = await workspace.openTextDocument({
    content: pretty ?? value,
    language: isJson || pretty !== undefined ? 'json' : 'plaintext',
  });
  await window.showTextDocument(document, { preview: true });
}

/** The whole value. */
async function valueAt({ rows, order }: RowsInView, { row, column }: Place): Promise<SqlValue> {
  const [values] = await rows.read(row, row + 1, order && { order });
  const cell = values?.[column];
  if (cell === undefined) {
    throw cancellation();
  }
  return typeof cell === 'object' && cell !== null ? cell.cut : cell;
}
