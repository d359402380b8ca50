import assert from 'node:assert/strict';
import { sourceOf, type Mutation } from './copy';

type Change = readonly [what: string, from: string, to: string];

/** Rules of the wire that no single word holds: flattening, signing, digest. */
const changes: Readonly<Record<'alibaba' | 'tidbCloud', Readonly<Record<string, readonly Change[]>>>> = {
  alibaba: {
    'src/cloud/alibaba/flatten.ts': [
      ['lists counted from 0', 'String(index + 1)', 'String(index)'],
      ['list items in brackets', '`${name}.${part}`', '`${name}[${part}]`'],
      ['list items joined without a dot', '`${name}.${part}`', '`${name}${part}`'],
      ['objects as JSON', "typeof value !== 'object'", 'true'],
      ['booleans as numbers', 'String(value)', "String(typeof value === 'boolean' ? Number(value) : value)"],
      ['what is undefined sent as text', 'value === undefined', 'false'],
    ],
    'src/cloud/alibaba/signer.ts': [
      ['another algorithm named', "'ACS3-HMAC-SHA256'", "'ACS3-HMAC-SHA1'"],
      ['canonical path left out', "    '/',\n", "    '',\n"],
      ['signed headers listed with commas', "join(';')", "join(',')"],
      ['a blank after the colon of a header', '`${name}:${value.trim()}`', '`${name}: ${value.trim()}`'],
      ['no empty line after the headers', "    '',\n", ''],
      [
        'headers not in order',
        'sort(([a], [b]) => (a < b ? -1 : 1));\n  const names',
        'sort(([a], [b]) => (a < b ? 1 : -1));\n  const names',
      ],
      [
        'parameters not in order',
        'sort(([a], [b]) => (a < b ? -1 : 1))\n',
        'sort(([a], [b]) => (a < b ? 1 : -1))\n',
      ],
      ['another hash', "createHash('sha256')", "createHash('sha512')"],
      ['another keyed hash', "createHmac('sha256'", "createHmac('sha512'"],
      [
        'the key with an ampersand, as in the older signature',
        'credentials.accessKeySecret)',
        "credentials.accessKeySecret + '&')",
      ],
      ['milliseconds in the date', ".replace(/\\.\\d+Z$/, 'Z')", ''],
      ['blanks as plus signs', 'encodeURIComponent(text)', "encodeURIComponent(text).replace(/%20/g, '+')"],
      ['the host not signed', 'Object.entries({ host, ...headers })', 'Object.entries(headers)'],
      ['the body not hashed', "sha256(request.form ?? '')", "sha256('')"],
    ],
  },
  tidbCloud: {
    'src/cloud/tidbCloud/digest.ts': [
      ['the count not padded', ".padStart(8, '0')", ''],
      ['another quality of protection hashed', ':auth:${ha2}', ':auth-int:${ha2}'],
      ['another quality of protection named', "'qop=auth'", "'qop=auth-int'"],
      ['the count left out', ', `nc=${nc}`', ''],
      ['the client nonce left out', '[`cnonce="${use.cnonce}"`]', '[]'],
      ['the method not hashed', '${use.method}:${use.uri}', '${use.uri}'],
      ['the realm not hashed', '${credentials.username}:${realm}:', '${credentials.username}:'],
      ['the response in upper case', ".digest('hex');", ".digest('hex').toUpperCase();"],
      ['another scheme', '`Digest username', '`Basic username'],
      ['another field for the user', 'username=$', 'user=$'],
    ],
  },
};

export function ruleMutants(cloud: 'alibaba' | 'tidbCloud'): readonly Mutation[] {
  return Object.entries(changes[cloud]).flatMap(([file, list]) => {
    const text = sourceOf(file);
    return list.map(([what, from, to]) => {
      assert.ok(text.includes(from), `${file} does not hold ${from} any more`);
      return { what: `${file} ${what}`, file, source: text.replace(from, () => to) };
    });
  });
}
