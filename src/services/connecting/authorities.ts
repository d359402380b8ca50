import { AppError, type ErrorCode } from '../../core/errors';
import type { Clock, Log, StateStore } from '../../core/ports';

export interface AuthoritiesOptions {
  readonly state: StateStore;
  readonly key: (instanceId: string) => string;
  readonly download: (instanceId: string, signal?: AbortSignal) => Promise<string>;
  readonly clock: Clock;
  readonly log: Log;
}

interface Kept {
  readonly pem: string;
  readonly downloadedAtMs: number;
}

const freshForMs = 7 * 24 * 60 * 60 * 1000;
/** What a newer authority may mend: this one is not the server's, or has itself expired. */
const mendable: readonly ErrorCode[] = ['sqlCertificateUntrusted', 'sqlCertificateExpired'];

/** The instances' certificate authorities: downloaded once, kept, and renewed. */
export class Authorities {
  private readonly downloads = new Map<string, Promise<string>>();

  constructor(private readonly options: AuthoritiesOptions) {}

  /**
   * Opens with the authority that is kept, or with one that is downloaded now. When the server's certificate is not
   * trusted, the authority may have been renewed: it is downloaded again, and tried when it is another one. One that has
   * become old is renewed after it has served.
   */
  async using<T>(
    instanceId: string,
    open: (caCertificatePem: string) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    const kept = this.kept(instanceId);
    if (kept === undefined) {
      return open(await this.download(instanceId, signal));
    }
    try {
      const opened = await open(kept.pem);
      if (this.options.clock.now() - kept.downloadedAtMs > freshForMs) {
        void this.renew(instanceId);
      }
      return opened;
    } catch (error) {
      if (!AppError.is(error) || !mendable.includes(error.code)) {
        throw error;
      }
      const fresh = await this.renew(instanceId, signal);
      signal?.throwIfAborted();
      if (fresh === undefined || fresh === kept.pem) {
        throw error;
      }
      return open(fresh);
    }
  }

  /** The one that is kept. */
  known(instanceId: string): string | undefined {
    return this.kept(instanceId)?.pem;
  }

  /** The authority's certificate, for others than this extension: fresh where that can be had. */
  async pem(instanceId: string, signal?: AbortSignal): Promise<string> {
    const kept = this.kept(instanceId);
    if (kept !== undefined && this.options.clock.now() - kept.downloadedAtMs <= freshForMs) {
      return kept.pem;
    }
    return kept === undefined
      ? this.download(instanceId, signal)
      : ((await this.renew(instanceId, signal)) ?? kept.pem);
  }

  /** Undefined when it cannot be downloaded: what is kept stays. */
  private async renew(instanceId: string, signal?: AbortSignal): Promise<string | undefined> {
    try {
      return await this.download(instanceId, signal);
    } catch (error) {
      this.options.log.error('Renew the CA certificate: failed; the kept one stays', error);
      return undefined;
    }
  }

  /** Downloads it and keeps it from now on; whoever asks meanwhile gets the same one. */
  download(instanceId: string, signal?: AbortSignal): Promise<string> {
    const running = this.downloads.get(instanceId);
    if (running !== undefined) {
      return running;
    }
    const download = this.options
      .download(instanceId, signal)
      .then(async (pem) => {
        const kept: Kept = { pem, downloadedAtMs: this.options.clock.now() };
        await this.options.state.set(this.options.key(instanceId), kept);
        return pem;
      })
      .finally(() => this.downloads.delete(instanceId));
    this.downloads.set(instanceId, download);
    return download;
  }

  private kept(instanceId: string): Kept | undefined {
    const kept = this.options.state.get(this.options.key(instanceId));
    if (typeof kept === 'string') {
      // Kept by a version that did not note the time.
      return { pem: kept, downloadedAtMs: 0 };
    }
    const { pem, downloadedAtMs } = (kept ?? {}) as Partial<Kept>;
    return typeof pem === 'string' && typeof downloadedAtMs === 'number'
      ? { pem, downloadedAtMs }
      : undefined;
  }
}
