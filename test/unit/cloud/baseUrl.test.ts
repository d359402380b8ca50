import assert from 'node:assert/strict';
import { checkBaseUrl } from '../../../src/cloud/baseUrl';

describe('checkBaseUrl', () => {
  for (const [url, href] of [
    ['https://cloud.tidbapi.com', 'https://cloud.tidbapi.com/'],
    ['https://cloud.tidbapi.com/v1beta2//', 'https://cloud.tidbapi.com/v1beta2'],
    ['http://127.0.0.1:4000/', 'http://127.0.0.1:4000/'],
    ['http://127.1.2.3', 'http://127.1.2.3/'],
    ['http://localhost:80/a', 'http://localhost/a'],
    ['http://[::1]:9', 'http://[::1]:9/'],
    // Other spellings of 127.0.0.1.
    ['http://2130706433', 'http://127.0.0.1/'],
  ] as const) {
    it(`takes ${url}`, () => assert.equal(checkBaseUrl(url, 'some.setting').href, href));
  }

  for (const url of [
    '',
    'cloud.tidbapi.com',
    'http://cloud.tidbapi.com',
    'http://127.0.0.1.example.com',
    'http://localhost.example.com',
    'http://0.0.0.0',
    'ftp://localhost',
    'file:///etc/passwd',
    'https://user@host',
    'https://user:secret@host',
    'https://host/?a=1',
    'https://host/#a',
  ]) {
    it(`refuses ${url === '' ? 'nothing' : url}`, () => {
      assert.throws(
        () => checkBaseUrl(url, 'some.setting'),
        (error: Error & { code?: string }) => {
          assert.equal(error.code, 'invalidInput');
          assert.ok(!error.message.includes('secret'));
          assert.deepEqual(
            (error as unknown as { details: { subject: string } }).details.subject,
            'some.setting',
          );
          return true;
        },
      );
    });
  }
});
