import assert from 'node:assert/strict';
import { commands } from '../../../src/ids';
import type * as CommandRunnerModule from '../../../src/platform/commandRunner';
import type { Notifications } from '../../../src/platform/notifications';
import { fakeEditor, withoutEditor } from '../commands/editor';
import { RecordingLog, settle } from '../fakes';

describe('CommandRunner', () => {
  let CommandRunner: typeof CommandRunnerModule.CommandRunner;
  let run: (...args: readonly unknown[]) => unknown;
  let began: unknown[];

  before(async () => {
    ({ CommandRunner } = await withoutEditor(() => import('../../../src/platform/commandRunner')));
  });
  beforeEach(() => {
    Object.assign(fakeEditor.vscode.commands, {
      registerCommand: (_: string, handler: typeof run) => {
        run = handler;
        return { dispose: () => undefined };
      },
    });
    began = [];
    const handler = (argument: unknown): Promise<void> => {
      began.push(argument);
      return new Promise(() => undefined);
    };
    const notifications = { showError: () => assert.fail() } as unknown as Notifications;
    new CommandRunner(notifications, new RecordingLog()).register({
      ...{ id: commands.loadMoreTables, title: 'Load More Tables', handler },
    });
  });

  const instance = { id: 'instance/1', instanceId: '1' };
  const endpoint = { ...instance, endpointId: 'ep-1' };
  const database = { ...endpoint, database: 'shop' };

  it('does not run a command twice on the same row at once', async () => {
    void run(instance);
    void run({ instanceId: '1' });
    await settle();
    assert.equal(began.length, 1);
  });

  it('runs it on every other row meanwhile', async () => {
    const rows = [undefined, { id: 'group/a' }, { id: 'group/b' }, instance, endpoint, database];
    for (const row of [...rows, { ...database, table: 'orders' }]) {
      void run(row);
    }
    await settle();
    assert.equal(began.length, rows.length + 1);
  });
});
