import { codeTokens } from './codeTokens';

/** Words and names beside which a text may be a secret. */
const secretWords =
  /pass(?:word|wd|phrase)|\bpwd\b|^identified$|secret|credential|token|encrypt|decrypt|api_?key|access_?key|private_?key/i;
/** Texts that hold one: addresses of object stores, connection strings. */
const secretTexts =
  /(?:secret|password|passwd|pwd|token|access[-_]?key|sas|signature)[\w-]*\s*[=:]|:\/\/[^\s/:@]*:[^\s/@]+@/i;
const hidden = "'•••'";

/**
 * A statement as it may be kept: where it sets, checks or uses a password or key, every text and number that is written
 * in it, and every comment, is left out.
 */
export function withoutSecrets(statement: string): string {
  const tokens = codeTokens(statement);
  const secret = tokens.some(({ kind, text }) =>
    kind === 'text' ? secretTexts.test(text) : kind !== 'number' && kind !== 'sign' && secretWords.test(text),
  );
  if (!secret) {
    return statement;
  }
  let last = 0;
  let masked = '';
  for (const { kind, text, start, end } of tokens) {
    const between = statement.slice(last, start);
    masked += /^\s*$/.test(between) ? between : masked === '' ? '' : ' ';
    masked +=
      kind === 'text' || kind === 'number' || /^(?:0x|\d)/i.test(text) ? hidden : statement.slice(start, end);
    last = end;
  }
  return masked;
}
