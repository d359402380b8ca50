import { freshAlibabaId } from '../../world/ids';
import type { Endpoint, PrivateLinkService } from '../../world/model';
import type { World } from '../../world/world';
import type { Identity } from '../accounts';
import { refuse } from '../apiError';
import { CLIENT_TOKEN, FLAG, REGION, REQUIRED_TEXT, TEXT } from '../commonParameters';
import { operation, type OperationContext } from '../operation';
import type { Quotas } from '../quotas';
import {
  endpointBody,
  ENDPOINT_DESCRIPTION,
  ENDPOINT_NAME,
  regionOrRefuse,
  requireOpenProduct,
} from './common';
import { occupy, placeOrRefuse, securityGroupsOrRefuse, vpcOrRefuse, type WantedZone } from './placement';
import { checkedTags, TAG_PARAMETER } from './tagRules';

export interface WantedEndpoint {
  readonly RegionId: string;
  readonly VpcId: string;
  readonly ServiceName: string | undefined;
  readonly ServiceId: string | undefined;
  readonly SecurityGroupId: readonly string[];
  readonly Zone: readonly WantedZone[];
  readonly EndpointName: string | undefined;
  readonly EndpointDescription: string | undefined;
  readonly Tag: readonly { Key: string; Value: string | undefined }[];
  readonly ProtectedEnabled: boolean | undefined;
}

export const createOperation = operation({
  product: 'privatelink',
  action: 'CreateVpcEndpoint',
  parameters: {
    RegionId: REGION,
    VpcId: REQUIRED_TEXT,
    ServiceName: TEXT,
    ServiceId: TEXT,
    SecurityGroupId: { kind: 'list', max: 10, of: TEXT },
    Zone: {
      kind: 'objects',
      max: 10,
      code: 'QuotaExceeded.epZonePerEndpoint',
      fields: { ZoneId: REQUIRED_TEXT, VSwitchId: REQUIRED_TEXT, ip: TEXT, Ipv6Address: TEXT },
    },
    EndpointName: ENDPOINT_NAME,
    EndpointDescription: ENDPOINT_DESCRIPTION,
    EndpointType: { kind: 'text', values: ['Interface', 'Reverse', 'GatewayLoadBalancer'] },
    ClientToken: CLIENT_TOKEN,
    DryRun: FLAG,
    ZonePrivateIpAddressCount: { kind: 'integer', min: 1, max: 1 },
    AddressIpVersion: { kind: 'text', values: ['IPv4', 'DualStack'] },
    Tag: TAG_PARAMETER,
    ResourceGroupId: TEXT,
    PolicyDocument: TEXT,
    ProtectedEnabled: FLAG,
    ServiceRegionId: TEXT,
    CrossRegionBandwidth: { kind: 'integer', min: 100, max: 10240 },
    ZoneAffinityEnabled: FLAG,
  },
  run: (values, context) => {
    if ((values.EndpointType ?? 'Interface') !== 'Interface') {
      refuse('Mismatch.EndpointType', 'The endpoint service takes interface endpoints only.');
    }
    if ((values.ServiceRegionId ?? values.RegionId) !== values.RegionId) {
      refuse('UnsupportedRegion', 'The endpoint service can be reached from its own region only.');
    }
    if (values.PolicyDocument !== undefined) {
      refuse(
        'OperationDenied.EndpointPolicyNotSupport',
        'The endpoint service does not support endpoint policies.',
      );
    }
    return endpointBody(context.world, createEndpoint(values, context));
  },
});

/** Checks a wish for an endpoint completely, then starts the creation. @throws ApiError */
export function createEndpoint(
  wanted: WantedEndpoint,
  {
    world,
    lifecycle,
    clock,
    quotas,
    identity,
    validated,
  }: Pick<OperationContext, 'world' | 'lifecycle' | 'clock' | 'quotas' | 'identity' | 'validated'>,
): Endpoint {
  const region = regionOrRefuse(wanted.RegionId);
  requireOpenProduct(world);
  const service = serviceOrRefuse(world, region.id, wanted);
  const vpc = vpcOrRefuse(world, region.id, wanted.VpcId);
  if (wanted.SecurityGroupId.length === 0) {
    refuse('EndpointMustContainSecurityGroup', 'An endpoint has at least one security group.');
  }
  const groups = securityGroupsOrRefuse(world, vpc, wanted.SecurityGroupId);
  const placements = placeOrRefuse(world, service, vpc, wanted.Zone);
  const tags = checkedTags([], wanted.Tag, quotas.tagsPerEndpoint);
  checkQuotas(world, quotas, service, wanted);
  validated();

  const endpointId = freshAlibabaId('ep', region.id);
  const endpoint: Endpoint = {
    endpointId,
    region: region.id,
    vpcId: vpc.vpcId,
    serviceId: service.serviceId,
    domain: `${endpointId}.${service.serviceDomain}`,
    createTime: new Date(clock.now()).toISOString(),
    name: wanted.EndpointName ?? '',
    description: wanted.EndpointDescription ?? '',
    status: 'Creating',
    connectionStatus: 'Disconnected',
    businessStatus: 'Normal',
    zones: placements.map((placement) => occupy(region.id, placement)),
    securityGroups: groups.map(({ securityGroupId }) => ({ securityGroupId, status: 'Attaching' })),
    tags,
    protectedBy: protectorOf(identity, wanted.ProtectedEnabled),
  };
  world.state.endpoints.push(endpoint);
  lifecycle.followEndpoint(endpoint);
  world.changed();
  return endpoint;
}

/** Managed protection is for temporary credentials: it has no effect for others. */
function protectorOf(identity: Identity | undefined, isAsked: boolean | undefined): string {
  return isAsked === true && identity?.securityToken !== undefined
    ? (identity.caller['PrincipalId'] ?? '')
    : '';
}

function checkQuotas(
  world: World,
  quotas: Quotas,
  { serviceId }: PrivateLinkService,
  { VpcId, Zone, SecurityGroupId }: WantedEndpoint,
): void {
  const inVpc = world.state.endpoints.filter(({ vpcId }) => vpcId === VpcId);
  if (inVpc.filter((other) => other.serviceId === serviceId).length >= quotas.endpointsPerServiceAndVpc) {
    refuse('EndpointExist', 'An endpoint for the endpoint service exists in the VPC.');
  }
  if (inVpc.length >= quotas.endpointsPerVpc) {
    refuse('QuotaExceeded.totalEpPerVpc', 'The quota of endpoints in the VPC is exceeded.');
  }
  if (Zone.length > quotas.zonesPerEndpoint) {
    refuse('QuotaExceeded.epZonePerEndpoint', 'The quota of zones of an endpoint is exceeded.');
  }
  if (SecurityGroupId.length > quotas.securityGroupsPerEndpoint) {
    refuse('QuotaMisMatched', 'The quota of security groups of an endpoint is exceeded.');
  }
}

function serviceOrRefuse(
  world: World,
  region: string,
  { ServiceName, ServiceId }: Pick<WantedEndpoint, 'ServiceName' | 'ServiceId'>,
): PrivateLinkService {
  if (ServiceName === undefined && ServiceId === undefined) {
    refuse('MissingServiceName', 'ServiceName or ServiceId is mandatory for this action.');
  }
  const isMeant = (candidate: PrivateLinkService): boolean =>
    (ServiceName === undefined || candidate.serviceName === ServiceName) &&
    (ServiceId === undefined || candidate.serviceId === ServiceId) &&
    candidate.region === region;
  const service = world.state.services.find(isMeant);
  if (!service && !world.state.deletedServices.some(isMeant)) {
    refuse('EndpointServiceNotFound', 'The specified endpoint service does not exist in the region.');
  }
  if (!service || service.state === 'DELETING') {
    refuse('EndpointServiceDeleted', 'The endpoint service has been deleted.');
  }
  if (service.state !== 'ACTIVE') {
    refuse(
      'IncorrectStatus.VpcEndpointService',
      'The status of the endpoint service does not allow this operation.',
    );
  }
  return service;
}
