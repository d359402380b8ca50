import { wordingOf } from '../../core/errors';
import { remedyLabel } from '../../platform/notifications';
import type { ResultTab, ShownAction, TabOutcome } from '../../protocol/results';
import type { ResultEntry, ResultOutcome } from '../../services/results';

/** The beginning of a statement is enough to know it by. */
const shownStatement = 4000;

const retry: ShownAction = { id: 'retry', label: 'Retry' };

/** A result as the page gets it: without its rows. */
export const tabOf = ({ id, statement, connection, outcome }: ResultEntry, nowMs: number): ResultTab => ({
  id,
  connection,
  statement: statement.length > shownStatement ? `${statement.slice(0, shownStatement)}…` : statement,
  outcome: shownOutcome(outcome, nowMs),
});

function shownOutcome(outcome: ResultOutcome, nowMs: number): TabOutcome {
  switch (outcome.kind) {
    case 'running':
      return { kind: 'running', runningForMs: Math.max(0, nowMs - outcome.startedAtMs) };
    case 'rows': {
      const { rows, startedAtMs, elapsedMs, warnings } = outcome;
      const { columns, count, ended, truncated } = rows;
      return {
        kind: 'rows',
        ...{ columns, count, ended, truncated, warnings },
        runningForMs: Math.max(0, nowMs - startedAtMs),
        ...(elapsedMs !== undefined && { elapsedMs }),
        ...(outcome.cancelled && { cancelled: true }),
      };
    }
    case 'failed': {
      const { message, nextStep, remedies } = wordingOf(outcome.error);
      const others = remedies.filter((remedy) => remedy !== retry.id);
      return {
        kind: 'failed',
        ...{ message, nextStep },
        actions: [retry, ...others.map((id) => ({ id, label: remedyLabel(id) }))],
      };
    }
    case 'cancelled':
      return { kind: 'cancelled', actions: [{ ...retry, label: 'Run Again' }] };
    case 'waiting':
    case 'skipped':
    case 'done':
    case 'plan':
      return outcome;
  }
}
