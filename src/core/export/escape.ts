/** What a person or a cloud has named, so that it stays a value wherever it is written. Each function is for one language. */

/** Unpaired surrogates cannot be written in any encoding. */
export const wellFormed = (text: string): string =>
  text.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd');

/** What cannot be seen, or makes text look other than it is read (control, direction and separator characters). */
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Part of a comment that ends with its line, in any of the languages. */
export const inComment = (text: string): string => wellFormed(text).replace(unseen, ' ');

const unicodeEscape = (character: string): string => {
  const code = character.codePointAt(0) ?? 0;
  return code > 0xffff
    ? `\\U${code.toString(16).padStart(8, '0')}`
    : `\\u${code.toString(16).padStart(4, '0')}`;
};

const shortEscapes: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

const quoted = (text: string): string =>
  `"${wellFormed(text)
    .replace(/["\\\n\r\t]/g, (character) => shortEscapes[character] ?? '')
    .replace(unseen, unicodeEscape)}"`;

/** HCL: `${` and `%{` begin templates, unless their first character is written as its code. */
export const hclString = (text: string): string =>
  quoted(text).replace(/[$%](?=\{)/g, (character) => unicodeEscape(character));

/** YAML 1.1 and 1.2, double quoted. */
export const yamlString = (text: string): string => quoted(text);

/** bash, in single quotes. A NUL can be in no argument. */
export const bashString = (text: string): string =>
  `'${wellFormed(text).replaceAll('\0', '').replaceAll("'", `'\\''`)}'`;
