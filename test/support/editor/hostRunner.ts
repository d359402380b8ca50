import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openWorkbench, type WorkspaceTrust } from './browser';
import { runOnDesktop } from './desktop';
import { installEditor } from './install';
import { temporaryFolder } from './ownEnd';
import { startEditorServer } from './server';
import {
  GREP_VARIABLE,
  LINE_MARK,
  RESULT_FILE_VARIABLE,
  TRUST_VARIABLE,
  type SuiteResult,
} from './suiteProtocol';
import type { EditorVersion } from './versions';

export interface HostSuiteOptions {
  readonly version: EditorVersion;
  readonly trust: WorkspaceTrust;
  /** Where the extension host comes from: the editor's own server and a browser, or a desktop build. */
  readonly backEnd?: 'workbench' | 'desktop';
  /** The folder of the extension under test. */
  readonly extensionPath: string;
  /** The compiled module that exports `run(): Promise<void>`: the bundle of test/host/index.ts. */
  readonly testsPath: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Settings of the machine that the extension host runs on. */
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly userSettings?: Readonly<Record<string, unknown>>;
  /** Run only tests whose full title matches. */
  readonly grep?: string;
  /** The suite is a failure when it is not through after this many milliseconds; 5 minutes unless told. */
  readonly limitMs?: number;
  /** Called with each line of the suite's output; standard output unless told. */
  readonly log?: (line: string) => void;
}

export interface HostSuiteResult {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** 0 only when every test was run, at least one, and none failed. */
  readonly exitCode: 0 | 1;
  /** Why the suite did not come to its end: the host crashed, the time was up, the editor did not start. */
  readonly problem?: string;
}

/** What a back end needs to know to run one suite; it resolves at the suite's end and throws when there was none. */
export interface BackEndRun {
  readonly options: HostSuiteOptions;
  readonly env: Readonly<Record<string, string>>;
  /** Aborted when the time is up. */
  readonly signal: AbortSignal;
  /** Any line that the host logs; the suite's own lines are found among them. */
  readonly onHostLine: (line: string) => void;
}

const LIMIT_MS = 12 * 60_000;

/** Runs a mocha suite inside a real extension host and streams its output. Never throws: a broken run is a failure. */
export async function runHostSuite(options: HostSuiteOptions): Promise<HostSuiteResult> {
  const folder = await temporaryFolder('host-suite');
  const resultFile = join(folder.path, 'result.json');
  const env = {
    ...options.env,
    [RESULT_FILE_VARIABLE]: resultFile,
    [TRUST_VARIABLE]: options.trust,
    ...(options.grep === undefined ? {} : { [GREP_VARIABLE]: options.grep }),
  };
  const log = options.log ?? ((line: string): void => void process.stdout.write(`${line}\n`));
  const onHostLine = (line: string): void => {
    if (line.startsWith(LINE_MARK)) {
      log(line.slice(LINE_MARK.length));
    }
  };
  const signal = AbortSignal.timeout(options.limitMs ?? LIMIT_MS);
  let problem: string | undefined;
  try {
    const backEnd = options.backEnd === 'desktop' ? runOnDesktop : runInWorkbench;
    await backEnd({ options, env, signal, onHostLine });
  } catch (error) {
    problem = error instanceof Error ? error.message : String(error);
  }
  const result = await readResult(resultFile);
  await folder.remove();
  return judge(result, problem);
}

function judge(result: SuiteResult, problem: string | undefined): HostSuiteResult {
  const { passed, failed, skipped, finished } = result;
  const trouble =
    problem ??
    (finished ? undefined : 'the extension host ended before the suite was through') ??
    (passed + failed > 0 ? undefined : 'no test was run');
  if (trouble === undefined) {
    return { passed, failed, skipped, exitCode: failed === 0 ? 0 : 1 };
  }
  return { passed, failed: failed + 1, skipped, exitCode: 1, problem: trouble };
}

async function readResult(path: string): Promise<SuiteResult> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as SuiteResult;
  } catch {
    return { passed: 0, failed: 0, skipped: 0, finished: false };
  }
}

async function runInWorkbench({ options, env, signal, onHostLine }: BackEndRun): Promise<void> {
  const install = await installEditor(options.version);
  signal.throwIfAborted();
  const server = await startEditorServer(install, {
    env,
    testDriver: true,
    ...(options.settings === undefined ? {} : { settings: options.settings }),
    ...(options.userSettings === undefined ? {} : { userSettings: options.userSettings }),
  });
  const ends: (() => Promise<void>)[] = [() => server.stop()];
  try {
    // The exit code is not used: a host that dies by itself is told as 0 too. The result file decides.
    await new Promise<void>((resolve, reject) => {
      const fail = (what: string) => (): void => {
        reject(new Error(what));
      };
      signal.addEventListener('abort', fail('the time for the suite was up'));
      server.ended.then(fail("the editor's server ended"), reject);
      openWorkbench(server, {
        trust: options.trust,
        extensionDevelopmentPath: options.extensionPath,
        extensionTestsPath: options.testsPath,
        onLog: (_level, args) => {
          onHostLine(args.map(String).join(' '));
        },
        onExit: () => {
          resolve();
        },
      }).then((window) => {
        ends.unshift(() => window.close());
        window.page.on('crash', fail('the page of the workbench crashed'));
        window.page.on('close', fail('the page of the workbench was closed'));
      }, reject);
    });
  } finally {
    for (const end of ends) {
      await end();
    }
  }
}
