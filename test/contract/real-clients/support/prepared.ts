import type { Context } from 'mocha';
import type { Program } from './programs';

/** Long enough to fetch and build a client for the first time. */
const FIRST_BUILD_MS = 15 * 60_000;

export type Present = Exclude<Program, { missing: string }>;

/** In a `before`: the client, made ready; where it cannot run here, the tests are skipped and the reason is printed. */
export async function prepared(context: Context, prepare: () => Promise<Program>): Promise<Present> {
  context.timeout(FIRST_BUILD_MS);
  const program = await prepare();
  if ('missing' in program) {
    console.log(`    NOT RUN: this machine lacks ${program.missing}`);
    return context.skip();
  }
  return program;
}
