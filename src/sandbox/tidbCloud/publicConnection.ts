import { cidrIsExact } from '../world/addresses';
import type { Instance, PublicConnection } from '../world/model';
import { EGRESS_IPS } from './address';
import { instanceIn, instanceOrRefuse } from './instances';
import { readBody } from './jsonBody';
import { Query } from './query';
import type { RouteCall, RouteContext } from './routes';
import { RpcError } from './rpcStatus';

const SETTING = {
  name: { kind: 'output' },
  tidbId: { kind: 'output' },
  egressIps: { kind: 'output' },
  enabled: { kind: 'flag' },
  ipAccessList: {
    kind: 'objects',
    fields: { cidrNotation: { kind: 'text', required: true }, description: { kind: 'text' } },
  },
  clearIpAccessList: { kind: 'flag' },
} as const;

export function getPublicConnectionSetting(
  { tidbId, queryText }: RouteCall,
  { world }: RouteContext,
): object {
  new Query(queryText, []);
  const instance = instanceOrRefuse(world, tidbId);
  return settingBody(instance, instance.publicConnection);
}

/** Takes only what changes, and answers with what was asked for; it is put into effect soon after. @throws RpcError */
export function updatePublicConnectionSetting(
  { tidbId, queryText, body }: RouteCall,
  context: RouteContext,
): object {
  new Query(queryText, []);
  const wanted = readBody(SETTING, body);
  const list = wanted.ipAccessList ?? [];
  if (wanted.clearIpAccessList === true && list.length > 0) {
    throw new RpcError(3, 'clearIpAccessList: does not go with entries in ipAccessList');
  }
  const wrong = list.find(({ cidrNotation }) => !cidrNotation.includes('/') || !cidrIsExact(cidrNotation));
  if (wrong) {
    throw new RpcError(3, `ipAccessList: "${wrong.cidrNotation}" is not a CIDR block`);
  }
  const instance = instanceIn(context, tidbId, ['ACTIVE']);
  const before = instance.wantedPublicConnection ?? instance.publicConnection;
  const kept = wanted.clearIpAccessList === true ? [] : before.ipAccessList;
  instance.wantedPublicConnection = {
    enabled: wanted.enabled ?? before.enabled,
    ipAccessList:
      list.length === 0
        ? kept
        : list.map(({ cidrNotation, description }) => ({ cidrNotation, description: description ?? '' })),
  };
  context.lifecycle.followInstance(instance);
  context.world.changed();
  return settingBody(instance, instance.wantedPublicConnection);
}

function settingBody({ tidbId }: Instance, { enabled, ipAccessList }: PublicConnection): object {
  return {
    name: `tidbs/${tidbId}/publicConnectionSetting`,
    tidbId,
    enabled,
    ipAccessList,
    egressIps: EGRESS_IPS,
  };
}
