/**
 * A sandbox in a process of its own, to be ended in the middle of its work.
 * Its only argument: SandboxOptions as JSON. It writes one line of JSON, the addresses and keys, once it answers.
 */
import { startSandbox, type SandboxOptions } from '../../../src/sandbox';

startSandbox(JSON.parse(process.argv[2] ?? '{}') as SandboxOptions).then(
  ({ tidbCloud, alibabaCloud }) => {
    process.stdout.write(`${JSON.stringify({ tidbCloud, alibabaCloud })}\n`);
  },
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  },
);
