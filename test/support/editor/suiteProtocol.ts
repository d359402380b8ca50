/**
 * How a suite inside an extension host and the runner outside talk: the suite logs lines with a mark, and keeps its
 * counts in a file, so that a host that dies half-way still tells how far it came.
 */

/** Variable with the path of the file that the suite keeps its SuiteResult in. */
export const RESULT_FILE_VARIABLE = 'HOST_SUITE_RESULT';
/** Variable with a pattern; only tests whose full title matches are run. */
export const GREP_VARIABLE = 'HOST_SUITE_GREP';
/** Variable with `trusted` or `restricted`: what the workspace is meant to be. */
export const TRUST_VARIABLE = 'HOST_SUITE_TRUST';
/** Starts each line of the suite's own output among all that the host logs. */
export const LINE_MARK = 'suite| ';

/** Has a database that the suite may use: port, user, password and what to trust, as JSON. */
export const DATABASE_VARIABLE = 'HOST_SUITE_DATABASE';

export interface SuiteResult {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Set once every test has been run. */
  readonly finished: boolean;
}
