import { QuickInputButtons, ThemeIcon, window, type QuickInputButton } from 'vscode';
import type { Credentials } from '../services/connections';

interface Question {
  readonly user: string;
  readonly refused: boolean;
}

const otherUser: QuickInputButton = { iconPath: new ThemeIcon('account'), tooltip: 'Use another user' };

/** Asks for the password, and for another user where the person wants one. Undefined when they cancel. */
export async function askCredentials(
  instanceName: string,
  question: Question,
): Promise<Credentials | undefined> {
  let { user } = question;
  for (;;) {
    const answer = await askPassword(instanceName, user, question.refused && user === question.user);
    if (answer === 'otherUser') {
      user = (await askUser(instanceName, user)) ?? user;
    } else {
      return answer === undefined ? undefined : { user, password: answer };
    }
  }
}

function askPassword(instanceName: string, user: string, refused: boolean): Promise<string | undefined> {
  const input = window.createInputBox();
  input.title = `Connect to ${instanceName}`;
  input.prompt = `Password of the database user ${user}`;
  input.placeholder = 'Password';
  input.password = true;
  input.ignoreFocusOut = true;
  input.buttons = [otherUser];
  if (refused) {
    input.validationMessage = `The database refused this password for ${user}. Enter it again.`;
  }
  return new Promise((resolve) => {
    input.onDidChangeValue(() => (input.validationMessage = undefined));
    input.onDidTriggerButton((button) => {
      if (button !== QuickInputButtons.Back) {
        resolve('otherUser');
        input.dispose();
      }
    });
    input.onDidAccept(() => {
      resolve(input.value);
      input.dispose();
    });
    input.onDidHide(() => {
      resolve(undefined);
      input.dispose();
    });
    input.show();
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
