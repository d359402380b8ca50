import * as v from 'valibot';
import { copyFormats } from '../core/copyFormats';
import type { Plan } from '../core/plan';
import type { SqlCell, SqlColumn, SqlValue } from '../core/ports';
import { limits } from './resultsLimits';

/**
 * What the results panel shows and what a person can ask of it. The state has everything but the rows; the page asks for
 * the rows that are in sight, and each of its requests gets one answer.
 */
export interface ResultsState {
  readonly tabs: readonly ResultTab[];
}

export interface ResultTab {
  readonly id: string;
  /** Its beginning, where it is long. */
  readonly statement: string;
  /** Instance and endpoint the statement ran on. */
  readonly connection: string;
  readonly outcome: TabOutcome;
}

export interface ShownWarning {
  readonly level: string;
  readonly code: string;
  readonly message: string;
}

export interface ShownAction {
  readonly id: string;
  readonly label: string;
}

export type TabOutcome =
  | { readonly kind: 'waiting' }
  /** The clocks of the two sides may differ, so it says for how long. */
  | { readonly kind: 'running'; readonly runningForMs: number }
  | {
      readonly kind: 'rows';
      readonly columns: readonly SqlColumn[];
      /** How many have arrived. */
      readonly count: number;
      /** No more will come. */
      readonly ended: boolean;
      /** The server had more rows than were wanted. */
      readonly truncated: boolean;
      /** Stopped by the person while they came. */
      readonly cancelled?: true;
      readonly runningForMs: number;
      /** Absent while rows still come. */
      readonly elapsedMs?: number;
      readonly warnings: readonly ShownWarning[];
    }
  | {
      readonly kind: 'done';
      readonly affectedRows: number;
      readonly info: string;
      readonly elapsedMs: number;
      readonly warnings: readonly ShownWarning[];
    }
  | { readonly kind: 'plan'; readonly plan: Plan; readonly elapsedMs: number }
  | { readonly kind: 'cancelled'; readonly actions: readonly ShownAction[] }
  | { readonly kind: 'skipped' }
  | {
      readonly kind: 'failed';
      readonly message: string;
      readonly nextStep: string;
      readonly actions: readonly ShownAction[];
    };

/** An arrangement that was made before: what `arranged` answered; 0 is the order of arrival. */
const view = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const tab = v.pipe(v.string(), v.minLength(1), v.maxLength(256));
const requestId = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const position = v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(0xffff_ffff));
const column = v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(4095));

const cellOf = { tab, view, row: position, column };
const range = v.pipe(
  v.strictObject({ from: position, to: position }),
  v.check(({ from, to }) => from < to, 'a range must not be empty'),
);

const requests = {
  /** Rows `from` up to, not including, `to`. */
  rows: v.pipe(
    v.strictObject({
      type: v.literal('rows'),
      requestId,
      tab,
      view,
      from: position,
      to: position,
    }),
    v.check(
      ({ from, to }) => from <= to && to - from <= limits.rowsAtOnce,
      `at most ${limits.rowsAtOnce} rows at once`,
    ),
  ),
  arrange: v.strictObject({
    type: v.literal('arrange'),
    requestId,
    tab,
    sort: v.optional(v.strictObject({ column, descending: v.boolean() })),
    filter: v.pipe(v.string(), v.maxLength(limits.filter)),
  }),
  whole: v.strictObject({ type: v.literal('whole'), requestId, ...cellOf }),
};

/** Every message the host accepts from the results panel; anything else is refused. */
export const fromResultsSchema = v.variant('type', [
  v.strictObject({ type: v.literal('ready') }),
  /** The tab that is in sight. */
  v.strictObject({ type: v.literal('show'), tab }),
  requests.rows,
  requests.arrange,
  requests.whole,
  v.strictObject({
    type: v.literal('copy'),
    tab,
    view,
    format: v.picklist(copyFormats),
    headers: v.boolean(),
    /** Left out: everything. */
    selection: v.optional(v.strictObject({ rows: range, columns: range })),
  }),
  v.strictObject({ type: v.literal('copyValue'), ...cellOf }),
  /** As a document of its own. */
  v.strictObject({ type: v.literal('openValue'), ...cellOf, pretty: v.boolean() }),
  v.strictObject({ type: v.literal('copyStatement'), tab }),
  v.strictObject({ type: v.literal('copyPlan'), tab }),
  v.strictObject({ type: v.literal('export'), tab }),
  v.strictObject({ type: v.literal('cancel') }),
  /** One of the actions of a shown outcome. */
  v.strictObject({ type: v.literal('act'), tab, action: v.pipe(v.string(), v.maxLength(64)) }),
]);

export type FromResults = v.InferOutput<typeof fromResultsSchema>;
export type CopySelection = NonNullable<Extract<FromResults, { type: 'copy' }>['selection']>;

type Requests = { readonly [K in keyof typeof requests]: v.InferOutput<(typeof requests)[K]> };
export type ResultsRequest = Requests[keyof Requests];

/** What each request is answered with. */
export interface ResultsAnswers {
  readonly rows: { readonly rows: readonly (readonly SqlCell[])[] };
  readonly arrange: {
    readonly view: number;
    readonly count: number;
    /** How many rows had arrived. */
    readonly of: number;
  };
  readonly whole: {
    readonly value: SqlValue;
    /** Of the whole value, in UTF-16 units; `value` is its beginning. */
    readonly length: number;
  };
}
