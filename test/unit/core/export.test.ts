import assert from 'node:assert/strict';
import fc from 'fast-check';
import { bashString, hclString, inComment, yamlString } from '../../../src/core/export/escape';
import { keysOf, type ExportedEndpoint } from '../../../src/core/export/exported';
import { codeFormats, exportAs } from '../../../src/core/export/formats';
import { connectionsPath } from '../../../src/core/export/tidbCloud';
import { aSpec } from '../fakes';

const endpoint: ExportedEndpoint = {
  instanceId: '1001',
  instanceName: 'orders',
  instanceRegionId: 'alicloud-ap-southeast-1',
  spec: aSpec,
};
const anyText = fc.string({ unit: 'binary', maxLength: 40 });

describe('texts in code', () => {
  it('end a comment in no language, and show no other order of characters than they have', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        assert.doesNotMatch(inComment(text), /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      }),
    );
  });

  it('stay within their quotes in HCL and YAML, on one line', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        for (const quoted of [hclString(text), yamlString(text)]) {
          assert.match(quoted, /^"(?:[^"\\\n\r]|\\.)*"$/u);
          assert.doesNotMatch(quoted, /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
        }
        assert.doesNotMatch(hclString(text), /[$%]\{/);
      }),
    );
  });

  it('are the same text when JSON reads them, where JSON knows the escapes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary-ascii' }), (text) => {
        assert.equal(JSON.parse(yamlString(text)), text);
        assert.equal(JSON.parse(hclString(text)), text);
      }),
    );
  });

  it('stay within their quotes in bash', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const quoted = bashString(text);
        // What bash does with single quotes, joined by an escaped one.
        assert.match(quoted, /^'[^']*'(?:\\''[^']*')*$/);
        const read = quoted.slice(1, -1).replaceAll(`'\\''`, `'`);
        assert.equal(read, text.replaceAll('\0', ''));
      }),
    );
  });

  it('are replaced where they cannot be encoded', () => {
    assert.equal(hclString('a\ud800b'), '"a\ufffdb"');
    assert.equal(bashString('\udc00'), "'\ufffd'");
    assert.equal(inComment('\ud800\udc00'), '\u{10000}');
  });

  it('leave the path of an instance whatever its id is', () => {
    assert.equal(connectionsPath('1001'), '/v1beta2/tidbs/1001/privateEndpointConnections');
    assert.equal(
      connectionsPath(`1/../2'; x "$y" (z)\ud800`),
      `/v1beta2/tidbs/1%2F..%2F2%27%3B%20x%20%22%24y%22%20%28z%29%EF%BF%BD/privateEndpointConnections`,
    );
  });
});

describe('keys of exported endpoints', () => {
  it('are told apart, whatever the names are', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(anyText, anyText), { maxLength: 8 }), (names) => {
        const keys = keysOf(
          names.map(([instanceName, name]) => ({ ...endpoint, instanceName, spec: { ...aSpec, name } })),
        );
        assert.equal(new Set(keys.map((key) => key.toLowerCase())).size, names.length);
        keys.forEach((key) => assert.match(key, /^[A-Za-z0-9][A-Za-z0-9-]*$/));
      }),
    );
  });

  it('name instance and endpoint', () => {
    assert.deepEqual(keysOf([endpoint, endpoint]), ['orders-tidb-orders', 'orders-tidb-orders-2']);
    assert.deepEqual(keysOf([{ ...endpoint, endpointId: 'ep-1', spec: { ...aSpec, name: '' } }]), [
      'orders-ep-1',
    ]);
  });
});

describe('exported files', () => {
  it('are one for each region, with its endpoints in order', () => {
    const elsewhere = { ...endpoint, instanceId: '1002', spec: { ...aSpec, regionId: 'cn-hangzhou' } };
    for (const format of codeFormats) {
      const files = exportAs(format, [endpoint, elsewhere, endpoint]);
      assert.deepEqual(
        files.map(({ regionId, fileName }) => [regionId, fileName]),
        [
          ['ap-southeast-1', format.fileName('ap-southeast-1')],
          ['cn-hangzhou', format.fileName('cn-hangzhou')],
        ],
      );
      assert.ok(!files[0]?.text.includes('cn-hangzhou'), format.id);
      assert.ok(files[1]?.text.includes('cn-hangzhou'), format.id);
    }
  });

  it('are the same text each time, end with one line end, and hold no key', () => {
    for (const format of codeFormats) {
      const [first, second] = [1, 2].map(() => exportAs(format, [endpoint])[0]?.text ?? '');
      assert.equal(first, second);
      assert.match(first ?? '', /[^\n]\n$/);
      assert.match(first ?? '', /\$\{?TIDBCLOUD_PRIVATE_KEY/);
    }
  });

  it('say what the tidbcloud provider and ROS cannot do, and how to register instead', () => {
    for (const format of codeFormats.filter(({ id }) => id !== 'aliyun')) {
      const text = exportAs(format, [endpoint])[0]?.text ?? '';
      assert.match(text, /# TiDB Cloud's side is not in this (file|template)/);
      assert.match(text, /# - Or by API, where it is offered to your account/);
      assert.match(
        text,
        /#\s+https:\/\/cloud\.tidbapi\.com\/v1beta2\/tidbs\/1001\/privateEndpointConnections/,
      );
    }
  });

  it('import what exists instead of making it twice', () => {
    const terraform = codeFormats.find(({ id }) => id === 'terraform') ?? assert.fail();
    const textOf = (...endpoints: ExportedEndpoint[]): string =>
      exportAs(terraform, endpoints)[0]?.text ?? '';
    assert.doesNotMatch(textOf(endpoint), /^import/m);
    const existing = { ...endpoint, endpointId: 'ep-1' };
    assert.match(
      textOf(existing),
      /import \{\n {2}to = alicloud_privatelink_vpc_endpoint\.tidb\n {2}id = "ep-1"\n\}/,
    );
    assert.match(textOf(existing), /tidb\["ap-southeast-1a"\]\n {2}id = "ep-1:ap-southeast-1a"/);
    assert.match(
      textOf(existing, endpoint),
      /vpc_endpoint_zone\.tidb\["orders-tidb-orders\/ap-southeast-1a"\]\n {2}id = "ep-1:ap-southeast-1a"/,
    );
  });
});
