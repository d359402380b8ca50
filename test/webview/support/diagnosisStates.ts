import type { DiagnosisFacts } from '../../../src/core/diagnosis/facts';
import { Redactor } from '../../../src/core/redact';
import { stateOf } from '../../../src/panels/diagnosis/view';
import {
  aCertificate,
  aProbe,
  failed,
  found,
  nameFails,
  outside,
  sqlError,
  stuck,
  tcpFails,
  wellFacts,
} from '../../support/diagnosing';
import { without } from '../../unit/fakes';

const closed = found({
  ...({ check: 'closed', from: 'vpc', groupIds: ['sg-t4n0000000000001'], sources: ['10.0.0.0/16'] } as const),
  missing: [
    { protocol: 'TCP', portRange: '4000/4000', sourceCidr: '10.0.0.0/16', description: 'TiDB' } as const,
  ],
});
const early = without(stuck({}), 'instance', 'ports', 'zones');

const facts = {
  running: {
    ...early,
    ...{ finished: false, probing: true, probe: { dns: wellFacts.probe.dns } },
  } as DiagnosisFacts,
  works: wellFacts,
  outside: stuck(nameFails(), {
    ...outside,
    endpointDns: failed(sqlError('sqlHostNotFound', { serviceCode: 'ENOTFOUND' })),
  }),
  securityGroup: stuck(tcpFails(), { ports: closed }),
  noPassword: { ...wellFacts, login: { skipped: 'noPassword' }, query: { skipped: 'noPassword' } },
  intercepted: stuck({
    tls: {
      ...found(aCertificate),
      error: sqlError('sqlCertificateUntrusted', { reason: 'unable to verify' }),
    },
  }),
  byHand: stuck(nameFails(), {
    ...outside,
    ...{
      endpoint: { skipped: 'notSignedIn' },
      zones: { skipped: 'notSignedIn' },
      ports: { skipped: 'notSignedIn' },
    },
  }),
  bastion: {
    ...stuck({}),
    ...outside,
    route: { kind: 'bastion', destination: 'ops@bastion.example.com' },
    probe: {
      tunnel: failed(
        sqlError('sshForwardRefused', {
          subject: 'ops@bastion.example.com',
          reason: 'administratively prohibited',
        }),
        812,
      ),
    },
  },
  cancelled: { ...stuck({ dns: aProbe.dns }), cancelled: true },
} satisfies Record<string, DiagnosisFacts>;

/** As the host makes them of what was found. */
export const diagnosisStates = Object.fromEntries(
  Object.entries(facts).map(([name, of]) => [name, stateOf(of, new Redactor())]),
) as Readonly<Record<keyof typeof facts, ReturnType<typeof stateOf>>>;
