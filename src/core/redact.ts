const patterns: readonly RegExp[] = [
  /(authorization["']?\s*[:=]\s*).+/gi,
  /((?:x-acs-security-token|security[_-]?token|sts[_-]?token)["']?\s*[:=]\s*["']?)[^\s"',;&]+/gi,
  /((?:access[_-]?key[_-]?secret|private[_-]?key|client[_-]?secret|password|passwd|pwd|secret)["']?\s*[:=]\s*["']?)[^\s"',;&]+/gi,
  /(\/\/[^\s/:@]+:)[^\s/@]+(?=@)/g,
  /((?:[?&])signature=)[^&\s]+/gi,
];
const hidden = '***';

/** Removes secrets from text on its way to the log: those it was told of, and whatever looks like one. */
export class Redactor {
  private readonly known = new Set<string>();

  /** Texts of fewer than four characters are left to the patterns: replacing them would make every line unreadable. */
  learn(secret: string): void {
    if (secret.length >= 4) {
      this.known.add(secret);
    }
  }

  redact(text: string): string {
    let clean = text;
    for (const secret of this.known) {
      for (const form of new Set([secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)])) {
        clean = clean.replaceAll(form, hidden);
      }
    }
    for (const pattern of patterns) {
      clean = clean.replace(pattern, `$1${hidden}`);
    }
    return clean;
  }
}
