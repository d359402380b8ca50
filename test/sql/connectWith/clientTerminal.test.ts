import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { clientLaunch } from '../../../src/core/connectWith';
import { clientScript } from '../../../src/platform/clientScript';
import { temporaryFolder } from '../../support/editor/ownEnd';
import { startLab, whyNoLab, type Lab, type Ran } from '../../support/lab';
import { addresses } from '../../support/lab/network';
import { findOnPath } from '../../support/onPath';

const password = `it's "one" #2 \\ é王`;

/** What `openTerminal` starts in a terminal, in one. */
describe('a terminal with the MySQL client of this machine', function () {
  this.timeout(60_000);
  let lab: Lab;
  let folder: string;
  const undo: (() => Promise<unknown>)[] = [];

  before(async function () {
    const reason =
      whyNoLab() ??
      (findOnPath('mariadb') && findOnPath('python3') ? undefined : 'it needs mariadb and python3');
    if (reason !== undefined) {
      console.log(`    SKIPPED: no client is started in a terminal: ${reason}`);
      this.skip();
    }
    const temporary = await temporaryFolder('terminal');
    undo.push(() => temporary.remove());
    folder = temporary.path;
    lab = await startLab({ password });
    undo.push(() => lab.stop());
    await writeFile(path.join(folder, 'ca.pem'), lab.caCertificatePem);
  });
  after(async () => {
    for (const step of undo.reverse()) {
      await step();
    }
  });

  let made = 0;
  const optionFile = (): string => path.join(folder, `options-${made}`, 'options.cnf');
  const open = async (host: string, more: readonly string[] = []): Promise<Ran> => {
    made += 1;
    const { args, optionFile: options = '' } = clientLaunch('mariadb', {
      ...{ host, port: lab.port, user: lab.user, password, database: lab.database, os: 'linux' },
      caPath: path.join(folder, 'ca.pem'),
    });
    await mkdir(path.dirname(optionFile()));
    await writeFile(optionFile(), options, { mode: 0o600 });
    const quoted = ['/bin/sh', '-c', clientScript, 'sh', optionFile(), 'mariadb', ...args, ...more]
      .map((text) => `'${text.replaceAll("'", `'\\''`)}'`)
      .join(' ');
    return lab.run('ecs', ['python3', path.join(__dirname, 'terminal.py'), quoted, '']);
  };

  it('is logged in at once, and the file with the password is gone', async () => {
    const { code, output } = await open(lab.domain);
    assert.equal(code, 0, output);
    assert.match(output, /it is \d/);
    assert.ok(!output.includes(password));
    assert.ok(!existsSync(path.dirname(optionFile())));
  });

  it('verifies the name of the server, and shows why it has ended', async () => {
    const { output } = await open(addresses.database);
    assert.match(output, /ERROR 2026/);
    assert.match(output, /Press Enter to close the terminal/);
    assert.ok(!existsSync(path.dirname(optionFile())));
  });
});
