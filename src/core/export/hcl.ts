import { hclString } from './escape';

/** Just enough of HCL, in the layout of `terraform fmt`. */

/** An expression that is written as it is. */
export interface Expression {
  readonly expression: string;
}

export type HclValue =
  string | Expression | readonly string[] | ReadonlyMap<string, HclValue> | HclObject | undefined;

/** Attribute names that are ours; a Map's keys are data and quoted. */
export interface HclObject {
  readonly object: readonly HclAttribute[];
}

export type HclAttribute = readonly [name: string, value: HclValue];

export const expression = (text: string): Expression => ({ expression: text });

/** @param body attributes and inner blocks; attributes without a value are left out */
export function block(header: string, ...body: readonly (readonly HclAttribute[] | string)[]): string {
  const parts = body.map((part) => (typeof part === 'string' ? part : attributes(part).join('\n')));
  return `${header} {\n${indent(parts.filter((part) => part !== '').join('\n\n'))}\n}`;
}

/** The equals signs of attributes on lines of their own, one below the other, are aligned. */
function attributes(items: readonly HclAttribute[]): readonly string[] {
  const rendered = items.flatMap(([name, value]) =>
    value === undefined ? [] : [{ name, text: render(value) }],
  );
  const lines: string[] = [];
  let run: typeof rendered = [];
  const endRun = (): void => {
    const width = Math.max(0, ...run.map(({ name }) => columns(name)));
    lines.push(...run.map(({ name, text }) => `${name}${' '.repeat(width - columns(name))} = ${text}`));
    run = [];
  };
  for (const item of rendered) {
    if (item.text.includes('\n')) {
      endRun();
      lines.push(`${item.name} = ${item.text}`);
    } else {
      run.push(item);
    }
  }
  endRun();
  return lines;
}

function render(value: Exclude<HclValue, undefined>): string {
  if (typeof value === 'string') {
    return hclString(value);
  }
  if ('expression' in value) {
    return value.expression;
  }
  if (value instanceof Map) {
    return object([...(value as ReadonlyMap<string, HclValue>)].map(([key, each]) => [hclString(key), each]));
  }
  if ('object' in value) {
    return object(value.object);
  }
  return `[${(value as readonly string[]).map(hclString).join(', ')}]`;
}

const object = (items: readonly HclAttribute[]): string =>
  items.length === 0 ? '{}' : `{\n${indent(attributes(items).join('\n'))}\n}`;

const indent = (text: string): string => text.replace(/^(?=.)/gm, '  ');

/** As `terraform fmt` counts: what a reader sees as one character. */
const columns = (text: string): number => [...new Intl.Segmenter().segment(text)].length;
