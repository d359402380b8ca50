import { isCancellation } from '../../core/errors';
import type { AlibabaCloudApi, Clock, Log } from '../../core/ports';
import { renew, type DraftStore, type Verification } from './draftState';
import { serviceNameProblem } from './input';

/** How long a person pauses before what they typed is looked up. */
const pauseMs = 400;

export interface VerifierOptions {
  readonly store: DraftStore;
  readonly api: () => Promise<AlibabaCloudApi>;
  readonly clock: Clock;
  readonly log: Log;
  /** Alibaba Cloud's id of the instance's region. */
  readonly regionId: () => string | undefined;
  /** Called with every service that was found to be the right one. */
  readonly onVerified: () => void;
}

/** Verifies the endpoint service name while it is typed and when asked. Only the last question's answer counts. */
export class Verifier {
  private asked = new AbortController();

  constructor(private readonly options: VerifierOptions) {}

  /** Ends once the name was looked up, or another one was typed. */
  async type(serviceName: string): Promise<void> {
    const { signal } = (this.asked = renew(this.asked));
    const { store, clock } = this.options;
    // The zones were those of the service before.
    store.update({
      serviceName,
      verification: this.withoutAsking(serviceName) ?? { outcome: 'none' },
      zones: new Map(),
    });
    if (store.state.verification.outcome === 'none' && serviceName !== '') {
      try {
        await clock.sleep(pauseMs, signal);
      } catch {
        return;
      }
      await this.verify();
    }
  }

  /** Asks Alibaba Cloud whether the service exists in this region and lets this account in, and for its zones. */
  async verify(): Promise<void> {
    const { signal } = (this.asked = renew(this.asked));
    const { store, regionId, onVerified } = this.options;
    const { serviceName, mode } = store.state;
    const region = regionId();
    if (serviceName === '' || region === undefined || mode === 'byHand') {
      return;
    }
    const already = this.withoutAsking(serviceName);
    if (already !== undefined) {
      store.update({ verification: already });
      return;
    }
    store.update({ verification: { outcome: 'checking' } });
    const verification = await this.lookUp(region, serviceName, signal);
    if (verification !== undefined && !signal.aborted) {
      store.update({ verification });
      if (verification.outcome === 'verified') {
        onVerified();
      }
    }
  }

  /** What was asked before does not count any more. */
  dispose(): void {
    this.asked.abort();
  }

  /** TiDB Cloud's own name is never doubted, whatever it looks like. */
  private withoutAsking(serviceName: string): Verification | undefined {
    const region = this.options.regionId();
    if (serviceName === '' || region === undefined || this.isOwn(serviceName)) {
      return undefined;
    }
    const problem = serviceNameProblem(serviceName, region);
    return problem === undefined ? undefined : { outcome: 'refused', reason: 'problem', problem };
  }

  private isOwn(serviceName: string): boolean {
    return this.options.store.state.service?.serviceName === serviceName;
  }

  private async lookUp(
    regionId: string,
    serviceName: string,
    signal: AbortSignal,
  ): Promise<Verification | undefined> {
    try {
      const api = await this.options.api();
      const service = await api.findEndpointService(regionId, serviceName, signal);
      if (service === undefined) {
        return { outcome: 'refused', reason: 'notListed' };
      }
      return this.isOwn(serviceName)
        ? { outcome: 'verified', service }
        : { outcome: 'refused', reason: 'otherService' };
    } catch (error) {
      if (isCancellation(error) || signal.aborted) {
        return undefined;
      }
      this.options.log.error('Verify the endpoint service: failed', error);
      return { outcome: 'refused', reason: 'failed', error };
    }
  }
}
