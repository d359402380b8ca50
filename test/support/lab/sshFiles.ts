import { execFile } from 'node:child_process';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { findOnSystem } from '../onPath';
import { sshPort, sshUser } from './sshHost';

const run = promisify(execFile);

/** What `ssh` takes to get to the VPC. All but the last three are let in. */
export const destinations = {
  /** The bastion. */
  plain: 'lab-bastion',
  /** A second host, which only the bastion reaches (ProxyJump). */
  jump: 'lab-hop',
  /** The bastion, with a key that has a passphrase. */
  passphrase: 'lab-passphrase',
  /** The bastion, whose key is not in known_hosts yet: ssh asks. What is accepted is forgotten with the lab. */
  unknownHostKey: 'lab-unknown-host-key',
  /** The bastion, for which known_hosts has another key: ssh refuses. */
  changedHostKey: 'lab-changed-host-key',
  /** The bastion, with a key that it does not let in. */
  notAuthorized: 'lab-not-authorized',
  /** An address in the VPC, which this machine does not reach. */
  noSuchHost: 'lab-no-such-host',
} as const;

export interface SshFiles {
  readonly configFile: string;
  /** Holds an `ssh` that reads `configFile` and nothing else; first on PATH, it is the person's own. */
  readonly binFolder: string;
  readonly passphrase: string;
  readonly authorizedKeys: string;
  readonly hostKeys: { readonly bastion: string; readonly hop: string };
}

/** Makes the keys, known_hosts and ssh_config of a person and the keys of the hosts, all in one folder. */
export async function writeSshFiles(
  folder: string,
  place: { readonly bastion: string; readonly hop: string },
): Promise<SshFiles> {
  const file = (name: string): string => path.join(folder, name);
  const passphrase = 'a passphrase of the lab';
  const keygen = (name: string, secret = ''): Promise<unknown> =>
    run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', secret, '-C', name, '-f', file(name)]);
  await Promise.all([
    ...['bastion-host', 'hop-host', 'other-host', 'key', 'stranger'].map((name) => keygen(name)),
    keygen('key-with-passphrase', passphrase),
  ]);
  const publicKey = async (name: string): Promise<string> =>
    (await readFile(file(`${name}.pub`), 'utf8')).trim();
  await writeFile(
    file('authorized_keys'),
    `${await publicKey('key')}\n${await publicKey('key-with-passphrase')}\n`,
  );
  const known = [
    ['bastion', await publicKey('bastion-host')],
    ['hop', await publicKey('hop-host')],
    ['changed', await publicKey('other-host')],
  ];
  await writeFile(file('known_hosts'), known.map(([name, key]) => `${name} ${key}\n`).join(''));
  await writeFile(file('known_hosts_new'), '');
  const host = (name: string, lines: readonly string[]): string =>
    [`Host ${name}`, ...lines.map((line) => `  ${line}`), ''].join('\n');
  const bastion = (alias: string, key: string, ...more: readonly string[]): readonly string[] => [
    `HostName ${place.bastion}`,
    `HostKeyAlias ${alias}`,
    `IdentityFile ${file(key)}`,
    ...more,
  ];
  await writeFile(
    file('ssh_config'),
    [
      host(destinations.plain, bastion('bastion', 'key')),
      host(destinations.jump, [
        `HostName ${place.hop}`,
        'HostKeyAlias hop',
        `IdentityFile ${file('key')}`,
        `ProxyJump ${destinations.plain}`,
      ]),
      host(destinations.passphrase, bastion('bastion', 'key-with-passphrase')),
      host(
        destinations.unknownHostKey,
        bastion(
          'new',
          'key',
          `UserKnownHostsFile ${file('known_hosts_new')}`,
          'StrictHostKeyChecking ask',
          'UpdateHostKeys no',
        ),
      ),
      host(destinations.changedHostKey, bastion('changed', 'key')),
      host(destinations.notAuthorized, bastion('bastion', 'stranger')),
      host(destinations.noSuchHost, [
        `HostName ${place.hop}`,
        `IdentityFile ${file('key')}`,
        'ConnectTimeout 2',
      ]),
      host('*', [
        `User ${sshUser}`,
        `Port ${String(sshPort)}`,
        `UserKnownHostsFile ${file('known_hosts')}`,
        'GlobalKnownHostsFile /dev/null',
        'StrictHostKeyChecking yes',
        'IdentitiesOnly yes',
        'IdentityAgent none',
        'ConnectTimeout 10',
      ]),
    ].join('\n'),
  );
  const ssh = findOnSystem('ssh');
  if (ssh === undefined) {
    throw new Error('ssh was not found; it comes with the Debian package openssh-client');
  }
  const binFolder = path.join(folder, 'bin');
  await run('mkdir', ['-p', binFolder]);
  await writeFile(path.join(binFolder, 'ssh'), `#!/bin/sh\nexec ${ssh} -F ${file('ssh_config')} "$@"\n`);
  await chmod(path.join(binFolder, 'ssh'), 0o755);
  // The hosts read this one as the user who logs in.
  await chmod(folder, 0o711);
  return {
    configFile: file('ssh_config'),
    binFolder,
    passphrase,
    authorizedKeys: file('authorized_keys'),
    hostKeys: { bastion: file('bastion-host'), hop: file('hop-host') },
  };
}
