import { setImmediate } from 'node:timers/promises';

const sliceMs = 12;

/** Long work in slices, so that whoever else uses the process never waits for long. */
export class Slices {
  private startedMs = performance.now();

  constructor(private readonly signal: AbortSignal | undefined) {}

  /** To be asked often; true when it is time to let others go first. */
  get isOver(): boolean {
    return performance.now() - this.startedMs > sliceMs;
  }

  /** Lets others go first. @throws the signal's reason when aborted */
  async next(): Promise<void> {
    this.signal?.throwIfAborted();
    await setImmediate();
    this.signal?.throwIfAborted();
    this.startedMs = performance.now();
  }
}
