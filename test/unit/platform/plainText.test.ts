import assert from 'node:assert/strict';
import type * as NotificationsModule from '../../../src/platform/notifications';
import { AppError } from '../../../src/core/errors';
import { cellText, plainText } from '../../../src/platform/plainText';
import { RecordingLog } from '../fakes';
import { fakeEditor, withoutEditor } from '../panels/withoutEditor';

/** What the editor makes a link of in a message. */
const link = /\[[^\]]+\]\((?:https?:\/\/|command:|file:)/i;
/** What it makes an icon of in a label. */
const icon = /\$\([a-z-]+(?:~[a-z]+)?\)/i;

describe('text from elsewhere', () => {
  it('is no link, no icon, and on one line', () => {
    const hostile = 'a\r\nb\u2028c [Fix it](command:evil) [x](https://evil.example) $(trash) $(sync~spin)';
    assert.match(hostile, link);
    assert.match(hostile, icon);
    const plain = plainText(hostile);
    assert.doesNotMatch(plain, link);
    assert.doesNotMatch(plain, icon);
    assert.equal(plain, 'a b c [Fix it] (command:evil) [x] (https://evil.example) $ (trash) $ (sync~spin)');
  });

  it('stays as it is where there is nothing in it', () => {
    for (const text of ['orders-prod', 'It costs $5 (about).', 'a [b] c (d)', 'größe 数据库']) {
      assert.equal(plainText(text), text);
    }
  });

  it('means nothing in a cell of a Markdown table', () => {
    const hostile = 'a|b\n| c <img src=x> **d** `e` [f](command:g) https://h.example \\ $(trash) &lt; 数';
    const cell = cellText(hostile);
    const signs = cell.replace(/&#\d+;/g, '');
    assert.match(signs, /^[A-Za-z0-9 数]+$/);
    const read = cell.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)));
    assert.equal(read, hostile.replace('\n', ' '), 'nothing is lost but the line');
  });

  it('reaches no message of an error as a link', async () => {
    const { Notifications } = await withoutEditor<typeof NotificationsModule>(
      () => import('../../../src/platform/notifications'),
    );
    fakeEditor.reset();
    const reason = 'No\nway [Sign in](command:evil)';
    new Notifications(new RecordingLog()).showError(
      'Try',
      new AppError('invalidInput', { source: 'TiDB Cloud', reason }),
    );
    const [message = ''] = fakeEditor.errors;
    assert.match(message, /No way \[Sign in\] \(command:evil\)/);
  });
});
