import { fileUrl, uriPart, uriValue } from './escape';
import type { Filled } from './method';

/** `scheme://user:password@host:port/database?…` */
export function uri(scheme: string, values: Filled, query: Readonly<Record<string, string>> = {}): string {
  const { host, port, user, uriPassword, database } = values;
  return `${scheme}://${uriPart(user)}:${uriPassword}@${host}:${port}/${uriPart(database)}${queryOf(query)}`;
}

const queryOf = (query: Readonly<Record<string, string>>): string =>
  Object.entries(query)
    .map(([key, value], at) => `${at === 0 ? '?' : '&'}${key}=${uriValue(value)}`)
    .join('');

/** Java trusts certificates in a key store only; it is made next to the file. Nothing in it is secret. */
export const keyStorePath = (caPath: string): string => `${caPath.replace(/\.(pem|crt|cer)$/i, '')}.p12`;
export const keyStorePassword = 'changeit';

/** User and password are given apart from it. */
export const jdbcUrl = ({ host, port, database, caPath }: Filled): string =>
  `jdbc:mysql://${host}:${port}/${uriPart(database)}${queryOf({
    sslMode: 'VERIFY_IDENTITY',
    tlsVersions: 'TLSv1.2,TLSv1.3',
    trustCertificateKeyStoreUrl: fileUrl(keyStorePath(caPath)),
    trustCertificateKeyStoreType: 'PKCS12',
    trustCertificateKeyStorePassword: keyStorePassword,
  })}`;
