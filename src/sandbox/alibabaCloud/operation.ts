import type { Clock } from '../clock';
import type { Lifecycle } from '../world/lifecycle';
import type { World } from '../world/world';
import type { Identity } from './accounts';
import { ApiError } from './apiError';
import type { Quotas } from './quotas';
import { readParameters, type MissingCode, type ParameterSpecs, type Values } from './parameters';

export type Product = 'privatelink' | 'vpc' | 'ecs' | 'sts';

/** The API version is what tells the products apart on one host. */
export const PRODUCT_OF_VERSION: Readonly<Record<string, Product>> = {
  '2020-04-15': 'privatelink',
  '2016-04-28': 'vpc',
  '2014-05-26': 'ecs',
  '2015-04-01': 'sts',
};

/** What a handler works with besides its parameters. */
export interface OperationContext {
  readonly world: World;
  readonly lifecycle: Lifecycle;
  readonly clock: Clock;
  readonly quotas: Quotas;
  /** Undefined where an action that asks for no signature was called without one. */
  readonly identity: Identity | undefined;
  /** To be called when everything has been checked and before anything is changed: here a dry run ends. */
  readonly validated: () => void;
}

interface Definition<P extends ParameterSpecs> {
  readonly product: Product;
  readonly action: string;
  readonly parameters: P;
  /** `form`: the parameters are taken from the form body only. Otherwise from the query or a form body. */
  readonly takes?: 'form';
  /** The action brings its own proof and needs no signature. */
  readonly anonymous?: true;
  /** An account calls it one at a time. */
  readonly alone?: true;
  readonly run: (values: Values<P>, context: OperationContext) => object;
}

/** An operation, ready to be called with the pairs of a request. */
export interface Operation {
  readonly product: Product;
  readonly action: string;
  readonly takes: 'form' | 'any';
  readonly anonymous: boolean;
  readonly alone: boolean;
  readonly parameterNames: readonly string[];
  /** @returns the answer's body without RequestId. @throws ApiError */
  readonly call: (
    pairs: readonly (readonly [string, string])[],
    context: Omit<OperationContext, 'validated'>,
  ) => object;
}

const MISSING: Readonly<Record<Product, MissingCode>> = {
  privatelink: (name) => `Missing${name}`,
  vpc: (name) => `Missing${name}`,
  ecs: (name) => `MissingParameter.${name}`,
  sts: (name) => `Missing${name}`,
};

export function operation<const P extends ParameterSpecs>(definition: Definition<P>): Operation {
  const { product, action, parameters } = definition;
  return {
    product,
    action,
    takes: definition.takes ?? 'any',
    anonymous: definition.anonymous ?? false,
    alone: definition.alone ?? false,
    parameterNames: Object.keys(parameters),
    call: (pairs, context) => {
      const values = readParameters(parameters, pairs, MISSING[product]);
      const dryRun = 'DryRun' in values && values.DryRun === true;
      return definition.run(values, { ...context, validated: () => endDryRun(dryRun) });
    },
  };
}

function endDryRun(dryRun: boolean): void {
  if (dryRun) {
    throw new ApiError(400, 'DryRunOperation', 'Request validation has been passed with DryRun flag set.');
  }
}
