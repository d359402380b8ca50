import { RpcError } from './rpcStatus';

/** Declarations of a body's fields, from which its checks follow and the handler's types too. */
export interface TextField {
  readonly kind: 'text';
  readonly pattern?: RegExp;
  readonly values?: readonly string[];
  readonly required?: true;
}
/** int64 is a text of digits in JSON, and is taken as a number as well. */
export interface WholeField {
  readonly kind: 'whole';
  readonly required?: true;
}
export interface FlagField {
  readonly kind: 'flag';
  readonly required?: true;
}
export interface TextsField {
  readonly kind: 'texts';
  readonly required?: true;
}
/** An object with texts under any key. */
export interface MapField {
  readonly kind: 'map';
  readonly required?: true;
}
export interface ObjectsField {
  readonly kind: 'objects';
  readonly fields: Fields;
  readonly required?: true;
}
/** What only the server fills: a client that sends back what it got is not refused for it. */
export interface OutputField {
  readonly kind: 'output';
  readonly required?: never;
}

export type Field = TextField | WholeField | FlagField | TextsField | MapField | ObjectsField | OutputField;
export type Fields = Readonly<Record<string, Field>>;

type Value<F> = F extends TextField
  ? string
  : F extends WholeField
    ? number
    : F extends FlagField
      ? boolean
      : F extends TextsField
        ? string[]
        : F extends MapField
          ? Readonly<Record<string, string>>
          : F extends ObjectsField
            ? BodyOf<F['fields']>[]
            : never;

/** A field that was left out, or is null, is undefined. */
export type BodyOf<F extends Fields> = {
  -readonly [N in keyof F]: F[N] extends { readonly required: true } ? Value<F[N]> : Value<F[N]> | undefined;
};

/**
 * Reads a JSON body against its declaration, as the gateway in front of the API does. No body is an empty object.
 * @throws RpcError (invalid argument) for what is no object, an unknown or missing field, or a value of another type
 */
export function readBody<const F extends Fields>(fields: F, text: string): BodyOf<F> {
  let body: unknown;
  try {
    body = text === '' ? {} : JSON.parse(text);
  } catch {
    throw new RpcError(3, 'the request body is not JSON');
  }
  return readObject(fields, body, '');
}

function readObject<F extends Fields>(fields: F, value: unknown, path: string): BodyOf<F> {
  if (!isObject(value)) {
    throw path === '' ? new RpcError(3, 'the request body is not an object') : wrongType(path, 'object');
  }
  const unknown = Object.keys(value).find((name) => !Object.hasOwn(fields, name));
  if (unknown !== undefined) {
    throw new RpcError(3, `unknown field "${path}${unknown}"`);
  }
  const read = Object.entries(fields).map(([name, field]) => {
    const given = value[name] ?? undefined;
    if (given === undefined && field.required) {
      throw new RpcError(3, `${path}${name}: is required`);
    }
    return [name, given === undefined ? undefined : readField(field, given, `${path}${name}`)];
  });
  return Object.fromEntries(read) as BodyOf<F>;
}

function readField(field: Field, value: unknown, path: string): unknown {
  switch (field.kind) {
    case 'text':
      return readText(field, value, path);
    case 'whole':
      if ((typeof value !== 'number' && typeof value !== 'string') || !/^-?\d{1,15}$/.test(String(value))) {
        throw wrongType(path, 'int64');
      }
      return Number(value);
    case 'flag':
      if (typeof value !== 'boolean') {
        throw wrongType(path, 'bool');
      }
      return value;
    case 'texts':
      if (!Array.isArray(value) || !value.every((item) => typeof item === 'string')) {
        throw wrongType(path, 'repeated string');
      }
      return value;
    case 'map':
      if (!isObject(value) || !Object.values(value).every((item) => typeof item === 'string')) {
        throw wrongType(path, 'map<string, string>');
      }
      return value;
    case 'objects':
      if (!Array.isArray(value)) {
        throw wrongType(path, 'repeated object');
      }
      return value.map((item, index) => readObject(field.fields, item, `${path}[${index}].`));
    case 'output':
      return undefined;
  }
}

function readText(field: TextField, value: unknown, path: string): string {
  if (typeof value !== 'string') {
    throw wrongType(path, 'string');
  }
  if (value === '' && field.required) {
    throw new RpcError(3, `${path}: is required`);
  }
  if (field.values && !field.values.includes(value)) {
    throw new RpcError(3, `${path}: has the unknown value "${value}"`);
  }
  if (field.pattern && !field.pattern.test(value)) {
    throw new RpcError(3, `${path}: does not match the pattern ${field.pattern.source}`);
  }
  return value;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function wrongType(path: string, type: string): RpcError {
  return new RpcError(3, `invalid value for ${type} field ${path}`);
}
