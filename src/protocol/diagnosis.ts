import * as v from 'valibot';
import type { Conclusion } from '../core/diagnosis/conclusion';
import type { Line } from '../core/diagnosis/line';

/** What the diagnosis panel shows and what a person can ask of it. The host sends the state whole. */
export interface DiagnosisState {
  /** The endpoint and its instance. */
  readonly heading: string;
  readonly running: boolean;
  readonly sandbox: boolean;
  readonly startedAtMs: number;
  /** Once it is over. */
  readonly conclusion?: Pick<Conclusion, 'level' | 'title' | 'explanation' | 'nextStep'> & {
    readonly actions: readonly { readonly id: string; readonly label: string }[];
  };
  readonly groups: readonly { readonly title: string; readonly lines: readonly Line[] }[];
}

export const fromDiagnosisSchema = v.variant('type', [
  v.strictObject({ type: v.literal('ready') }),
  v.strictObject({ type: v.literal('cancel') }),
  v.strictObject({ type: v.literal('runAgain') }),
  v.strictObject({ type: v.literal('copyReport') }),
  v.strictObject({ type: v.literal('act'), action: v.string() }),
]);

export type FromDiagnosis = v.InferOutput<typeof fromDiagnosisSchema>;
