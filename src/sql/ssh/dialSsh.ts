import { AppError, cancellation } from '../../core/errors';
import type { AskSsh, Log, SqlRoute } from '../../core/ports';
import type { Dial } from '../dial';
import { SshAnswers } from './answers';
import { startAskpass, type AskpassFiles } from './askpassServer';
import { isAuthenticated, sshFailure, sshLost, sshSilence, type Way } from './failure';
import { SshProcess } from './process';
import { SshStream } from './stream';

export interface SshOptions {
  /** The person's `ssh` on the PATH unless told otherwise. */
  readonly program?: string;
  /** Absent: `ssh` asks nobody anything, and fails where it would. */
  readonly questions?: {
    readonly ask: AskSsh;
    readonly learnSecret: (secret: string) => void;
    readonly askpass: AskpassFiles;
  };
  readonly log: Log;
}

export type Bastion = Extract<SqlRoute, { readonly kind: 'bastion' }>;

/** Dials through bastions, with `ssh -W`: the name is resolved on the far side. */
export class SshDialer {
  private readonly answers: SshAnswers | undefined;

  constructor(private readonly options: SshOptions) {
    const { questions } = options;
    this.answers = questions && new SshAnswers(questions.ask, questions.learnSecret);
  }

  /** The stream is given when the far side has said something, as MySQL's does first. */
  through({ destination, unattended }: Bastion): Dial {
    return async ({ host, port }, signal, waiting) => {
      signal.throwIfAborted();
      const way: Way = { destination, domain: host };
      const args = sshArguments(destination, host, port, this.answers !== undefined);
      const run: { ssh?: SshProcess } = {};
      const conversation = this.answers?.begin(destination, unattended === true);
      const pausing = waiting?.pausing ?? (<T>(work: Promise<T>): Promise<T> => work);
      const askpass =
        this.options.questions &&
        conversation &&
        (await startAskpass(
          this.options.questions.askpass,
          {
            ...conversation,
            answer: (kind, text, gone) => {
              const answer = conversation.answer(kind, text, gone);
              // What wants no answer is a touch or the like: the person's time, too.
              return pausing(answer);
            },
          },
          () => run.ssh?.stop(),
        ));
      const onAbort = (): void => run.ssh?.stop();
      let opened = false;
      signal.addEventListener('abort', onAbort, { once: true });
      try {
        signal.throwIfAborted();
        const ssh = new SshProcess(
          this.options.program ?? 'ssh',
          args,
          { ...process.env, ...askpass?.env },
          () => undefined,
        );
        run.ssh = ssh;
        waiting?.enter((seconds) => sshSilence(isAuthenticated(ssh.said), way, seconds));
        const stream = new SshStream(ssh, (begun, cause) =>
          begun ? sshLost(ssh.said, way) : sshFailure(ssh.said, way, cause),
        );
        stream.on('error', () => undefined);
        await stream.opened;
        opened = true;
        return stream;
      } catch (error) {
        run.ssh?.stop();
        signal.throwIfAborted();
        if (askpass?.cancelled === true) {
          throw cancellation();
        }
        if (run.ssh !== undefined) {
          this.options.log.info(`SQL: ssh to ${destination} ended: ${run.ssh.said.trim()}`);
        }
        throw error;
      } finally {
        signal.removeEventListener('abort', onAbort);
        conversation?.end(opened);
        await askpass?.close();
      }
    };
  }
}

/** For a program, not a shell. */
function sshArguments(destination: string, host: string, port: number, asks: boolean): readonly string[] {
  if (!/^[^-\s\p{Cc}][^\s\p{Cc}]*$/u.test(destination)) {
    throw invalid(`${destination} is not an ssh destination`);
  }
  if (!/^[a-z0-9_.-]+$/i.test(host) || host.startsWith('-')) {
    throw invalid(`${host} is not a host name`);
  }
  const options = [
    `BatchMode=${asks ? 'no' : 'yes'}`,
    'ExitOnForwardFailure=yes',
    'ServerAliveInterval=15',
    'ServerAliveCountMax=3',
    'TCPKeepAlive=yes',
    // A master that is there is used; none is made, which would outlive its session.
    'ControlMaster=no',
    'PermitLocalCommand=no',
    'ForwardAgent=no',
    // Says when the login is done, and why a far side cannot be reached.
    'LogLevel=VERBOSE',
  ];
  return [
    '-T',
    '-x',
    ...options.flatMap((option) => ['-o', option]),
    '-W',
    `${host}:${String(port)}`,
    '--',
    destination,
  ];
}

const invalid = (reason: string): AppError => new AppError('invalidInput', { source: 'Extension', reason });
