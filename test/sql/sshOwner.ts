/** Holds a session through a bastion until it is told to end: the editor's process, for the test of what outlives it. */
import type { SqlTarget } from '../../src/core/ports';
import { connector } from './fixtures';

const target = JSON.parse(process.env.TARGET ?? '') as SqlTarget;
void connector({ ssh: { program: process.env.SSH ?? '' } })
  .open(target)
  .then(() => process.stdout.write('open\n'));
process.stdin.once('data', () => process.exit());
