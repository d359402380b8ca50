import { ApiError } from './apiError';

/** Declarations of an operation's parameters, from which all checks of the wire follow and the handler's types too. */
export interface TextSpec {
  readonly kind: 'text';
  readonly required?: true;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: RegExp;
  readonly values?: readonly string[];
  /** The error code for a value that breaks the rules; `InvalidParameter.<Name>` when left out. */
  readonly code?: string;
  /** The HTTP status that goes with it; 400 when left out. */
  readonly status?: number;
  /** The error code where it is missing; the product's usual one when left out. */
  readonly missing?: string;
}

export interface IntegerSpec {
  readonly kind: 'integer';
  readonly required?: true;
  readonly min?: number;
  readonly max?: number;
  readonly code?: string;
}

export interface FlagSpec {
  readonly kind: 'flag';
  readonly required?: true;
  readonly code?: string;
}

export type ScalarSpec = TextSpec | IntegerSpec | FlagSpec;

/** `Name.1=…&Name.2=…` */
export interface ListSpec {
  readonly kind: 'list';
  readonly of: ScalarSpec;
  readonly max: number;
  readonly required?: true;
  readonly code?: string;
}

/** `Name.1.Field=…&Name.1.Other=…` */
export interface ObjectsSpec {
  readonly kind: 'objects';
  readonly fields: Readonly<Record<string, ScalarSpec>>;
  readonly max: number;
  readonly required?: true;
  readonly code?: string;
}

export type ParameterSpec = ScalarSpec | ListSpec | ObjectsSpec;
export type ParameterSpecs = Readonly<Record<string, ParameterSpec>>;

type ScalarValue<S> = S extends IntegerSpec ? number : S extends FlagSpec ? boolean : string;
type Optional<S, V> = S extends { readonly required: true } ? V : V | undefined;
type ScalarResult<S> = Optional<S, ScalarValue<S>>;
type Result<S> = S extends ListSpec
  ? ScalarValue<S['of']>[]
  : S extends ObjectsSpec
    ? { -readonly [F in keyof S['fields']]: ScalarResult<S['fields'][F]> }[]
    : ScalarResult<S>;

/** What a handler gets: lists are always there, if empty; a scalar that is not required may be undefined. */
export type Values<P extends ParameterSpecs> = { -readonly [N in keyof P]: Result<P[N]> };

/** How a product names the error for a parameter that is missing. */
export type MissingCode = (name: string) => string;

interface Slot {
  readonly spec: ParameterSpec;
  scalar?: string;
  readonly items: Map<number, Map<string, string>>;
}

/**
 * Reads flattened parameters against their declarations.
 * @throws ApiError for an unknown or missing name, a wrong flattening, a gap in the numbering, or a value out of its rules.
 */
export function readParameters<P extends ParameterSpecs>(
  specs: P,
  pairs: readonly (readonly [string, string])[],
  missing: MissingCode,
): Values<P> {
  const slots = new Map<string, Slot>(
    Object.entries(specs).map(([name, spec]) => [
      name,
      { spec, items: new Map<number, Map<string, string>>() },
    ]),
  );
  const seen = new Set<string>();
  for (const [name, value] of pairs) {
    if (seen.has(name)) {
      throw invalid(name, undefined, `The parameter ${name} is given twice.`);
    }
    seen.add(name);
    place(slots, name, value);
  }
  const values: Record<string, unknown> = {};
  for (const [name, slot] of slots) {
    values[name] = valueOf(name, slot, missing);
  }
  return values as Values<P>;
}

function place(slots: Map<string, Slot>, name: string, value: string): void {
  const [root = '', ...path] = name.split('.');
  const slot = slots.get(root);
  if (!slot) {
    throw invalid(root, undefined, `The parameter ${name} is not known to this action.`);
  }
  const [position, field, ...rest] = path;
  const { kind } = slot.spec;
  if (kind !== 'list' && kind !== 'objects') {
    if (path.length > 0) {
      throw invalid(root, slot.spec.code, `The parameter ${root} takes one value, not ${name}.`);
    }
    slot.scalar = value;
    return;
  }
  const wellFormed = position !== undefined && /^[1-9]\d{0,3}$/.test(position) && rest.length === 0;
  const known =
    slot.spec.kind === 'list' ? field === undefined : field !== undefined && field in slot.spec.fields;
  if (!wellFormed || !known) {
    const form =
      slot.spec.kind === 'list' ? `${root}.N` : `${root}.N.{${Object.keys(slot.spec.fields).join(', ')}}`;
    throw invalid(root, undefined, `The parameter ${name} is not of the form ${form}.`);
  }
  const item = slot.items.get(Number(position)) ?? new Map<string, string>();
  item.set(field ?? '', value);
  slot.items.set(Number(position), item);
}

function valueOf(name: string, slot: Slot, missing: MissingCode): unknown {
  const { spec } = slot;
  if (spec.kind !== 'list' && spec.kind !== 'objects') {
    return scalar(name, spec, slot.scalar, missing);
  }
  if (spec.required && slot.items.size === 0) {
    throw absent(`${name}.1`, missing(name));
  }
  if (slot.items.size > spec.max) {
    throw invalid(name, spec.code, `The parameter ${name} takes at most ${spec.max} items.`);
  }
  const items: unknown[] = [];
  for (let position = 1; position <= slot.items.size; position += 1) {
    const item = slot.items.get(position);
    if (!item) {
      throw invalid(name, undefined, `The numbering of the parameter ${name} has a gap at ${position}.`);
    }
    items.push(itemOf(`${name}.${position}`, spec, item, missing));
  }
  return items;
}

function itemOf(
  name: string,
  spec: ListSpec | ObjectsSpec,
  item: Map<string, string>,
  missing: MissingCode,
): unknown {
  if (spec.kind === 'list') {
    return scalar(name, { ...spec.of, required: true }, item.get(''), missing);
  }
  const fields = Object.entries(spec.fields).map(([field, fieldSpec]) => [
    field,
    scalar(`${name}.${field}`, fieldSpec, item.get(field), missing),
  ]);
  return Object.fromEntries(fields);
}

function scalar(name: string, spec: ScalarSpec, text: string | undefined, missing: MissingCode): unknown {
  if (text === undefined || text === '') {
    if (spec.required) {
      const code = spec.kind === 'text' ? spec.missing : undefined;
      throw absent(name, code ?? missing(lastName(name)));
    }
    return undefined;
  }
  switch (spec.kind) {
    case 'text':
      return checkedText(name, spec, text);
    case 'integer':
      return checkedInteger(name, spec, text);
    case 'flag':
      // The official Python SDK writes True and False.
      if (!/^(true|false)$/i.test(text)) {
        throw invalid(name, spec.code, `The parameter ${name} is true or false.`);
      }
      return text.toLowerCase() === 'true';
  }
}

function checkedText(name: string, spec: TextSpec, text: string): string {
  const { length } = text;
  if (length < (spec.minLength ?? 0) || length > (spec.maxLength ?? Infinity)) {
    throw invalid(name, spec.code, `The length of the parameter ${name} is not valid.`, spec.status);
  }
  if ((spec.pattern && !spec.pattern.test(text)) || (spec.values && !spec.values.includes(text))) {
    throw invalid(name, spec.code, `The value of the parameter ${name} is not valid.`, spec.status);
  }
  return text;
}

function checkedInteger(name: string, spec: IntegerSpec, text: string): number {
  const value = Number(text);
  if (!/^-?\d{1,16}$/.test(text) || value < (spec.min ?? -Infinity) || value > (spec.max ?? Infinity)) {
    throw invalid(name, spec.code, `The value of the parameter ${name} is not valid.`);
  }
  return value;
}

/** The parameter's name without positions: the last part that is not a number. */
function lastName(name: string): string {
  return name.split('.').findLast((part) => !/^\d+$/.test(part)) ?? name;
}

function invalid(name: string, code: string | undefined, message: string, status = 400): ApiError {
  return new ApiError(status, code ?? `InvalidParameter.${lastName(name)}`, message);
}

function absent(name: string, code: string): ApiError {
  return new ApiError(400, code, `${name} is mandatory for this action.`);
}
