import assert from 'node:assert/strict';
import type { DigestExchange } from '../../../../src/cloud/tidbCloud/nonces';
import { DigestNonces } from '../../../../src/cloud/tidbCloud/nonces';
import { settle } from '../../fakes';

const credentials = { username: 'u', password: 'p' };
const challengeWith = (nonce: string, more = ''): string =>
  `Digest realm="r", nonce="${nonce}", qop="auth"${more}`;

describe('DigestNonces', () => {
  let nonces: DigestNonces;

  beforeEach(() => (nonces = new DigestNonces(3)));

  const run = <T>(call: (exchange: DigestExchange) => T | Promise<T>, signal?: AbortSignal): Promise<T> =>
    nonces.run(credentials, async (exchange) => call(exchange), signal);
  /** Nonce and count of the next request of the exchange; undefined when it goes out bare. */
  const next = (exchange: DigestExchange): string | undefined => {
    const header = exchange.authorization('GET', '/');
    return header && `${/ nonce="(.+?)"/.exec(header)?.[1] ?? ''} ${/ nc=(\d+)/.exec(header)?.[1] ?? ''}`;
  };
  /** One call that learns this nonce. */
  const learn = (nonce: string, more = ''): Promise<void> =>
    run((exchange) => {
      exchange.authorization('GET', '/');
      assert.equal(exchange.challenged(challengeWith(nonce, more)), 'again');
      assert.equal(next(exchange), `${nonce} 00000001`);
      exchange.accepted();
    });
  /** A call that has sent its request and waits for the answer. */
  const held = (): {
    readonly sent: Promise<string | undefined>;
    answer(challenge?: string): Promise<unknown>;
  } => {
    let give: (challenge: string | undefined) => void = () => undefined;
    const answered = new Promise<string | undefined>((resolve) => (give = resolve));
    let tell: (first: string | undefined) => void = () => undefined;
    const sent = new Promise<string | undefined>((resolve) => (tell = resolve));
    const done = run(async (exchange) => {
      tell(next(exchange));
      const challenge = await answered;
      if (challenge === undefined) {
        exchange.accepted();
        return undefined;
      }
      const verdict = exchange.challenged(challenge);
      const again = next(exchange);
      exchange.accepted();
      return [verdict, again];
    });
    return {
      sent,
      answer: (challenge) => {
        give(challenge);
        return done;
      },
    };
  };

  it('gives each of parallel calls a count of its own with the one nonce', async () => {
    await learn('n1');
    const calls = [held(), held(), held()];
    assert.deepEqual(await Promise.all(calls.map(({ sent }) => sent)), [
      'n1 00000002',
      'n1 00000003',
      'n1 00000004',
    ]);
    await Promise.all(calls.map((call) => call.answer()));
  });

  it('lets one call ask for a challenge while the others wait for it', async () => {
    const first = held();
    const second = held();
    let started = false;
    void second.sent.then(() => (started = true));
    assert.equal(await first.sent, undefined);
    await settle();
    assert.equal(started, false);
    assert.deepEqual(await first.answer(challengeWith('n1')), ['again', 'n1 00000001']);
    assert.equal(await second.sent, 'n1 00000002');
    await second.answer();
  });

  it('lets no more calls run at once than it may, and an aborted one leaves the line', async () => {
    await learn('n1');
    const running = [held(), held(), held()];
    await Promise.all(running.map(({ sent }) => sent));
    const controller = new AbortController();
    const aborted = run(() => assert.fail('it must not run'), controller.signal);
    const last = held();
    controller.abort(new Error('stop'));
    await assert.rejects(aborted, /^Error: stop$/);
    await running[0]?.answer();
    assert.equal(await last.sent, 'n1 00000005');
    await Promise.all([...running.slice(1), last].map((call) => call.answer()));
  });

  it('does not begin with an aborted signal', async () => {
    await assert.rejects(
      run(() => assert.fail('it must not run'), AbortSignal.abort(new Error('stop'))),
      /^Error: stop$/,
    );
  });

  it('answers each 401 with the nonce that came with it, and shares it when it is through', async () => {
    await learn('n1');
    const calls = [held(), held()];
    await Promise.all(calls.map(({ sent }) => sent));
    assert.deepEqual(await calls[0]?.answer(challengeWith('n2', ', stale=true')), ['again', 'n2 00000001']);
    const third = held();
    assert.equal(await third.sent, 'n2 00000002');
    assert.deepEqual(await calls[1]?.answer(challengeWith('n3')), ['again', 'n3 00000001']);
    await third.answer();
  });

  it('sends nobody out with a nonce that was refused', async () => {
    await learn('n1');
    let settleFirst = (): void => undefined;
    const first = run(async (exchange) => {
      next(exchange);
      exchange.challenged(challengeWith('n2', ', stale=true'));
      await new Promise<void>((resolve) => (settleFirst = resolve));
      next(exchange);
      exchange.accepted();
    });
    await settle();
    const second = held();
    let started = false;
    void second.sent.then(() => (started = true));
    await settle();
    assert.equal(started, false);
    settleFirst();
    await first;
    assert.equal(await second.sent, 'n2 00000002');
    await second.answer();
  });

  for (const refusalFirst of [true, false]) {
    it(`gives each running call its own nonce where a lower count was refused than was taken (${
      refusalFirst ? 'refusal' : 'answer'
    } first)`, async () => {
      await learn('n1');
      const [low, high] = [held(), held()];
      assert.deepEqual(await Promise.all([low.sent, high.sent]), ['n1 00000002', 'n1 00000003']);
      const refuse = (): Promise<unknown> => low.answer(challengeWith('n2', ', stale=true'));
      const take = (): Promise<unknown> => high.answer();
      for (const step of refusalFirst ? [refuse, take] : [take, refuse]) {
        await step();
      }
      const one = held();
      assert.equal(await one.sent, 'n2 00000002');
      const other = held();
      assert.equal(await other.sent, undefined, 'it asks for a nonce of its own');
      await other.answer(challengeWith('n3'));
      await one.answer();
      const both = [held(), held()];
      assert.deepEqual(await Promise.all(both.map(({ sent }) => sent)), ['n2 00000003', 'n3 00000002']);
      await Promise.all(both.map((call) => call.answer()));
    });
  }

  it('goes on in parallel when a server has only grown tired of its nonce', async () => {
    await learn('n1');
    const calls = [held(), held()];
    await Promise.all(calls.map(({ sent }) => sent));
    await calls[0]?.answer();
    await calls[1]?.answer(challengeWith('n2', ', stale=true'));
    const both = [held(), held()];
    assert.deepEqual(await Promise.all(both.map(({ sent }) => sent)), ['n2 00000002', 'n2 00000003']);
    await Promise.all(both.map((call) => call.answer()));
  });

  it('drops the nonce of a call that never came to an answer, and keeps the one it shared', async () => {
    await assert.rejects(
      run((exchange) => {
        assert.equal(exchange.challenged(challengeWith('n0')), 'again');
        return Promise.reject(new Error('reset'));
      }),
    );
    await run((exchange) => assert.equal(next(exchange), undefined));
    await learn('n1');
    await assert.rejects(
      run((exchange) => {
        next(exchange);
        return Promise.reject(new Error('reset'));
      }),
    );
    await run((exchange) => assert.equal(next(exchange), 'n1 00000003'));
  });

  it('takes a second refusal for a wrong key, also when the nonce was shared at first', async () => {
    await learn('n1');
    await run((exchange) => {
      next(exchange);
      assert.equal(exchange.challenged(challengeWith('n2')), 'again');
      next(exchange);
      assert.equal(exchange.challenged(challengeWith('n3')), 'rejected');
    });
  });

  it('takes stale=true for an answer to a fresh challenge only so often', async () => {
    await run((exchange) => {
      assert.equal(exchange.challenged(challengeWith('n0')), 'again');
      for (let i = 1; i <= 3; i++) {
        assert.equal(exchange.challenged(challengeWith(`n${i}`, ', stale=true')), 'again');
      }
      assert.equal(exchange.challenged(challengeWith('n4', ', stale=true')), 'rejected');
    });
  });

  it('keeps the cnonce of a -sess nonce, draws a new one for each other request', async () => {
    const cnoncesOf = async (algorithm: string): Promise<number> => {
      const seen = new Set<string>();
      await run((exchange) => {
        exchange.challenged(challengeWith('n', `, algorithm=${algorithm}`));
        for (let i = 0; i < 3; i++) {
          seen.add(/cnonce="([^"]+)"/.exec(exchange.authorization('GET', '/') ?? '')?.[1] ?? '');
        }
      });
      return seen.size;
    };
    assert.equal(await cnoncesOf('MD5-sess'), 1);
    assert.equal(await cnoncesOf('MD5'), 3);
  });
});
