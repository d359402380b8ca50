import { operation } from './operation';

/** STS 2015-04-01. */
export const stsOperations = [
  operation({
    product: 'sts',
    action: 'GetCallerIdentity',
    parameters: {},
    run: (_values, { identity }) => ({ ...identity.caller }),
  }),
];
