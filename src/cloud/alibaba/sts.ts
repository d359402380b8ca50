import type { AlibabaCloudApi } from '../../core/ports';
import type { AlibabaCaller } from './caller';
import { callerIdentity } from './map';
import { centralRegion, rates } from './operation';

const getCallerIdentity = {
  product: 'sts',
  name: 'GetCallerIdentity',
  token: 'none',
  rate: rates.read,
  answer: callerIdentity,
} as const;

/** STS 2015-04-01. AssumeRole belongs to the credentials' package. */
export const stsApi = (caller: AlibabaCaller): Pick<AlibabaCloudApi, 'getCallerIdentity'> => ({
  getCallerIdentity: (signal) => caller.call(getCallerIdentity, centralRegion, {}, signal),
});
