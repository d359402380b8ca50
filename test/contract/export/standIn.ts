import { chmod, copyFile, mkdir, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { spawn } from 'node:child_process';
import type { Sandbox } from '../../../src/sandbox';
import { officialCaller } from '../support/officialCaller';

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs scripts of `aliyun` commands against a sandbox. The commands reach a stand-in of the aliyun program, which takes
 * arguments as that does and makes the call with the official caller; curl and jq are the real ones.
 */
export class ScriptRunner {
  /** The arguments of each aliyun command, in order. */
  readonly commands: (readonly string[])[] = [];
  private readonly server: Server;

  private constructor(
    private readonly sandbox: Sandbox,
    private readonly folder: string,
  ) {
    const call = officialCaller(sandbox);
    this.server = createServer((request, response) => {
      let text = '';
      request.setEncoding('utf8');
      request.on('data', (part: string) => (text += part));
      request.on('end', () => {
        const args = JSON.parse(text) as string[];
        this.commands.push(args);
        const [product, action, ...flags] = args;
        call(product as 'privatelink', action ?? '', parametersOf(flags)).then(
          (body) => response.end(JSON.stringify(body)),
          (error: unknown) => response.writeHead(400).end(`ERROR: SDK.ServerError ${String(error)}`),
        );
      });
    });
  }

  static async start(sandbox: Sandbox, folder: string): Promise<ScriptRunner> {
    const runner = new ScriptRunner(sandbox, folder);
    await new Promise<void>((resolve) => runner.server.listen(0, '127.0.0.1', resolve));
    await mkdir(path.join(folder, 'bin'), { recursive: true });
    const program = path.join(folder, 'bin', 'aliyun');
    await copyFile(path.join(__dirname, 'aliyun.cjs'), program);
    await chmod(program, 0o755);
    return runner;
  }

  async stop(): Promise<void> {
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** @param environment in place of what the script needs; undefined takes it away */
  async run(script: string, environment: Readonly<Record<string, string | undefined>> = {}): Promise<Ended> {
    const file = path.join(this.folder, 'script.sh');
    await writeFile(file, script);
    const { port } = this.server.address() as AddressInfo;
    const { baseUrl, publicKey, privateKey } = this.sandbox.tidbCloud;
    const child = spawn('bash', [file], {
      cwd: this.folder,
      env: {
        ...process.env,
        PATH: `${path.join(this.folder, 'bin')}${path.delimiter}${path.dirname(process.execPath)}${path.delimiter}${process.env['PATH'] ?? ''}`,
        ALIYUN_STAND_IN: `http://127.0.0.1:${port}/`,
        TIDBCLOUD_BASE_URL: new URL(baseUrl).origin,
        TIDBCLOUD_PUBLIC_KEY: publicKey,
        TIDBCLOUD_PRIVATE_KEY: privateKey,
        POLL_SECONDS: '0.1',
        WAIT_SECONDS: '30',
        ...environment,
      },
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (part: string) => (stdout += part));
    child.stderr.setEncoding('utf8').on('data', (part: string) => {
      stderr += part;
      this.onStderr(stderr);
    });
    return new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code) => resolve({ code, stdout, stderr }));
    });
  }

  /** Called with all that the script has said so far. */
  onStderr: (text: string) => void = () => undefined;
}

/**
 * As the CLI takes them: `--Name=value`, split at the first `=` or `:`. Its own flag `--region` chooses where to call.
 * @throws for anything else.
 */
export function parametersOf(flags: readonly string[]): Readonly<Record<string, string>> {
  const pairs = flags.map((flag) => {
    const [, name, value] = /^--([A-Za-z0-9.]+)[=:]([\s\S]+)$/.exec(flag) ?? [];
    if (name === undefined || value === undefined) {
      throw new Error(`The CLI would not take ${flag} for a parameter`);
    }
    return [name, value] as const;
  });
  return Object.fromEntries(pairs.filter(([name]) => name !== 'region'));
}
