import assert from 'node:assert/strict';
import { LastChoices } from '../../../../src/services/provisioning/choices';
import { CreationDraft } from '../../../../src/services/provisioning/draft';
import { aConnection, anEndpoint, anInstance } from '../../fakes';
import { manyAccounts } from '../manyAccounts';

const id = anInstance.id;
const [one, two] = ['alibabaCloud/key/LTAI-one', 'alibabaCloud/key/LTAI-two'];

describe('CreationDraft: in which Alibaba Cloud account', () => {
  let m: ReturnType<typeof manyAccounts>;
  let draft: CreationDraft;
  const asked = (): readonly number[] =>
    [m.worlds.one, m.worlds.two].map(({ script }) => script.count('listVpcs'));

  beforeEach(async () => {
    m = manyAccounts();
    await m.signIn();
    await m.inventory.refreshInstances();
    let ids = 0;
    draft = new CreationDraft({
      ...{ accounts: m.accounts, inventory: m.inventory, clock: m.clock, log: m.log },
      lastChoices: new LastChoices(m.state, (accountId, regionId) => `last/${accountId}/${regionId}`),
      machine: { vpcId: () => Promise.resolve(undefined) },
      newId: () => `id-${++ids}`,
    });
  });
  afterEach(() => draft.dispose());

  it('offers them all and takes the first where nothing is known', async () => {
    await draft.chooseInstance(id);
    assert.deepEqual(
      draft.state.accounts.map((account) => account.id),
      [one, two],
    );
    assert.equal(draft.state.accountId, one);
    assert.deepEqual(asked(), [1, 0]);
  });

  it('takes the one that owns the instance’s endpoint', async () => {
    m.worlds.one.connections.push({ ...aConnection, postedAtMs: 0 });
    m.worlds.two.endpoints.push({ ...anEndpoint, token: 't', createdAtMs: 0 });
    await draft.chooseInstance(id);
    assert.equal(draft.state.accountId, two);
    assert.deepEqual(asked(), [0, 1]);
    assert.equal(draft.network.accountId, '222');
  });

  it('takes the one that the person chooses, and keeps what they typed', async () => {
    await draft.chooseInstance(id);
    draft.typeName('my-endpoint');
    draft.addTag();
    await draft.chooseAccount(two);
    assert.equal(draft.state.accountId, two);
    assert.equal(draft.state.name, 'my-endpoint');
    assert.equal(draft.state.tags.length, 1);
    assert.deepEqual(asked(), [1, 1]);
    await draft.chooseInstance(id);
    assert.equal(draft.state.accountId, two, 'also when the instance is chosen again');
    await draft.chooseAccount('somebody else’s');
    assert.equal(draft.state.accountId, two);
  });
});
