import assert from 'node:assert/strict';
import { parseChallenges } from '../../../../src/cloud/tidbCloud/challenge';
import type { DigestChallenge } from '../../../../src/cloud/tidbCloud/digest';
import { digestAuthorization, digestChallengeIn } from '../../../../src/cloud/tidbCloud/digest';

const responseIn = (header: string): string => /response="([^"]+)"/.exec(header)?.[1] ?? '';

/** The header of RFC 7616, section 3.9.1: the same request, offered with two algorithms. */
const rfc7616 = `Digest
    realm="http-auth@example.org",
    qop="auth, auth-int",
    algorithm=SHA-256,
    nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
    opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS",
 Digest
    realm="http-auth@example.org",
    qop="auth, auth-int",
    algorithm=MD5,
    nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
    opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"`;

describe('Digest authorization', () => {
  const challengeOf = (header: string): DigestChallenge => {
    const challenge = digestChallengeIn(header);
    assert.ok(challenge);
    return challenge;
  };

  const use7616 = {
    method: 'GET',
    uri: '/dir/index.html',
    cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ',
    count: 1,
  };
  const mufasa7616 = { username: 'Mufasa', password: 'Circle of Life' };

  it('gives the SHA-256 response of RFC 7616, from the first challenge of two', () => {
    const header = digestAuthorization(mufasa7616, challengeOf(rfc7616), use7616);
    assert.equal(responseIn(header), '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1');
    assert.match(header, /^Digest username="Mufasa", /);
    assert.match(header, /, algorithm=SHA-256, /);
    assert.match(header, /, qop=auth, nc=00000001, opaque="FQhe\/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"$/);
  });

  it('gives the MD5 response of RFC 7616', () => {
    const second = rfc7616.slice(rfc7616.lastIndexOf('Digest'));
    const header = digestAuthorization(mufasa7616, challengeOf(second), use7616);
    assert.equal(responseIn(header), '8ca523f5e9506fed4657c9700eebdbec');
  });

  const rfc2617 = 'realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093"';
  const use2617 = { method: 'GET', uri: '/dir/index.html', cnonce: '0a4f113b', count: 1 };
  const mufasa2617 = { username: 'Mufasa', password: 'Circle Of Life' };

  it('gives the response of RFC 2617, with no algorithm named', () => {
    const header = digestAuthorization(
      mufasa2617,
      challengeOf(`Digest ${rfc2617}, qop="auth,auth-int", opaque="5ccc069c403ebaf9f0171e9517f40e41"`),
      use2617,
    );
    assert.equal(responseIn(header), '6629fae49393a05397450978507c4ef1');
    assert.doesNotMatch(header, /algorithm/);
  });

  it('without qop sends neither count nor cnonce (RFC 2069 form)', () => {
    const header = digestAuthorization(mufasa2617, challengeOf(`Digest ${rfc2617}`), use2617);
    assert.equal(responseIn(header), '670fd8c2df070c60b045671b8b24ff02');
    assert.doesNotMatch(header, /nc=|cnonce=|qop=/);
  });

  it('quotes what could end a quoted text', () => {
    const challenge = challengeOf('Digest realm="a \\"b\\" \\\\c", nonce="n", qop="auth"');
    assert.equal(challenge.realm, 'a "b" \\c');
    const header = digestAuthorization({ username: 'x"y', password: 'p' }, challenge, use2617);
    assert.ok(header.startsWith('Digest username="x\\"y", realm="a \\"b\\" \\\\c", '), header);
  });
});

describe('WWW-Authenticate parser', () => {
  it('reads several challenges, quoted and bare values, and a token68', () => {
    const challenges = parseChallenges(
      'Basic realm="a, b=c", Negotiate YIIabc==, Digest realm=plain , nonce = "n,1" ,stale=TRUE, qop=auth',
    );
    assert.deepEqual(
      challenges.map(({ scheme }) => scheme),
      ['basic', 'negotiate', 'digest'],
    );
    assert.deepEqual(Object.fromEntries(challenges[2]?.parameters ?? []), {
      realm: 'plain',
      nonce: 'n,1',
      stale: 'TRUE',
      qop: 'auth',
    });
    assert.equal(challenges[0]?.parameters.get('realm'), 'a, b=c');
  });

  it('comes to an end on any text', () => {
    for (const text of ['', '"', '=', ',,,', 'Digest nonce="never closed', 'Digest =', '\u0000"a"=']) {
      assert.ok(Array.isArray(parseChallenges(text)), text);
    }
  });

  it('passes over challenges that cannot be answered', () => {
    assert.equal(digestChallengeIn(null), undefined);
    assert.equal(digestChallengeIn('Bearer realm="x"'), undefined);
    assert.equal(digestChallengeIn('Digest realm="x", qop="auth"'), undefined);
    assert.equal(digestChallengeIn('Digest nonce="n", qop="auth-int"'), undefined);
    const picked = digestChallengeIn(
      'Digest nonce="a", algorithm=SHA-512-256, Digest nonce="b", algorithm=md5-SESS',
    );
    assert.equal(picked?.nonce, 'b');
    assert.equal(picked.session, true);
    assert.equal(picked.hash, 'md5');
  });
});
