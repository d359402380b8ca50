import { AppError } from '../errors';
import type { Cause } from './cause';
import { errorOf, valueOf } from './facts';
import type { DiagnosisFacts } from './facts';

/** What the clouds themselves report as a reason why nothing can come through; undefined when they report none. */
export function cloudCause(facts: DiagnosisFacts): Cause | undefined {
  return instanceCause(facts) ?? alibabaCause(facts) ?? connectionCause(facts) ?? zoneCause(facts);
}

function instanceCause(facts: DiagnosisFacts): Cause | undefined {
  const state = valueOf(facts.instance)?.state;
  if (state === 'PAUSED' || state === 'PAUSING' || state === 'RESUMING') {
    return 'instancePaused';
  }
  if (isGone(errorOf(facts.instance))) {
    return 'instanceNotActive';
  }
  return state === undefined || workingStates.includes(state) ? undefined : 'instanceNotActive';
}

/** The instance serves while it is changed. An unknown state proves nothing. */
const workingStates: readonly string[] = [
  'ACTIVE',
  'MODIFYING',
  'MAINTENANCE',
  'UPGRADING',
  'IMPORTING',
  'STATE_UNSPECIFIED',
  'UNKNOWN',
];

const isGone = (error: unknown): boolean => AppError.is(error) && error.code === 'notFound';

function alibabaCause(facts: DiagnosisFacts): Cause | undefined {
  const endpoint = valueOf(facts.endpoint);
  if (endpoint === undefined) {
    return undefined;
  }
  if (endpoint.connectionStatus === 'ServiceDeleted') {
    return 'serviceDeleted';
  }
  if (endpoint.businessStatus === 'FinancialLocked') {
    return 'financialLock';
  }
  if (endpoint.status === 'Creating' || endpoint.status === 'Deleting') {
    return 'endpointNotActive';
  }
  return undefined;
}

function connectionCause(facts: DiagnosisFacts): Cause | undefined {
  const service = valueOf(facts.service)?.state;
  if (service === 'CREATING' || service === 'DELETING') {
    return 'serviceNotActive';
  }
  const { connection } = facts;
  if (connection !== undefined && !('skipped' in connection) && connection.error === undefined) {
    switch (connection.value?.state) {
      case undefined:
      case 'DISCOVERED':
        return 'notRegistered';
      case 'PENDING':
        return 'connectionPending';
      case 'FAILED':
        return 'connectionFailed';
      case 'DELETING':
        return 'connectionDeleting';
      case 'ACTIVE':
      case 'UNKNOWN':
    }
  }
  const status = valueOf(facts.endpoint)?.connectionStatus;
  return status === 'Disconnected' || status === 'Disconnecting' || status === 'Deleting'
    ? 'endpointDisconnected'
    : undefined;
}

/** All of the zones that could serve are down. */
function zoneCause(facts: DiagnosisFacts): Cause | undefined {
  const zones = valueOf(facts.zones);
  const down = zones?.every(({ status }) => status !== 'Connected' && status !== 'Unknown');
  return zones !== undefined && zones.length > 0 && down === true ? 'zonesDown' : undefined;
}
