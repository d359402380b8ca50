import { causeOf, type Cause } from '../../src/core/diagnosis/cause';
import { conclude } from '../../src/core/diagnosis/conclusion';
import type { DiagnosisFacts } from '../../src/core/diagnosis/facts';
import { reportOf } from '../../src/core/diagnosis/report';
import type { PrivateEndpoint } from '../../src/core/health';
import { Redactor } from '../../src/core/redact';
import type { SecurityGroupRule } from '../../src/core/model';
import { Connections } from '../../src/services/connections';
import { Diagnoses } from '../../src/services/diagnosis';
import { createSql } from '../../src/sql';
import { aConnection, anEndpoint, anInstance, aZone } from '../unit/fakes';
import { stage } from '../unit/services/stage';
import { RecordingLog } from './fixtures';

/** What is diagnosed: real servers and names, and clouds that say what is here. */
export interface Situation {
  readonly host: string;
  readonly port: number;
  readonly caCertificatePem: string;
  /** The password that is kept. */
  readonly stored?: string;
  readonly bastion?: string;
  /** In place of `ssh`. */
  readonly sshProgram?: string;
  readonly sandbox?: true;
  /** Where this machine says that it is. */
  readonly vpcId?: string;
  readonly addresses?: readonly string[];
  readonly zoneIps?: readonly string[];
  readonly rules?: readonly SecurityGroupRule[];
  readonly instanceState?: string;
  readonly businessStatus?: string;
}

export interface Diagnosed {
  readonly cause: Cause;
  readonly title: string;
  readonly facts: DiagnosisFacts;
  /** As it is without the redactor's help: what must not be in it must not be there in the first place. */
  readonly report: string;
  readonly log: string;
}

export async function diagnose(situation: Situation): Promise<Diagnosed> {
  const { host, port, stored, bastion, sshProgram, vpcId } = situation;
  const log = new RecordingLog();
  const s = stage();
  const instance = { ...anInstance, state: situation.instanceState ?? 'ACTIVE' };
  const connection = { ...aConnection, host, port };
  const inVpc = { ...anEndpoint, businessStatus: situation.businessStatus ?? 'Normal' };
  s.world.instances.set(instance.id, instance);
  s.world.connections.push({ ...connection, postedAtMs: 0 });
  s.world.endpoints.push({ ...inVpc, token: 'x', createdAtMs: 0 });
  s.world.vpcs.push({
    ...{
      id: anEndpoint.vpcId,
      name: '',
      cidrBlocks: ['10.77.0.0/24'],
      status: 'Available',
      isDefault: false,
    },
  });
  s.world.endpointZones.set(
    anEndpoint.id,
    (situation.zoneIps ?? []).map((ip, nth) => ({
      ...aZone,
      zoneId: `zone-${nth}`,
      ip,
      status: 'Connected',
    })),
  );
  s.world.endpointGroups.set(anEndpoint.id, ['sg-lab']);
  s.world.rules.set(
    'sg-lab',
    situation.rules ?? [
      { protocol: 'ALL', portRange: '-1/-1', sourceCidr: '0.0.0.0/0', policy: 'Accept', priority: 1 },
    ],
  );
  s.state.kept.set(`ca/${instance.id}`, situation.caCertificatePem);
  if (stored !== undefined) {
    s.secrets.kept.set(`password/${instance.id}/root`, stored);
  }
  const sql = createSql({ log, ...(sshProgram !== undefined && { ssh: { program: sshProgram } }) });
  const shared = {
    ...s,
    machine: {
      vpcId: () => Promise.resolve(vpcId),
      addresses: () => situation.addresses ?? [],
      versions: [],
    },
    connector: () => Promise.resolve(sql.connector),
    learnSecret: () => undefined,
  };
  const connections = new Connections({
    ...shared,
    keys: {
      password: (instanceId, user) => `password/${instanceId}/${user}`,
      caCertificate: (instanceId) => `ca/${instanceId}`,
      user: (instanceId) => `user/${instanceId}`,
      database: (instanceId) => `database/${instanceId}`,
    },
    bastions: () => (bastion === undefined ? {} : { [anEndpoint.id]: bastion }),
  });
  const diagnoses = new Diagnoses({
    ...shared,
    connections,
    probe: () => Promise.resolve(sql.probe),
    isSandbox: () => situation.sandbox === true,
    newId: () => 'token',
  });
  await s.inventory.refreshInstances();
  const endpoint: PrivateEndpoint = {
    ...{ instanceId: instance.id, endpointId: anEndpoint.id, connection, endpoint: inVpc },
  };
  const facts = await diagnoses.run({
    ...{ instance, endpoint },
    signal: new AbortController().signal,
    onChange: () => undefined,
  });
  return {
    cause: causeOf(facts),
    title: conclude(facts).title,
    facts,
    report: reportOf(facts, [], { redact: (text) => text }) + reportOf(facts, [], new Redactor()),
    log: log.lines.join('\n'),
  };
}

/** Started in another network: diagnoses what it is sent, and sends back what came of it. */
if (process.send !== undefined && process.argv[2] === 'diagnose') {
  process.once('message', (situation: Situation) => {
    void diagnose(situation)
      .then(({ cause, title, report, log }) => ({ cause, title, report, log }))
      .catch((error: unknown) => ({ failed: String(error) }))
      .then((answer) => process.send?.(answer, () => process.exit()));
  });
}
