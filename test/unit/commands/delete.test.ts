import assert from 'node:assert/strict';
import type { Command } from '../../../src/commands/command';
import { AppError } from '../../../src/core/errors';
import { aCreation, without, tidbError } from '../fakes';
import { Deleting, isCancellation } from './deleting';
import { editor, fakeEditor, withoutEditor } from './editor';

describe('deleting from the tree', () => {
  let deleteEndpoint: Command;
  let deleteConnection: Command;
  let giveUp: Command;
  let d: Deleting;

  before(async () => {
    ({ deleteEndpoint } = await withoutEditor(() => import('../../../src/commands/deleteEndpoint')));
    ({ deleteConnection } = await withoutEditor(() => import('../../../src/commands/deleteConnection')));
    ({ giveUp } = await withoutEditor(() => import('../../../src/commands/giveUp')));
  });
  beforeEach(() => {
    d = new Deleting();
  });
  afterEach(() => d.dispose());

  const row = (endpointId: string) => ({ instanceId: '1001', endpointId });

  it('asks with what depends on the endpoint, and changes nothing when the person does not agree', async () => {
    const endpointId = await d.endpoint();
    d.open.add(endpointId);
    for (const uri of ['untitled:a.sql', 'untitled:b.sql', 'untitled:other.sql']) {
      editor.documents.push({ uri, text: '', languageId: 'sql' });
    }
    d.documents.bind('untitled:a.sql', row(endpointId));
    d.documents.bind('untitled:b.sql', row(endpointId));
    await assert.rejects(d.run(deleteEndpoint, row(endpointId)), isCancellation);
    assert.equal(fakeEditor.asked.length, 1);
    const [{ message, detail, buttons }] = fakeEditor.asked as [(typeof fakeEditor.asked)[0]];
    assert.equal(message, 'Delete the endpoint tidb-orders (ep-aaaa0001) of orders?');
    assert.match(detail, /connection in TiDB Cloud \(Active\) is deleted first/);
    assert.match(detail, /SQL connection that is open through it is closed/);
    assert.match(detail, /2 open SQL documents/);
    assert.match(detail, /only private endpoint of orders/);
    assert.deepEqual(buttons, ['Delete Endpoint']);
    assert.deepEqual([d.changes, d.records, d.disconnected], [[], [], []]);
  });

  it('closes SQL, deletes connection, zones and endpoint in this order, and says when they are gone', async () => {
    const endpointId = await d.endpoint();
    d.open.add(endpointId);
    editor.documents.push({ uri: 'untitled:a.sql', text: '', languageId: 'sql' });
    d.documents.bind('untitled:a.sql', row(endpointId));
    d.agree('Delete Endpoint');
    await d.run(deleteEndpoint, row(endpointId));
    assert.deepEqual(d.disconnected, [{ ...d.disconnected[0], endpointId }]);
    assert.equal(d.watching.done, false);
    await d.pass(10);
    assert.deepEqual(d.changes, ['deleteConnection', 'removeEndpointZone', 'deleteEndpoint']);
    assert.equal(d.watching.done, true);
    assert.equal(
      fakeEditor.asked.at(-1)?.message,
      'The endpoint tidb-orders (ep-aaaa0001) is deleted (orders).',
    );
    assert.deepEqual(d.errors, []);
    assert.equal(d.documents.endpointOf('untitled:a.sql'), undefined);
    assert.equal(d.records[0]?.finished?.outcome, 'removed');
    assert.deepEqual(d.running.world.endpoints, []);
  });

  it('deletes the connection alone, and leaves the endpoint', async () => {
    const endpointId = await d.endpoint();
    d.agree('Delete Connection');
    await d.run(deleteConnection, row(endpointId));
    await d.pass(10);
    assert.deepEqual(d.changes, ['deleteConnection']);
    assert.equal(d.running.world.endpoints.length, 1);
    assert.match(fakeEditor.asked[0]?.detail ?? '', /The endpoint in Alibaba Cloud stays/);
    assert.match(fakeEditor.asked.at(-1)?.message ?? '', /private endpoint connection of .* is deleted/);
  });

  it('asks twice for an endpoint that the extension did not make', async () => {
    const endpointId = await d.endpoint({ tags: { 'created-by': 'somebody' } });
    d.agree('Delete Endpoint');
    await assert.rejects(d.run(deleteEndpoint, row(endpointId)), isCancellation);
    assert.equal(fakeEditor.asked.length, 2);
    assert.match(fakeEditor.asked[1]?.message ?? '', /was not made by this extension/);
    assert.deepEqual([d.changes, d.records], [[], []]);

    d.agree('Delete Endpoint', 'Delete It All the Same');
    await d.run(deleteEndpoint, row(endpointId));
    await d.pass(10);
    assert.deepEqual(d.running.world.endpoints, []);
  });

  it('counts the other private endpoints that stay', async () => {
    const endpointId = await d.endpoint();
    await d.endpoint({ name: 'second' });
    await assert.rejects(d.run(deleteEndpoint, row(endpointId)), isCancellation);
    assert.match(fakeEditor.asked[0]?.detail ?? '', /orders keeps 1 other private endpoint\./);
  });

  it('notes whose endpoint it is; where that cannot be told, it goes all the same', async () => {
    const first = await d.endpoint();
    d.agree('Delete Endpoint', 'Delete Endpoint');
    await d.run(deleteEndpoint, row(first));
    assert.equal(d.records[0]?.accountId, '42');
    await d.pass(10);
    const second = await d.endpoint();
    d.running.script.fail('getCallerIdentity', tidbError('unreachable'));
    d.agree('Delete Endpoint');
    await d.run(deleteEndpoint, row(second));
    await d.pass(10);
    assert.equal(d.records[1]?.accountId, undefined);
    assert.equal(d.records[1]?.finished?.outcome, 'removed');
  });

  it('says nothing of an endpoint that is being changed for a moment', async () => {
    const endpointId = await d.endpoint();
    d.running.script.fail('removeEndpointZone', tidbError('conflict', { source: 'Alibaba Cloud' }));
    d.agree('Delete Endpoint');
    await d.run(deleteEndpoint, row(endpointId));
    await d.pass(10);
    assert.deepEqual(d.errors, []);
    assert.equal(d.records[0]?.finished?.outcome, 'removed');
  });

  it('reads the endpoint again before it asks: one that is gone meanwhile is an error', async () => {
    const endpointId = await d.endpoint();
    await d.running.inventory.refreshInstances();
    await d.running.inventory.refreshDetails('1001');
    d.running.world.endpoints.length = 0;
    d.running.world.connections.length = 0;
    await assert.rejects(
      d.run(deleteEndpoint, row(endpointId)),
      (error) => AppError.is(error) && error.code === 'notFound' && error.details.source === 'Alibaba Cloud',
    );
    assert.deepEqual(fakeEditor.asked, []);
  });

  it('hands over to the console where TiDB Cloud does not delete by API, and goes on once that is done', async () => {
    const endpointId = await d.endpoint();
    d.running.world.offersCreateConnection = false;
    d.agree('Delete Endpoint', 'Open TiDB Cloud Console');
    await d.run(deleteEndpoint, row(endpointId));
    await d.pass(1);
    assert.match(fakeEditor.asked[1]?.message ?? '', /Delete it on the Networking page of orders/);
    assert.deepEqual(fakeEditor.asked[1]?.buttons, ['Open TiDB Cloud Console']);
    assert.deepEqual(fakeEditor.executed, [['tidbPrivateEndpoint.openInTidbCloud', { instanceId: '1001' }]]);
    assert.equal(fakeEditor.asked.length, 2);
    assert.equal(d.watching.done, false);

    d.running.world.connections.length = 0;
    await d.pass(10);
    assert.deepEqual(d.running.world.endpoints, []);
    assert.match(fakeEditor.asked.at(-1)?.message ?? '', /is deleted/);
    assert.deepEqual(d.errors, []);
  });

  it('says what stands in the way, and goes on with Retry', async () => {
    const endpointId = await d.endpoint();
    d.running.script.fail('deleteConnection', tidbError('notAllowed', { reason: 'no' }));
    d.running.script.fail('removeEndpointZone', new AppError('notAllowed', { source: 'Alibaba Cloud' }));
    d.agree('Delete Endpoint');
    await d.run(deleteEndpoint, row(endpointId));
    await d.pass(1);
    // The refusal of the connection is met in the console.
    d.running.world.connections.length = 0;
    await d.pass(2);
    assert.equal(d.errors.length, 1);
    assert.match(d.errors[0]?.doing ?? '', /Delete the endpoint/);
    assert.equal((d.errors[0]?.error as AppError).code, 'notAllowed');
    assert.equal(d.watching.done, true);
    d.errors[0]?.retry?.();
    await d.pass(10);
    assert.deepEqual(d.running.world.endpoints, []);
    assert.match(fakeEditor.asked.at(-1)?.message ?? '', /is deleted/);
  });

  it('ends at once where somebody else has deleted it while the question was open', async () => {
    const endpointId = await d.endpoint();
    fakeEditor.answer = ({ buttons }) => {
      d.running.world.endpoints.length = 0;
      d.running.world.connections.length = 0;
      return buttons[0];
    };
    await d.run(deleteEndpoint, row(endpointId));
    await d.pass(1);
    assert.equal(d.watching.done, true);
    assert.deepEqual(d.changes, []);
    assert.match(fakeEditor.asked.at(-1)?.message ?? '', /is deleted/);
  });

  it('says that it is gone also where what stood in the way was cleared elsewhere', async () => {
    const endpointId = await d.endpoint();
    d.running.script.fail('deleteConnection', tidbError('credentialsRejected'));
    d.agree('Delete Endpoint');
    await d.run(deleteEndpoint, row(endpointId));
    await d.pass(1);
    assert.equal(d.errors.length, 1);
    assert.equal(d.watching.done, true);
    // As after signing in again.
    const [left] = d.running.runner.unfinished();
    d.running.runner.retry(left?.creation.id ?? assert.fail('nothing is unfinished'));
    await d.pass(10);
    assert.deepEqual(d.running.world.endpoints, []);
    assert.equal(d.errors.length, 1);
    assert.match(fakeEditor.asked.at(-1)?.message ?? '', /is deleted/);
  });

  it('goes on when the notification is cancelled, and still says when it is gone', async () => {
    const endpointId = await d.endpoint();
    d.agree('Delete Endpoint');
    await d.run(deleteEndpoint, row(endpointId));
    d.watching.cancel();
    await d.pass(0);
    assert.equal(d.watching.done, true);
    await d.pass(10);
    assert.deepEqual(d.running.world.endpoints, []);
    assert.match(fakeEditor.asked.at(-1)?.message ?? '', /is deleted/);
  });

  it('ends the notification when the commands go', async () => {
    const endpointId = await d.endpoint();
    d.agree('Delete Endpoint');
    await d.run(deleteEndpoint, row(endpointId));
    assert.equal(d.watching.done, false);
    d.closing.abort();
    await d.pass(0);
    assert.equal(d.watching.done, true);
  });

  it('stops the creation that is still working on the endpoint, and says so before', async () => {
    const { runner } = d.running;
    await runner.start({
      ...without(aCreation, 'spec'),
      endpointId: await d.endpoint({}, false),
    });
    await d.pass(1);
    d.agree('Delete Endpoint');
    await d.run(deleteEndpoint, row('ep-aaaa0001'));
    assert.match(fakeEditor.asked[0]?.detail ?? '', /creation, which is not finished, stops/);
    await d.pass(10);
    assert.deepEqual(d.running.world.endpoints, []);
    assert.deepEqual(d.running.world.connections, []);
    assert.deepEqual(
      d.records.map(({ finished }) => finished?.outcome),
      ['removed'],
    );
  });

  it('offers no endpoint that Alibaba Cloud does not show, and no connection that is not registered', async () => {
    await d.endpoint({}, false);
    await assert.rejects(
      d.run(deleteConnection, row('ep-aaaa0001')),
      (error) => AppError.is(error) && error.code === 'notFound',
    );
    d.dispose();
    d = new Deleting({ ali: false });
    await d.endpoint();
    await assert.rejects(
      d.run(deleteEndpoint, row('ep-aaaa0001')),
      (error) => AppError.is(error) && error.code === 'notFound',
    );
    assert.deepEqual(fakeEditor.asked, []);
  });

  describe('giving up', () => {
    it('asks, and then follows it no more; what exists stays', async () => {
      const { runner, world } = d.running;
      await runner.start(aCreation);
      await d.pass(0);
      await assert.rejects(d.run(giveUp, { creationId: 'c1' }), isCancellation);
      assert.equal(runner.unfinished().length, 1);
      d.agree('Give Up');
      await d.run(giveUp, { creationId: 'c1' });
      assert.match(fakeEditor.asked[0]?.detail ?? '', /ep-aaaa0001 stays in Alibaba Cloud/);
      assert.deepEqual(runner.unfinished(), []);
      assert.equal(world.endpoints.length, 1);
      assert.equal(d.records[0]?.finished?.outcome, 'abandoned');
    });

    it('lets the person choose where no row is named, and is an error where nothing is unfinished', async () => {
      const nothing = (error: unknown): boolean => AppError.is(error) && error.code === 'notFound';
      await assert.rejects(d.run(giveUp), nothing);
      await d.running.runner.start(aCreation);
      await assert.rejects(d.run(giveUp, { creationId: 'another' }), nothing);
      editor.pick = (items) => items[0];
      d.agree('Give Up');
      await d.run(giveUp);
      assert.deepEqual(d.running.runner.unfinished(), []);
    });
  });
});
