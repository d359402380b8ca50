import assert from 'node:assert/strict';
import { startSandbox } from '../../../src/sandbox';
import { LineProgram } from './support/lineProgram';
import { prepared } from './support/prepared';
import { goProgram, pythonProgram, type Program } from './support/programs';
import { outcomeOf, walkTidbCloud, type Stage } from './support/tidbCloudWalk';

/** Starts a client against a sandbox of its own. */
function onStage(prepare: () => Promise<Program>): () => Stage {
  let stage: Stage | undefined;

  before(async function () {
    const program = await prepared(this, prepare);
    const sandbox = await startSandbox({ timeScale: 600, requestsPerMinute: 10_000 });
    const { baseUrl, publicKey, privateKey } = sandbox.tidbCloud;
    stage = { sandbox, program: LineProgram.start(program, [baseUrl, publicKey, privateKey]) };
  });
  afterEach(() => stage?.sandbox.control.clearFaults());
  after(async () => {
    await stage?.program.stop();
    await stage?.sandbox.stop();
  });

  return () => {
    assert.ok(stage);
    return stage;
  };
}

describe("Go's digest transport, which the official TiDB Cloud command line uses, against the sandbox", () => {
  const stage = onStage(() => goProgram('tidbcloud'));

  walkTidbCloud(stage);

  it('would notice a field of another name or type', async () => {
    const { sandbox, program } = stage();
    const cases = [
      [{ regions: [], totalSize: '0' }, /totalSize of type int32/],
      [{ regions: [], totalSize: 0, next: '' }, /unknown field "next"/],
    ] as const;
    for (const [body, expected] of cases) {
      sandbox.control.fail({ operation: 'ListRegions', fault: { kind: 'answer', status: 200, body } });
      assert.match((await outcomeOf(program, 'ListRegions')).failure ?? '', expected);
    }
  });
}).timeout(60_000);

describe('Python requests against the sandbox of TiDB Cloud', () => {
  const stage = onStage(() => pythonProgram('tidb_cloud.py'));

  walkTidbCloud(stage);

  it('takes a proxy error for no answer', async () => {
    const { sandbox, program } = stage();
    sandbox.control.fail({ operation: 'ListRegions', fault: { kind: 'html' } });
    const { failure, body } = await outcomeOf(program, 'ListRegions');
    assert.ok(failure !== undefined && body === undefined);
  });
}).timeout(60_000);
