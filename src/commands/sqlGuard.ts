import { window } from 'vscode';
import { dangerOf, type Danger } from '../core/danger';
import { cancellation } from '../core/errors';
import { explained } from '../core/plan/explained';
import type { ProductionMarks } from '../services/productionMarks';

const runAnyway = 'Run Anyway';
const mostShown = 5;
const shownLines = 4;
const shownLength = 300;

/**
 * On an endpoint that is marked as production, asks before statements that would change or drop everything.
 *
 * @throws a cancellation when the person does not want them to run
 */
export async function guardProduction(
  production: ProductionMarks,
  { endpointId, connection }: { readonly endpointId: string; readonly connection: string },
  statements: readonly string[],
): Promise<void> {
  if (!production.has(endpointId)) {
    return;
  }
  const found = statements.flatMap((statement) => {
    const danger = dangerOf(statement);
    return danger === undefined ? [] : [{ statement, danger }];
  });
  if (found.length === 0) {
    return;
  }
  const others = found.length - mostShown;
  const detail = [
    ...found.slice(0, mostShown).map(described),
    ...(others > 0 ? [`… and ${others} more of this kind.`] : []),
  ].join('\n\n');
  const chosen = await window.showWarningMessage(
    `Run this on ${connection}, which is marked as production?`,
    { modal: true, detail },
    runAnyway,
  );
  if (chosen !== runAnyway) {
    throw cancellation();
  }
}

/**
 * EXPLAIN ANALYZE runs what it explains: asks before statements that change rows, on any endpoint, and says so where it is
 * marked as production.
 *
 * @throws a cancellation when the person does not want them to run
 */
export async function askBeforeExplaining(
  production: Pick<ProductionMarks, 'has'>,
  { endpointId, connection }: { readonly endpointId: string; readonly connection: string },
  statements: readonly string[],
): Promise<void> {
  const changing = statements.filter((statement) => explained(statement)?.changesData === true);
  if (changing.length === 0) {
    return;
  }
  const others = changing.length - mostShown;
  const detail = [
    'The server runs a statement to tell what its plan took: what it changes is changed.',
    ...changing.slice(0, mostShown).map((statement) => described({ statement, danger: dangerOf(statement) })),
    ...(others > 0 ? [`… and ${others} more of this kind.`] : []),
  ].join('\n\n');
  const runIt = 'Run and Explain';
  const marked = production.has(endpointId) ? ', which is marked as production' : '';
  const chosen = await window.showWarningMessage(
    `Change rows on ${connection}${marked}?`,
    { modal: true, detail },
    runIt,
  );
  if (chosen !== runIt) {
    throw cancellation();
  }
}

function described({
  statement,
  danger,
}: {
  readonly statement: string;
  readonly danger: Danger | undefined;
}): string {
  const text = beginning(statement);
  return danger === undefined ? text : `${text}\nThis ${danger.does}.`;
}

function beginning(statement: string): string {
  const lines = statement.trim().split('\n');
  const shown = lines.slice(0, shownLines).join('\n').slice(0, shownLength);
  const more = shown.length < statement.trim().length ? ' …' : '';
  return `${shown}${more}`;
}
