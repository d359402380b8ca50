import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Plan } from '../../../../src/core/plan';
import { planOf } from '../../../../src/core/plan/planOf';
import type { SqlResult } from '../../../../src/core/ports';

/** What a server has answered to EXPLAIN ANALYZE; test/sql/plan.test.ts records it. */
export const recordedAnswer = (name: string): Pick<SqlResult, 'columns' | 'rows'> =>
  JSON.parse(readFileSync(path.join(__dirname, 'recorded', `${name}.json`), 'utf8')) as SqlResult;

export const recordedPlan = (name: string): Plan => planOf(recordedAnswer(name));
