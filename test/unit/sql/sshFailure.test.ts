import assert from 'node:assert/strict';
import type { ErrorCode } from '../../../src/core/errors';
import { isAuthenticated, sshFailure, sshLost, sshSilence } from '../../../src/sql/ssh/failure';

const way = { destination: 'bastion', domain: 'gw.example.com' };
const login = 'Authenticated to bastion ([10.0.0.1]:22) using "publickey".\r\n';
const jumpGone =
  'kex_exchange_identification: Connection closed by remote host\r\nConnection closed by UNKNOWN port 65535\r\n';

/** As OpenSSH's programs and others have said it. */
const said: readonly (readonly [string, ErrorCode, string?])[] = [
  [
    '@@@@@@@@@@@\r\n@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\r\nHost key verification failed.\r\n',
    'sshHostKeyChanged',
  ],
  ['Host key verification failed.\r\n', 'sshHostKeyRefused', 'Host key verification failed'],
  [
    'No ED25519 host key is known for [127.0.0.1]:22 and you have requested strict checking.\r\nHost key verification failed.\r\n',
    'sshHostKeyRefused',
    'No ED25519 host key is known for [127.0.0.1]:22 and you have requested strict checking',
  ],
  ['ops@10.0.0.1: Permission denied (publickey).\r\n', 'sshDenied', 'Permission denied (publickey)'],
  [
    'Received disconnect from 10.0.0.1 port 22:2: Too many authentication failures\r\nDisconnected from 10.0.0.1 port 22\r\n',
    'sshDenied',
    'Too many authentication failures',
  ],
  [
    "Permissions 0644 for '/home/a/.ssh/key' are too open.\r\nLoad key: bad permissions\r\nPermission denied (publickey).",
    'sshDenied',
    "Permissions 0644 for '/home/a/.ssh/key' are too open",
  ],
  ['ssh: Could not resolve hostname bastion: Name or service not known\r\n', 'sshHostNotFound', 'bastion'],
  [
    'ssh: connect to host bastion port 22: Connection timed out\r\n',
    'sshUnreachable',
    'connect to host bastion port 22: Connection timed out',
  ],
  [
    'Connection timed out during banner exchange\r\nConnection to 10.0.0.1 port 22 timed out\r\n',
    'sshUnreachable',
  ],
  [
    'kex_exchange_identification: read: Connection reset by peer\r\n',
    'sshUnreachable',
    'read: Connection reset by peer',
  ],
  ['Connection closed by 10.0.0.1 port 22\r\n', 'sshUnreachable', 'Connection closed by 10.0.0.1 port 22'],
  [
    `${login}channel 0: open failed: administratively prohibited: open failed\r\nstdio forwarding failed\r\n`,
    'sshForwardRefused',
    'administratively prohibited: open failed',
  ],
  [
    `${login}channel 0: open failed: connect failed: Name or service not known\r\n`,
    'sshFarHostNotFound',
    'Name or service not known',
  ],
  [
    `${login}channel 0: open failed: connect failed: Temporary failure in name resolution\r\n`,
    'sshFarHostNotFound',
  ],
  [
    `${login}channel 0: open failed: connect failed: Connection timed out\r\n`,
    'sshFarUnreachable',
    'Connection timed out',
  ],
  [
    `${login}channel 0: open failed: connect failed: No route to host\r\n`,
    'sshFarUnreachable',
    'No route to host',
  ],
  [
    `channel 0: open failed: connect failed: Connection refused\r\nstdio forwarding failed\r\n${jumpGone}`,
    'sshUnreachable',
    'Connection refused',
  ],
  [`channel 0: open failed: connect failed: Name or service not known\r\n${jumpGone}`, 'sshHostNotFound'],
  [
    '/home/a/.ssh/config: line 3: Bad configuration option: nonsense\r\n/home/a/.ssh/config: terminating, 1 bad configuration options\r\n',
    'sshFailed',
    '/home/a/.ssh/config: terminating, 1 bad configuration options',
  ],
  ['', 'sshFailed', 'it ended without a word'],
  [login, 'sshFailed', 'it ended without a word'],
];

describe('what ssh says', () => {
  for (const [words, code, reason] of said) {
    it(`means ${code}: ${words.trim().split('\r\n').at(-1) ?? ''}`, () => {
      const error = sshFailure(words, way);
      assert.equal(error.code, code);
      assert.equal(error.details.subject, 'bastion');
      assert.equal(error.details.domain, 'gw.example.com');
      if (reason !== undefined) {
        assert.equal(error.details.reason, reason);
      }
    });
  }

  it('is nothing where there is no ssh, or it cannot be run', () => {
    const missing = Object.assign(new Error('spawn ssh ENOENT'), { code: 'ENOENT' });
    assert.equal(sshFailure('', way, missing).code, 'sshMissing');
    const forbidden = Object.assign(new Error('spawn ssh EACCES'), { code: 'EACCES' });
    const error = sshFailure('', way, forbidden);
    assert.equal(error.code, 'sshFailed');
    assert.equal(error.details.reason, 'spawn ssh EACCES');
  });

  it('is silence, whose side the login tells', () => {
    assert.equal(sshSilence(false, way, '15 s').code, 'sshUnreachable');
    assert.equal(sshSilence(true, way, '15 s').details.reason, 'no answer within 15 s');
    assert.equal(isAuthenticated('Authenticating to bastion:22 as ops'), false);
    assert.equal(isAuthenticated(`debug\n${login}`), true);
  });

  it('is why a way broke', () => {
    const error = sshLost(`${login}Timeout, server 10.0.0.1 not responding.\r\n`, way);
    assert.equal(error.code, 'sqlConnectionLost');
    assert.equal(
      error.details.reason,
      'the way through bastion broke (Timeout, server 10.0.0.1 not responding)',
    );
    assert.equal(sshLost(login, way).details.reason, 'the way through bastion broke');
  });
});
