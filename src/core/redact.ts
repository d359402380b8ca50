const secretNames =
  'x-acs-security-token|security[_-]?token|sts[_-]?token|access[_-]?key[_-]?secret|private[_-]?key|client[_-]?secret|password|passwd|pwd|secret';
const patterns: readonly RegExp[] = [
  /(authorization["']?\s*[:=]\s*).+/gi,
  new RegExp(`((?:${secretNames})["']?\\s*[:=]\\s*")(?:[^"\\\\]|\\\\.)+`, 'gi'),
  new RegExp(`((?:${secretNames})["']?\\s*[:=]\\s*'?)[^\\s"',;&]+`, 'gi'),
  /(\/\/[^\s/:@]+:)[^\s/@]+(?=@)/g,
  /((?:[?&])signature=)[^&\s]+/gi,
];
const hidden = '***';

/** Removes secrets from text on its way to the log: those it was told of, and whatever looks like one. */
export class Redactor {
  /** Every form in which a secret may be written, the longest first: one may be a part of another. */
  private known: readonly string[] = [];

  /** Texts of fewer than four characters are left to the patterns: replacing them would make every line unreadable. */
  learn(secret: string): void {
    if (secret.length >= 4) {
      const forms = new Set([
        ...this.known,
        secret,
        percentEncoded(secret),
        JSON.stringify(secret).slice(1, -1),
      ]);
      this.known = [...forms].sort((a, b) => b.length - a.length);
    }
  }

  redact(text: string): string {
    let clean = text;
    for (const form of this.known) {
      clean = clean.replaceAll(form, hidden);
    }
    for (const pattern of patterns) {
      clean = clean.replace(pattern, `$1${hidden}`);
    }
    return clean;
  }
}

/** A text with half a character in it has no such form. */
function percentEncoded(secret: string): string {
  try {
    return encodeURIComponent(secret);
  } catch {
    return secret;
  }
}
