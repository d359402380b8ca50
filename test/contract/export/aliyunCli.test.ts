import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { aliyunCommands } from '../../../src/core/export/aliyunCli';
import type { ExportedEndpoint } from '../../../src/core/export/exported';
import { startSandbox, type Sandbox } from '../../../src/sandbox';
import { oddTexts, sets } from './samples';
import { parametersOf, ScriptRunner } from './standIn';
import { inFolder, needs, run } from './tools';

const REGION = 'ap-southeast-1';

describe('Endpoints as aliyun commands', () => {
  before(async function () {
    await needs(this, 'bash', '--version');
  });

  for (const [name, endpoints] of Object.entries(sets)) {
    it(`are read by bash without a complaint: ${name}`, () =>
      inFolder(async (folder) => {
        const file = path.join(folder, 'script.sh');
        await writeFile(file, aliyunCommands(REGION, endpoints));
        const { stderr } = await run('bash', ['-n', file]);
        assert.equal(stderr, '');
      }));
  }

  describe('run against the sandbox', () => {
    let sandbox: Sandbox;
    let scripts: ScriptRunner;
    let folder: string;
    let endpoint: ExportedEndpoint;

    before(async function () {
      await needs(this, 'curl', '--version');
      await needs(this, 'jq', '--version');
    });

    beforeEach(async () => {
      sandbox = await startSandbox({ timeScale: 600, requestsPerMinute: 10_000 });
      folder = await mkdtemp(path.join(os.tmpdir(), 'tidb-private-endpoint-'));
      scripts = await ScriptRunner.start(sandbox, folder);
      const { instances, services, vpcs, vSwitches, securityGroups } = sandbox.control.getState();
      const [instance] = instances;
      assert.ok(instance);
      endpoint = {
        instanceId: instance.tidbId,
        instanceName: instance.displayName,
        instanceRegionId: `alicloud-${REGION}`,
        spec: {
          regionId: REGION,
          serviceName: services.find(({ tidbId }) => tidbId === instance.tidbId)?.serviceName ?? '',
          name: 'tidb-orders',
          vpcId: vpcs.find(({ name }) => name === 'app-vpc')?.vpcId ?? '',
          securityGroupIds: securityGroups
            .filter(({ name }) => name === 'app-clients')
            .map(({ securityGroupId }) => securityGroupId),
          zones: vSwitches
            .filter(({ name }) => name === 'app-a')
            .map(({ zoneId, vSwitchId }) => ({ zoneId, vSwitchId })),
          tags: { team: 'payments' },
        },
      };
    });

    afterEach(async () => {
      await scripts.stop();
      await sandbox.stop();
      await rm(folder, { recursive: true, force: true });
    });

    const actions = (): readonly (string | undefined)[] => scripts.commands.map(([, action]) => action);

    it('make one endpoint and one Active connection, and nothing more when run again', async () => {
      const script = aliyunCommands(REGION, [endpoint]);
      const first = await scripts.run(script);
      assert.equal(first.code, 0, first.stderr);
      const { endpoints, connections } = sandbox.control.getState();
      assert.equal(endpoints.length, 1);
      assert.deepEqual(
        connections.map(({ endpointId, state }) => [endpointId, state]),
        [[endpoints[0]?.endpointId, 'ACTIVE']],
      );
      assert.match(first.stdout, /^Endpoint ep-\w+\nActive: \S+:\d+\n$/);
      assert.equal(actions().filter((action) => action === 'CreateVpcEndpoint').length, 1);

      const again = await scripts.run(script);
      assert.equal(again.code, 0, again.stderr);
      assert.equal(again.stdout, first.stdout);
      assert.equal(actions().filter((action) => action === 'CreateVpcEndpoint').length, 1);
      assert.equal(sandbox.control.getState().connections.length, 1);
    });

    it('hand every text over as it is, and run none of it', async () => {
      // One that Alibaba Cloud's rules for tags let through; the keys are told apart by their number.
      const tags = Object.fromEntries(oddTexts.map((text, i) => [`${i} ${text}`, text]));
      const wanted = { ...endpoint, instanceName: oddTexts.join(' '), spec: { ...endpoint.spec, tags } };
      const ended = await scripts.run(aliyunCommands(REGION, [wanted]));
      assert.equal(ended.code, 0, ended.stderr);
      const [, , ...flags] = scripts.commands.find(([, action]) => action === 'CreateVpcEndpoint') ?? [];
      const given = parametersOf(flags);
      assert.deepEqual(
        Object.fromEntries(oddTexts.map((_, i) => [given[`Tag.${i + 1}.Key`], given[`Tag.${i + 1}.Value`]])),
        tags,
      );
      assert.equal(given['ServiceName'], endpoint.spec.serviceName);
      assert.equal(given['Zone.1.VSwitchId'], endpoint.spec.zones[0]?.vSwitchId);
      assert.ok(!existsSync(path.join(folder, 'gone')));
    });

    it('say what to do where TiDB Cloud does not take it by API, and notice when it is done', async () => {
      sandbox.control.setAcceptMode('console');
      let asked = '';
      let accepted: Promise<Response> | undefined;
      scripts.onStderr = (text) => {
        asked = text;
        const [, endpointId] = /Endpoint Resource ID: (\S+)/.exec(text) ?? [];
        const [, domainName] = /Domain Name: (\S+)/.exec(text) ?? [];
        if (endpointId !== undefined && domainName !== undefined) {
          const { consoleUrl } = sandbox.tidbCloud;
          accepted ??= fetch(`${consoleUrl}/instances/${endpoint.instanceId}/networking`, {
            method: 'POST',
            headers: {
              origin: new URL(consoleUrl).origin,
              'content-type': 'application/x-www-form-urlencoded',
            },
            body: new URLSearchParams({ endpointId, domainName }).toString(),
          });
        }
      };
      const ended = await scripts.run(aliyunCommands(REGION, [endpoint]));
      assert.equal((await accepted)?.ok, true, asked);
      assert.equal(ended.code, 0, ended.stderr);
      assert.match(ended.stdout, /Active: /);
    });

    it('end with the reason when the connection has failed', async () => {
      const until = sandbox.control
        .waitFor(({ connections }) => connections.length > 0)
        .then(({ connections: [connection] }) =>
          sandbox.control.setConnection(connection?.endpointId ?? '', {
            state: 'FAILED',
            message: 'the endpoint was rejected',
          }),
        );
      const ended = await scripts.run(aliyunCommands(REGION, [endpoint]));
      await until;
      assert.equal(ended.code, 1);
      assert.match(ended.stderr, /has failed: .*the endpoint was rejected/);
    });

    it('end with the reason when a cloud refuses', async () => {
      const wrong = { ...endpoint, spec: { ...endpoint.spec, vpcId: 'vpc-gone' } };
      const ended = await scripts.run(aliyunCommands(REGION, [wrong]));
      assert.notEqual(ended.code, 0);
      assert.match(ended.stderr, /VpcNotFound|vpc-gone/i);
      assert.equal(sandbox.control.getState().endpoints.length, 0);

      const badKey = await scripts.run(aliyunCommands(REGION, [endpoint]), {
        TIDBCLOUD_PRIVATE_KEY: 'wrong',
      });
      assert.notEqual(badKey.code, 0);
      assert.match(badKey.stderr, /TiDB Cloud: [\s\S]*401/);
    });

    it('call nothing without a key, or with an address that is not safe', async () => {
      for (const environment of [
        { TIDBCLOUD_PUBLIC_KEY: undefined },
        { TIDBCLOUD_PRIVATE_KEY: '' },
        { TIDBCLOUD_BASE_URL: 'http://example.com' },
      ]) {
        const ended = await scripts.run(aliyunCommands(REGION, [endpoint]), environment);
        assert.notEqual(ended.code, 0);
        assert.match(ended.stderr, /TIDBCLOUD_/);
      }
      assert.deepEqual(scripts.commands, []);
    });
  });
});
