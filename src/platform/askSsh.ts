import { ProgressLocation, window } from 'vscode';
import type { AskSsh, SshQuestion } from '../core/ports';

/** Puts the questions of `ssh` to the person: secrets in a password box, host keys in a dialog, notices beside. */
export const askSsh: AskSsh = async (question, signal) => {
  if (signal.aborted) {
    return undefined;
  }
  switch (question.kind) {
    case 'secret':
      return askSecret(question, signal);
    case 'confirm':
      return askWhether(question, signal);
    case 'notice':
      return showNotice(question, signal);
  }
};

function askSecret(
  { destination, text, again }: SshQuestion,
  signal: AbortSignal,
): Promise<string | undefined> {
  const input = window.createInputBox();
  input.title = `Bastion ${destination}`;
  input.prompt = text.trim();
  input.password = true;
  input.ignoreFocusOut = true;
  if (again === true) {
    input.validationMessage = 'That was not accepted. Enter it again.';
  }
  return new Promise((resolve) => {
    const end = (answer: string | undefined): void => {
      signal.removeEventListener('abort', cancel);
      resolve(answer);
      input.dispose();
    };
    const cancel = (): void => end(undefined);
    input.onDidChangeValue(() => (input.validationMessage = undefined));
    input.onDidAccept(() => end(input.value));
    input.onDidHide(cancel);
    signal.addEventListener('abort', cancel, { once: true });
    input.show();
  });
}

async function askWhether(
  { destination, text }: SshQuestion,
  signal: AbortSignal,
): Promise<string | undefined> {
  const trust = 'Yes, Connect';
  const detail = text
    .replace(/\s*(?:are you sure you want to continue connecting)?\s*\(yes\/no[^)]*\)\??\s*$/i, '')
    .trim();
  const message = `Connect to the bastion ${destination}?`;
  // A dialog cannot be taken away; what is answered after the end counts for nothing.
  const ended = new Promise<undefined>((resolve) =>
    signal.addEventListener('abort', () => resolve(undefined), { once: true }),
  );
  const chosen = await Promise.race([
    window.showWarningMessage(message, { modal: true, detail }, trust),
    ended,
  ]);
  return chosen === trust ? 'yes' : undefined;
}

async function showNotice({ destination, text }: SshQuestion, signal: AbortSignal): Promise<undefined> {
  const title = `Bastion ${destination}: ${text.trim()}`;
  await window.withProgress(
    { location: ProgressLocation.Notification, title, cancellable: true },
    (_, token) =>
      new Promise<void>((resolve) => {
        token.onCancellationRequested(() => resolve());
        signal.addEventListener('abort', () => resolve(), { once: true });
      }),
  );
}
