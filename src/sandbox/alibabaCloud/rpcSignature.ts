import { createHmac } from 'node:crypto';
import { decodePairs, header, isForm, type IncomingCall } from '../http/exchange';
import { ApiError } from './apiError';
import type { SignedRequest } from './authentication';
import { encode, signatureDoesNotMatch, signaturesMatch } from './signature';

/**
 * RPC signature 1.0 of Alibaba Cloud OpenAPI: HMAC-SHA1 over all parameters, which travel in the query or a form body
 * together with the parameters of the action. Older SDKs, the CLI, Terraform and the credentials package sign this way.
 */
const PARAMETERS = new Set([
  'Action',
  'Version',
  'AccessKeyId',
  'SignatureMethod',
  'SignatureVersion',
  'SignatureNonce',
  'SignatureType',
  'Timestamp',
  'Signature',
  'Format',
  'SecurityToken',
]);

type Pairs = readonly (readonly [string, string])[];

/** Everything sent as a parameter, in the query and in a form body. */
export function allPairs(call: IncomingCall): [string, string][] {
  return [...decodePairs(call.queryText), ...(isForm(call) ? decodePairs(call.body.toString('utf8')) : [])];
}

/** Whether a parameter belongs to the protocol rather than to the action. */
export function isProtocolParameter(name: string): boolean {
  return PARAMETERS.has(name);
}

/** Whether a request speaks the older style: without an ACS3 authorization, its protocol among its parameters. */
export function isRpcStyle(call: IncomingCall): boolean {
  return (
    header(call, 'authorization') === undefined && allPairs(call).some(([name]) => isProtocolParameter(name))
  );
}

/**
 * `METHOD&%2F&` and the sorted parameters, encoded, joined, and encoded once more. One that is both in the query and in
 * the form counts as in the form.
 */
export function rpcStringToSign(method: string, pairs: Pairs): string {
  const joined = [...new Map(pairs)]
    .filter(([name]) => name !== 'Signature')
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .join('&');
  return `${method}&${encode('/')}&${encode(joined)}`;
}

export function signRpc(stringToSign: string, accessKeySecret: string): string {
  return createHmac('sha1', `${accessKeySecret}&`).update(stringToSign).digest('base64');
}

/** @throws ApiError when a part of the signature is missing, twice there, or of another kind. */
export function readRpcSignature(call: IncomingCall): SignedRequest {
  const pairs = allPairs(call);
  const one = (name: string): string | undefined => {
    const values = pairs.filter(([given]) => given === name).map(([, value]) => value);
    if (values.length > 1) {
      throw new ApiError(400, `InvalidParameter.${name}`, `The parameter ${name} is given twice.`);
    }
    return values[0] === '' ? undefined : values[0];
  };
  const required = (name: string): string => {
    const value = one(name);
    if (value === undefined) {
      throw new ApiError(400, `Missing${name}`, `${name} is mandatory for this action.`);
    }
    return value;
  };
  const accessKeyId = required('AccessKeyId');
  const signature = required('Signature');
  if (required('SignatureMethod') !== 'HMAC-SHA1' || required('SignatureVersion') !== '1.0') {
    throw new ApiError(
      400,
      'IncompleteSignature',
      'The request signature does not conform to Aliyun standards: it is HMAC-SHA1, version 1.0.',
    );
  }
  return {
    accessKeyId,
    date: required('Timestamp'),
    nonce: required('SignatureNonce'),
    securityToken: one('SecurityToken'),
    tokenKeyId: accessKeyId,
    checkSignature: (accessKeySecret) => {
      const stringToSign = rpcStringToSign(call.method, pairs);
      if (!signaturesMatch(signature, signRpc(stringToSign, accessKeySecret))) {
        throw signatureDoesNotMatch(stringToSign);
      }
    },
  };
}
