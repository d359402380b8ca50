import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { startOwned } from '../editor/processes';
import type { Namespace } from '../namespace';
import { findOnSystem } from '../onPath';

/** OpenSSH's own server, with keys of its own and nothing of this machine's configuration. */
export interface SshHost {
  readonly port: number;
  /** Every line it has logged. */
  log(): string;
  /** How many connections it has accepted with a key since it was started. */
  accepted(): number;
  stop(): Promise<void>;
}

export const sshPort = 2222;
/** Whom the hosts let in: a user of every Debian machine who owns nothing and has no shell. */
export const sshUser = 'nobody';
const startLimitMs = 10_000;
/** Debian's sshd changes its root to this place; its service makes it, which does not run here. */
const emptyFolder = '/run/sshd';

export async function startSshHost(options: {
  readonly namespace: Namespace;
  readonly folder: string;
  readonly name: string;
  readonly hostKey: string;
  readonly authorizedKeys: string;
}): Promise<SshHost> {
  const { namespace, folder, name, hostKey, authorizedKeys } = options;
  const program = findOnSystem('sshd');
  if (program === undefined) {
    throw new Error('sshd was not found; it comes with the Debian package openssh-server');
  }
  await mkdir(emptyFolder, { recursive: true, mode: 0o755 });
  const configuration = path.join(folder, `${name}.sshd`);
  await writeFile(
    configuration,
    [
      `Port ${String(sshPort)}`,
      `HostKey ${hostKey}`,
      `PidFile ${path.join(folder, `${name}.pid`)}`,
      `AuthorizedKeysFile ${authorizedKeys}`,
      `AllowUsers ${sshUser}`,
      'StrictModes no',
      'UsePAM no',
      'UseDNS no',
      'PasswordAuthentication no',
      'KbdInteractiveAuthentication no',
      'AllowTcpForwarding yes',
      'AllowStreamLocalForwarding no',
      'X11Forwarding no',
      'PermitTunnel no',
      'LogLevel VERBOSE',
      '',
    ].join('\n'),
  );
  const lines: string[] = [];
  let onLine: () => void = () => undefined;
  const [ip, ...inside] = namespace.prefix;
  const child = startOwned(ip, [...inside, program, '-D', '-e', '-f', configuration], {
    env: process.env,
    onLine: (line) => {
      lines.push(line);
      onLine();
    },
  });
  let timer: NodeJS.Timeout | undefined;
  const failure = await Promise.race([
    new Promise<undefined>((resolve) => {
      onLine = () => lines.some((line) => line.includes('listening on')) && resolve(undefined);
      onLine();
    }),
    child.ended.then((code) => `it ended with ${String(code)}`),
    new Promise<string>((resolve) => {
      timer = setTimeout(() => resolve('too slow'), startLimitMs);
    }),
  ]);
  clearTimeout(timer);
  if (failure !== undefined) {
    await child.stop();
    throw new Error(`sshd: ${failure}\n${lines.join('\n')}`);
  }
  return {
    port: sshPort,
    log: () => lines.join('\n'),
    accepted: () => lines.filter((line) => line.startsWith('Accepted publickey')).length,
    stop: () => child.stop(),
  };
}
