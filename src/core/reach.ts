/** How far a look at a private domain came, from this machine: DNS, TCP, TLS and the server's greeting; no login. */
export type Probed =
  | {
      readonly kind: 'answered';
      /** Until the TCP connection stood: one round trip. */
      readonly connectMs: number;
      /** From the first look-up to the server's greeting over TLS. */
      readonly wholeMs: number;
    }
  | {
      readonly kind: 'failed';
      readonly stage: 'dns' | 'tcp' | 'greeting' | 'tls';
      /** `ENOTFOUND`, `ECONNREFUSED`, `ETIMEDOUT`, `CERT_HAS_EXPIRED`, … as far as there is one. */
      readonly serviceCode?: string;
      /** In a sentence's words, without a stop. */
      readonly reason: string;
    };

/** What a probe means for the health of an endpoint. */
export type Reach =
  | { readonly kind: 'reached'; readonly latencyMs: number; readonly tls?: 'verified' | 'unverified' }
  /** This machine is not where the domain can be reached from: nothing is wrong with the endpoint. */
  | { readonly kind: 'notFromHere'; readonly reason: string }
  | { readonly kind: 'broken'; readonly reason: string };

/** Without an answer of the network, nobody knows whether the machine is in the wrong place or the endpoint is down. */
const silent = new Set(['ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN', 'ENETDOWN']);

/**
 * A name that this machine's DNS does not know, and silence where there has never been an answer, say where this machine
 * is. Silence where there was an answer before, a refusal, and a server that is not what it should be say something
 * about the endpoint.
 *
 * @param reachedBefore an earlier probe from this machine, on its present network, was answered
 */
export function reachOf(probed: Probed, reachedBefore: boolean): Reach {
  if (probed.kind === 'answered') {
    return { kind: 'reached', latencyMs: probed.connectMs };
  }
  const { stage, serviceCode, reason } = probed;
  const saysWhereWeAre =
    stage === 'dns' || (stage === 'tcp' && silent.has(serviceCode ?? '') && !reachedBefore);
  return { kind: saysWhereWeAre ? 'notFromHere' : 'broken', reason };
}

/** In two or three words. */
export function reachWords(reach: Reach): string {
  switch (reach.kind) {
    case 'reached':
      return reach.latencyMs < 10 ? `${reach.latencyMs.toFixed(1)} ms` : `${Math.round(reach.latencyMs)} ms`;
    case 'notFromHere':
      return 'not reachable from here';
    case 'broken':
      return 'not answering';
  }
}
