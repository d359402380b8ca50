import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { startSandbox, type FaultRule, type Sandbox, type SandboxOptions } from '../../src/sandbox';
import { at, textAt } from './support/at';
import { REGION, usualWish } from './support/chosen';
import { officialCaller, refusalOf } from './support/officialCaller';
import { rawCall } from './support/rawCaller';
import { tidbCaller } from './support/tidbCloudCaller';

const DOWN = { kind: 'error', status: 503, code: 'ServiceUnavailable' } as const;

describe('What a test lets go wrong', () => {
  let sandbox: Sandbox;

  afterEach(() => sandbox.stop());

  async function start(options: SandboxOptions = {}): Promise<void> {
    sandbox = await startSandbox({ timeScale: 0.001, requestsPerMinute: 10_000, ...options });
  }

  /** One letter per call of CheckProductOpen: `.` when it went well, `x` when it was spoiled. */
  async function outcomes(times: number): Promise<string> {
    let text = '';
    for (let count = 0; count < times; count += 1) {
      const { status } = await rawCall(sandbox, { action: 'CheckProductOpen' });
      text += status === 200 ? '.' : 'x';
    }
    return text;
  }

  it('meets one call, or as many as said, or those from the n-th on', async () => {
    await start();
    const cases: [Partial<FaultRule>, string][] = [
      [{}, 'x.....'],
      [{ times: 2 }, 'xx....'],
      [{ nth: 3 }, '..x...'],
      [{ nth: 3, times: 2 }, '..xx..'],
      [{ nth: 5, times: 9 }, '....xx'],
    ];
    for (const [rule, expected] of cases) {
      sandbox.control.clearFaults();
      sandbox.control.fail({ operation: 'CheckProductOpen', fault: DOWN, ...rule });
      assert.equal(await outcomes(6), expected, JSON.stringify(rule));
    }
  });

  it('counts a call for every rule that matches it', async () => {
    await start();
    sandbox.control.fail({ operation: 'CheckProductOpen', fault: DOWN });
    sandbox.control.fail({ operation: '*', nth: 3, fault: DOWN });
    assert.equal(await outcomes(4), 'x.x.');
  });

  it('comes by chance, and the same seed gives the same outcomes', async () => {
    const drawn = async (faultSeed: number, probability: number, times?: number): Promise<string> => {
      await start({ faultSeed });
      const limit = times === undefined ? {} : { times };
      sandbox.control.fail({ operation: 'CheckProductOpen', fault: DOWN, probability, ...limit });
      const text = await outcomes(60);
      await sandbox.stop();
      return text;
    };
    const first = await drawn(7, 0.5);
    assert.equal(await drawn(7, 0.5), first);
    assert.notEqual(await drawn(8, 0.5), first);
    const hits = first.split('x').length - 1;
    assert.ok(hits > 15 && hits < 45, first);
    assert.equal(await drawn(7, 0), '.'.repeat(60));
    assert.equal(await drawn(7, 1), 'x'.repeat(60));
    const limited = await drawn(7, 0.5, 3);
    assert.equal(limited.split('x').length - 1, 3);
    assert.ok(first.startsWith(limited.slice(0, limited.lastIndexOf('x') + 1)));
  });

  it('does not depend on calls that the rule does not match', async () => {
    await start();
    const rule: FaultRule = { operation: 'CheckProductOpen', fault: DOWN, probability: 0.5 };
    sandbox.control.fail(rule);
    const alone = await outcomes(20);
    await sandbox.stop();
    await start();
    sandbox.control.fail(rule);
    let among = '';
    for (let count = 0; count < 20; count += 1) {
      await rawCall(sandbox, { query: [['RegionId', REGION]] });
      among += await outcomes(1);
    }
    assert.equal(among, alone);
  });

  it('can be armed from the start, and refuses numbers that make no sense', async () => {
    await start({ faults: [{ operation: 'CheckProductOpen', nth: 2, fault: DOWN }] });
    assert.equal(await outcomes(3), '.x.');
    for (const wrong of [
      { nth: 0 },
      { nth: 1.5 },
      { times: 0 },
      { probability: 1.1 },
      { probability: NaN },
    ]) {
      assert.throws(() => sandbox.control.fail({ operation: '*', fault: DOWN, ...wrong }), RangeError);
    }
    await assert.rejects(startSandbox({ faults: [{ operation: '*', nth: -1, fault: DOWN }] }), RangeError);
  });

  it('throttles in the words of each cloud', async () => {
    await start();
    const fault = { kind: 'throttling', retryAfterMs: 1500 } as const;
    sandbox.control.fail({ operation: 'CheckProductOpen', fault });
    sandbox.control.fail({ operation: 'ListTidbs', fault });
    const refusal = await refusalOf(officialCaller(sandbox)('privatelink', 'CheckProductOpen'));
    assert.deepEqual(
      [refusal.code, refusal.name, refusal.retryAfter],
      ['Throttling.User', 'ThrottlingError', 1500],
    );
    const answer = await tidbCaller(sandbox)('GET', '/tidbs');
    assert.equal(answer.status, 429);
    assert.equal(at(answer.body, 'code'), 49900007);
    assert.equal(answer.headers.get('retry-after'), '2');
  });

  it('sends valid JSON of the wrong shape, and JSON that stops', async () => {
    await start();
    const call = tidbCaller(sandbox);
    sandbox.control.fail({ operation: 'ListRegions', fault: { kind: 'wrongShape' } });
    const wrong = await call('GET', '/regions?pageSize=1');
    assert.equal(wrong.status, 200);
    assert.equal(typeof at(wrong.body, 'totalSize'), 'string');
    assert.equal(typeof at(wrong.body, 'regions', 'items', 0, 'regionId'), 'number');
    sandbox.control.fail({ operation: 'ListRegions', fault: { kind: 'truncatedJson' } });
    await assert.rejects(call('GET', '/regions?pageSize=1'), SyntaxError);
    assert.equal((await call('GET', '/regions?pageSize=1')).status, 200);
  });

  it('loses an answer after the effect, so that the same token finds it', async () => {
    await start();
    const call = officialCaller(sandbox);
    const wish = { ...usualWish(sandbox), ClientToken: randomUUID() };
    sandbox.control.fail({ operation: 'CreateVpcEndpoint', when: 'after', fault: { kind: 'reset' } });
    assert.match((await refusalOf(call('privatelink', 'CreateVpcEndpoint', wish))).code, /ECONNRESET/);
    const [endpoint] = sandbox.control.getState().endpoints;
    const found = await call('privatelink', 'CreateVpcEndpoint', wish);
    assert.equal(textAt(found, 'EndpointId'), endpoint?.endpointId);
    assert.equal(sandbox.control.getState().endpoints.length, 1);
  });

  it('says of a token whose first call has not been answered that it is still going on', async () => {
    await start();
    const call = officialCaller(sandbox);
    const wish = { ...usualWish(sandbox), ClientToken: randomUUID() };
    sandbox.control.fail({ operation: 'CreateVpcEndpoint', fault: { kind: 'delay', ms: 600 } });
    const first = call('privatelink', 'CreateVpcEndpoint', wish);
    await sandbox.control.waitFor(({ endpoints }) => endpoints.length === 1);
    const meanwhile = await refusalOf(call('privatelink', 'CreateVpcEndpoint', wish));
    assert.equal(meanwhile.code, 'IdempotenceProcessing');
    const made = await first;
    const again = await call('privatelink', 'CreateVpcEndpoint', wish);
    assert.equal(textAt(again, 'EndpointId'), textAt(made, 'EndpointId'));
  });

  it('refuses a second update of endpoints while the first has not been answered', async () => {
    await start();
    const call = officialCaller(sandbox);
    const made = await call('privatelink', 'CreateVpcEndpoint', usualWish(sandbox));
    const target = { RegionId: REGION, EndpointId: textAt(made, 'EndpointId') };
    sandbox.control.setEndpoint(target.EndpointId, { status: 'Active' });
    sandbox.control.fail({ operation: 'UpdateVpcEndpointAttribute', fault: { kind: 'delay', ms: 600 } });
    const first = call('privatelink', 'UpdateVpcEndpointAttribute', { ...target, EndpointName: 'first' });
    await sandbox.control.waitFor(({ endpoints: [only] }) => only?.name === 'first');
    const second = call('privatelink', 'UpdateVpcEndpointAttribute', { ...target, EndpointName: 'second' });
    assert.equal((await refusalOf(second)).code, 'ConcurrentCallNotSupported');
    await first;
    const third = call('privatelink', 'UpdateVpcEndpointAttribute', { ...target, EndpointName: 'third' });
    assert.equal(
      (await refusalOf(third)).code,
      'EndpointOperationDenied',
      'now it is only still being changed',
    );
  });

  it('is told in the log with its cause when the sandbox itself fails', async () => {
    const lines: string[] = [];
    await start({ log: (line) => lines.push(line) });
    const { instances } = sandbox.control.getState();
    const id = instances[0]?.tidbId ?? '';
    const wish = usualWish(sandbox);
    sandbox.control.setService(id, { zones: undefined } as object);
    const refusal = await refusalOf(officialCaller(sandbox)('privatelink', 'CreateVpcEndpoint', wish));
    assert.deepEqual([refusal.code, refusal.statusCode], ['InternalError', 500]);
    sandbox.control.setInstance(id, { regionId: undefined } as object);
    const answer = await tidbCaller(sandbox)('GET', `/tidbs/${id}`);
    assert.deepEqual([answer.status, at(answer.body, 'code')], [500, 13]);
    const page = await fetch(`${sandbox.alibabaCloud.consoleUrl}/endpoint/${REGION}?vpc=%E0%A4%A`);
    assert.equal(page.status, 200);
    const causes = lines.filter((line) => line.includes('TypeError'));
    assert.equal(causes.length, 2, lines.join('\n'));
    assert.match(causes[0] ?? '', /^alibaba InternalError: TypeError.* at placeOrRefuse/);
    assert.match(causes[1] ?? '', /^tidbcloud internal error: TypeError/);
  });
}).timeout(35_000);
