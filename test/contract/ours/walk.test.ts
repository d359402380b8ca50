import assert from 'node:assert/strict';
import * as alibaba from '../../../src/cloud/alibaba';
import * as tidbCloud from '../../../src/cloud/tidbCloud';
import { startSandbox, type Sandbox } from '../../../src/sandbox';
import { createAuthority } from '../../support/certificates';
import { clientsOf } from './clients';
import { operations, specIn, walkAlibabaCloud, walkTidbCloud } from './walk';

describe('Our clients use every operation', () => {
  const caCertificatePem = createAuthority().certificatePem;
  let sandbox: Sandbox;

  beforeEach(async () => {
    sandbox = await startSandbox({
      timeScale: 1000,
      requestsPerMinute: 10_000,
      sql: { port: 4000, caCertificatePem },
    });
  });

  afterEach(() => sandbox.stop());

  const assertAllCalled = (names: readonly string[]): void => {
    assert.deepEqual(
      names.filter((name) => sandbox.control.calls(name) === 0),
      [],
      'these were not called',
    );
  };

  it('of Alibaba Cloud', async () => {
    await walkAlibabaCloud(clientsOf({ alibaba, tidbCloud }, sandbox).alibaba, sandbox);
    assertAllCalled(operations.alibaba);
  });

  it('of TiDB Cloud', async () => {
    const clients = clientsOf({ alibaba, tidbCloud }, sandbox);
    const { id } = await clients.alibaba.createEndpoint(specIn(sandbox), 'walk-token');
    await sandbox.control.waitFor(({ endpoints }) => endpoints[0]?.status === 'Active');
    const endpoint = (await clients.alibaba.getEndpoint('ap-southeast-1', id)) ?? assert.fail();
    await walkTidbCloud(clients.tidbCloud, sandbox, endpoint);
    assertAllCalled(operations.tidbCloud);
  });
});
