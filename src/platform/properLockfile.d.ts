/** The part of proper-lockfile that is used here; it brings no types of its own. */
declare module 'proper-lockfile' {
  export interface LockOptions {
    /** A lock that was not touched for so long belongs to a process that died; at least 2,000. */
    readonly stale: number;
    /** How often the holder touches it; at least 1,000. */
    readonly update: number;
    /** False: the locked file need not exist. */
    readonly realpath: boolean;
    readonly onCompromised: (error: Error) => void;
  }
  /** Rejects with the code ELOCKED while it is held. Resolves with what releases it. */
  export function lock(file: string, options: LockOptions): Promise<() => Promise<void>>;
}
