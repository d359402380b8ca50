import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { commands, extensionId, settings } from '../../src/ids';
import { startSandbox, type Sandbox } from '../../src/sandbox';

const region = 'ap-southeast-1';

const set = (key: string, value: unknown): Thenable<void> =>
  vscode.workspace.getConfiguration(settings.section).update(key, value, vscode.ConfigurationTarget.Global);

/** As a person does it on a page of the sandbox. */
async function submit(url: string, fields: Readonly<Record<string, string>>): Promise<void> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { origin: new URL(url).origin, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(fields).toString(),
  });
  assert.ok(answer.ok, `${url}: ${answer.status}`);
}

describe('an endpoint of both clouds, in the editor', () => {
  const told: string[] = [];
  const asked: { readonly message: string; readonly detail: string | undefined }[] = [];
  const { window } = vscode;
  const original = {
    showErrorMessage: window.showErrorMessage,
    showWarningMessage: window.showWarningMessage,
    showInformationMessage: window.showInformationMessage,
    showQuickPick: window.showQuickPick,
    showInputBox: window.showInputBox,
  };
  const environment = { ...process.env };
  let sandbox: Sandbox;
  let row: { readonly instanceId: string; readonly endpointId: string };
  /** What the person chooses from lists and answers to questions; and types into boxes. */
  let picks: (label: string) => boolean;
  let typed: string[];
  let agrees: boolean;

  before(async () => {
    sandbox = await startSandbox({ timeScale: 600, requestsPerMinute: 10_000 });
    const { tidbCloud, alibabaCloud, control } = sandbox;
    process.env['TIDBCLOUD_PUBLIC_KEY'] = tidbCloud.publicKey;
    process.env['TIDBCLOUD_PRIVATE_KEY'] = tidbCloud.privateKey;
    Object.assign(window, {
      showErrorMessage: (message: string) => {
        told.push(message);
        return Promise.resolve(undefined);
      },
      showInformationMessage: (message: string) => {
        told.push(message);
        return Promise.resolve(undefined);
      },
      showWarningMessage: (message: string, options: vscode.MessageOptions, button: string) => {
        asked.push({ message, detail: options.detail });
        return Promise.resolve(agrees ? button : undefined);
      },
      showQuickPick: async (items: readonly vscode.QuickPickItem[]) =>
        (await Promise.resolve(items)).find(({ label }) => picks(label)),
      showInputBox: () => Promise.resolve(typed.shift()),
    });
    await vscode.extensions.getExtension(extensionId)?.activate();
    await set(settings.tidbCloudBaseUrl, tidbCloud.baseUrl);
    await set(settings.alibabaCloudEndpoints, alibabaCloud.endpoints);
    picks = (label) => label === 'AccessKey';
    typed = [alibabaCloud.accessKeyId, alibabaCloud.accessKeySecret, ''];
    await vscode.commands.executeCommand(commands.signInAlibabaCloud);
    assert.deepEqual(told, []);

    const { services, vpcs, vSwitches, securityGroups } = control.getState();
    const [service] = services;
    assert.ok(service);
    await submit(`${alibabaCloud.consoleUrl}/endpoint/${region}`, {
      vpc: vpcs.find(({ name }) => name === 'app-vpc')?.vpcId ?? '',
      serviceName: service.serviceName,
      endpointName: 'by-hand',
      securityGroup: securityGroups.find(({ name }) => name === 'app-clients')?.securityGroupId ?? '',
      'zone.ap-southeast-1a': vSwitches.find(({ name }) => name === 'app-a')?.vSwitchId ?? '',
      'zone.ap-southeast-1b': '',
    });
    const made = await control.waitFor(({ endpoints }) => endpoints[0]?.status === 'Active');
    const [endpoint] = made.endpoints;
    assert.ok(endpoint);
    row = { instanceId: service.tidbId, endpointId: endpoint.endpointId };
    await submit(`${tidbCloud.consoleUrl}/instances/${row.instanceId}/networking`, {
      endpointId: endpoint.endpointId,
      domainName: endpoint.domain,
    });
    await control.waitFor(({ connections }) => connections[0]?.state === 'ACTIVE');
  });

  beforeEach(() => {
    told.length = 0;
    asked.length = 0;
    picks = () => false;
    agrees = false;
  });

  after(async () => {
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    picks = (label) => label === 'Alibaba Cloud';
    await vscode.commands.executeCommand(commands.signOut);
    Object.assign(window, original);
    for (const key of [settings.tidbCloudBaseUrl, settings.alibabaCloudEndpoints]) {
      await set(key, undefined);
    }
    for (const name of ['TIDBCLOUD_PUBLIC_KEY', 'TIDBCLOUD_PRIVATE_KEY']) {
      if (environment[name] === undefined) {
        Reflect.deleteProperty(process.env, name);
      }
    }
    await sandbox.stop();
  });

  for (const [label, languageId, content] of [
    ['Terraform', undefined, /^resource "alicloud_privatelink_vpc_endpoint" "tidb" \{$/m],
    ['ROS template', 'yaml', /^ {4}Type: ALIYUN::PrivateLink::VpcEndpoint$/m],
    ['aliyun commands', 'shellscript', /^#!\/usr\/bin\/env bash$/m],
  ] as const) {
    it(`is exported into a new document: ${label}`, async () => {
      picks = (each) => each === label;
      await vscode.commands.executeCommand(commands.exportAsCode, row);
      assert.deepEqual(told, []);
      const { document } = window.activeTextEditor ?? assert.fail('no editor is open');
      assert.ok(document.isUntitled);
      assert.match(document.getText(), content);
      assert.ok(document.getText().includes(sandbox.control.getState().endpoints[0]?.vpcId ?? 'no VPC'));
      if (languageId !== undefined) {
        assert.equal(document.languageId, languageId);
      }
      await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    });
  }

  it('that is only planned is exported beside the document that is open, without the extension’s own tags', async () => {
    picks = (each) => each === 'Terraform';
    const planned = {
      instance: { id: row.instanceId, name: 'orders-prod', regionId: `alicloud-${region}` },
      spec: {
        ...{ regionId: region, vpcId: 'vpc-planned', serviceName: 'com.aliyuncs.privatelink.x.epsrv-x' },
        ...{ name: 'planned', securityGroupIds: ['sg-planned'] },
        zones: [{ zoneId: 'ap-southeast-1a', vSwitchId: 'vsw-planned' }],
        tags: { 'created-by': 'tidb-private-endpoint', team: 'payments' },
      },
    };
    await vscode.commands.executeCommand(commands.exportAsCode, row);
    const first = window.activeTextEditor?.document ?? assert.fail('no editor is open');
    const before = first.getText();
    await vscode.commands.executeCommand(commands.exportAsCode, planned);
    const second = window.activeTextEditor?.document ?? assert.fail('no editor is open');
    assert.deepEqual(told, []);
    assert.notEqual(second.uri.toString(), first.uri.toString());
    assert.equal(first.getText(), before);
    assert.ok(!before.includes('vpc-planned'));
    assert.match(second.getText(), /vpc-planned[^]*payments|payments[^]*vpc-planned/);
    assert.ok(!second.getText().includes('created-by'));
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });

  it('is left alone unless the person agrees', async () => {
    await vscode.commands.executeCommand(commands.deleteConnection, row);
    await vscode.commands.executeCommand(commands.deleteEndpoint, row);
    assert.equal(asked.length, 2);
    assert.match(asked[0]?.detail ?? '', /Active in TiDB Cloud/);
    assert.deepEqual(told, []);
    const { endpoints, connections } = sandbox.control.getState();
    assert.deepEqual([endpoints.length, connections.length], [1, 1]);
  });

  it('is deleted on both clouds, after asking twice for one that was made by hand', async () => {
    agrees = true;
    await vscode.commands.executeCommand(commands.deleteEndpoint, row);
    assert.equal(asked.length, 2);
    assert.match(asked[1]?.message ?? '', /was not made by this extension/);
    await sandbox.control.waitFor(
      ({ endpoints, connections }) => endpoints.length === 0 && connections.length === 0,
      15_000,
    );
    const end = Date.now() + 10_000;
    while (!told.some((message) => message.includes('is deleted'))) {
      assert.ok(Date.now() < end, `it is said: ${told.join(' | ')}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    assert.equal(told.length, 1);
  });
});
