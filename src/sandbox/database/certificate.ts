import { generate } from 'selfsigned';
import type { Certificate } from './engineThread';

const DAY_MS = 24 * 60 * 60 * 1000;
const VALID_DAYS = 365;
const DNS_NAME = 2;

/** An authority of its own and, signed by it, a server's certificate for these names. ECDSA with P-256. */
export async function makeCertificate(names: readonly string[]): Promise<Certificate> {
  const shared = {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    notBeforeDate: new Date(Date.now() - DAY_MS),
    notAfterDate: new Date(Date.now() + VALID_DAYS * DAY_MS),
  } as const;
  const authority = await generate(subject('Sandbox practice authority'), {
    ...shared,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  const server = await generate(subject('Sandbox practice database'), {
    ...shared,
    ca: { key: authority.private, cert: authority.cert },
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      { name: 'subjectAltName', altNames: names.map((value) => ({ type: DNS_NAME, value })) },
    ],
  });
  return {
    caCertificatePem: authority.cert,
    certificatePem: server.cert,
    privateKeyPem: server.private,
  };
}

const subject = (commonName: string): { name: string; value: string }[] => [
  { name: 'organizationName', value: 'Private Endpoint Tools Sandbox' },
  { name: 'commonName', value: commonName },
];
