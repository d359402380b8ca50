import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { Parameters } from '../../../../src/cloud/alibaba/flatten';
import { flatten } from '../../../../src/cloud/alibaba/flatten';
import { canonicalQuery, sign } from '../../../../src/cloud/alibaba/signer';

const credentials = { accessKeyId: 'testid', accessKeySecret: 'testsecret' };
const common = {
  method: 'POST',
  host: 'privatelink.ap-southeast-1.aliyuncs.com',
  version: '2020-04-15',
  date: new Date('2026-01-02T03:04:05.678Z'),
  nonce: 'nonce-0001',
} as const;

describe('ACS3-HMAC-SHA256', () => {
  const create: Parameters = {
    RegionId: 'ap-southeast-1',
    ServiceName: 'com.aliyuncs.privatelink.ap-southeast-1.epsrv-t4n000000000000000001',
    VpcId: 'vpc-t4n000000000000000001',
    Zone: [
      { ip: '10.0.1.20', ZoneId: 'ap-southeast-1a', VSwitchId: 'vsw-t4n000000000000000a' },
      { ZoneId: 'ap-southeast-1b', VSwitchId: 'vsw-t4n000000000000000b', ip: undefined },
    ],
    SecurityGroupId: ['sg-t4n0000000000000001'],
    EndpointName: 'tidb-premium-ep',
    DryRun: true,
    ClientToken: '3f0c1f0e-0000-4000-8000-000000000001',
  };

  it('signs parameters in the query (vector CreateVpcEndpoint)', () => {
    const { query, headers } = sign(
      { ...common, operation: 'CreateVpcEndpoint', query: flatten(create) },
      credentials,
    );
    assert.equal(
      query,
      'ClientToken=3f0c1f0e-0000-4000-8000-000000000001&DryRun=true&EndpointName=tidb-premium-ep&RegionId=ap-southeast-1&SecurityGroupId.1=sg-t4n0000000000000001&ServiceName=com.aliyuncs.privatelink.ap-southeast-1.epsrv-t4n000000000000000001&VpcId=vpc-t4n000000000000000001&Zone.1.VSwitchId=vsw-t4n000000000000000a&Zone.1.ZoneId=ap-southeast-1a&Zone.1.ip=10.0.1.20&Zone.2.VSwitchId=vsw-t4n000000000000000b&Zone.2.ZoneId=ap-southeast-1b',
    );
    assert.deepEqual(headers, {
      'x-acs-action': 'CreateVpcEndpoint',
      'x-acs-content-sha256': 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
      'x-acs-date': '2026-01-02T03:04:05Z',
      'x-acs-signature-nonce': 'nonce-0001',
      'x-acs-version': '2020-04-15',
      authorization:
        'ACS3-HMAC-SHA256 Credential=testid,SignedHeaders=host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version,Signature=807027da95bd3d1650bde4682044f0396105d9abec6d176ef5c15bbb751afa14',
    });
  });

  it('signs parameters in the body (vector TagResources)', () => {
    const form =
      'RegionId=ap-southeast-1&ResourceType=vpcendpoint&ResourceId.1=ep-t4n0000000000000001&Tag.1.Key=created-by&Tag.1.Value=vscode';
    const { query, headers } = sign({ ...common, operation: 'TagResources', query: {}, form }, credentials);
    assert.equal(query, '');
    assert.equal(
      headers['x-acs-content-sha256'],
      '06ea50fa5fe5d1c14c040aa85bfb93f74f6db9c149758f76c41316153379abc1',
    );
    assert.match(headers.authorization ?? '', /SignedHeaders=content-type;host;x-acs-action;/);
    assert.match(
      headers.authorization ?? '',
      /Signature=bdc84bbe8b133e4646d3517a2e8d4bb3533f73eaa571ce485930566bf2344412$/,
    );
  });

  it('signs the headers of temporary credentials, and the port of the host', () => {
    const { headers } = sign(
      { ...common, host: '127.0.0.1:8080', operation: 'X', query: {} },
      { ...credentials, securityToken: 'token' },
    );
    assert.match(
      headers.authorization ?? '',
      /=host;x-acs-accesskey-id;x-acs-action;.*;x-acs-date;x-acs-security-token;x-acs-signature-nonce;/,
    );
    assert.equal(headers['x-acs-security-token'], 'token');
    assert.equal(headers['x-acs-accesskey-id'], 'testid');
    assert.equal(headers.host, undefined);
    const elsewhere = sign({ ...common, host: '127.0.0.1:8081', operation: 'X', query: {} }, credentials);
    const here = sign({ ...common, host: '127.0.0.1:8080', operation: 'X', query: {} }, credentials);
    assert.notEqual(here.headers.authorization, elsewhere.headers.authorization);
  });

  it('is another signature with another secret', () => {
    const request = { ...common, operation: 'X', query: {} };
    assert.notEqual(
      sign(request, credentials).headers.authorization,
      sign(request, { ...credentials, accessKeySecret: 'other' }).headers.authorization,
    );
  });

  it('encodes after RFC 3986 and sorts by code unit', () => {
    assert.equal(
      canonicalQuery({ b: "!'()*~ ü+&", B: '', 'a.2': '1', 'a.10': '2' }),
      'B=&a.10=2&a.2=1&b=%21%27%28%29%2A~%20%C3%BC%2B%26',
    );
  });

  it('sends on the wire what it signed', () => {
    const url = new URL('https://host');
    url.search = canonicalQuery({ Name: "it's (100%) *~ ü", Empty: '' });
    assert.equal(url.search, '?Empty=&Name=it%27s%20%28100%25%29%20%2A~%20%C3%BC');
  });

  it('hashes an empty body as such', () => {
    assert.equal(
      sign({ ...common, operation: 'X', query: {} }, credentials).headers['x-acs-content-sha256'],
      createHash('sha256').digest('hex'),
    );
  });
});

describe('flatten', () => {
  it('counts from 1, spells booleans and numbers, drops what is undefined', () => {
    assert.deepEqual(
      flatten({
        A: ['x', undefined, 'z'],
        Tag: [{ Key: 'k', Value: '' }],
        Flag: false,
        Count: 0,
        Nothing: undefined,
        None: [],
        Deep: [{ In: [{ Side: 1 }] }],
      }),
      {
        'A.1': 'x',
        'A.3': 'z',
        'Tag.1.Key': 'k',
        'Tag.1.Value': '',
        Flag: 'false',
        Count: '0',
        'Deep.1.In.1.Side': '1',
      },
    );
  });
});
