import { Duplex } from 'node:stream';
import type { SshProcess } from './process';

/**
 * The bytes that `ssh -W` carries. Ends when `ssh` ends well; fails with `failure` when it ends otherwise. Destroying it
 * ends `ssh`.
 */
export class SshStream extends Duplex {
  /** Resolves when the first bytes have come from the far side; rejects when `ssh` ends without any. */
  readonly opened: Promise<void>;

  constructor(
    private readonly ssh: SshProcess,
    failure: (begun: boolean, cause?: unknown) => Error,
  ) {
    super({ allowHalfOpen: false });
    const { stdin, stdout } = ssh;
    let begun = false;
    // The end of `ssh` says why.
    stdin.on('error', () => ssh.stop());
    stdout.on('error', () => ssh.stop());
    this.opened = new Promise((resolve, reject) => {
      stdout.on('data', (chunk: Buffer) => {
        begun = true;
        resolve();
        if (!this.push(chunk)) {
          stdout.pause();
        }
      });
      const drained = new Promise<void>((then) => stdout.once('close', then));
      const fail = (error: Error): void => {
        reject(error);
        this.destroy(begun ? error : undefined);
      };
      ssh.ended.then(
        async (well) => {
          // What is still on its way to a slow reader is worth waiting for only where it is whole.
          await (well || !stdout.isPaused() ? drained : undefined);
          if (begun && well) {
            this.push(null);
          } else {
            fail(failure(begun));
          }
        },
        (cause: unknown) => fail(failure(false, cause)),
      );
    });
    this.opened.catch(() => undefined);
  }

  override _read(): void {
    this.ssh.stdout.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    // After an error the end of `ssh` destroys this stream, with the reason.
    this.ssh.stdin.write(chunk, (error) => error ?? callback());
  }

  override _final(callback: (error?: Error | null) => void): void {
    this.ssh.stdin.end(() => callback());
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.ssh.stop();
    callback(error);
  }
}
