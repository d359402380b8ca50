import assert from 'node:assert/strict';
import * as alibaba from '../../../src/cloud/alibaba';
import * as tidbCloud from '../../../src/cloud/tidbCloud';
import { AppError } from '../../../src/core/errors';
import type { VpcEndpoint } from '../../../src/core/model';
import { startSandbox, type Sandbox } from '../../../src/sandbox';
import { createAuthority } from '../../support/certificates';
import { clientsOf, hasty, type Rooms } from '../ours/clients';
import { region, specIn, walkAlibabaCloud, walkTidbCloud } from '../ours/walk';
import { loadCopy, type Mutation } from './copy';
import { spellingMutants } from './mutants';
import { ruleMutants } from './ruleMutants';
import { wireWordsOf } from './wire';

const ours: Rooms = { alibaba, tidbCloud };
const caCertificatePem = createAuthority().certificatePem;

/** Words of HTTP itself that the cloud does not check; TiDB Cloud's gateway takes a body for JSON whatever it is called. */
const neutral = {
  alibaba: new Set(['accept', 'user-agent', 'application/json']),
  tidbCloud: new Set(['accept', 'user-agent', 'application/json', 'content-type']),
};

type Walk = (rooms: Rooms, sandbox: Sandbox) => Promise<void>;

async function inSandbox(rooms: Rooms, walk: Walk): Promise<void> {
  const sandbox = await startSandbox({
    timeScale: 5000,
    requestsPerMinute: 100_000,
    sql: { port: 4000, caCertificatePem },
  });
  try {
    await walk(rooms, sandbox);
  } finally {
    await sandbox.stop();
  }
}

const overAlibabaCloud: Walk = (rooms, sandbox) =>
  walkAlibabaCloud(clientsOf(rooms, sandbox, hasty()).alibaba, sandbox);

/** The endpoint is made by the client as it is: only TiDB Cloud's part is under test. */
const overTidbCloud: Walk = async (rooms, sandbox) => {
  const { alibaba: sound } = clientsOf(ours, sandbox, hasty());
  const { id } = await sound.createEndpoint(specIn(sandbox), 'endpoint-token');
  await sandbox.control.waitFor(({ endpoints }) => endpoints[0]?.status === 'Active');
  const endpoint: VpcEndpoint = (await sound.getEndpoint(region, id)) ?? assert.fail();
  await walkTidbCloud(clientsOf(rooms, sandbox, hasty()).tidbCloud, sandbox, endpoint);
};

/** Undefined when the sandbox has refused the copy; else what happened in place of it. */
async function escaped(run: () => Promise<void>): Promise<string | undefined> {
  try {
    await run();
  } catch (error) {
    return AppError.is(error) && (error.details.httpStatus ?? 0) >= 400 ? undefined : String(error);
  }
  return 'it was taken for good';
}

describe('A client with one mistake is refused', function () {
  this.timeout(600_000);
  const total = { caught: 0, of: 0 };

  after(() => console.log(`mutations caught: ${total.caught}/${total.of}`));

  async function check(
    mutations: readonly Mutation[],
    run: (mutation: Mutation) => Promise<void>,
  ): Promise<void> {
    const missed: string[] = [];
    for (const mutation of mutations) {
      const outcome = await escaped(() => run(mutation));
      if (outcome !== undefined) {
        missed.push(`${mutation.what}: ${outcome}`);
      }
    }
    total.of += mutations.length;
    total.caught += mutations.length - missed.length;
    assert.deepEqual(missed, []);
  }

  for (const [cloud, name, walk] of [
    ['alibaba', 'Alibaba Cloud', overAlibabaCloud],
    ['tidbCloud', 'TiDB Cloud', overTidbCloud],
  ] as const) {
    const entry = `src/cloud/${cloud}/index.ts`;
    const withCopy = async (mutation?: Mutation): Promise<void> =>
      inSandbox({ ...ours, [cloud]: await loadCopy(entry, mutation) }, walk);

    it(`by ${name}: a copy without a mistake is not`, () => withCopy());

    it(`by ${name}: a name or value spelt wrong`, async () => {
      const words = await wireWordsOf(() => withCopy());
      const names = new Set([...words.names].filter((word) => !neutral[cloud].has(word)));
      const values = new Set([...words.values].filter((word) => !neutral[cloud].has(word)));
      const mutants = spellingMutants(`src/cloud/${cloud}`, { names, values });
      assert.ok(mutants.length > 20, `only ${mutants.length} places were found`);
      await check(mutants, withCopy);
    });

    it(`by ${name}: a rule broken`, () => check(ruleMutants(cloud), withCopy));
  }
});
