import assert from 'node:assert/strict';
import { errorFrom, paceOf } from '../../../../src/cloud/alibaba/errors';
import { patient, quick } from '../../../../src/cloud/retry';
import type { ErrorCode } from '../../../../src/core/errors';
import { Redactor } from '../../../../src/core/redact';
import { wholeText } from '../support';

const redactor = new Redactor();
redactor.learn('the-secret-key');
const operation = { product: 'privatelink', name: 'CreateVpcEndpoint' } as const;
const context = { operation, now: 0, redactor };

function answer(status: number, body: unknown, headers: Record<string, string> = {}) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return errorFrom({ status, headers: new Headers(headers), text }, context);
}
const coded = (status: number, Code: string, more: object = {}) =>
  answer(status, { RequestId: 'R-1', HostId: 'h', Code, Message: 'the words of the cloud.', ...more });

/** Every code of the contracts: where it stands, with which HTTP status, and what it means to a person. */
const table: Record<string, [expected: ErrorCode, status: number, ...codes: string[]][]> = {
  'every product': [
    ['credentialsRejected', 404, 'InvalidAccessKeyId.NotFound'],
    ['credentialsRejected', 400, 'InvalidAccessKeyId.Inactive', 'Forbidden.AccessKeyDisabled'],
    ['credentialsRejected', 403, 'InvalidAccessKeyId.Inactive', 'Forbidden.AccessKeyDisabled'],
    ['credentialsRejected', 400, 'SignatureDoesNotMatch', 'IncompleteSignature'],
    ['conflict', 400, 'SignatureNonceUsed'],
    ['clockSkew', 400, 'InvalidTimeStamp.Expired', 'InvalidTimeStamp.Format'],
    ...([400, 403] as const).flatMap((status): (typeof table)[string] => [
      ['credentialsExpired', status, 'InvalidSecurityToken.Expired', 'InvalidSecurityToken.Malformed'],
      ['credentialsExpired', status, 'InvalidSecurityToken.MismatchWithAccessKey', 'MissingSecurityToken'],
      ['notAllowed', status, 'NoPermission', 'Forbidden.RAM', 'Forbidden'],
    ]),
    ...([400, 429, 503] as const).map((status): (typeof table)[string][number] => [
      'throttled',
      status,
      ...['Throttling', 'Throttling.User', 'Throttling.Api', 'Rejected.Throttling', 'FlowControl'],
    ]),
    ['cloudFault', 503, 'ServiceUnavailable'],
    ['cloudFault', 500, 'InternalError'],
    ['invalidInput', 400, 'MissingParameter', 'MissingRegionId', 'InvalidParameter.EndpointName'],
    ['unsupported', 404, 'InvalidAction.NotFound', 'InvalidVersion', 'UnsupportedOperation'],
    ['unsupported', 400, 'InvalidVersion', 'UnsupportedOperation'],
    ['invalidInput', 404, 'InvalidRegionId.NotFound', 'RegionNotFound', 'UnsupportedRegion'],
    ['invalidInput', 400, 'RegionNotFound', 'UnsupportedRegion'],
    ['conflict', 400, 'IdempotenceProcessing', 'IdempotenceSignatureMismatch', 'IdempotentParameterMismatch'],
    ['conflict', 400, 'DryRunOperation'],
  ],
  PrivateLink: [
    ['notOpen', 400, 'NeedOpenProduct'],
    ['conflict', 400, 'OrderOpend', 'InvalidAccountStatus.NotEnoughBalance'],
    ['notAllowed', 400, 'AccountTypeRestricted', 'EndpointServiceNotAuthorized', 'CheckServiceLinkRoleError'],
    ['notAllowed', 400, 'NoPermission', 'OperationDenied.EndpointProtected', 'EndpointProtected'],
    ['notFound', 400, 'EndpointServiceNotFound', 'EndpointServiceDeleted', 'EndpointServiceResourceNotFound'],
    ['notFound', 400, 'VpcNotFound', 'VSwitchNotFound', 'SecurityGroupNotFound', 'VpcTunnelNotFound'],
    ['notFound', 400, 'EndpointNotFound', 'EndpointConnectionNotFound', 'EndpointZoneNotFound'],
    ['notFound', 400, 'InvalidResourceId.NotFound', 'TagInfoNotExist'],
    ['invalidInput', 400, 'EndpointServiceNotSupportedZone', 'UnsupportedZone', 'EndpointZoneDuplicated'],
    ['invalidInput', 400, 'EniIpUnavailable', 'ResourceNotEnough.VSwitchIp', 'Mismatch.EndpointType'],
    ['invalidInput', 400, 'EndpointMustContainSecurityGroup', 'SecurityGroupTypeNotSupport'],
    ['invalidInput', 400, 'SecurityGroupTypeOnlySingleTypeSupporteded'],
    ['invalidInput', 400, 'MissingTagKeyParam', 'MissingTagValueParam', 'MissingResourceIdOrTagParam'],
    ['invalidInput', 400, 'IllegalTagKeyParam', 'IllegalTagValueParam', 'DuplicatedTagKey'],
    ['conflict', 400, 'IncorrectStatus.VpcEndpointService', 'EndpointServiceLocked'],
    ['conflict', 400, 'IncorrectStatus.VpcEndpoint', 'IncorrectStatus.VpcEndpointConnection'],
    ['conflict', 400, 'VSwitchStatusNotAllowed', 'EndpointExist', 'EndpointDuplicated', 'SecurityGroupExist'],
    ['conflict', 400, 'OperationDenied.EndpointPolicyNotSupport', 'OperationDenied.PrivateDomainNotSupport'],
    ['conflict', 400, 'OperationDenied.PrivateDomainStatusNotSupport', 'DependencyViolation.PrivateDnsName'],
    ['conflict', 400, 'EndpointDependenceViolation', 'EndpointLocked', 'EndpointOperationDenied'],
    ['conflict', 400, 'EndpointConnectionOperationDenied', 'ConcurrentCallNotSupported'],
    ['quota', 400, 'QuotaMisMatched', 'QuotaExceeded.IpQuotaPerEp', 'QuotaExceeded.epZonePerEndpoint'],
    ['quota', 400, 'QuotaExceeded.totalEpPerVpc', 'QuotaExceeded.totalIdleEndpoint'],
    ['quota', 400, 'QuotaExceed.TagsPerResource'],
    ['cloudFault', 400, 'GenerateResourceIdFailed', 'SystemBusy', 'VpcNatServiceException'],
  ],
  VPC: [
    ['invalidInput', 400, 'InvalidVpcIdNumber.NotSupported', 'InvalidAliuid', 'IllegalParam.OwnerId'],
    ['invalidInput', 400, 'IellgalParameter.OwnerAccount', 'InvalidResourceGroupId'],
    ['invalidInput', 400, 'InvalidTagKey', 'InvalidTagValue'],
    ['invalidInput', 404, 'InvalidVpcIdNumber.NotSupported', 'InvalidVSwitchIdNumber.NotSupported'],
    ['invalidInput', 404, 'InvalidRegionId.NotFound'],
    ['unsupported', 400, 'OperationUnsupported.ResourceGroupId'],
    ['notFound', 400, 'InvalidAccount.NotFound', 'InvalidResourceGroupId.NotFound', 'Forbidden.VpcNotFound'],
    ['notFound', 404, 'InvalidVSwitchId.NotFound'],
    ['cloudFault', 500, 'InternalError'],
  ],
  ECS: [
    ['notAllowed', 403, 'Unauthorized.EmptyRegion'],
    ['invalidInput', 403, 'Invalid.InstanceChargeType'],
    ['invalidInput', 404, 'InvalidAcceptLanguage.NotFound', 'InvalidResourceType.NotFound'],
    ['invalidInput', 404, 'InvalidRegionId.NotFound', 'InvalidRegion.NotFound'],
    ['invalidInput', 400, 'NotSupported.PageNumberAndPageSize', 'InValidParameter.NextToken'],
    ['invalidInput', 400, 'MissingParameter.RegionId', 'InvalidParameter.SecurityGroupType'],
    ['invalidInput', 400, 'InvalidNicType.ValueNotSupported', 'InvalidParamter'],
    ['invalidInput', 400, 'InvalidSecurityGroupId.Malformed'],
    ['notFound', 404, 'InvalidSecurityGroupId.NotFound'],
    ['invalidInput', 400, 'InvalidSourceGroupId.Mismatch'],
    ['invalidInput', 403, 'InvalidSourceGroupId.Mismatch'],
    ['notFound', 400, 'InvalidSourceGroup.NotFound'],
    ['notFound', 404, 'InvalidSourceGroupId.NotFound', 'InvalidPrefixListId.NotFound'],
    ['invalidInput', 400, 'MissingParameter.Source', 'MissingParameter'],
    ['invalidInput', 403, 'MissingParameter.Source', 'MissingParameter'],
    ['invalidInput', 400, 'InvalidParam.PortRange', 'InvalidPortRange.Malformed'],
    ['invalidInput', 400, 'InvalidSourcePortRange.Malformed', 'InvalidPolicy.Malformed'],
    ['invalidInput', 400, 'InvalidIpProtocol.Malformed', 'InvalidIpProtocol.ValueNotSupported'],
    ['invalidInput', 400, 'InvalidPriority.Malformed', 'InvalidPriority.ValueNotSupported'],
    ['invalidInput', 400, 'InvalidSourceCidrIp.Malformed', 'InvalidParam.SourceCidrIp'],
    ['invalidInput', 400, 'InvalidParam.SourceIp', 'InvalidParam.DestIp', 'InvalidParam.DestCidrIp'],
    ['invalidInput', 400, 'InvalidDestCidrIp.Malformed', 'InvalidParam.Ipv6SourceCidrIp'],
    ['invalidInput', 400, 'InvalidParam.DuplicatePermissions'],
    [
      'invalidInput',
      400,
      'InvalidParamter.Conflict',
      'InvalidParameter.Conflict',
      'InvalidParam.Permissions',
    ],
    [
      'invalidInput',
      403,
      'InvalidParamter.Conflict',
      'InvalidParameter.Conflict',
      'InvalidParam.Permissions',
    ],
    ['invalidInput', 400, 'InvalidGroupParameter.OperationDenied'],
    ['invalidInput', 400, 'InvalidGroupAuthParameter.OperationDenied'],
    ['invalidInput', 403, 'InvalidNicType.Mismatch', 'InvalidSecurityGroup.InvalidNetworkType'],
    ['invalidInput', 403, 'InvalidNetworkType.Mismatch', 'InvalidNetworkType.Conflict'],
    ['quota', 400, 'AuthorizedGroupRule.LimitExceed'],
    ['quota', 403, 'AuthorizationLimitExceed', 'LimitExceed.PrefixListAssociationResource'],
    ['conflict', 403, 'InvalidOperation.ResourceManagedByCloudProduct'],
    ['conflict', 400, 'OperationDenied'],
    ['invalidInput', 400, 'InvalidSecurityGroupDiscription.Malformed'],
    ['cloudFault', 500, 'InternalError'],
  ],
  STS: [
    ['invalidInput', 400, 'InvalidParameter.DurationSeconds', 'InvalidParameter.ExternalId'],
    ['invalidInput', 400, 'InvalidParameter.RoleArn', 'InvalidParameter.RoleSessionName'],
    ['invalidInput', 400, 'InvalidParameter.SerialNumber', 'InvalidParameter.TokenCode'],
    ['invalidInput', 400, 'InvalidParameter.PolicyGrammar', 'InvalidParameter.PolicySize'],
    ['invalidInput', 400, 'InvalidParameter.ContentType'],
    ['notAllowed', 403, 'NoPermission'],
    ['credentialsRejected', 403, 'AuthenticationFail.ApiUsername', 'AuthenticationFail.ApiPassword'],
    ['notFound', 404, 'EntityNotExist.Role'],
    ['cloudFault', 500, 'InternalError'],
  ],
  'what is not known': [
    ['invalidInput', 400, 'SomethingNew'],
    ['notAllowed', 401, 'SomethingNew'],
    ['notAllowed', 403, 'SomethingNew'],
    ['notFound', 404, 'SomethingNew'],
    ['conflict', 409, 'SomethingNew'],
    ['throttled', 429, 'SomethingNew'],
    ['cloudFault', 500, 'SomethingNew'],
  ],
};

describe('Alibaba Cloud errors', () => {
  for (const [product, rows] of Object.entries(table)) {
    describe(`of ${product}`, () => {
      for (const [expected, status, ...codes] of rows) {
        for (const code of codes) {
          it(`${status} ${code} → ${expected}`, () => {
            const error = coded(status, code);
            assert.equal(error.code, expected);
            assert.deepEqual(
              [error.details.serviceCode, error.details.requestId, error.details.httpStatus],
              [code, 'R-1', status],
            );
            assert.equal(error.details.source, 'Alibaba Cloud');
            assert.ok(error.details.reason);
          });
        }
      }
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
    for (const code of ['NoPermission', 'Forbidden.RAM']) {
      assert.equal(coded(400, code).details.missingPermission, 'privatelink:CreateVpcEndpoint');
    }
  });

  it('names none where no RAM policy would help, and says why', () => {
    for (const [code, why] of [
      ['EndpointServiceNotAuthorized', /has not allowed this Alibaba Cloud account/],
      ['OperationDenied.EndpointProtected', /only the identity that created it/],
      ['EndpointProtected', /only the identity that created it/],
      ['AccountTypeRestricted', /only the main account/],
    ] as const) {
      const { details } = coded(400, code);
      assert.equal(details.missingPermission, undefined);
      assert.match(details.reason ?? '', why);
    }
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

  it('finds the request id in the header where the body has none', () => {
    const header = { 'x-acs-request-id': 'R-9' };
    assert.equal(answer(502, '<html>', header).details.requestId, 'R-9');
    assert.equal(answer(400, { Code: 'X' }, header).details.requestId, 'R-9');
    assert.equal(coded(400, 'X').details.requestId, 'R-1');
    assert.equal(answer(403, '<html>').details.requestId, undefined);
  });

  it('keeps to the pause asked for, also by a fault and without a readable error', () => {
    const fault = answer(503, { Code: 'ServiceUnavailable' }, { 'retry-after': '3' });
    assert.equal(fault.details.retryAfterMs, 3000);
    assert.equal(answer(429, '<html>', { 'retry-after': '2' }).details.retryAfterMs, 2000);
    assert.equal(answer(400, { Code: 'X' }, { 'retry-after': '2' }).details.retryAfterMs, undefined);
  });
});

describe('What passes by itself on Alibaba Cloud', () => {
  const reading = {};
  const changing = { changes: true } as const;
  for (const [code, whenReading, whenChanging] of [
    ['SignatureNonceUsed', quick, quick],
    ['IdempotenceProcessing', patient, patient],
    ['ConcurrentCallNotSupported', quick, patient],
    ['EndpointLocked', undefined, patient],
    ['EndpointOperationDenied', undefined, patient],
    ['EndpointConnectionOperationDenied', undefined, patient],
    ['IdempotenceSignatureMismatch', undefined, undefined],
    ['EndpointDependenceViolation', undefined, undefined],
    ['OperationDenied.EndpointProtected', undefined, undefined],
    ['EndpointProtected', undefined, undefined],
  ] as const) {
    it(code, () => {
      assert.equal(paceOf(coded(400, code), reading), whenReading);
      assert.equal(paceOf(coded(400, code), changing), whenChanging);
    });
  }
});
