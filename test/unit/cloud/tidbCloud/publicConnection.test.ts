import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import type { TidbCloudApi } from '../../../../src/core/ports';
import { appErrorOf, json } from '../support';
import { Stage } from './stage';

describe('TiDB Cloud public connection setting', () => {
  let stage: Stage;
  let api: TidbCloudApi;
  let setting: object;
  let patch: (response: ServerResponse) => void;

  const path = '/v1beta2/tidbs/10/publicConnectionSetting';
  const raw = {
    name: 'tidbs/10/publicConnectionSetting',
    tidbId: '10',
    enabled: true,
    ipAccessList: [
      { cidrNotation: '203.0.113.0/24', description: 'office' },
      { cidrNotation: '198.51.100.7/32' },
    ],
    egressIps: ['192.0.2.1'],
  };
  const mapped = {
    enabled: true,
    ipAccessList: [
      { cidr: '203.0.113.0/24', description: 'office' },
      { cidr: '198.51.100.7/32', description: '' },
    ],
    egressIps: ['192.0.2.1'],
  };

  beforeEach(async () => {
    stage = await Stage.open();
    api = stage.client();
    setting = raw;
    patch = (response) => json(response, 200, setting);
    stage.handler = ({ method }, response) =>
      method === 'PATCH' ? patch(response) : json(response, 200, setting);
  });

  afterEach(() => stage.close());

  it('is mapped, with what is absent', async () => {
    assert.deepEqual(await api.getPublicConnectionSetting('10'), mapped);
    setting = { tidbId: '10', enabled: null };
    assert.deepEqual(await api.getPublicConnectionSetting('10'), { ipAccessList: [], egressIps: [] });
    assert.deepEqual(stage.sent('GET'), [path, path]);
  });

  const bodies: [change: Parameters<TidbCloudApi['updatePublicConnectionSetting']>[1], body: object][] = [
    [{ enabled: false }, { enabled: false }],
    [{ enabled: true }, { enabled: true }],
    [
      { ipAccessList: [{ cidr: '203.0.113.9/32', description: 'me' }] },
      { ipAccessList: [{ cidrNotation: '203.0.113.9/32', description: 'me' }] },
    ],
    [{ ipAccessList: [] }, { clearIpAccessList: true }],
    [
      { enabled: true, ipAccessList: [] },
      { enabled: true, clearIpAccessList: true },
    ],
  ];
  for (const [change, body] of bodies) {
    it(`${JSON.stringify(change)} is sent as nothing but what changes`, async () => {
      assert.deepEqual(await api.updatePublicConnectionSetting('10', change), mapped);
      assert.deepEqual(stage.sent('PATCH'), [`${path} ${JSON.stringify(body)}`]);
    });
  }

  const list = [
    { cidr: '198.51.100.7/32', description: '' },
    { cidr: '203.0.113.0/24', description: 'office' },
  ];
  const lose = (response: ServerResponse): unknown => response.destroy();

  it('a lost answer after the effect → the setting as it is then, sent once', async () => {
    patch = lose;
    for (const change of [{ enabled: true }, { ipAccessList: list }, { enabled: true, ipAccessList: list }]) {
      assert.deepEqual(await api.updatePublicConnectionSetting('10', change), mapped);
    }
    assert.equal(stage.sent('PATCH').length, 3);
  });

  it('a lost answer without effect → the failure, sent once', async () => {
    patch = lose;
    for (const change of [{ enabled: false }, { ipAccessList: [] }, { enabled: false, ipAccessList: list }]) {
      const error = await appErrorOf(api.updatePublicConnectionSetting('10', change));
      assert.equal(error.code, 'unreachable');
    }
    assert.equal(stage.sent('PATCH').length, 3);
  });

  it('is refused with the cloud’s words', async () => {
    patch = (response) => json(response, 400, { code: 3, message: 'cidrNotation: bad' });
    const error = await appErrorOf(api.updatePublicConnectionSetting('10', { enabled: true }));
    assert.equal(error.details.reason, 'cidrNotation: bad');
    assert.equal(stage.sent('PATCH').length, 1);
  });
});
