import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Mocha from 'mocha';
import {
  GREP_VARIABLE,
  LINE_MARK,
  RESULT_FILE_VARIABLE,
  type SuiteResult,
} from '../support/editor/suiteProtocol';

/** The entry of the suite inside an extension host: runs every compiled *.test.js beside this file. */
export async function run(): Promise<void> {
  const mocha = new Mocha({ ui: 'bdd', timeout: 20_000, reporter: Silent });
  const grep = process.env[GREP_VARIABLE];
  if (grep !== undefined) {
    mocha.grep(new RegExp(grep));
  }
  for (const name of readdirSync(__dirname, { recursive: true, encoding: 'utf8' }).sort()) {
    if (name.endsWith('.test.js')) {
      mocha.addFile(join(__dirname, name));
    }
  }
  const failed = await new Promise<number>((resolve) => {
    report(mocha.run(resolve));
  });
  if (failed > 0) {
    throw new Error(`${failed} failed`);
  }
}

/** Mocha's own reporters write for a terminal; what is written here goes through the host's log. */
class Silent extends Mocha.reporters.Base {
  override epilogue(): void {
    // Told by report() instead.
  }
}

/** Tells each test's end as a marked line, and keeps the counts on disk as they grow. */
function report(runner: Mocha.Runner): void {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const line = (text: string): void => {
    console.log(LINE_MARK + text);
  };
  const keep = (finished: boolean): void => {
    const path = process.env[RESULT_FILE_VARIABLE];
    if (path !== undefined) {
      writeFileSync(path, JSON.stringify({ ...counts, finished } satisfies SuiteResult));
    }
  };
  const indent = (suite: Mocha.Suite | undefined): string => '  '.repeat(suite?.titlePath().length ?? 0);
  runner.on('suite', (suite) => {
    if (!suite.root) {
      line(`${indent(suite.parent)}${suite.title}`);
    }
  });
  runner.on('pass', (test) => {
    counts.passed += 1;
    line(`${indent(test.parent)}✓ ${test.title} (${test.duration ?? 0} ms)`);
    keep(false);
  });
  runner.on('pending', (test) => {
    counts.skipped += 1;
    line(`${indent(test.parent)}- ${test.title}`);
    keep(false);
  });
  runner.on('fail', (test, error: unknown) => {
    counts.failed += 1;
    line(`${indent(test.parent)}✗ ${test.title}`);
    const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
    for (const row of detail.split('\n')) {
      line(`${indent(test.parent)}    ${row}`);
    }
    keep(false);
  });
  runner.on('end', () => {
    keep(true);
  });
}
