import assert from 'node:assert/strict';
import type { Command, CommandServices } from '../../../src/commands/command';
import { AppError } from '../../../src/core/errors';
import { anInstance, aSpec } from '../fakes';
import { stage, type Stage } from '../services/stage';
import { isCancellation } from './deleting';
import { editor, withoutEditor } from './editor';

describe('exporting endpoints as code', () => {
  let exportAsCode: Command;
  let s: Stage;

  before(async () => {
    ({ exportAsCode } = await withoutEditor(() => import('../../../src/commands/exportAsCode')));
  });
  beforeEach(() => {
    editor.reset();
    s = stage();
  });

  const run = async (...args: readonly unknown[]): Promise<void> => {
    const services: Partial<CommandServices> = { accounts: s.accounts, inventory: s.inventory };
    await exportAsCode.handler(services as CommandServices)(...args);
  };
  const choose = (label: string): void => {
    editor.pick = (items) => items.find((item) => item.label === label);
  };
  const endpoint = async (instanceId: string, spec: Partial<typeof aSpec> = {}): Promise<unknown> => {
    const serviceName = s.world.services.get(instanceId)?.serviceName ?? '';
    const { id } = await s.world.alibabaCloud.createEndpoint(
      { ...aSpec, serviceName, ...spec },
      `t${Math.random()}`,
    );
    s.world.script.calls.length = 0;
    return { instanceId, endpointId: id };
  };
  /** A second instance, with a service of its own. */
  function another(): string {
    const id = '1002';
    s.world.instances.set(id, { ...anInstance, id, name: 'billing' });
    const service = s.world.services.get('1001') ?? assert.fail();
    s.world.services.set(id, { ...service, instanceId: id, serviceName: `${service.serviceName}2` });
    return id;
  }

  it('writes the endpoint of the row, with its zones and security groups, into a new document', async () => {
    choose('Terraform');
    await run(
      await endpoint('1001', { securityGroupIds: ['sg-a', 'sg-b'], tags: { ...aSpec.tags, team: 'pay' } }),
    );
    assert.equal(editor.documents.length, 1);
    const [{ uri, text, languageId }] = editor.documents as [(typeof editor.documents)[0]];
    assert.equal(uri, 'untitled:private-endpoint-ap-southeast-1.tf');
    assert.match(text, /default += \["sg-a", "sg-b"\]/);
    assert.match(text, /"ap-southeast-1a" = "vsw-a"/);
    assert.match(text, /id = "ep-aaaa0001"/);
    assert.match(text, /"team" += "pay"/);
    assert.match(text, /"tidb-instance" = "1001"/);
    // What another tool makes is not the extension's, nor of this creation.
    assert.doesNotMatch(text, /created-by|tidb-creation/);
    // The editor has no Terraform here.
    assert.equal(languageId, 'plaintext');
    assert.deepEqual(
      s.script.calls.filter((call) => /^(create|delete|remove|add|tag)/.test(call)),
      [],
    );
  });

  it('leaves a document of that name alone', async () => {
    choose('ROS template');
    const row = await endpoint('1001');
    await run(row);
    await run(row);
    assert.deepEqual(
      editor.documents.map(({ uri, languageId }) => [uri, languageId]),
      [
        ['untitled:private-endpoint-ap-southeast-1.ros.yaml', 'yaml'],
        ['untitled:private-endpoint-ap-southeast-1.ros-2.yaml', 'yaml'],
      ],
    );
    assert.equal(editor.documents[0]?.text, editor.documents[1]?.text);
  });

  it('writes all selected rows together, each endpoint once', async () => {
    choose('Terraform');
    const other = another();
    const first = await endpoint('1001');
    const second = await endpoint(other, { name: 'tidb-billing' });
    await run(first, [first, second, { instanceId: '1001' }]);
    assert.equal(editor.documents.length, 1);
    const text = editor.documents[0]?.text ?? '';
    assert.match(text, /"orders-tidb-orders" = \{/);
    assert.match(text, /"billing-tidb-billing" = \{/);
    assert.match(text, /for_each = var\.endpoints/);
    assert.equal(text.match(/id = "ep-aaaa0001"/g)?.length, 1);
  });

  it('writes all endpoints of an instance for its row', async () => {
    choose('aliyun commands');
    await endpoint('1001');
    await endpoint('1001', { name: 'second' });
    await run({ instanceId: '1001' });
    const document = editor.documents[0] ?? assert.fail();
    assert.equal(document.languageId, 'shellscript');
    assert.equal(document.text.match(/^endpoint_id=/gm)?.length, 2);
  });

  it('writes what is planned in the creation panel, without asking a cloud', async () => {
    choose('aliyun commands');
    const { id, name, regionId } = anInstance;
    await run({ instance: { id, name, regionId }, spec: aSpec });
    assert.match(editor.documents[0]?.text ?? '', /--VpcId='vpc-a'/);
    assert.deepEqual(s.script.calls, []);
  });

  it('asks for an endpoint from the palette', async () => {
    await endpoint('1001');
    await endpoint('1001', { name: 'second' });
    editor.pick = (items) =>
      items.find(({ label }) => label === 'second') ?? items.find(({ label }) => label === 'ROS template');
    await run();
    assert.match(editor.documents[0]?.text ?? '', /EndpointName: "second"/);
  });

  it('writes nothing when the person picks no form', async () => {
    await assert.rejects(run(await endpoint('1001')), isCancellation);
    assert.deepEqual(editor.documents, []);
  });

  it('says why there is nothing to write', async () => {
    choose('Terraform');
    const isNotFound = (error: unknown): boolean => AppError.is(error) && error.code === 'notFound';
    await assert.rejects(run({ instanceId: '1001' }), isNotFound);
    await assert.rejects(run({ instanceId: '1001', endpointId: 'ep-gone' }), isNotFound);
    const row = await endpoint('1001');
    s.script.fail('listEndpointZones', new AppError('notAllowed', { source: 'Alibaba Cloud' }));
    await assert.rejects(run(row), (error) => AppError.is(error) && error.code === 'notAllowed');
    assert.deepEqual(editor.documents, []);
  });
});
