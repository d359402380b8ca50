import { AppError } from '../../core/errors';
import type { AlibabaCloudApi } from '../../core/ports';
import type { AlibabaCaller } from './caller';
import { unless } from './errors';
import * as map from './map';
import { rates } from './operation';

const change = {
  product: 'privatelink',
  token: 'own',
  rate: rates.write,
  changes: true,
  answer: map.nothing,
} as const;
const operations = {
  update: { ...change, name: 'UpdateVpcEndpointAttribute' },
  attach: { ...change, name: 'AttachSecurityGroupToVpcEndpoint' },
  detach: { ...change, name: 'DetachSecurityGroupFromVpcEndpoint' },
  addZone: { ...change, name: 'AddZoneToVpcEndpoint', token: 'given' },
  removeZone: { ...change, name: 'RemoveZoneFromVpcEndpoint' },
  delete: { ...change, name: 'DeleteVpcEndpoint' },
} as const;

/**
 * PrivateLink 2020-04-15: changes to an endpoint. Each is taken only when the last one is through; while that is not so
 * they are asked for again at a patient pace.
 */
export const endpointChangesApi = (
  caller: AlibabaCaller,
  { listEndpointZones }: Pick<AlibabaCloudApi, 'listEndpointZones'>,
): Pick<
  AlibabaCloudApi,
  | 'renameEndpoint'
  | 'attachSecurityGroup'
  | 'detachSecurityGroup'
  | 'addEndpointZone'
  | 'removeEndpointZone'
  | 'deleteEndpoint'
> => ({
  async renameEndpoint(regionId, endpointId, name, signal) {
    const parameters = { RegionId: regionId, EndpointId: endpointId, EndpointName: name };
    await caller.call(operations.update, regionId, parameters, signal);
  },

  async attachSecurityGroup(regionId, endpointId, securityGroupId, signal) {
    const parameters = { RegionId: regionId, EndpointId: endpointId, SecurityGroupId: securityGroupId };
    await unless(['SecurityGroupExist'], () => caller.call(operations.attach, regionId, parameters, signal));
  },

  async detachSecurityGroup(regionId, endpointId, securityGroupId, signal) {
    const parameters = { RegionId: regionId, EndpointId: endpointId, SecurityGroupId: securityGroupId };
    await unless(['SecurityGroupNotFound'], () =>
      caller.call(operations.detach, regionId, parameters, signal),
    );
  },

  async addEndpointZone(regionId, endpointId, { zoneId, vSwitchId }, clientToken, signal) {
    const parameters = {
      RegionId: regionId,
      EndpointId: endpointId,
      ZoneId: zoneId,
      VSwitchId: vSwitchId,
    };
    try {
      await caller.create(operations.addZone, regionId, parameters, clientToken, signal);
    } catch (error) {
      if (!AppError.is(error) || error.details.serviceCode !== 'EndpointZoneDuplicated') {
        throw error;
      }
      // The zone is there. As wanted it is only with this vSwitch.
      for await (const zone of listEndpointZones(regionId, endpointId, signal)) {
        if (zone.zoneId === zoneId && zone.vSwitchId === vSwitchId && zone.status !== 'Deleting') {
          return;
        }
      }
      throw error;
    }
  },

  async removeEndpointZone(regionId, endpointId, zoneId, signal) {
    const parameters = { RegionId: regionId, EndpointId: endpointId, ZoneId: zoneId };
    await unless(['EndpointZoneNotFound', 'EndpointNotFound'], () =>
      caller.call(operations.removeZone, regionId, parameters, signal),
    );
  },

  async deleteEndpoint(regionId, endpointId, signal) {
    const parameters = { RegionId: regionId, EndpointId: endpointId };
    await unless(['EndpointNotFound'], () => caller.call(operations.delete, regionId, parameters, signal));
  },
});
