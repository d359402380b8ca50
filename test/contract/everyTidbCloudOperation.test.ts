import assert from 'node:assert/strict';
import { startSandbox, type Sandbox } from '../../src/sandbox';
import { ROUTES } from '../../src/sandbox/tidbCloud/routes';
import { at } from './support/at';
import { tidbCaller, type TidbCall } from './support/tidbCloudCaller';

type Type = 'text' | 'int64' | 'bool' | 'texts' | 'map' | 'objects';

/** What an operation takes, written from the specification of v1beta2 and from nothing of the sandbox's. */
interface OperationTable {
  readonly operation: string;
  readonly method: string;
  /** `{id}`: an active instance; `{paused}`: a paused one; `{connection}`: any connection. */
  readonly path: string;
  readonly query?: Readonly<Record<string, 'enum' | 'text' | 'number' | 'bool' | 'texts'>>;
  readonly required?: Readonly<Record<string, unknown>>;
  readonly body?: Readonly<Record<string, Type>>;
}

const PAGES = { pageSize: 'number', pageToken: 'text', skip: 'number' } as const;
const TIDB = '/tidbs/{id}';

const TABLE: readonly OperationTable[] = [
  {
    operation: 'ListTidbs',
    method: 'GET',
    path: '/tidbs',
    query: {
      servicePlan: 'enum',
      regionIds: 'texts',
      name: 'text',
      tags: 'texts',
      tidbIds: 'texts',
      resourcePoolIds: 'texts',
      ...PAGES,
    },
  },
  { operation: 'GetTidb', method: 'GET', path: TIDB },
  {
    operation: 'CreateTidb',
    method: 'POST',
    path: '/tidbs?validateOnly=true',
    required: { displayName: 'table-driven', regionId: 'alicloud-ap-southeast-1', servicePlan: 'Premium' },
    body: {
      displayName: 'text',
      regionId: 'text',
      servicePlan: 'text',
      rootPassword: 'text',
      minRcu: 'int64',
      maxRcu: 'int64',
      reservedCapacityTemplateId: 'text',
      resourcePoolId: 'text',
      highAvailabilityType: 'text',
      capacityMode: 'text',
      dualLayerDataEncryption: 'bool',
      annotations: 'map',
      labels: 'map',
    },
  },
  {
    operation: 'UpdateTidb',
    method: 'PATCH',
    path: TIDB,
    required: {},
    body: { displayName: 'text', maxRcu: 'int64', reservedCapacityTemplateId: 'text' },
  },
  { operation: 'DeleteTidb', method: 'DELETE', path: `${TIDB}?validateOnly=true` },
  { operation: 'ResumeTidb', method: 'POST', path: '/tidbs/{paused}:resumeTidb', required: {}, body: {} },
  {
    operation: 'ResetRootPassword',
    method: 'POST',
    path: `${TIDB}:resetRootPassword`,
    required: { rootPassword: 'long enough' },
    body: { rootPassword: 'text' },
  },
  { operation: 'CloudProviderInfo', method: 'GET', path: `${TIDB}/cloudProviderInfo` },
  { operation: 'CaCertificateUrl', method: 'GET', path: `${TIDB}/caCertificateUrl` },
  { operation: 'GetPublicConnectionSetting', method: 'GET', path: `${TIDB}/publicConnectionSetting` },
  {
    operation: 'UpdatePublicConnectionSetting',
    method: 'PATCH',
    path: `${TIDB}/publicConnectionSetting`,
    required: {},
    body: { enabled: 'bool', ipAccessList: 'objects', clearIpAccessList: 'bool' },
  },
  {
    operation: 'ListRegions',
    method: 'GET',
    path: '/regions',
    query: { cloudProvider: 'enum', servicePlan: 'enum', ...PAGES },
  },
  { operation: 'GetPrivateLinkService', method: 'GET', path: `${TIDB}/privateLinkService` },
  {
    operation: 'ListPrivateEndpointConnections',
    method: 'GET',
    path: `${TIDB}/privateEndpointConnections`,
    query: PAGES,
  },
  {
    operation: 'CreatePrivateEndpointConnection',
    method: 'POST',
    path: `${TIDB}/privateEndpointConnections`,
    required: { regionId: 'alicloud-ap-southeast-1', endpointId: 'ep-none', privateDomainName: 'ep-none.x' },
    body: { regionId: 'text', endpointId: 'text', privateDomainName: 'text' },
  },
  {
    operation: 'GetPrivateEndpointConnection',
    method: 'GET',
    path: `${TIDB}/privateEndpointConnections/{connection}`,
  },
  {
    operation: 'DeletePrivateEndpointConnection',
    method: 'DELETE',
    path: `${TIDB}/privateEndpointConnections/{connection}`,
  },
];

const WRONG: Readonly<Record<Type, readonly unknown[]>> = {
  text: [42, true, ['x'], { x: 1 }],
  int64: [true, 'many', 1.5, ['1'], { x: 1 }],
  bool: ['true', 1, [true]],
  texts: ['x', [1], { x: 1 }],
  map: ['x', ['x'], { x: 1 }],
  objects: ['x', ['x'], { x: 1 }],
};

describe('Every operation of the sandbox of TiDB Cloud', () => {
  let sandbox: Sandbox;
  let call: TidbCall;

  before(async () => {
    sandbox = await startSandbox({ timeScale: 0.001, requestsPerMinute: 10_000 });
    call = tidbCaller(sandbox);
  });
  after(() => sandbox.stop());

  function pathOf({ path }: OperationTable): string {
    const idOf = (name: string): string =>
      sandbox.control.getState().instances.find(({ displayName }) => displayName === name)?.tidbId ?? '';
    return path
      .replace('{id}', idOf('orders-prod'))
      .replace('{paused}', idOf('archive-paused'))
      .replace('{connection}', 'pec-none');
  }

  async function refused(table: OperationTable, path: string, body?: object): Promise<string> {
    const answer = await call(table.method, path, body);
    assert.deepEqual(
      [answer.status, at(answer.body, 'code')],
      [400, 3],
      `${path} ${JSON.stringify(body)}: ${JSON.stringify(answer.body)}`,
    );
    assert.deepEqual(Object.keys(answer.body as object), ['code', 'message', 'details']);
    return String(at(answer.body, 'message'));
  }

  it('is in the table of the tests', () => {
    assert.deepEqual(
      TABLE.map(({ operation }) => operation).sort(),
      ROUTES.map(({ operation }) => operation).sort(),
    );
  });

  for (const table of TABLE) {
    const { operation, query = {}, required, body } = table;
    const withQuery = (text: string): string => {
      const path = pathOf(table);
      return `${path}${path.includes('?') ? '&' : '?'}${text}`;
    };

    describe(operation, () => {
      it('refuses a query parameter that it does not know', async () => {
        assert.match(
          await refused(table, withQuery('unknown=1'), required),
          /unknown query parameter "unknown"/,
        );
      });

      for (const [name, type] of Object.entries(query)) {
        it(`takes ${name} as it should be`, async () => {
          if (type === 'texts') {
            const answer = await call(table.method, withQuery(`${name}=a&${name}=b`));
            assert.equal(answer.status, 200);
            return;
          }
          const value = type === 'number' ? '1' : 'x';
          assert.match(
            await refused(table, withQuery(`${name}=${value}&${name}=${value}`)),
            /more than once/,
          );
          if (type === 'number') {
            for (const wrong of ['-1', 'many', '1.5']) {
              await refused(table, withQuery(`${name}=${wrong}`));
            }
          } else if (type === 'enum' || name === 'pageToken') {
            await refused(table, withQuery(`${name}=nonsense`));
          }
        });
      }

      if (body === undefined || required === undefined) {
        return;
      }

      it('refuses a body that is no object, and a field that it does not know', async () => {
        await refused(table, pathOf(table), []);
        assert.match(
          await refused(table, pathOf(table), { ...required, unknown: 1 }),
          /unknown field "unknown"/,
        );
      });

      for (const name of Object.keys(required)) {
        it(`refuses to go without ${name}`, async () => {
          for (const absent of [undefined, null, '']) {
            const message = await refused(table, pathOf(table), { ...required, [name]: absent });
            assert.equal(message, `${name}: is required`);
          }
        });
      }

      for (const [name, type] of Object.entries(body)) {
        it(`refuses ${name} of another type`, async () => {
          for (const wrong of WRONG[type]) {
            const message = await refused(table, pathOf(table), { ...required, [name]: wrong });
            assert.match(message, new RegExp(`^invalid value for .* field ${name}`), JSON.stringify(wrong));
          }
        });
      }
    });
  }

  it('refuses wrong values of validateOnly', async () => {
    for (const { operation, method, path } of TABLE.filter((table) => table.path.includes('validateOnly'))) {
      const wrong = pathOf({ operation, method, path }).replace('validateOnly=true', 'validateOnly=yes');
      await refused({ operation, method, path }, wrong, method === 'POST' ? {} : undefined);
    }
  });

  it('refuses a page token that came with other filters', async () => {
    const list = TABLE[0];
    assert.ok(list);
    const first = await call('GET', '/tidbs?pageSize=1&servicePlan=Premium');
    const token = String(at(first.body, 'nextPageToken'));
    assert.equal((await call('GET', `/tidbs?pageSize=1&servicePlan=Premium&pageToken=${token}`)).status, 200);
    await refused(list, `/tidbs?pageSize=1&servicePlan=Starter&pageToken=${token}`);
    await refused(list, `/tidbs?pageSize=1&pageToken=${token}`);
  });
}).timeout(60_000);
