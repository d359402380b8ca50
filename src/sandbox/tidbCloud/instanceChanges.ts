import { TIDB_CLOUD_REGIONS } from '../world/geography';
import { freshNumericId } from '../world/ids';
import { addInstance, DEFAULT_MAX_RCU, SMALLEST_RCU, STORE_PROJECT } from '../world/seed';
import { instanceIn, PLANS, tidbBody } from './instances';
import { readBody } from './jsonBody';
import { Query } from './query';
import type { RouteCall, RouteContext } from './routes';
import { RpcError } from './rpcStatus';

const DISPLAY_NAME = { kind: 'text', pattern: /^[A-Za-z0-9][-A-Za-z0-9]{2,62}[A-Za-z0-9]$/ } as const;
const OUTPUT = { kind: 'output' } as const;
const TEXT = { kind: 'text' } as const;
const WHOLE = { kind: 'whole' } as const;

/** Fields of the resource Tidb as a creation takes them. */
const NEW_TIDB = {
  displayName: { ...DISPLAY_NAME, required: true },
  regionId: { kind: 'text', pattern: /^(aws|gcp|azure|alicloud)-[a-z0-9-]+$/, required: true },
  servicePlan: { kind: 'text', values: PLANS, required: true },
  rootPassword: TEXT,
  minRcu: WHOLE,
  maxRcu: WHOLE,
  reservedCapacityTemplateId: TEXT,
  resourcePoolId: TEXT,
  highAvailabilityType: { kind: 'text', values: ['REGIONAL', 'ZONAL'] },
  capacityMode: { kind: 'text', values: ['ELASTIC', 'MAX_RCU'] },
  dualLayerDataEncryption: { kind: 'flag' },
  labels: { kind: 'map' },
  annotations: { kind: 'map' },
  tags: { kind: 'texts' },
  name: OUTPUT,
  tidbId: OUTPUT,
  cloudProvider: OUTPUT,
  regionDisplayName: OUTPUT,
  state: OUTPUT,
  baselineRcu: OUTPUT,
  creator: OUTPUT,
  createTime: OUTPUT,
  updateTime: OUTPUT,
  automaticResumeAt: OUTPUT,
  endpoints: OUTPUT,
  tidbVersion: OUTPUT,
  capacityUpdateTime: OUTPUT,
} as const;

/** TiDB Cloud v1beta2, CreateTidb: an instance that is CREATING, whose private link service follows. @throws RpcError */
export function createTidb({ queryText, body }: RouteCall, context: RouteContext): object {
  const { world, lifecycle, clock } = context;
  const validateOnly = readValidateOnly(queryText);
  const wanted = readBody(NEW_TIDB, body);
  const region = TIDB_CLOUD_REGIONS.find(({ regionId }) => regionId === wanted.regionId);
  if (!region) {
    throw new RpcError(3, `regionId: ${wanted.regionId} is not a region`);
  }
  const plan = region.servicePlans.find((offered) => offered === wanted.servicePlan);
  if (!plan) {
    throw new RpcError(3, `servicePlan: ${wanted.servicePlan} is not offered in ${wanted.regionId}`);
  }
  const minRcu = wanted.minRcu ?? SMALLEST_RCU;
  const maxRcu = wanted.maxRcu ?? Math.max(DEFAULT_MAX_RCU, minRcu);
  if (minRcu < 1 || maxRcu < minRcu) {
    throw new RpcError(3, 'maxRcu: must not be less than minRcu, which must be positive');
  }
  if (wanted.rootPassword !== undefined) {
    checkPassword(wanted.rootPassword);
  }
  const createTime = new Date(clock.now()).toISOString();
  const instance = addInstance(
    validateOnly ? { instances: [], services: [] } : world.state,
    {
      displayName: wanted.displayName,
      cloudProvider: region.cloudProvider,
      region: wanted.regionId.slice(region.cloudProvider.length + 1),
      servicePlan: plan,
      state: 'CREATING',
      projectId: wanted.labels?.['tidb.cloud/project'] ?? STORE_PROJECT,
      ...(plan === 'Premium' || plan === 'Premium_Reserved' ? { privateLinkService: 'CREATING' } : {}),
    },
    {
      tidbId: freshNumericId(),
      createTime,
      updateTime: createTime,
      minRcu,
      maxRcu,
      reservedCapacityTemplateId: wanted.reservedCapacityTemplateId ?? '',
      tags: wanted.tags ?? [],
      hasPassword: wanted.rootPassword !== undefined,
      publicConnection: { enabled: false, ipAccessList: [] },
    },
  );
  if (!validateOnly) {
    lifecycle.followInstance(instance);
    world.changed();
  }
  return tidbBody(context, instance);
}

/** UpdateTidb. A new name is there at once; another capacity takes its time. @throws RpcError */
export function updateTidb({ tidbId, queryText, body }: RouteCall, context: RouteContext): object {
  const { world, lifecycle, clock } = context;
  new Query(queryText, []);
  const wanted = readBody(
    { displayName: DISPLAY_NAME, maxRcu: WHOLE, reservedCapacityTemplateId: TEXT },
    body,
  );
  const instance = instanceIn(context, tidbId, ['ACTIVE']);
  if (wanted.maxRcu !== undefined && wanted.maxRcu < instance.minRcu) {
    throw new RpcError(3, 'maxRcu: must not be less than minRcu');
  }
  instance.displayName = wanted.displayName ?? instance.displayName;
  instance.reservedCapacityTemplateId =
    wanted.reservedCapacityTemplateId ?? instance.reservedCapacityTemplateId;
  if (wanted.maxRcu !== undefined && wanted.maxRcu !== instance.maxRcu) {
    instance.maxRcu = wanted.maxRcu;
    instance.state = 'MODIFYING';
  }
  instance.updateTime = new Date(clock.now()).toISOString();
  lifecycle.followInstance(instance);
  world.changed();
  return tidbBody(context, instance);
}

/** DeleteTidb: the instance goes, and its private link service and connections with it. @throws RpcError */
export function deleteTidb({ tidbId, queryText }: RouteCall, context: RouteContext): object {
  const validateOnly = readValidateOnly(queryText);
  const instance = instanceIn(context, tidbId, ['ACTIVE', 'PAUSED', 'INACTIVE']);
  if (!validateOnly) {
    context.lifecycle.deleteInstance(instance);
    context.world.changed();
  }
  return tidbBody(context, instance);
}

/** @throws RpcError when the instance is not paused */
export function resumeTidb({ tidbId, queryText, body }: RouteCall, context: RouteContext): object {
  new Query(queryText, []);
  readBody({}, body);
  const instance = instanceIn(context, tidbId, ['PAUSED']);
  instance.state = 'RESUMING';
  context.lifecycle.followInstance(instance);
  context.world.changed();
  return {};
}

/** ResetRootPassword. The sandbox keeps that there is one, not what it is. @throws RpcError */
export function resetRootPassword({ tidbId, queryText, body }: RouteCall, context: RouteContext): object {
  new Query(queryText, []);
  const { rootPassword } = readBody({ rootPassword: { kind: 'text', required: true } }, body);
  checkPassword(rootPassword);
  instanceIn(context, tidbId, ['ACTIVE']).hasPassword = true;
  context.world.changed();
  return {};
}

/** Plain text of 8 to 64 bytes on one line, or one that was encrypted with RSA-OAEP. The text is in no message. */
function checkPassword(password: string): void {
  const encrypted = /^rsa_oaep_sha256:(.+)$/s.exec(password)?.[1];
  if (encrypted !== undefined) {
    if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(encrypted)) {
      throw new RpcError(3, 'rootPassword: the encrypted password is not Base64');
    }
    return;
  }
  const bytes = Buffer.byteLength(password, 'utf8');
  if (bytes < 8 || bytes > 64 || !/^.+$/u.test(password)) {
    throw new RpcError(3, 'rootPassword: must be 8 to 64 bytes long');
  }
}

function readValidateOnly(queryText: string): boolean {
  return new Query(queryText, ['validateOnly']).flag('validateOnly') ?? false;
}
