import * as v from 'valibot';

/** What the results panel shows. Cells carry the server's exact text; null is SQL NULL. */
export interface ResultsState {
  /** Instance and endpoint the statement ran on; empty before the first run. */
  readonly connection: string;
  readonly statement: string;
  readonly outcome:
    | { readonly kind: 'empty' }
    | { readonly kind: 'running'; readonly startedAtMs: number }
    | {
        readonly kind: 'rows';
        readonly columns: readonly { readonly name: string; readonly type: string }[];
        readonly rows: readonly (readonly (string | null)[])[];
        /** True when the server had more rows than are shown. */
        readonly truncated: boolean;
        readonly elapsedMs: number;
        readonly warningCount: number;
      }
    | {
        readonly kind: 'done';
        readonly affectedRows: number;
        readonly elapsedMs: number;
        readonly warningCount: number;
      }
    | { readonly kind: 'cancelled' }
    | { readonly kind: 'failed'; readonly message: string; readonly nextStep: string };
}

export type ToResults = { readonly type: 'state'; readonly state: ResultsState };

export const fromResultsSchema = v.variant('type', [
  v.strictObject({ type: v.literal('ready') }),
  v.strictObject({ type: v.literal('cancel') }),
]);

export type FromResults = v.InferOutput<typeof fromResultsSchema>;
