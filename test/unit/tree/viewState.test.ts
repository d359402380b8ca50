import assert from 'node:assert/strict';
import { contexts } from '../../../src/ids';
import type { ContextKeys } from '../../../src/platform/contextKeys';
import { ViewState } from '../../../src/tree/viewState';
import { settle } from '../fakes';
import { aliKeys, secretKeys, stage, tidbKey } from '../services/stage';

describe('ViewState', () => {
  function aView(signedIn: Parameters<typeof stage>[0] = {}) {
    const { accounts, inventory, log, secrets } = stage(signedIn);
    const keys = new Map<string, unknown>();
    const contextKeys = { set: (key: string, value: unknown) => void keys.set(key, value) };
    const view = new ViewState(accounts, inventory, contextKeys as unknown as ContextKeys, log);
    return { view, keys, secrets };
  }

  it('says whether somebody is signed in to TiDB Cloud, also later', async () => {
    const { view, keys, secrets } = aView({ tidb: false });
    await view.refresh();
    assert.equal(keys.get(contexts.signedOut), true);
    await secrets.set(secretKeys.tidbCloud, JSON.stringify(tidbKey));
    await settle();
    assert.equal(keys.get(contexts.signedOut), false);
  });

  it('says nothing any more once it was disposed, though it had asked before', async () => {
    const { view, keys, secrets } = aView();
    const refreshing = view.refresh();
    view.dispose();
    await refreshing;
    await secrets.set(secretKeys.alibabaCloud, JSON.stringify(aliKeys));
    await settle();
    assert.deepEqual([...keys], []);
  });
});
