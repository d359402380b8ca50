import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sshHosts } from '../../../src/platform/sshHosts';

describe('the hosts of an ssh configuration', () => {
  let home: string;

  beforeEach(async () => {
    home = await mkdtemp(path.join(tmpdir(), 'ssh-home-'));
    await mkdir(path.join(home, '.ssh', 'conf.d'), { recursive: true });
  });
  afterEach(() => rm(home, { recursive: true }));

  const write = (name: string, ...lines: readonly string[]): Promise<void> =>
    writeFile(path.join(home, '.ssh', name), lines.join('\n'));

  it('are none where there is none', async () => {
    assert.deepEqual(await sshHosts(path.join(home, 'nobody')), []);
  });

  it('are the names, with whereto they lead', async () => {
    await write(
      'config',
      '# Host commented',
      'Host bastion b2   # both',
      '  HostName 10.0.0.1',
      '  HostName 10.0.0.2',
      '\tUser ops',
      'host="quoted name" %h-is-me',
      'HOSTNAME = %h.example.com',
      'Host *.internal !secret web?  plain',
      'User nobody',
      'Match host foo exec "true"',
      'User matched',
      'Host *',
      'User everybody',
    );
    assert.deepEqual(await sshHosts(home), [
      { name: 'bastion', leadsTo: 'ops@10.0.0.1' },
      { name: 'b2', leadsTo: 'ops@10.0.0.1' },
      { name: 'quoted name', leadsTo: 'quoted name.example.com' },
      { name: '%h-is-me', leadsTo: '%h-is-me.example.com' },
      { name: 'plain', leadsTo: 'nobody' },
    ]);
  });

  it('are those of included files too, each once, and a circle ends', async () => {
    await write('config', 'Include conf.d/*.conf ~/.ssh/more', 'Host own', 'Include config');
    await write('conf.d/b.conf', 'Host b');
    await write('conf.d/a.conf', 'Host a', 'Host own');
    await write('conf.d/.hidden.conf', 'Host hidden');
    await write('conf.d/c.txt', 'Host c');
    await write('more', 'Host more');
    assert.deepEqual(
      (await sshHosts(home)).map(({ name }) => name),
      ['a', 'own', 'b', 'more'],
    );
  });
});
