import { authorizeSecurityGroup } from './authorizeSecurityGroup';
import { ecsRegionOperations } from './ecsRegions';
import type { Operation } from './operation';
import { activationOperations } from './privateLink/activation';
import { createOperation } from './privateLink/create';
import { modifyOperations } from './privateLink/modify';
import { readOperations } from './privateLink/read';
import { serviceOperations } from './privateLink/services';
import { tagOperations } from './privateLink/tags';
import { securityGroupOperations } from './securityGroups';
import { stsOperations } from './sts';
import { vpcOperations } from './vpc';

/** Everything that the sandbox of Alibaba Cloud answers. */
export const OPERATIONS: readonly Operation[] = [
  ...stsOperations,
  ...vpcOperations,
  ...ecsRegionOperations,
  ...securityGroupOperations,
  authorizeSecurityGroup,
  ...activationOperations,
  ...serviceOperations,
  createOperation,
  ...readOperations,
  ...modifyOperations,
  ...tagOperations,
];

const BY_NAME = new Map(
  OPERATIONS.map((operation) => [`${operation.product}:${operation.action}`, operation]),
);

export function findOperation(product: string, action: string): Operation | undefined {
  return BY_NAME.get(`${product}:${action}`);
}
