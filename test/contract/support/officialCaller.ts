import CoreClient, { $OpenApiUtil, OpenApiUtil } from '@alicloud/openapi-core';
import VpcClient from '@alicloud/vpc20160428';
import * as $dara from '@darabonba/typescript';
import type { Sandbox } from '../../../src/sandbox';

const VERSIONS = {
  privatelink: '2020-04-15',
  vpc: '2016-04-28',
  ecs: '2014-05-26',
  sts: '2015-04-01',
} as const;
const TAG_ACTIONS = ['TagResources', 'UntagResources'];

interface Keys {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly securityToken?: string;
}

function configFor(sandbox: Sandbox, keys: Keys): $OpenApiUtil.Config {
  return new $OpenApiUtil.Config({
    ...keys,
    regionId: 'ap-southeast-1',
    protocol: 'http',
    endpoint: new URL(sandbox.alibabaCloud.endpoints.privatelink).host,
  });
}

/** Calls through the official, unmodified core caller; resolves with the answer's body. */
export type OfficialCall = (
  product: keyof typeof VERSIONS,
  action: string,
  input?: object,
) => Promise<unknown>;

export function officialCaller(sandbox: Sandbox, keys: Keys = sandbox.alibabaCloud): OfficialCall {
  const { accessKeyId, accessKeySecret, securityToken } = keys;
  const client = new CoreClient(
    configFor(sandbox, {
      accessKeyId,
      accessKeySecret,
      ...(securityToken === undefined ? {} : { securityToken }),
    }),
  );
  return async (product, action, input = {}) => {
    const params = new $OpenApiUtil.Params({
      action,
      version: VERSIONS[product],
      protocol: 'HTTPS',
      pathname: '/',
      method: 'POST',
      authType: 'AK',
      style: 'RPC',
      reqBodyType: 'formData',
      bodyType: 'json',
    });
    const flattened = OpenApiUtil.query(input);
    const request = new $OpenApiUtil.OpenApiRequest(
      TAG_ACTIONS.includes(action) ? { body: flattened } : { query: flattened },
    );
    const answer: unknown = await client.callApi(params, request, new $dara.RuntimeOptions({}));
    return (answer as { body: unknown }).body;
  };
}

export function officialVpcClient(sandbox: Sandbox): VpcClient {
  const { accessKeyId, accessKeySecret } = sandbox.alibabaCloud;
  return new VpcClient(configFor(sandbox, { accessKeyId, accessKeySecret }));
}

/** What the official caller says when the cloud refuses. */
export interface OfficialRefusal {
  readonly code: string;
  readonly statusCode: number;
  readonly name: string;
  readonly data: unknown;
  readonly retryAfter?: number;
}

/** @throws when the call is not refused. */
export async function refusalOf(call: Promise<unknown>): Promise<OfficialRefusal> {
  let answer: unknown;
  try {
    answer = await call;
  } catch (error) {
    return error as OfficialRefusal;
  }
  throw new Error(`The call was not refused: ${JSON.stringify(answer)}`);
}
