import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import type { TidbCloudApi } from '../../../../src/core/ports';
import { appErrorOf, json, wholeText } from '../support';
import { Stage, tidb } from './stage';

/** What changes an instance: each is sent once, and after a lost answer the instance is looked at. */
describe('TiDB Cloud instances', function () {
  this.timeout(20_000);

  let stage: Stage;
  let api: TidbCloudApi;
  /** The instances as the cloud has them. */
  let there: (typeof tidb)[];
  /** What a POST, PATCH or DELETE does and answers. */
  let change: (response: ServerResponse) => void;

  beforeEach(async () => {
    stage = await Stage.open();
    api = stage.client();
    there = [tidb];
    stage.handler = ({ method, url }, response) => {
      if (method !== 'GET') {
        change(response);
        return;
      }
      if (url.pathname.endsWith('/tidbs')) {
        const name = url.searchParams.get('name') ?? '';
        json(response, 200, { tidbs: there.filter(({ displayName }) => displayName.includes(name)) });
        return;
      }
      const found = there.find(({ tidbId }) => url.pathname.endsWith(`/${tidbId}`));
      json(response, found ? 200 : 404, found ?? { code: 5, message: 'not found' });
    };
  });

  afterEach(() => stage.close());

  const refuse = (response: ServerResponse): void =>
    json(response, 400, { code: 9, message: 'not in this state' });
  const losses: [name: string, lose: (response: ServerResponse) => void, code: string][] = [
    ['a reset', (response) => response.destroy(), 'unreachable'],
    ['a 502 page', (response) => response.writeHead(502).end('<html>'), 'cloudFault'],
    ['JSON that ends early', (response) => response.writeHead(200).end('{"name":'), 'badAnswer'],
  ];
  const set = (more: Partial<typeof tidb>): void => void (there = [{ ...tidb, ...more }]);

  interface Change {
    readonly method: string;
    readonly sent: string;
    readonly call: () => Promise<unknown>;
    /** What the cloud answers when all is well. */
    readonly answer: unknown;
    readonly effect: () => void;
  }
  const request = { name: 'orders-2', regionId: tidb.regionId, servicePlan: 'Premium' };
  const created = { ...tidb, tidbId: '11', displayName: 'orders-2', state: 'CREATING' };
  const renamed = { ...tidb, displayName: 'orders-3' };
  const changes: readonly (readonly [name: string, change: Change])[] = [
    [
      'createInstance',
      {
        method: 'POST',
        sent: `/v1beta2/tidbs {"displayName":"orders-2","regionId":"${tidb.regionId}","servicePlan":"Premium"}`,
        call: async () => {
          const { id, state } = await api.createInstance(request);
          assert.deepEqual([id, state], ['11', 'CREATING']);
        },
        answer: created,
        effect: () => void (there = [...there, created]),
      },
    ],
    [
      'renameInstance',
      {
        method: 'PATCH',
        sent: '/v1beta2/tidbs/10 {"displayName":"orders-3"}',
        call: async () => assert.equal((await api.renameInstance('10', 'orders-3')).name, 'orders-3'),
        answer: renamed,
        effect: () => void (there = [renamed]),
      },
    ],
    [
      'resumeInstance',
      {
        method: 'POST',
        sent: '/v1beta2/tidbs/10:resumeTidb',
        call: () => api.resumeInstance('10'),
        answer: {},
        effect: () => set({ state: 'RESUMING' }),
      },
    ],
    [
      'deleteInstance',
      {
        method: 'DELETE',
        sent: '/v1beta2/tidbs/10',
        call: () => api.deleteInstance('10'),
        answer: { ...tidb, state: 'DELETING' },
        effect: () => set({ state: 'DELETING' }),
      },
    ],
  ];

  for (const [name, { method, sent, call, answer, effect }] of changes) {
    describe(name, () => {
      beforeEach(() => set({ state: 'PAUSED' }));

      it('sends what the specification says, once', async () => {
        change = (response) => json(response, 200, answer);
        await call();
        assert.deepEqual(stage.sent(method), [sent]);
      });

      it('is refused with the cloud’s words, sent once', async () => {
        change = refuse;
        const error = await appErrorOf(call());
        assert.equal(error.code, 'conflict');
        assert.equal(error.details.reason, 'not in this state');
        assert.equal(stage.sent(method).length, 1);
      });

      for (const [loss, lose, code] of losses) {
        it(`${loss} after the effect → success after a look, sent once`, async () => {
          change = (response) => {
            effect();
            lose(response);
          };
          await call();
          assert.equal(stage.sent(method).length, 1);
        });

        if (method !== 'DELETE') {
          it(`${loss} without effect → the failure, sent once`, async () => {
            change = lose;
            assert.equal((await appErrorOf(call())).code, code);
            assert.equal(stage.sent(method).length, 1);
          });
        }
      }
    });
  }

  describe('createInstance', () => {
    it('does not take a namesake that was there before, or one elsewhere, for the new one', async () => {
      const elsewhere = { ...created, tidbId: '13', regionId: 'alicloud-cn-hongkong' };
      there = [{ ...created, tidbId: '12' }];
      change = (response) => {
        there = [...there, elsewhere];
        response.destroy();
      };
      assert.equal((await appErrorOf(api.createInstance(request))).code, 'unreachable');
    });

    it('does not guess between two that have come since', async () => {
      change = (response) => {
        there = [...there, created, { ...created, tidbId: '12' }];
        response.destroy();
      };
      assert.equal((await appErrorOf(api.createInstance(request))).code, 'unreachable');
    });

    it('is not sent when what there is cannot be listed', async () => {
      stage.handler = (_request, response) => json(response, 403, { code: 7, message: 'no' });
      assert.equal((await appErrorOf(api.createInstance(request))).code, 'notAllowed');
      assert.deepEqual(stage.sent('POST'), []);
    });

    it('sends a password, and shows it nowhere', async () => {
      const rootPassword = 'pässword & "q" 密码';
      change = (response) =>
        json(response, 400, { code: 3, message: `rootPassword ${rootPassword} is too weak` });
      const error = await appErrorOf(api.createInstance({ ...request, rootPassword }));
      assert.equal(error.details.reason, 'rootPassword *** is too weak');
      assert.ok(!wholeText(error).includes(rootPassword));
      assert.ok(!stage.log.lines.join('\n').includes(rootPassword));
      const { rootPassword: sent } = JSON.parse(
        stage.sent('POST')[0]?.split(' ').slice(1).join(' ') ?? '',
      ) as {
        rootPassword: string;
      };
      assert.equal(sent, rootPassword);
    });

    it('refuses a bad password before anything is sent', async () => {
      const error = await appErrorOf(api.createInstance({ ...request, rootPassword: 'short' }));
      assert.equal(error.code, 'invalidInput');
      assert.equal(stage.requests, 0);
    });
  });

  describe('deleteInstance', () => {
    it('is sent again only while the instance is seen to be still there', async () => {
      change = (response) => {
        change = (second) => {
          set({ state: 'DELETING' });
          second.destroy();
        };
        response.writeHead(503).end();
      };
      await api.deleteInstance('10');
      const methods = stage.server.received
        .filter(({ headers }) => headers.authorization !== undefined)
        .map(({ method }) => method);
      assert.deepEqual(methods, ['DELETE', 'GET', 'DELETE', 'GET']);
    });

    it('an instance that is gone at the look was deleted', async () => {
      change = (response) => {
        there = [];
        response.destroy();
      };
      await api.deleteInstance('10');
      assert.equal(stage.sent('DELETE').length, 1);
    });

    it('tells an instance that was not there', async () => {
      change = (response) => json(response, 404, { code: 5, message: 'tidb 10 not found' });
      assert.equal((await appErrorOf(api.deleteInstance('10'))).code, 'notFound');
      assert.equal(stage.digest.accepted, 1);
    });
  });

  describe('resetRootPassword', () => {
    it('sends the password once and takes an empty answer', async () => {
      for (const body of ['{}', '']) {
        change = (response) => response.writeHead(200).end(body);
        await api.resetRootPassword('10', 'long enough');
      }
      assert.deepEqual(
        stage.sent('POST'),
        Array(2).fill('/v1beta2/tidbs/10:resetRootPassword {"rootPassword":"long enough"}'),
      );
    });

    for (const [loss, lose, code] of losses) {
      it(`${loss} → the failure, sent once, without the password`, async () => {
        change = lose;
        const error = await appErrorOf(api.resetRootPassword('10', 'long enough'));
        assert.equal(error.code, code);
        assert.equal(stage.sent('POST').length, 1);
        assert.ok(!wholeText(error).includes('long enough'));
      });
    }

    const accepted: [name: string, password: string][] = [
      ['8 bytes', '12345678'],
      ['64 bytes', 'x'.repeat(64)],
      ['8 bytes in two characters', '🔑🗝'],
      ['9 bytes in three characters', '密码密'],
      ['64 bytes in 32 characters', 'ü'.repeat(32)],
      ['spaces and quotes', ' "\'\\ \t  '],
    ];
    for (const [name, password] of accepted) {
      it(`takes ${name}, and shows them nowhere`, async () => {
        assert.ok(Buffer.byteLength(password) >= 8);
        change = (response) => json(response, 400, { code: 3, message: `refused: ${password}!` });
        const error = await appErrorOf(api.resetRootPassword('10', password));
        assert.equal(error.details.httpStatus, 400);
        assert.ok(!wholeText(error).includes(password), error.message);
        assert.ok(!stage.log.lines.join('\n').includes(password));
        const body = stage.server.received.at(-1)?.body ?? '';
        assert.deepEqual(JSON.parse(body), { rootPassword: password });
      });
    }

    const refused: [name: string, password: string, reason: RegExp][] = [
      ['nothing', '', /8 to 64 bytes, not 0/],
      ['7 bytes', '1234567', /8 to 64 bytes, not 7/],
      ['7 bytes in 4 characters', 'üüüx', /not 7/],
      ['65 bytes', 'x'.repeat(65), /not 65/],
      ['66 bytes in 33 characters', 'ü'.repeat(33), /not 66/],
      ['a line break', 'long\nenough', /line break/],
      ['half a character', 'long enough \ud83d', /half a character/],
      ['what looks encrypted', 'rsa_oaep_sha256:abcdefgh', /encrypted/],
    ];
    for (const [name, password, reason] of refused) {
      it(`refuses ${name} before anything is sent`, async () => {
        const error = await appErrorOf(api.resetRootPassword('10', password));
        assert.equal(error.code, 'invalidInput');
        assert.match(error.details.reason ?? '', reason);
        assert.ok(password === '' || !wholeText(error).includes(password));
        assert.equal(stage.requests, 0);
      });
    }
  });
});
