import type * as v from 'valibot';
import type { RateBudgetOptions } from '../rateBudget';
import type { Product } from './endpoints';

/**
 * What makes it safe to send an operation again when its answer was lost.
 * - `none`: nothing is needed; it only reads, or a second time finds itself done.
 * - `own`: a client token that each call makes for itself.
 * - `given`: a client token from outside that outlives the process, since without it a thing would be made twice.
 */
export type TokenRule = 'none' | 'own' | 'given';

/** How often the cloud lets one API be called, per region and main account. */
export type Rate = Pick<RateBudgetOptions, 'limit' | 'windowMs'>;

/** One operation of one product and the answer it gives. */
export interface Operation<S extends v.GenericSchema, T extends TokenRule = TokenRule> {
  readonly product: Product;
  readonly name: string;
  readonly token: T;
  readonly rate: Rate;
  /** Where the parameters are: in the query unless it says so. */
  readonly place?: 'form';
  /** True where another change to the same thing may have to be waited for. */
  readonly changes?: true;
  readonly answer: S;
}

/**
 * The published rates (PrivateLink's quota page). What it does not list is kept to the rate of writes; VPC, ECS and STS
 * publish none that is lower than those of PrivateLink.
 */
export const rates = {
  read: { limit: 1000, windowMs: 60_000 },
  write: { limit: 200, windowMs: 60_000 },
  tag: { limit: 500, windowMs: 60_000 },
  listTags: { limit: 100, windowMs: 1_000 },
  open: { limit: 5, windowMs: 1_000 },
} as const satisfies Record<string, Rate>;

/** Where what belongs to no region is asked. */
export const centralRegion = 'cn-hangzhou';

/** The largest page that every version of PrivateLink's documents allows. */
export const privateLinkPageSize = 50;
