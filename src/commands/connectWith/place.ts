import { languages, window, workspace } from 'vscode';
import type { ConnectMethod } from '../../core/connectWith';
import { AppError } from '../../core/errors';

/** In the place of what is selected. */
export async function insertAtCursor(text: string): Promise<void> {
  const editor = window.activeTextEditor;
  const inserted = await editor?.edit((edit) =>
    editor.selections.forEach((selection) => edit.replace(selection, text)),
  );
  if (inserted !== true) {
    throw new AppError('conflict', {
      source: 'Extension',
      reason: 'the document in the editor cannot be changed',
    });
  }
}

export async function openInEditor(method: ConnectMethod, text: string): Promise<void> {
  const known = await languages.getLanguages();
  const document = await workspace.openTextDocument({
    content: text,
    // Some languages come with extensions of their own.
    language: known.includes(method.language) ? method.language : 'plaintext',
  });
  await window.showTextDocument(document);
}
