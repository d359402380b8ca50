/**
 * Text from elsewhere, for a message or a label: on one line, and with nothing in it that the editor makes a link (in
 * messages) or an icon (in labels) of.
 */
export const plainText = (text: string): string =>
  oneLine(text).replaceAll('](', '] (').replaceAll('$(', '$ (');

/** The same for a cell of a Markdown table: every sign that could mean something there is written as a reference. */
export const cellText = (text: string): string =>
  oneLine(text).replace(/[!-/:-@[-`{-~]/g, (sign) => `&#${sign.charCodeAt(0)};`);

const oneLine = (text: string): string => text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();
