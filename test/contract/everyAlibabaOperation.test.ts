import assert from 'node:assert/strict';
import { OPERATIONS } from '../../src/sandbox/alibabaCloud/operations';
import { startSandbox, type Sandbox } from '../../src/sandbox';
import { ALIBABA_OPERATIONS, type OperationTable } from './support/alibabaOperations';
import { at } from './support/at';
import { rawCall } from './support/rawCaller';

const VERSIONS = {
  privatelink: '2020-04-15',
  vpc: '2016-04-28',
  ecs: '2014-05-26',
  sts: '2015-04-01',
} as const;

/** Good values for what an operation requires, where any text will not do. */
const VALUES: Readonly<Record<string, string>> = {
  RegionId: 'ap-southeast-1',
  ResourceType: 'vpcendpoint',
  RoleArn: 'acs:ram::1234567890123456:role/sandbox-role',
  RoleSessionName: 'contract',
};

type Pairs = [string, string][];

function requiredPairs({ fields, requiredObjects }: OperationTable): Pairs {
  const scalars = Object.entries(fields).flatMap(([name, type]): Pairs => {
    const value = VALUES[name] ?? 'something';
    return type === 'text*' ? [[name, value]] : type === 'list*' ? [[`${name}.1`, value]] : [];
  });
  const objects = Object.entries(requiredObjects ?? {}).flatMap(([name, item]) =>
    Object.entries(item).map(([field, value]): [string, string] => [`${name}.1.${field}`, value]),
  );
  return [...scalars, ...objects];
}

/** A value of another type than declared, as it would come over the wire. */
function wronglyTyped(name: string, type: OperationTable['fields'][string], prefix = ''): [string, string] {
  switch (type) {
    case 'number':
      return [prefix + name, 'many'];
    case 'flag':
      return [prefix + name, 'yes'];
    case 'list':
    case 'list*':
      return [prefix + name, '["something"]'];
    case 'text':
    case 'text*':
      return [`${prefix + name}.1`, 'something'];
    default:
      return [prefix + name, '[{}]'];
  }
}

describe('Every operation of the sandbox of Alibaba Cloud', () => {
  let sandbox: Sandbox;

  before(async () => {
    sandbox = await startSandbox({ timeScale: 0.001 });
  });
  after(() => sandbox.stop());

  async function codeOf({ product, action, form }: OperationTable, pairs: Pairs): Promise<unknown> {
    const request = form ? { form: new URLSearchParams(pairs).toString() } : { query: pairs };
    const { status, body } = await rawCall(sandbox, { version: VERSIONS[product], action, ...request });
    return status === 200 ? 'OK' : at(body, 'Code');
  }

  it('is in the table of the tests', () => {
    assert.deepEqual(
      ALIBABA_OPERATIONS.map(({ product, action }) => `${product}:${action}`).sort(),
      OPERATIONS.map(({ product, action }) => `${product}:${action}`).sort(),
    );
  });

  for (const table of ALIBABA_OPERATIONS) {
    const { product, action, fields, requiredObjects = {} } = table;
    const required = requiredPairs(table);
    const absent = (name: string): string =>
      table.missing?.[name] ?? (product === 'ecs' ? `MissingParameter.${name}` : `Missing${name}`);

    describe(`${product} ${action}`, () => {
      it('knows each parameter that is documented for it', async () => {
        for (const [name, type] of Object.entries(fields)) {
          const given = new Set(required.map(([pair]) => pair.split('.')[0]));
          if (given.has(name)) {
            continue;
          }
          const pair: [string, string] =
            typeof type === 'object'
              ? [`${name}.1.${Object.keys(type.each)[0] ?? ''}`, 'something']
              : type === 'list'
                ? [`${name}.1`, 'something']
                : [name, type === 'number' ? '1' : type === 'flag' ? 'false' : 'something'];
          const { body } = await rawCall(sandbox, {
            version: VERSIONS[product],
            action,
            ...(table.form
              ? { form: new URLSearchParams([...required, pair]).toString() }
              : { query: [...required, pair] }),
          });
          assert.doesNotMatch(String(at(body, 'Message')), /is not known|is not of the form/, name);
        }
      });

      it('refuses a parameter that it does not know, and a name in another case', async () => {
        assert.equal(await codeOf(table, [...required, ['Unknown', '1']]), 'InvalidParameter.Unknown');
        for (const [name] of required.slice(0, 1)) {
          const lower = name.toLowerCase();
          assert.equal(await codeOf(table, [...required, [lower, '1']]), `InvalidParameter.${lower}`);
        }
      });

      for (const [name, type] of Object.entries(fields)) {
        const isRequired = type === 'text*' || type === 'list*' || name in requiredObjects;
        if (isRequired && !(product === 'vpc' && action === 'DescribeVSwitches')) {
          it(`refuses to go without ${name}`, async () => {
            const without = required.filter(([pair]) => pair.split('.')[0] !== name);
            assert.equal(await codeOf(table, without), absent(name));
            const empty = required.map(([pair, value]): [string, string] => [
              pair,
              pair.split('.')[0] === name ? '' : value,
            ]);
            if (type === 'text*') {
              assert.equal(await codeOf(table, empty), absent(name), 'empty');
            }
          });
        }
        it(`refuses ${name} as something else`, async () => {
          const others = required.filter(([pair]) => pair.split('.')[0] !== name);
          const code = table.wrong?.[name] ?? `InvalidParameter.${name}`;
          assert.equal(await codeOf(table, [...others, wronglyTyped(name, type)]), code);
          if (typeof type !== 'object') {
            return;
          }
          for (const [field, inner] of Object.entries(type.each)) {
            const item = Object.entries(requiredObjects[name] ?? {})
              .filter(([other]) => other !== field)
              .map(([other, value]): [string, string] => [`${name}.1.${other}`, value]);
            const wrong = wronglyTyped(field, inner, `${name}.1.`);
            const expected = table.wrong?.[`${name}.${field}`] ?? `InvalidParameter.${name}`;
            assert.equal(await codeOf(table, [...others, ...item, wrong]), expected, field);
          }
          const unknown: [string, string] = [`${name}.1.Unknown`, '1'];
          assert.equal(await codeOf(table, [...required, unknown]), `InvalidParameter.${name}`);
        });
      }
    });
  }

  it('takes vSwitches of a region or of a VPC, but not of neither', async () => {
    const table = ALIBABA_OPERATIONS.find(({ action }) => action === 'DescribeVSwitches');
    assert.ok(table);
    assert.equal(await codeOf(table, [['PageSize', '10']]), 'MissingRegionId');
    const vpcId = sandbox.control.getState().vpcs[0]?.vpcId ?? '';
    assert.equal(await codeOf(table, [['VpcId', vpcId]]), 'OK');
  });
}).timeout(60_000);
