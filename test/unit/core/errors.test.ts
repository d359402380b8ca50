import assert from 'node:assert/strict';
import {
  AppError,
  cancellation,
  isCancellation,
  isTransient,
  wordingOf,
  type ErrorCode,
  type ErrorDetails,
  type ErrorSource,
} from '../../../src/core/errors';

/** Each code, and whether waiting alone can help. The type keeps the list whole. */
const codes: Record<ErrorCode, boolean> = {
  notSignedIn: false,
  sandboxFailed: false,
  credentialsRejected: false,
  credentialsExpired: false,
  clockSkew: false,
  notAllowed: false,
  notFound: false,
  conflict: false,
  quota: false,
  notOpen: false,
  throttled: true,
  unreachable: true,
  timeout: true,
  cloudFault: true,
  badAnswer: true,
  unsupported: false,
  invalidInput: false,
  diskFailed: false,
  sqlHostNotFound: false,
  sqlUnreachable: false,
  sqlAccessDenied: false,
  sqlPasswordNeeded: false,
  sqlUnknownDatabase: false,
  secretsUnavailable: false,
  sqlRefused: false,
  sqlTlsUnavailable: false,
  sqlCertificateHost: false,
  sqlCertificateUntrusted: false,
  sqlCertificateExpired: false,
  sqlConnectionLost: false,
  sqlTransactionLost: false,
  sqlTimeout: false,
  sqlStatement: false,
  sqlProtocol: false,
  clientMissing: false,
  clientNeedsDirectRoute: false,
  sshMissing: false,
  sshHostNotFound: false,
  sshUnreachable: false,
  sshHostKeyChanged: false,
  sshHostKeyRefused: false,
  sshDenied: false,
  sshForwardRefused: false,
  sshFarHostNotFound: false,
  sshFarUnreachable: false,
  sshFailed: false,
};
const everyCode = Object.keys(codes) as ErrorCode[];
const sources: ErrorSource[] = ['TiDB Cloud', 'Alibaba Cloud', 'SQL', 'Extension'];
const details: Partial<ErrorDetails>[] = [
  {},
  ...[
    'the key is not known',
    'The key is not known.',
    'Try later!',
    'Is it there?',
    'two sentences. Both end.',
    'it goes on...',
    'with a line end.\n',
    ' ',
  ].map((reason) => ({ reason })),
  { subject: 'ep-1.private.test' },
  { subject: 'x', reason: 'y', httpStatus: 503, missingPermission: 'vpc:DescribeVpcs', retryAfterMs: 1500 },
];

/** A whole sentence: one full stop at its end, no gaps and no stuttering marks anywhere. */
function assertSentence(text: string): void {
  assert.match(text, /^\S.*\S$/s, text);
  assert.match(text, /\.$/, text);
  assert.doesNotMatch(text, /[.!?,;:]\s*[.!?,;:]$|\.\.|!\.|\?\.|: ?:| {2}|\s[.,]|\n|\(\)/, text);
}

describe('wordingOf', () => {
  for (const code of everyCode) {
    it(`words ${code} in whole sentences, whatever is known`, () => {
      for (const source of sources) {
        for (const some of details) {
          const { message, nextStep, remedies } = wordingOf(new AppError(code, { source, ...some }));
          assertSentence(message);
          assertSentence(nextStep);
          assert.equal(new Set(remedies).size, remedies.length);
          assert.doesNotMatch(`${message} ${nextStep}`, /undefined|null|\[object/);
        }
      }
    });
  }

  it('gives the cause and the way out in the right cloud', () => {
    const words = wordingOf(
      new AppError('credentialsRejected', { source: 'Alibaba Cloud', reason: 'the AccessKey is disabled' }),
    );
    assert.deepEqual(words.remedies, ['signInAlibabaCloud']);
    assert.equal(words.message, 'Alibaba Cloud refused the key: the AccessKey is disabled.');
    assert.deepEqual(wordingOf(new AppError('notSignedIn', { source: 'TiDB Cloud' })).remedies, [
      'signInTidbCloud',
    ]);
    assert.deepEqual(wordingOf(new AppError('quota', { source: 'TiDB Cloud' })).remedies, ['openTidbCloud']);
  });

  it('tells a bastion from what is behind it, and offers another one', () => {
    const way = { source: 'SQL', subject: 'jump.example.com', domain: 'gw.example.com' } as const;
    for (const code of everyCode.filter((name) => name.startsWith('ssh'))) {
      const { message, remedies } = wordingOf(new AppError(code, way));
      assert.ok(code === 'sshMissing' || message.includes('bastion jump.example.com'), message);
      assert.equal(message.includes('gw.example.com'), code.startsWith('sshFar'), message);
      assert.ok(remedies.includes('chooseBastion'), code);
    }
    for (const code of ['sqlHostNotFound', 'sqlUnreachable'] as const) {
      assert.ok(wordingOf(new AppError(code, { source: 'SQL' })).remedies.includes('chooseBastion'));
    }
  });

  it('names the missing permission, and how long to wait', () => {
    assert.match(
      wordingOf(
        new AppError('notAllowed', { source: 'Alibaba Cloud', missingPermission: 'vpc:DescribeVpcs' }),
      ).message,
      /vpc:DescribeVpcs is missing\.$/,
    );
    assert.match(
      wordingOf(new AppError('throttled', { source: 'TiDB Cloud', retryAfterMs: 1500 })).nextStep,
      /^Wait 2 s,/,
    );
  });

  it('offers the RAM policy where one would help, and only there', () => {
    const missing = { source: 'Alibaba Cloud', missingPermission: 'privatelink:CreateVpcEndpoint' } as const;
    assert.equal(wordingOf(new AppError('notAllowed', missing)).remedies[0], 'copyRamPolicy');
    for (const error of [
      new AppError('notAllowed', { source: 'Alibaba Cloud', reason: 'the endpoint is protected' }),
      new AppError('notAllowed', { source: 'TiDB Cloud', missingPermission: 'Organization Owner' }),
    ]) {
      assert.ok(!wordingOf(error).remedies.includes('copyRamPolicy'));
    }
  });

  it('names the role that TiDB Cloud wants and keeps its own words', () => {
    const details = { source: 'TiDB Cloud', missingPermission: 'Instance Manager' } as const;
    assert.match(
      wordingOf(new AppError('notAllowed', { ...details, reason: 'access denied.' })).message,
      /at least the role Instance Manager \(access denied\)\.$/,
    );
    assert.match(wordingOf(new AppError('notAllowed', details)).message, /the role Instance Manager\.$/);
  });

  it('keeps Alibaba Cloud’s words beside the missing permission', () => {
    const details = { source: 'Alibaba Cloud', missingPermission: 'vpc:DescribeVpcs' } as const;
    assert.match(
      wordingOf(new AppError('notAllowed', { ...details, reason: 'denied by a policy' })).message,
      /vpc:DescribeVpcs is missing \(denied by a policy\)\.$/,
    );
  });

  it('keeps the text of an unforeseen error out of the message', () => {
    const { message, nextStep } = wordingOf(new Error('token=abc'));
    assertSentence(message);
    assertSentence(nextStep);
    assert.doesNotMatch(message + nextStep, /token/);
    assert.equal(wordingOf(undefined).message, message);
  });
});

describe('AppError', () => {
  it('is known by its brand and keeps its cause', () => {
    const cause = new Error('why');
    const error = new AppError('timeout', { source: 'TiDB Cloud', cause });
    assert.equal(error.cause, cause);
    assert.ok(AppError.is(error));
    const brand = Object.getOwnPropertySymbols(error)[0];
    assert.ok(brand !== undefined && AppError.is({ [brand]: true }), 'a copy of the class in another bundle');
    for (const other of [new Error('x'), undefined, null, 'timeout', {}]) {
      assert.equal(AppError.is(other), false);
    }
  });

  it('tells a choice from an error, and the passing from the lasting', () => {
    assert.ok(isCancellation(cancellation()));
    assert.ok(isCancellation(AbortSignal.abort().reason));
    assert.equal(isCancellation(AbortSignal.timeout(0)), false);
    assert.equal(isCancellation(new Error('x')), false);
    for (const code of everyCode) {
      assert.equal(isTransient(new AppError(code, { source: 'TiDB Cloud' })), codes[code], code);
    }
    assert.equal(isTransient(new Error('x')), false);
  });
});
