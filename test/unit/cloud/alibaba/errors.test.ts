import assert from 'node:assert/strict';
import { errorFrom, passesByItself } from '../../../../src/cloud/alibaba/errors';
import { Redactor } from '../../../../src/core/redact';
import { wholeText } from '../support';

const redactor = new Redactor();
redactor.learn('the-secret-key');
const context = { operation: 'CreateVpcEndpoint', now: 0, redactor };

function answer(status: number, body: unknown, headers: Record<string, string> = {}) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return errorFrom({ status, headers: new Headers(headers), text }, context);
}
const coded = (status: number, Code: string, more: object = {}) =>
  answer(status, { RequestId: 'R-1', HostId: 'h', Code, Message: 'the words of the cloud.', ...more });

describe('Alibaba Cloud errors', () => {
  const table: [code: string, status: number, expected: string][] = [
    ['InvalidAccessKeyId.NotFound', 404, 'credentialsRejected'],
    ['InvalidAccessKeyId.Inactive', 400, 'credentialsRejected'],
    ['Forbidden.AccessKeyDisabled', 403, 'credentialsRejected'],
    ['SignatureDoesNotMatch', 400, 'credentialsRejected'],
    ['IncompleteSignature', 400, 'credentialsRejected'],
    ['SignatureNonceUsed', 400, 'conflict'],
    ['InvalidTimeStamp.Expired', 400, 'clockSkew'],
    ['InvalidTimeStamp.Format', 400, 'clockSkew'],
    ['InvalidSecurityToken.Expired', 400, 'credentialsExpired'],
    ['InvalidSecurityToken.Malformed', 403, 'credentialsExpired'],
    ['InvalidSecurityToken.MismatchWithAccessKey', 400, 'credentialsExpired'],
    ['MissingSecurityToken', 400, 'credentialsExpired'],
    ['NoPermission', 400, 'notAllowed'],
    ['NoPermission', 403, 'notAllowed'],
    ['Forbidden.RAM', 403, 'notAllowed'],
    ['Forbidden', 403, 'notAllowed'],
    ['Unauthorized.EmptyRegion', 403, 'notAllowed'],
    ['Throttling', 400, 'throttled'],
    ['Throttling.User', 400, 'throttled'],
    ['Throttling.Api', 503, 'throttled'],
    ['Rejected.Throttling', 429, 'throttled'],
    ['FlowControl', 400, 'throttled'],
    ['ServiceUnavailable', 503, 'cloudFault'],
    ['InternalError', 500, 'cloudFault'],
    ['SystemBusy', 400, 'cloudFault'],
    ['GenerateResourceIdFailed', 400, 'cloudFault'],
    ['MissingParameter', 400, 'invalidInput'],
    ['MissingRegionId', 400, 'invalidInput'],
    ['InvalidParameter.DurationSeconds', 400, 'invalidInput'],
    ['InvalidAction.NotFound', 404, 'unsupported'],
    ['InvalidVersion', 400, 'unsupported'],
    ['UnsupportedOperation', 400, 'unsupported'],
    ['InvalidRegionId.NotFound', 404, 'invalidInput'],
    ['RegionNotFound', 400, 'invalidInput'],
    ['UnsupportedRegion', 400, 'invalidInput'],
    ['IdempotenceProcessing', 400, 'conflict'],
    ['IdempotenceSignatureMismatch', 400, 'conflict'],
    ['IdempotentParameterMismatch', 400, 'conflict'],
    ['NeedOpenProduct', 400, 'notOpen'],
    ['OrderOpend', 400, 'conflict'],
    ['AccountTypeRestricted', 400, 'notAllowed'],
    ['InvalidAccountStatus.NotEnoughBalance', 400, 'conflict'],
    ['EndpointServiceNotFound', 400, 'notFound'],
    ['EndpointServiceDeleted', 400, 'notFound'],
    ['EndpointServiceResourceNotFound', 400, 'notFound'],
    ['EndpointServiceNotAuthorized', 400, 'notAllowed'],
    ['EndpointServiceNotSupportedZone', 400, 'invalidInput'],
    ['UnsupportedZone', 400, 'invalidInput'],
    ['IncorrectStatus.VpcEndpointService', 400, 'conflict'],
    ['EndpointServiceLocked', 400, 'conflict'],
    ['EndpointLocked', 400, 'conflict'],
    ['VpcNotFound', 400, 'notFound'],
    ['VSwitchNotFound', 400, 'notFound'],
    ['SecurityGroupNotFound', 400, 'notFound'],
    ['InvalidSecurityGroupId.NotFound', 404, 'notFound'],
    ['Forbidden.VpcNotFound', 400, 'notFound'],
    ['EndpointNotFound', 400, 'notFound'],
    ['VSwitchStatusNotAllowed', 400, 'conflict'],
    ['EniIpUnavailable', 400, 'invalidInput'],
    ['ResourceNotEnough.VSwitchIp', 400, 'invalidInput'],
    ['EndpointZoneDuplicated', 400, 'invalidInput'],
    ['EndpointMustContainSecurityGroup', 400, 'invalidInput'],
    ['SecurityGroupTypeNotSupport', 400, 'invalidInput'],
    ['EndpointExist', 400, 'conflict'],
    ['EndpointDuplicated', 400, 'conflict'],
    ['QuotaMisMatched', 400, 'quota'],
    ['QuotaExceeded.totalEpPerVpc', 400, 'quota'],
    ['AuthorizationLimitExceed', 403, 'quota'],
    ['AuthorizedGroupRule.LimitExceed', 400, 'quota'],
    ['CheckServiceLinkRoleError', 400, 'notAllowed'],
    ['OperationDenied.EndpointPolicyNotSupport', 400, 'conflict'],
    ['OperationDenied.EndpointProtected', 400, 'notAllowed'],
    ['EndpointDependenceViolation', 400, 'conflict'],
    ['DependencyViolation.PrivateDnsName', 400, 'conflict'],
    ['EndpointOperationDenied', 400, 'conflict'],
    ['ConcurrentCallNotSupported', 400, 'conflict'],
    ['SomethingNew', 400, 'invalidInput'],
    ['SomethingNew', 403, 'notAllowed'],
    ['SomethingNew', 404, 'notFound'],
    ['SomethingNew', 500, 'cloudFault'],
  ];
  for (const [code, status, expected] of table) {
    it(`${status} ${code} → ${expected}`, () => {
      const error = coded(status, code);
      assert.equal(error.code, expected);
      assert.deepEqual(
        [error.details.serviceCode, error.details.requestId, error.details.httpStatus, error.details.source],
        [code, 'R-1', status, 'Alibaba Cloud'],
      );
      assert.ok(error.details.reason);
    });
  }

  it('names the RAM action that is missing', () => {
    const denied = coded(400, 'NoPermission', {
      AccessDeniedDetail: { AuthAction: 'privatelink:CreateVpcEndpoint', NoPermissionType: 'ImplicitDeny' },
    });
    assert.equal(denied.details.missingPermission, 'privatelink:CreateVpcEndpoint');
    assert.equal(
      coded(400, 'CheckServiceLinkRoleError').details.missingPermission,
      'ram:CreateServiceLinkedRole',
    );
    assert.equal(coded(400, 'NoPermission').details.missingPermission, undefined);
  });

  it('takes a detail that names an action for a denial, whatever the code is called', () => {
    assert.equal(
      coded(403, 'AccessDeniedNew', { AccessDeniedDetail: { AuthAction: 'vpc:DescribeVpcs' } }).code,
      'notAllowed',
    );
  });

  it('keeps the cloud’s words, but not those of a refused signature, nor a secret', () => {
    assert.equal(coded(400, 'VpcNotFound').details.reason, 'the words of the cloud.');
    const refused = coded(400, 'SignatureDoesNotMatch', {
      Message: 'server string to sign is:ACS3-HMAC-SHA256\nabcdef',
    });
    assert.equal(refused.details.reason, 'the AccessKey secret does not match the AccessKey ID');
    assert.ok(!wholeText(refused).includes('string to sign'));
    const echoing = coded(400, 'VpcNotFound', { Message: `no\n ${'x'.repeat(900)} the-secret-key` });
    assert.ok((echoing.details.reason?.length ?? 0) < 500);
    assert.ok(
      !wholeText(coded(400, 'X', { Message: 'key the-secret-key is odd' })).includes('the-secret-key'),
    );
  });

  it('reads how long to wait: milliseconds in its own header, seconds in the common one', () => {
    const wait = (headers: Record<string, string>) =>
      answer(400, { Code: 'Throttling.User', Message: 'm' }, headers).details.retryAfterMs;
    assert.equal(wait({ 'x-acs-retry-after': '1500' }), 1500);
    assert.equal(wait({ 'retry-after': '2' }), 2000);
    assert.equal(wait({ 'x-acs-retry-after': '700', 'retry-after': '2' }), 700);
    assert.equal(wait({}), undefined);
  });

  it('knows throttling by the text where that is all there is', () => {
    assert.equal(coded(400, 'InvalidParameter', { Message: 'QPS Limit Exceeded' }).code, 'throttled');
  });

  it('does not repeat a page', () => {
    for (const [status, expected] of [
      [502, 'cloudFault'],
      [429, 'throttled'],
      [403, 'badAnswer'],
      [302, 'badAnswer'],
    ] as const) {
      const error = answer(status, '<html>the-secret-key</html>');
      assert.equal(error.code, expected);
      assert.ok(!wholeText(error).includes('html'));
    }
    assert.equal(answer(400, { message: 'no code' }).code, 'badAnswer');
  });

  it('knows what passes by itself', () => {
    assert.ok(passesByItself(coded(400, 'SignatureNonceUsed')));
    assert.ok(passesByItself(coded(400, 'IdempotenceProcessing')));
    assert.ok(!passesByItself(coded(400, 'IdempotenceSignatureMismatch')));
    assert.ok(!passesByItself(answer(502, '')));
  });
});
