import { wellFormed } from '../export/escape';
import type { OperatingSystem } from './method';

/*
 * How each language writes a text as a literal. Every function takes any text and gives one that the language reads back
 * as the same; half a character, which no encoding can carry, becomes the replacement character.
 */

/** JavaScript, Python, Java, Go, C#, YAML and JSON have these escapes in common. */
export const doubleQuoted = (text: string): string =>
  JSON.stringify(wellFormed(text)).replace(/[\u007f-\u009f\u2028\u2029]/g, unicodeEscape);

/** PHP and Ruby: nothing but these two is special. */
export const singleQuoted = (text: string): string => `'${wellFormed(text).replace(/[\\']/g, '\\$&')}'`;

/** Octal escapes have three digits at most, so that what follows cannot become a part of them. */
export const cString = (text: string): string =>
  `"${wellFormed(text)
    .replace(/[\\"?]/g, '\\$&')
    .replace(control, (character) => `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`)}"`;

export const rustString = (text: string): string =>
  `"${wellFormed(text)
    .replace(/[\\"]/g, '\\$&')
    .replace(control, (character) => `\\u{${character.charCodeAt(0).toString(16)}}`)}"`;

export function shellArgument(text: string, os: OperatingSystem): string {
  const clean = wellFormed(text).replaceAll('\0', '');
  if (/^[\w@%+:,./-][\w@%+:,./=-]*$/.test(clean) && !(os === 'windows' && /[@%,]/.test(clean))) {
    return clean;
  }
  // PowerShell takes typographic quotes for quotes too.
  return os === 'windows'
    ? `'${clean.replace(/['\u2018-\u201b]/g, '$&$&')}'`
    : `'${clean.replaceAll("'", `'\\''`)}'`;
}

/** Every character that is not unreserved, also those that encodeURIComponent lets through. */
export const uriPart = (text: string): string =>
  encodeURIComponent(wellFormed(text)).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );

/** In the query of a URI, where slashes and colons stay readable. */
export const uriValue = (text: string): string =>
  uriPart(text).replaceAll('%2F', '/').replaceAll('%3A', ':').replaceAll('%2C', ',');

/** `file:///…`, also for a Windows path. */
export function fileUrl(path: string): string {
  const slashed = path.replaceAll('\\', '/');
  const parts = slashed.split('/').map((part) => uriPart(part).replaceAll('%3A', ':'));
  return `file://${slashed.startsWith('/') ? '' : '/'}${parts.join('/')}`;
}

/** The value of a Java property, in a file that may be read as Latin-1. */
export const javaProperty = (text: string): string =>
  wellFormed(text)
    .replaceAll('\\', '\\\\')
    .replace(/^[ ]/, '\\$&')
    .replace(/[^ -~]/g, (character) => unicodeEscape(character));

/** In an attribute between double quotes. XML has no way to write most control characters. */
export const xmlAttribute = (text: string): string =>
  wellFormed(text)
    .replace(/[&<>"\t\n\r]/g, (character) => `&#${character.charCodeAt(0)};`)
    .replaceAll('&#38;', '&amp;');

/** A value of a key=value;… connection string; `{}` is ODBC's way to quote, double quotes are ADO.NET's. */
export const odbcValue = (text: string): string =>
  /^[\w./:\\-]+$/.test(text) ? text : `{${wellFormed(text).replaceAll('}', '}}')}}`;
export const adoValue = (text: string): string =>
  /^[\w./:\\-]+$/.test(text) ? text : `"${wellFormed(text).replaceAll('"', '""')}"`;

// eslint-disable-next-line no-control-regex -- these are what has to be escaped
const control = /[\u0000-\u001f\u007f-\u009f]/g;

function unicodeEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
