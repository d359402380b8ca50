import { FileJournal } from '../../../src/platform/journal';

/** A process that holds the lease of `c1` until it is killed. */
const [folder = '', staleMs = ''] = process.argv.slice(2);
const silent = (): void => undefined;
const log = { debug: silent, info: silent, warn: silent, error: silent };
void new FileJournal(folder, log, Number(staleMs)).lease('c1').then((lease) => {
  process.send?.(lease === undefined ? 'refused' : 'held');
  setInterval(silent, 1_000);
});
