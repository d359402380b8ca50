import { AppError } from '../../core/errors';
import { source } from './errors';

const minBytes = 8;
const maxBytes = 64;

/** What TiDB Cloud takes for an encrypted password (v1beta2, ResetRootPassword). */
const encryptedMark = 'rsa_oaep_sha256:';

/**
 * The rules of v1beta2 for a root password in plain text: 8 to 64 bytes of UTF-8 on one line.
 * @throws AppError `invalidInput`, without the password
 */
export function checkRootPassword(password: string): void {
  const refuse = (reason: string): never => {
    throw new AppError('invalidInput', { source, subject: 'password', reason: `The password ${reason}` });
  };
  const bytes = Buffer.byteLength(password, 'utf8');
  if (bytes < minBytes || bytes > maxBytes) {
    refuse(
      `must have ${minBytes} to ${maxBytes} bytes, not ${bytes} (a letter outside ASCII has two to four)`,
    );
  }
  if (password.includes('\n')) {
    refuse('must not contain a line break');
  }
  if (/\p{Surrogate}/u.test(password)) {
    refuse('contains half a character');
  }
  if (password.startsWith(encryptedMark)) {
    refuse(`must not begin with ${encryptedMark}: TiDB Cloud would take it for an encrypted one`);
  }
}
