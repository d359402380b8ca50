import { createHash, randomBytes } from 'node:crypto';

const ALPHABET = '0123456789abcdefghijklmnopqrstuvwxyz';

/** The letters that stand for a region inside Alibaba Cloud's resource ids. */
const REGION_LETTERS: Readonly<Record<string, string>> = { 'ap-southeast-1': 't4n', 'eu-central-1': 'gw8' };
const OTHER_REGION_LETTERS = 'bp1';
const ALIBABA_ID_LENGTH = 20;

/** Lower-case alphanumerics that are the same for the same name: for what is there from the start. */
function stable(name: string, length: number): string {
  return spell(createHash('sha512').update(name).digest(), length);
}

/** Fresh lower-case alphanumerics: for what comes later, so that no id from an earlier run means something else now. */
function fresh(length: number): string {
  return spell(randomBytes(length), length);
}

function spell(bytes: Uint8Array, length: number): string {
  let text = '';
  for (let index = 0; index < length; index += 1) {
    text += ALPHABET.charAt((bytes[index % bytes.length] ?? 0) % ALPHABET.length);
  }
  return text;
}

/** For example `vpc-t4n…`: prefix, region letters, and 20 characters in all after the prefix. */
export function stableAlibabaId(prefix: string, region: string, name: string): string {
  const letters = REGION_LETTERS[region] ?? OTHER_REGION_LETTERS;
  return `${prefix}-${letters}${stable(`${prefix}/${region}/${name}`, ALIBABA_ID_LENGTH - letters.length)}`;
}

export function freshAlibabaId(prefix: string, region: string): string {
  const letters = REGION_LETTERS[region] ?? OTHER_REGION_LETTERS;
  return `${prefix}-${letters}${fresh(ALIBABA_ID_LENGTH - letters.length)}`;
}

/** Decimal digits, as TiDB Cloud's ids are. */
export function stableNumericId(name: string): string {
  const number = createHash('sha512').update(name).digest().readBigUInt64BE() % 9_000_000_000_000_000_000n;
  return (number + 1_000_000_000_000_000_000n).toString();
}

/** RAM's ids of roles: 18 digits that begin with 3. */
export function stableRoleId(name: string): string {
  return `3${stableNumericId(`role/${name}`).slice(0, 17)}`;
}

export function freshNumericId(): string {
  const number = randomBytes(8).readBigUInt64BE() % 9_000_000_000_000_000_000n;
  return (number + 1_000_000_000_000_000_000n).toString();
}

/** Letters and digits for keys that STS gives out. */
export function freshSecret(length: number): string {
  return fresh(length);
}

export function freshConnectionId(): string {
  return `pec-${fresh(16)}`;
}
