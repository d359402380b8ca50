import forge from 'node-forge';

/** PEM texts; `caCertificatePem` is what a client has to trust to accept `certificatePem`. */
export interface ServerCertificate {
  readonly caCertificatePem: string;
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

export interface CertificateOptions {
  /** Subject alternative names; a wildcard is allowed in the first label. */
  readonly names: readonly string[];
  readonly notBefore?: Date;
  readonly notAfter?: Date;
}

export interface CertificateAuthority {
  readonly certificatePem: string;
  issue(options: CertificateOptions): ServerCertificate;
}

const dayMs = 24 * 60 * 60 * 1000;
const dnsName = 2;

/** A certificate authority of the tests' own; nothing on the machine trusts it. */
export function createAuthority(commonName = 'Test CA'): CertificateAuthority {
  const keys = newKeys();
  const subject = subjectOf(commonName);
  const certificate = unsigned(keys.publicKey, commonName, {});
  certificate.setIssuer(subject);
  certificate.setExtensions([
    { name: 'basicConstraints', cA: true, critical: true },
    { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    { name: 'subjectKeyIdentifier' },
  ]);
  certificate.sign(keys.privateKey, forge.md.sha256.create());
  const certificatePem = forge.pki.certificateToPem(certificate);
  return {
    certificatePem,
    issue: (options) => {
      const server = newKeys();
      const issued = serverCertificate(server.publicKey, options);
      issued.setIssuer(subject);
      issued.sign(keys.privateKey, forge.md.sha256.create());
      return pem(certificatePem, issued, server.privateKey);
    },
  };
}

/** Signed by itself: its authority is the certificate, which no client is given. */
export function createSelfSigned(options: CertificateOptions): ServerCertificate {
  const keys = newKeys();
  const certificate = serverCertificate(keys.publicKey, options);
  certificate.setIssuer(certificate.subject.attributes);
  certificate.sign(keys.privateKey, forge.md.sha256.create());
  return pem(forge.pki.certificateToPem(certificate), certificate, keys.privateKey);
}

/** Validity that ended yesterday. */
export const expired = (): Pick<CertificateOptions, 'notBefore' | 'notAfter'> => ({
  notBefore: new Date(Date.now() - 30 * dayMs),
  notAfter: new Date(Date.now() - dayMs),
});

function serverCertificate(
  publicKey: forge.pki.PublicKey,
  options: CertificateOptions,
): forge.pki.Certificate {
  const certificate = unsigned(publicKey, options.names[0] ?? 'server', options);
  certificate.setExtensions([
    { name: 'basicConstraints', cA: false },
    { name: 'keyUsage', digitalSignature: true, keyEncipherment: true },
    { name: 'extKeyUsage', serverAuth: true },
    { name: 'subjectAltName', altNames: options.names.map((value) => ({ type: dnsName, value })) },
  ]);
  return certificate;
}

function unsigned(
  publicKey: forge.pki.PublicKey,
  commonName: string,
  validity: Pick<CertificateOptions, 'notBefore' | 'notAfter'>,
): forge.pki.Certificate {
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = publicKey;
  certificate.serialNumber = `01${forge.util.bytesToHex(forge.random.getBytesSync(15))}`;
  certificate.validity.notBefore = validity.notBefore ?? new Date(Date.now() - dayMs);
  certificate.validity.notAfter = validity.notAfter ?? new Date(Date.now() + 30 * dayMs);
  certificate.setSubject(subjectOf(commonName));
  return certificate;
}

const newKeys = (): forge.pki.rsa.KeyPair => forge.pki.rsa.generateKeyPair(2048);
const subjectOf = (commonName: string): forge.pki.CertificateField[] => [
  { name: 'organizationName', value: 'Private Endpoint Tools Tests' },
  { name: 'commonName', value: commonName },
];
const pem = (
  caCertificatePem: string,
  certificate: forge.pki.Certificate,
  key: forge.pki.PrivateKey,
): ServerCertificate => ({
  caCertificatePem,
  certificatePem: forge.pki.certificateToPem(certificate),
  privateKeyPem: forge.pki.privateKeyToPem(key),
});
