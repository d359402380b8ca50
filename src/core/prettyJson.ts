const token = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

/** JSON with one value on a line; numbers and texts stay as they are written. Undefined where the text is no JSON. */
export function prettyJson(text: string): string | undefined {
  try {
    JSON.parse(text);
  } catch {
    return undefined;
  }
  let depth = 0;
  let out = '';
  let before = '';
  const newLine = (): string => `\n${'  '.repeat(depth)}`;
  for (const [part] of text.matchAll(token)) {
    const opened = before === '{' || before === '[';
    if (part === '}' || part === ']') {
      depth -= 1;
      out += opened ? part : newLine() + part;
    } else {
      out += opened ? newLine() + part : part;
    }
    if (part === '{' || part === '[') {
      depth += 1;
    } else if (part === ',') {
      out += newLine();
    } else if (part === ':') {
      out += ' ';
    }
    before = part;
  }
  return out;
}
