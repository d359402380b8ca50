import type { Creation } from '../../core/creation';
import type { AlibabaCloudApi, TidbCloudApi } from '../../core/ports';
import type { Accounts } from '../accounts';

/** With the account that the creation was begun with, while that is signed in. @throws AppError notSignedIn */
export const tidbCloudOf = (
  accounts: Accounts,
  { instanceId, tidbCloudAccount }: Creation,
): Promise<TidbCloudApi> => accounts.tidbCloudFor(instanceId, { accountId: tidbCloudAccount });

/** The same; else with one that belongs to the endpoint's owner. @throws AppError notSignedIn */
export const alibabaCloudOf = (
  accounts: Accounts,
  { instanceId, alibabaCloudAccount, accountId, endpointId }: Creation,
): Promise<AlibabaCloudApi> =>
  accounts.alibabaCloudFor(instanceId, { accountId: alibabaCloudAccount, owner: accountId, endpointId });
