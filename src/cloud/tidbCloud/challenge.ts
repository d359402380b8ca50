export interface AuthChallenge {
  /** Lower case. */
  readonly scheme: string;
  /** Names in lower case; values without quotes. */
  readonly parameters: ReadonlyMap<string, string>;
}

/**
 * Reads `WWW-Authenticate` (RFC 9110, section 11.6.1): any number of challenges, joined by commas that also separate their
 * parameters, values quoted or not.
 */
export function parseChallenges(header: string): readonly AuthChallenge[] {
  const challenges: { scheme: string; parameters: Map<string, string> }[] = [];
  const word = /[^\s,="]+/y;
  const value = /[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*))/y;
  for (let at = 0; at < header.length;) {
    word.lastIndex = at;
    const name = word.exec(header)?.[0];
    if (name === undefined) {
      at += 1;
      continue;
    }
    at = value.lastIndex = word.lastIndex;
    const assigned = value.exec(header);
    const current = challenges.at(-1);
    if (assigned === null) {
      challenges.push({ scheme: name.toLowerCase(), parameters: new Map() });
      continue;
    }
    at = value.lastIndex;
    current?.parameters.set(name.toLowerCase(), assigned[1]?.replace(/\\(.)/g, '$1') ?? assigned[2] ?? '');
  }
  return challenges;
}
