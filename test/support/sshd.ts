import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { connect, createServer, type AddressInfo } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { temporaryFolder } from './editor/ownEnd';
import { startOwned, type OwnedProcess } from './editor/processes';

export interface BastionOptions {
  /** Lines of sshd_config that come before the usual ones. */
  readonly config?: readonly string[];
}

/** OpenSSH's server on loopback, with its own host key, for the user of this process. */
export interface BastionHost {
  readonly port: number;
  /** What it wrote to its log so far. */
  readonly log: () => string;
  /** As in known_hosts. */
  readonly hostKey: string;
  /** Starts it again on its port, with another host key where wanted. */
  restart(how?: { readonly newHostKey?: true }): Promise<void>;
  stop(): Promise<void>;
}

export interface SshKey {
  readonly file: string;
  readonly publicKey: string;
}

/** A person's `ssh`, with keys and a configuration of its own; nothing of the real person's is read. */
export class SshLab {
  private readonly hosts: OwnedProcess[] = [];

  private constructor(private readonly folder: { readonly path: string; remove(): Promise<void> }) {}

  static async create(): Promise<SshLab> {
    const lab = new SshLab(await temporaryFolder('ssh-lab'));
    await writeFile(lab.file('authorized_keys'), '', { mode: 0o600 });
    await writeFile(lab.file('known_hosts'), '', { mode: 0o600 });
    await writeFile(lab.file('ssh'), `#!/bin/sh\nexec ssh -F '${lab.file('config')}' "$@"\n`, {
      mode: 0o700,
    });
    return lab;
  }

  get path(): string {
    return this.folder.path;
  }

  /** To be used in place of `ssh`. */
  get program(): string {
    return this.file('ssh');
  }

  file(name: string): string {
    return join(this.folder.path, name);
  }

  /** @param authorized whether the bastions let it in */
  async newKey(name: string, passphrase = '', authorized = true): Promise<SshKey> {
    const file = this.file(name);
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', passphrase, '-C', name, '-f', file]);
    const publicKey = await readFile(`${file}.pub`, 'utf8');
    if (authorized) {
      await writeFile(this.file('authorized_keys'), publicKey, { flag: 'a' });
    }
    return { file, publicKey };
  }

  /** The person's ~/.ssh/config, under what holds for every host. */
  async configure(...lines: readonly string[]): Promise<void> {
    const always = [
      'Host *',
      `UserKnownHostsFile ${this.file('known_hosts')}`,
      'GlobalKnownHostsFile /dev/null',
      'IdentityAgent none',
      'IdentitiesOnly yes',
      'CheckHostIP no',
      `User ${userInfo().username}`,
      'HostName 127.0.0.1',
    ];
    await writeFile(this.file('config'), [...lines, ...always, ''].join('\n'), { mode: 0o600 });
  }

  /** Lines for known_hosts. */
  async know(...hosts: readonly BastionHost[]): Promise<void> {
    const lines = hosts.map(({ port, hostKey }) => `[127.0.0.1]:${String(port)} ${hostKey}\n`);
    await writeFile(this.file('known_hosts'), lines.join(''), { mode: 0o600 });
  }

  async startBastion({ config = [] }: BastionOptions = {}): Promise<BastionHost> {
    if (process.getuid?.() === 0) {
      await mkdir('/run/sshd', { recursive: true });
    }
    const port = await freePort();
    const key = this.file(`host-${String(port)}`);
    const newKey = (): void =>
      void execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key], { input: 'y\n' });
    newKey();
    await chmod(key, 0o600);
    const settings = [
      ...config,
      `ListenAddress 127.0.0.1:${String(port)}`,
      `HostKey ${key}`,
      'PidFile none',
      `AuthorizedKeysFile ${this.file('authorized_keys')}`,
      'StrictModes no',
      'UsePAM no',
      'PermitRootLogin yes',
      'PasswordAuthentication no',
      'LogLevel DEBUG1',
      '',
    ];
    await writeFile(`${key}.conf`, settings.join('\n'));
    const lines: string[] = [];
    let server: OwnedProcess;
    const start = async (): Promise<void> => {
      const program = existsSync('/usr/sbin/sshd') ? '/usr/sbin/sshd' : 'sshd';
      server = startOwned(program, ['-D', '-e', '-f', `${key}.conf`], {
        env: { PATH: process.env.PATH },
        onLine: (line) => lines.push(line),
      });
      this.hosts.push(server);
      await listens(server, port, () => lines.join('\n'));
    };
    await start();
    const readKey = async (): Promise<string> => (await readFile(`${key}.pub`, 'utf8')).trim();
    let hostKey = await readKey();
    return {
      port,
      log: () => lines.join('\n'),
      get hostKey() {
        return hostKey;
      },
      restart: async ({ newHostKey } = {}) => {
        await server.stop();
        if (newHostKey === true) {
          newKey();
          hostKey = await readKey();
        }
        await start();
      },
      stop: () => server.stop(),
    };
  }

  /** What runs of the person's ssh and askpass, found by the files that only this lab has. */
  processes(): readonly number[] {
    const own = [this.file('config'), this.file('askpass.js')];
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .filter((pid) => {
        try {
          const args = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
          return args.some((arg) => own.some((file) => arg.includes(file)));
        } catch {
          return false;
        }
      })
      .map(Number);
  }

  async remove(): Promise<void> {
    await Promise.all(this.hosts.map((host) => host.stop()));
    await this.folder.remove();
  }
}

async function listens(server: OwnedProcess, port: number, said: () => string): Promise<void> {
  const end = Date.now() + 10_000;
  const gone = new AbortController();
  server.ended.finally(() => gone.abort()).catch(() => undefined);
  while (!(await accepts(port))) {
    if (gone.signal.aborted || Date.now() > end) {
      throw new Error(`sshd did not start: ${said()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const accepts = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('error', () => resolve(false));
    socket.once('data', () => {
      resolve(true);
      socket.destroy();
    });
  });

export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
