import type { Endpoint } from '../../world/model';
import { refuse } from '../apiError';
import { CLIENT_TOKEN, FLAG, REGION, REQUIRED_TEXT, TEXT } from '../commonParameters';
import { operation, type OperationContext } from '../operation';
import {
  attachedEndpoint,
  changeableEndpoint,
  ENDPOINT_DESCRIPTION,
  ENDPOINT_NAME,
  endpointOrRefuse,
} from './common';
import { occupy, placeOrRefuse, securityGroupsOrRefuse, vpcOrRefuse } from './placement';

const TARGET = {
  RegionId: REGION,
  EndpointId: REQUIRED_TEXT,
  ClientToken: CLIENT_TOKEN,
  DryRun: FLAG,
} as const;

/** PrivateLink 2020-04-15: changes of an endpoint. Each makes it Pending until the change is through. */
export const modifyOperations = [
  operation({
    product: 'privatelink',
    action: 'AttachSecurityGroupToVpcEndpoint',
    parameters: { ...TARGET, SecurityGroupId: REQUIRED_TEXT },
    run: (values, context) => {
      const endpoint = attachedEndpoint(context, values.RegionId, values.EndpointId);
      const present = endpoint.securityGroups.map(({ securityGroupId }) => securityGroupId);
      if (present.includes(values.SecurityGroupId)) {
        refuse('SecurityGroupExist', 'The security group is attached already.');
      }
      if (present.length >= context.quotas.securityGroupsPerEndpoint) {
        refuse('QuotaMisMatched', 'The quota of security groups of an endpoint is exceeded.');
      }
      const vpc = vpcOrRefuse(context.world, endpoint.region, endpoint.vpcId);
      securityGroupsOrRefuse(context.world, vpc, [...present, values.SecurityGroupId]);
      return change(endpoint, context, () => {
        endpoint.securityGroups.push({ securityGroupId: values.SecurityGroupId, status: 'Attaching' });
      });
    },
  }),
  operation({
    product: 'privatelink',
    action: 'DetachSecurityGroupFromVpcEndpoint',
    parameters: { ...TARGET, SecurityGroupId: REQUIRED_TEXT },
    run: (values, context) => {
      const endpoint = attachedEndpoint(context, values.RegionId, values.EndpointId);
      const group = endpoint.securityGroups.find(
        ({ securityGroupId }) => securityGroupId === values.SecurityGroupId,
      );
      if (!group) {
        refuse('SecurityGroupNotFound', 'The security group is not attached to the endpoint.');
      }
      if (endpoint.securityGroups.length === 1) {
        refuse('EndpointMustContainSecurityGroup', 'An endpoint has at least one security group.');
      }
      return change(endpoint, context, () => {
        group.status = 'Detaching';
      });
    },
  }),
  operation({
    product: 'privatelink',
    action: 'AddZoneToVpcEndpoint',
    parameters: { ...TARGET, ZoneId: REQUIRED_TEXT, VSwitchId: REQUIRED_TEXT, ip: TEXT, Ipv6Address: TEXT },
    run: (values, context) => {
      const { world } = context;
      const endpoint = attachedEndpoint(context, values.RegionId, values.EndpointId);
      if (endpoint.zones.some(({ zoneId }) => zoneId === values.ZoneId)) {
        refuse('EndpointZoneDuplicated', 'The endpoint has the zone already.');
      }
      if (endpoint.zones.length >= context.quotas.zonesPerEndpoint) {
        refuse('QuotaMisMatched', 'The quota of zones of an endpoint is exceeded.');
      }
      const service =
        world.service(endpoint.serviceId) ??
        refuse('EndpointServiceDeleted', 'The endpoint service has been deleted.');
      const vpc = vpcOrRefuse(world, endpoint.region, endpoint.vpcId);
      const placements = placeOrRefuse(world, service, vpc, [values]);
      return change(endpoint, context, () => {
        endpoint.zones.push(...placements.map((placement) => occupy(endpoint.region, placement)));
      });
    },
  }),
  operation({
    product: 'privatelink',
    action: 'RemoveZoneFromVpcEndpoint',
    parameters: { ...TARGET, ZoneId: REQUIRED_TEXT },
    run: (values, context) => {
      const endpoint = changeableEndpoint(context, values.RegionId, values.EndpointId);
      const zone =
        endpoint.zones.find(({ zoneId }) => zoneId === values.ZoneId) ??
        refuse('EndpointZoneNotFound', 'The endpoint does not have the zone.');
      return change(endpoint, context, () => {
        zone.status = 'Deleting';
      });
    },
  }),
  operation({
    product: 'privatelink',
    action: 'UpdateVpcEndpointAttribute',
    alone: true,
    parameters: {
      ...TARGET,
      EndpointName: ENDPOINT_NAME,
      EndpointDescription: ENDPOINT_DESCRIPTION,
      AddressIpVersion: { kind: 'text', values: ['IPv4', 'DualStack'] },
      CrossRegionBandwidth: { kind: 'integer', min: 100, max: 10240 },
      PolicyDocument: TEXT,
      ResetPolicy: FLAG,
      ZoneAffinityEnabled: FLAG,
    },
    run: (values, context) => {
      const endpoint = attachedEndpoint(context, values.RegionId, values.EndpointId);
      if (values.PolicyDocument !== undefined || values.ResetPolicy === true) {
        refuse(
          'OperationDenied.EndpointPolicyNotSupport',
          'The endpoint service does not support endpoint policies.',
        );
      }
      return change(endpoint, context, () => {
        endpoint.name = values.EndpointName ?? endpoint.name;
        endpoint.description = values.EndpointDescription ?? endpoint.description;
      });
    },
  }),
  operation({
    product: 'privatelink',
    action: 'DeleteVpcEndpoint',
    parameters: TARGET,
    run: (values, context) => {
      const { world } = context;
      const known = endpointOrRefuse(world, values.RegionId, values.EndpointId);
      if (known.zones.length > 0 && known.status === 'Active') {
        refuse('EndpointDependenceViolation', 'The endpoint still has zones. Remove them first.');
      }
      const endpoint = changeableEndpoint(context, values.RegionId, values.EndpointId);
      context.validated();
      startDeletion(endpoint, context);
      return {};
    },
  }),
];

/** From here the endpoint goes, whatever is left of it. */
export function startDeletion(
  endpoint: Endpoint,
  context: Pick<OperationContext, 'world' | 'lifecycle'>,
): void {
  endpoint.status = 'Deleting';
  endpoint.connectionStatus = 'Deleting';
  endpoint.zones.forEach((zone) => {
    zone.status = 'Deleting';
  });
  context.lifecycle.follow(endpoint);
  context.world.changed();
}

function change(
  endpoint: Endpoint,
  { world, lifecycle, validated }: OperationContext,
  apply: () => void,
): object {
  validated();
  apply();
  endpoint.status = 'Pending';
  lifecycle.followEndpoint(endpoint);
  world.changed();
  return {};
}
