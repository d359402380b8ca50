import assert from 'node:assert/strict';
import { canonicalQuery, canonicalRequest, sha256Hex, sign } from '../../src/sandbox/alibabaCloud/signature';

const SECRET = 'testsecret';
const DATE = '2026-01-02T03:04:05Z';

function headers(action: string, bodySha256: string): [string, string][] {
  return [
    ['host', 'privatelink.ap-southeast-1.aliyuncs.com'],
    ['x-acs-action', action],
    ['x-acs-content-sha256', bodySha256],
    ['x-acs-date', DATE],
    ['x-acs-signature-nonce', 'nonce-0001'],
    ['x-acs-version', '2020-04-15'],
  ];
}

describe('ACS3-HMAC-SHA256 signing vectors', () => {
  it('V1: CreateVpcEndpoint, parameters in the query, in any order', () => {
    const query = [
      'Zone.2.ZoneId=ap-southeast-1b',
      'Zone.2.VSwitchId=vsw-t4n000000000000000b',
      'Zone.1.ip=10.0.1.20',
      'Zone.1.ZoneId=ap-southeast-1a',
      'Zone.1.VSwitchId=vsw-t4n000000000000000a',
      'VpcId=vpc-t4n000000000000000001',
      'ServiceName=com.aliyuncs.privatelink.ap-southeast-1.epsrv-t4n000000000000000001',
      'SecurityGroupId.1=sg-t4n0000000000000001',
      'RegionId=ap-southeast-1',
      'EndpointName=tidb-premium-ep',
      'DryRun=true',
      'ClientToken=3f0c1f0e-0000-4000-8000-000000000001',
    ].join('&');
    const bodySha256 = sha256Hex('');
    const canonical = canonicalRequest({
      method: 'POST',
      path: '/',
      query: canonicalQuery(query),
      headers: headers('CreateVpcEndpoint', bodySha256),
      bodySha256,
    });
    assert.equal(sha256Hex(canonical), 'd0ed8692e7efbc9170cd73fa39c5b7d3236807ae905c33ec8f064fea77e866b6');
    assert.equal(sign(canonical, SECRET), '807027da95bd3d1650bde4682044f0396105d9abec6d176ef5c15bbb751afa14');
  });

  it('V2: TagResources, parameters in a form body', () => {
    const body =
      'RegionId=ap-southeast-1&ResourceType=vpcendpoint&ResourceId.1=ep-t4n0000000000000001' +
      '&Tag.1.Key=created-by&Tag.1.Value=vscode';
    const bodySha256 = sha256Hex(body);
    assert.equal(bodySha256, '06ea50fa5fe5d1c14c040aa85bfb93f74f6db9c149758f76c41316153379abc1');
    const canonical = canonicalRequest({
      method: 'POST',
      path: '/',
      query: '',
      headers: [
        ['content-type', 'application/x-www-form-urlencoded'],
        ...headers('TagResources', bodySha256),
      ],
      bodySha256,
    });
    assert.equal(sha256Hex(canonical), '702d23f630b1180e16e851c5ba88976438576ca5699fcf9832283ae7dedab6d0');
    assert.equal(sign(canonical, SECRET), 'bdc84bbe8b133e4646d3517a2e8d4bb3533f73eaa571ce485930566bf2344412');
  });

  it('encodes what clients leave bare on the wire', () => {
    assert.equal(canonicalQuery("Name=a!b'c(d)e*&B=%20~"), 'B=%20~&Name=a%21b%27c%28d%29e%2A');
  });
});
