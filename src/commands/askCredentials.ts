import { ThemeIcon, window, type QuickInputButton } from 'vscode';
import type { Credentials } from '../services/connections';

interface Question {
  readonly user: string;
  readonly refused: boolean;
}

const otherUserButton: QuickInputButton = { iconPath: new ThemeIcon('account'), tooltip: 'Use Another User' };
/** No password can be mistaken for it. */
const otherUser = Symbol('another user');

/**
 * Asks for the password, and for another user where the person wants one. Undefined when they cancel, here or through the
 * signal.
 */
export async function askCredentials(
  instanceName: string,
  question: Question,
  signal: AbortSignal,
  hint = '',
): Promise<Credentials | undefined> {
  let { user } = question;
  for (;;) {
    const refused = question.refused && user === question.user;
    const answer = await askPassword(instanceName, { user, refused, hint }, signal);
    if (answer === otherUser) {
      user = (await askUser(instanceName, user)) ?? user;
    } else {
      return answer === undefined ? undefined : { user, password: answer };
    }
  }
}

function askPassword(
  instanceName: string,
  { user, refused, hint }: Question & { readonly hint: string },
  signal: AbortSignal,
): Promise<string | typeof otherUser | undefined> {
  const input = window.createInputBox();
  input.title = `Connect to ${instanceName}`;
  input.prompt = `Password of the database user ${user}${hint}`;
  input.placeholder = 'Password';
  input.password = true;
  input.ignoreFocusOut = true;
  input.buttons = [otherUserButton];
  if (refused) {
    input.validationMessage = `The database refused this password for ${user}. Enter it again.`;
  }
  return new Promise((resolve) => {
    input.onDidChangeValue(() => (input.validationMessage = undefined));
    const end = (answer: string | typeof otherUser | undefined) => (): void => {
      signal.removeEventListener('abort', cancel);
      resolve(answer);
      input.dispose();
    };
    const cancel = end(undefined);
    input.onDidTriggerButton(end(otherUser));
    input.onDidAccept(() => end(input.value)());
    input.onDidHide(cancel);
    signal.addEventListener('abort', cancel);
    if (signal.aborted) {
      cancel();
    } else {
      input.show();
    }
  });
}

async function askUser(instanceName: string, user: string): Promise<string | undefined> {
  const answer = await window.showInputBox({
    title: `Connect to ${instanceName}`,
    prompt: 'Database user',
    value: user,
    ignoreFocusOut: true,
    validateInput: (text) => (text.trim() === '' ? 'A user name is needed' : undefined),
  });
  return answer?.trim();
}
