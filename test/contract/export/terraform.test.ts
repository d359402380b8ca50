import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { hclString } from '../../../src/core/export/escape';
import { keysOf } from '../../../src/core/export/exported';
import { terraform } from '../../../src/core/export/terraform';
import { at, listAt } from '../support/at';
import { oddTexts, sets } from './samples';
import { inFolder, needs, parsers, run, type Check } from './tools';

const ENVIRONMENT = {
  ...process.env,
  CHECKPOINT_DISABLE: '1',
  TF_CLI_CONFIG_FILE: '/dev/null',
  TF_IN_AUTOMATION: '1',
};

describe('Endpoints as Terraform', () => {
  describe('for the terraform command', () => {
    before(async function () {
      await needs(this, 'terraform', 'version');
    });

    for (const [name, endpoints] of Object.entries(sets)) {
      it(`are in its own format: ${name}`, () =>
        inFolder(async (folder) => {
          await writeFile(path.join(folder, 'main.tf'), terraform('ap-southeast-1', endpoints));
          const { stdout } = await run('terraform', ['fmt', '-check', '-diff', folder], { env: ENVIRONMENT });
          assert.equal(stdout, '');
        }));
    }

    it('mean the same texts once it has read them', () =>
      inFolder(async (folder) => {
        const outputs = oddTexts.map((text, i) => `output "o${i}" {\n  value = ${hclString(text)}\n}\n`);
        await writeFile(path.join(folder, 'main.tf'), outputs.join('\n'));
        const options = { cwd: folder, env: ENVIRONMENT };
        await run('terraform', ['apply', '-auto-approve', '-input=false'], options);
        const { stdout } = await run('terraform', ['output', '-json'], options);
        const read: unknown = JSON.parse(stdout);
        assert.deepEqual(
          oddTexts.map((_, i) => at(read, `o${i}`, 'value')),
          oddTexts.map((text) => text.normalize('NFC')),
        );
      }));
  });

  describe('as the terraform command evaluates them', () => {
    before(async function () {
      await needs(this, 'terraform', 'version');
    });

    it('take several endpoints apart into their zones', () =>
      inFolder(async (folder) => {
        const several = sets['several'] ?? [];
        const blocks = terraform('ap-southeast-1', several).split(/\n\n(?=\S)/);
        const values = blocks.filter((block) => /^(variable|locals) /.test(block));
        const outputs = ['local.zones', 'var.endpoints'].map(
          (value) => `output "${value.slice(value.indexOf('.') + 1)}" {\n  value = ${value}\n}`,
        );
        await writeFile(path.join(folder, 'main.tf'), [...values, ...outputs].join('\n\n'));
        const options = { cwd: folder, env: ENVIRONMENT };
        await run('terraform', ['apply', '-auto-approve', '-input=false'], options);
        const read: unknown = JSON.parse((await run('terraform', ['output', '-json'], options)).stdout);
        const zones = Object.entries(at(read, 'zones', 'value') as object);
        const endpoints = at(read, 'endpoints', 'value') as object;
        const keys = keysOf(several);
        assert.deepEqual(Object.keys(endpoints).sort(), [...keys].sort());
        assert.deepEqual(
          zones.map(([key, zone]) => [key, zone as unknown]).sort(),
          several
            .flatMap(({ spec }, i) =>
              spec.zones.map(({ zoneId, vSwitchId }) => [
                `${keys[i] ?? ''}/${zoneId}`,
                { endpoint: keys[i], zone_id: zoneId, vswitch_id: vSwitchId },
              ]),
            )
            .sort(),
        );
        several.forEach(({ spec }, i) => {
          const endpoint = at(endpoints, keys[i] ?? '');
          assert.equal(at(endpoint, 'name'), spec.name === '' ? null : spec.name.normalize('NFC'));
          assert.deepEqual(at(endpoint, 'security_group_ids'), spec.securityGroupIds);
        });
      }));
  });

  describe("for Terraform's loader and the provider's arguments", () => {
    let check: Check;
    before(async function () {
      check = await parsers(this);
    });

    for (const [name, endpoints] of Object.entries(sets)) {
      it(`are accepted, and name only what there is: ${name}`, async () => {
        const text = terraform('ap-southeast-1', endpoints);
        const read = await check('terraform', text);
        assert.equal(at(read, 'diagnostics'), null);
        const resources = listAt(read, 'parsed', 'resource');
        assert.equal(resources.length, 2);
        for (const resource of resources) {
          const [[type, named]] = entries(resource) as [[string, unknown]];
          const [[label, body]] = entries(named) as [[string, object]];
          assert.equal(unquoted(label), 'tidb');
          const known = at(read, 'known', unquoted(type), 'arguments') as Record<string, boolean>;
          const given = entries(body)
            .map(([key]) => key)
            .filter((key) => key !== 'for_each' && !key.startsWith('__'));
          assert.deepEqual(
            given.filter((key) => known[key] === undefined),
            [],
          );
          assert.deepEqual(
            Object.keys(known).filter((key) => known[key] && !given.includes(key)),
            [],
          );
        }
        // The references to what the provider answers.
        const asked = text.matchAll(/\bendpoint\.(endpoint_domain)|tidb\.(endpoint_domain)\b/g);
        const state = at(read, 'known', 'alicloud_privatelink_vpc_endpoint', 'state') as object;
        for (const [, one, other] of asked) {
          assert.ok((one ?? other ?? '') in state);
        }
      });
    }

    it('would be refused if they were wrong', async () => {
      const good = terraform('ap-southeast-1', sets['one that is planned'] ?? []);
      const read = await check(
        'terraform',
        good.replace('variable "region"', 'variable "for_each" "region"'),
      ).catch((error: unknown) => error);
      assert.ok(read instanceof Error || at(read, 'diagnostics') !== null);
    });
  });
});

const entries = (value: unknown): [string, unknown][] => Object.entries(value as object);
/** The parser keeps the quotes of labels. */
const unquoted = (label: string): string => label.replace(/^"|"$/g, '');
