import assert from 'node:assert/strict';
import { Stage, type Window } from './stage';

const done = '1 endpoint(s), 1 connection(s) ACTIVE';

describe('Two windows on one journal', () => {
  let stage: Stage;

  beforeEach(async () => {
    stage = await Stage.open('api');
  });
  afterEach(() => stage.close());

  const openTwo = (): Promise<[Window, Window]> => Promise.all([stage.openWindow(), stage.openWindow()]);
  const made = (): number => stage.sandbox.control.calls('CreateVpcEndpoint');

  it('both told to create the same at once: one endpoint', async () => {
    const windows = await openTwo();
    windows.forEach((window) => window.say({ start: stage.creation('c1') }));
    await Promise.all(windows.map((window) => window.finished()));
    assert.equal(stage.count(), done);
    assert.equal(made(), 1);
    assert.equal((await stage.journal()).length, 1);
  });

  it('each told to create for the same instance and VPC at once: one endpoint, one record', async () => {
    const windows = await openTwo();
    windows.forEach((window, at) => window.say({ start: stage.creation(`c${at + 1}`) }));
    await Promise.all(windows.map((window) => window.finished()));
    assert.equal(stage.count(), done);
    assert.equal(made(), 1);
    assert.equal((await stage.journal()).length, 1);
  });

  it('the one that works is killed half way: the other takes over', async () => {
    const [first, second] = await openTwo();
    first.say({ start: stage.creation('c1') });
    await first.until('created', () => first.latest?.creation.endpointId !== undefined);
    second.say({});
    await second.until('shows it', () => second.latest?.readOnly === true);
    await first.kill();
    await second.finished();
    assert.equal(second.latest?.creation.finished?.outcome, 'active');
    assert.equal(stage.count(), done);
    assert.equal(made(), 1);
  });

  it('the one that works sleeps for longer than its lease: the other takes over, and the sleeper only shows it', async () => {
    const [first, second] = await openTwo();
    first.say({ start: stage.creation('c1') });
    await first.until('created', () => first.latest?.creation.endpointId !== undefined);
    first.child.kill('SIGSTOP');
    second.say({});
    await second.until('shows it', () => second.latest?.readOnly === true);
    await second.until('works', () => second.latest?.readOnly === false);
    first.child.kill('SIGCONT');
    await Promise.all([first.finished(), second.finished()]);
    assert.equal(stage.count(), done);
    assert.equal(made(), 1);
    assert.equal((await stage.journal()).length, 1);
  });
});
