import { decodePairs, FORM, header, isForm, type IncomingCall } from '../http/exchange';
import { ApiError } from './apiError';
import type { Operation } from './operation';
import { allPairs, isProtocolParameter, isRpcStyle } from './rpcSignature';

/** What a request asks for: named in its headers, or in the older style among its parameters. */
export function actionOf(call: IncomingCall): string | undefined {
  return header(call, 'x-acs-action') ?? protocolParameter(call, 'Action');
}

export function versionOf(call: IncomingCall): string | undefined {
  return header(call, 'x-acs-version') ?? protocolParameter(call, 'Version');
}

function protocolParameter(call: IncomingCall, name: string): string | undefined {
  return isRpcStyle(call) ? allPairs(call).find(([given]) => given === name)?.[1] : undefined;
}

/**
 * The parameters of the action, in the order sent. They come in the query or in a form body; some operations take the
 * body's only.
 * @throws ApiError for a body of another type, and for a query where only a body is taken.
 */
export function parametersOf(operation: Operation, call: IncomingCall): [string, string][] {
  if (call.body.length > 0 && !isForm(call)) {
    throw new ApiError(400, 'UnsupportedContentType', `The body of a request is ${FORM}.`);
  }
  const query = decodePairs(call.queryText);
  const form = decodePairs(call.body.toString('utf8'));
  if (isRpcStyle(call)) {
    checkFormat(call);
    const own = (pairs: [string, string][]): [string, string][] =>
      pairs.filter(([name]) => !isProtocolParameter(name));
    return inItsPlace(operation, ...settleRegion(operation, own(query), own(form)));
  }
  return inItsPlace(operation, query, form);
}

function inItsPlace(
  operation: Operation,
  query: [string, string][],
  form: [string, string][],
): [string, string][] {
  const stray = operation.takes === 'form' ? query[0] : undefined;
  if (stray) {
    throw new ApiError(
      400,
      `InvalidParameter.${stray[0]}`,
      `${stray[0]} belongs to the form body of this action.`,
    );
  }
  return [...query, ...form];
}

/**
 * Clients of the older style put their region into the query of every action, also of those that have no such parameter
 * and of those whose parameters travel in the form, where it may be once more.
 */
function settleRegion(
  operation: Operation,
  query: [string, string][],
  form: [string, string][],
): [[string, string][], [string, string][]] {
  const isRegion = ([name]: [string, string]): boolean => name === 'RegionId';
  const others = query.filter((pair) => !isRegion(pair));
  if (!operation.parameterNames.includes('RegionId')) {
    return [others, form.filter((pair) => !isRegion(pair))];
  }
  return form.some(isRegion) ? [others, form] : [others, [...query.filter(isRegion), ...form]];
}

/** The older style's default is XML, which no client in use asks for. */
function checkFormat(call: IncomingCall): void {
  const format = protocolParameter(call, 'Format');
  if (format?.toUpperCase() !== 'JSON') {
    throw new ApiError(
      400,
      'InvalidParameter.Format',
      'This sandbox answers in JSON only: send Format=JSON.',
    );
  }
}
