import { Position, Range, Uri, window, workspace, WorkspaceEdit, type TextDocument } from 'vscode';
import { connectEnv, type ConnectionValues, type ConnectMethod } from '../../core/connectWith';
import { AppError, cancellation } from '../../core/errors';
import { isIgnoredByGit } from '../../platform/gitIgnore';
import type { CommandServices } from '../command';

/** Puts the method's variables into the `.env` of a workspace folder, without the password, and shows the file. */
export async function writeEnvFile(
  { log }: CommandServices,
  method: ConnectMethod,
  values: ConnectionValues,
): Promise<void> {
  const folder = await askFolder();
  const file = Uri.joinPath(folder, '.env');
  await createWhereMissing(file);
  const document = await workspace.openTextDocument(file);
  await replace(document, connectEnv(method, values, document.getText()));
  await window.showTextDocument(document);
  if (workspace.isTrusted && (await isIgnoredByGit(file, log)) === false) {
    await offerToIgnore(folder);
  }
}

async function askFolder(): Promise<Uri> {
  const folders = workspace.workspaceFolders ?? [];
  const chosen =
    folders.length > 1
      ? await window.showWorkspaceFolderPick({ placeHolder: 'Into the .env of which folder?' })
      : folders[0];
  if (chosen === undefined) {
    throw cancellation();
  }
  return chosen.uri;
}

/** Nothing is lost where another program makes it meanwhile. */
async function createWhereMissing(file: Uri): Promise<void> {
  const edit = new WorkspaceEdit();
  edit.createFile(file, { ignoreIfExists: true });
  if (!(await workspace.applyEdit(edit))) {
    throw notWritten(file);
  }
}

/** Through the document, so that what is not saved in it stays, and the change can be undone. */
async function replace(document: TextDocument, text: string): Promise<void> {
  if (document.getText() === text) {
    return;
  }
  const edit = new WorkspaceEdit();
  const end = document.lineAt(document.lineCount - 1).rangeIncludingLineBreak.end;
  edit.replace(document.uri, new Range(new Position(0, 0), end), text);
  if (!(await workspace.applyEdit(edit)) || !(await document.save())) {
    throw notWritten(document.uri);
  }
}

const notWritten = (file: Uri): AppError =>
  new AppError('conflict', { source: 'Extension', reason: `${file.fsPath} could not be written` });

async function offerToIgnore(folder: Uri): Promise<void> {
  const add = 'Add to .gitignore';
  const answer = await window.showWarningMessage(
    'Git does not ignore this .env file: with a password in it, it must not be committed.',
    add,
  );
  if (answer === add) {
    const file = Uri.joinPath(folder, '.gitignore');
    await createWhereMissing(file);
    const document = await workspace.openTextDocument(file);
    const text = document.getText();
    const joint = text === '' || text.endsWith('\n') ? '' : '\n';
    await replace(document, `${text}${joint}.env\n`);
  }
}
