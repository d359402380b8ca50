import type { AlibabaCloudApi } from '../../core/ports';
import type { AlibabaCaller } from './caller';
import { ecsApi } from './ecs';
import { endpointChangesApi } from './endpointChanges';
import { endpointTagsApi } from './endpointTags';
import { privateLinkApi } from './privateLink';
import { stsApi } from './sts';
import { vpcApi } from './vpc';
import { vpcEndpointsApi } from './vpcEndpoints';

/** PrivateLink 2020-04-15, VPC 2016-04-28, ECS 2014-05-26 and STS 2015-04-01, as far as a private endpoint needs them. */
export function alibabaCloudApi(caller: AlibabaCaller): AlibabaCloudApi {
  const endpoints = vpcEndpointsApi(caller);
  return {
    ...stsApi(caller),
    ...vpcApi(caller),
    ...ecsApi(caller),
    ...privateLinkApi(caller),
    ...endpoints,
    ...endpointChangesApi(caller, endpoints),
    ...endpointTagsApi(caller),
  };
}
