import assert from 'node:assert/strict';
import { createAlibabaCloudApi, staticCredentials } from '../../../../src/cloud/alibaba';
import { createTidbCloudApi } from '../../../../src/cloud/tidbCloud';
import { systemClock as clock } from '../../../../src/platform/clock';
import { startSandbox, type Sandbox } from '../../../../src/sandbox';
import { Accounts } from '../../../../src/services/accounts';
import { Inventory } from '../../../../src/services/inventory';
import { LastChoices } from '../../../../src/services/provisioning/choices';
import { CreationDraft } from '../../../../src/services/provisioning/draft';
import { FakeSecrets, FakeState, RecordingLog } from '../../fakes';
import { aliKeys, secretKeys, stateKeys, tidbKey } from '../stage';

describe('CreationDraft with both clouds as they are', function () {
  this.timeout(20_000);
  let sandbox: Sandbox;
  let draft: CreationDraft;
  let instanceId: string;
  const log = new RecordingLog();

  const aDraft = async (): Promise<void> => {
    const secrets = new FakeSecrets();
    secrets.kept.set(secretKeys.tidbCloud, JSON.stringify(tidbKey));
    secrets.kept.set(secretKeys.alibabaCloud, JSON.stringify(aliKeys));
    const common = { userAgent: 'test', clock, log };
    const accounts = new Accounts({
      ...{
        secrets,
        secretKeys,
        stateKeys,
        state: new FakeState(),
        log,
        environment: {},
        isWorkspaceTrusted: () => true,
      },
      createTidbCloudApi: () => Promise.resolve(createTidbCloudApi({ ...common, ...sandbox.tidbCloud })),
      createAlibabaCloudApi: () => {
        const { endpoints } = sandbox.alibabaCloud;
        const credentials = staticCredentials(sandbox.alibabaCloud);
        return Promise.resolve(createAlibabaCloudApi({ ...common, credentials, endpoints }));
      },
      listAlibabaCloudProfiles: () => Promise.resolve([]),
      learnSecret: () => undefined,
    });
    const inventory = new Inventory(accounts, log);
    await inventory.refreshInstances();
    instanceId = inventory.snapshot.instances.value?.find(({ name }) => name === 'orders-prod')?.id ?? '';
    draft = new CreationDraft({
      ...{ accounts, inventory, clock, log },
      lastChoices: new LastChoices(new FakeState(), (account, region) => `${account}/${region}`),
      machine: { vpcId: () => Promise.resolve(undefined) },
      newId: () => crypto.randomUUID(),
    });
  };

  beforeEach(async () => {
    sandbox = await startSandbox({ timeScale: 1_000 });
    await aDraft();
  });

  afterEach(async () => {
    draft.dispose();
    await sandbox.stop();
  });

  it('ends in a specification that the dry run takes', async () => {
    await draft.chooseInstance(instanceId);
    const spec = draft.spec('c1');
    assert.ok(spec, JSON.stringify(log.lines));
    assert.equal(await draft.dryRun(spec), true);
    assert.equal(draft.state.privateLink, 'open');
    assert.deepEqual(sandbox.control.getState().endpoints, []);
  });

  it('adds the rule that is missing, once', async () => {
    await draft.chooseInstance(instanceId);
    for (const { id } of draft.state.securityGroups) {
      await draft.network.chooseSecurityGroup(0, id);
      if (draft.state.port?.check === 'closed') {
        break;
      }
    }
    assert.equal(draft.state.port?.check, 'closed');
    assert.ok(draft.state.port.missing.length > 0);
    await draft.network.addRules();
    assert.equal(draft.state.networkError, undefined);
    assert.equal(draft.state.port.check, 'open');
    assert.equal(sandbox.control.calls('AuthorizeSecurityGroup'), 1);
  });

  it('activates PrivateLink where it is not', async () => {
    sandbox.control.setPrivateLinkOpen(false);
    await draft.chooseInstance(instanceId);
    assert.equal(draft.state.privateLink, 'closed');
    assert.equal(draft.spec('c1'), undefined);
    await draft.activatePrivateLink();
    assert.equal(draft.state.networkError, undefined);
    assert.equal(draft.state.privateLink, 'open');
    assert.equal(draft.state.verification.outcome, 'verified');
    assert.ok(draft.spec('c1'));
  });
});
