import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { commands } from '../../src/ids';
import { until } from './byHand';
import { Clouds, Person } from './stage';

const region = 'ap-southeast-1';

describe('an endpoint of both clouds, in the editor', () => {
  const { window } = vscode;
  const person = new Person();
  let clouds: Clouds;
  let row: { readonly instanceId: string; readonly endpointId: string };

  before(async () => {
    person.sitDown();
    clouds = await Clouds.start({ timeScale: 600, requestsPerMinute: 10_000 });
    await clouds.signInToAlibabaCloud(person);
    row = await clouds.endpointByHand('by-hand');
  });

  beforeEach(() => person.rest());

  after(async () => {
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await clouds.signOutOfAlibabaCloud(person);
    person.standUp();
    await clouds.stop();
  });

  for (const [label, languageId, content] of [
    ['Terraform', undefined, /^resource "alicloud_privatelink_vpc_endpoint" "tidb" \{$/m],
    ['ROS template', 'yaml', /^ {4}Type: ALIYUN::PrivateLink::VpcEndpoint$/m],
    ['aliyun commands', 'shellscript', /^#!\/usr\/bin\/env bash$/m],
  ] as const) {
    it(`is exported into a new document: ${label}`, async () => {
      person.picks = (each) => each.label === label;
      await vscode.commands.executeCommand(commands.exportAsCode, row);
      assert.deepEqual(person.told, []);
      const { document } = window.activeTextEditor ?? assert.fail('no editor is open');
      assert.ok(document.isUntitled);
      assert.match(document.getText(), content);
      assert.ok(
        document.getText().includes(clouds.sandbox.control.getState().endpoints[0]?.vpcId ?? 'no VPC'),
      );
      if (languageId !== undefined) {
        assert.equal(document.languageId, languageId);
      }
      await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    });
  }

  it('that is only planned is exported beside the document that is open, without the extension’s own tags', async () => {
    person.picks = ({ label }) => label === 'Terraform';
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
    assert.deepEqual(person.told, []);
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
    assert.equal(person.asked.length, 2);
    assert.match(person.asked[0]?.detail ?? '', /Active in TiDB Cloud/);
    assert.deepEqual(person.told, []);
    const { endpoints, connections } = clouds.sandbox.control.getState();
    assert.deepEqual([endpoints.length, connections.length], [1, 1]);
  });

  it('is deleted on both clouds, after asking twice for one that was made by hand', async () => {
    person.answers = ({ kind, buttons }) => (kind === 'warning' ? buttons[0] : undefined);
    await vscode.commands.executeCommand(commands.deleteEndpoint, row);
    assert.equal(person.asked.length, 2);
    assert.match(person.asked[1]?.message ?? '', /was not made by this extension/);
    await clouds.sandbox.control.waitFor(
      ({ endpoints, connections }) => endpoints.length === 0 && connections.length === 0,
      15_000,
    );
    await until('it is said', () => person.told.some((message) => message.includes('is deleted')));
    assert.equal(person.told.length, 1);
  });
});
