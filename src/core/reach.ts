/** How far a look at a private domain came, from this machine: DNS, TCP, TLS and the server's greeting; no login. */
export type Probed =
  | {
      readonly kind: 'answered';
      /** Until the TCP connection stood: one round trip. */
      readonly connectMs: number;
      /** `unverified`: by an authority that is not known here before the first SQL session. */
      readonly tls: 'verified' | 'unverified';
    }
  | {
      readonly kind: 'failed';
      readonly stage: 'dns' | 'tcp' | 'greeting' | 'tls';
      /** It showed a certificate with the host's name. */
      readonly isRightServer?: boolean;
      /** This machine itself does not let the connection out. */
      readonly isForbiddenHere?: boolean;
      /** In a sentence's words, without a stop. */
      readonly reason: string;
    };

/** What a probe means for the health of an endpoint. */
export type Reach =
  | { readonly kind: 'reached'; readonly latencyMs: number; readonly tls?: 'verified' | 'unverified' }
  /** This machine is not where the domain can be reached from: nothing is wrong with the endpoint. */
  | { readonly kind: 'notFromHere'; readonly reason: string }
  | { readonly kind: 'broken'; readonly reason: string };

/**
 * Before the first answer nobody knows whether it is the endpoint that fails or this machine that is in the wrong place:
 * names, addresses and ports of a VPC lead elsewhere, or nowhere, outside of it. A server with a certificate of the right
 * name is the right one, whatever else is wrong with it. Once there was an answer, its end says something about the
 * endpoint, save that the name is gone: that is another network's DNS.
 *
 * @param reachedBefore an earlier probe from this machine, on its present network, was answered
 */
export function reachOf(probed: Probed, reachedBefore: boolean): Reach {
  if (probed.kind === 'answered') {
    return { kind: 'reached', latencyMs: probed.connectMs, tls: probed.tls };
  }
  const { stage, isRightServer, isForbiddenHere, reason } = probed;
  const isAboutEndpoint =
    isRightServer === true || (reachedBefore && stage !== 'dns' && isForbiddenHere !== true);
  return { kind: isAboutEndpoint ? 'broken' : 'notFromHere', reason };
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
