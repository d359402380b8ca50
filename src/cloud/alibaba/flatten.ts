export type ParameterValue =
  | string
  | number
  | boolean
  | undefined
  | readonly ParameterValue[]
  | { readonly [name: string]: ParameterValue };

export type Parameters = Readonly<Record<string, ParameterValue>>;

/**
 * Parameters as the RPC style spells them: `Zone.1.ZoneId`, `SecurityGroupId.2`, lists counted from 1, what is undefined
 * left out.
 */
export function flatten(parameters: Parameters): Record<string, string> {
  const flat: Record<string, string> = {};
  const add = (name: string, value: ParameterValue): void => {
    if (value === undefined) {
      return;
    }
    if (typeof value !== 'object') {
      flat[name] = String(value);
      return;
    }
    const parts: [string, ParameterValue][] = isList(value)
      ? value.map((item, index) => [String(index + 1), item])
      : Object.entries(value);
    for (const [part, item] of parts) {
      add(`${name}.${part}`, item);
    }
  };
  for (const [name, value] of Object.entries(parameters)) {
    add(name, value);
  }
  return flat;
}

const isList = (value: object): value is readonly ParameterValue[] => Array.isArray(value);
