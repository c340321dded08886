/** The challenges of a `WWW-Authenticate` header (RFC 9110 §11.6.1). */

export type Challenge = {
  /** Lower case: `bearer`, `basic`. */
  readonly scheme: string;
  /** By lower-case name. */
  readonly parameters: ReadonlyMap<string, string>;
};

const TOKEN = /[!#$%&'*+.^_`|~0-9A-Za-z-]+/y;
const PARAMETER = /\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([!#$%&'*+.^_`|~0-9A-Za-z-]+))/y;

/**
 * Reads all challenges of a header in their order. What does not follow the grammar is passed over, so that a
 * challenge beside it is still found.
 */
export function parseChallenges(header: string): readonly Challenge[] {
  const challenges: { scheme: string; parameters: Map<string, string> }[] = [];
  let at = 0;
  const read = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const match = pattern.exec(header);
    if (match) at = pattern.lastIndex;
    return match;
  };
  while (at < header.length) {
    const name = read(TOKEN)?.[0];
    if (name === undefined) {
      at++;
      continue;
    }
    const value = read(PARAMETER);
    const current = challenges.at(-1);
    if (value)
      current?.parameters.set(name.toLowerCase(), value[1]?.replace(/\\(.)/g, '$1') ?? value[2] ?? '');
    else challenges.push({ scheme: name.toLowerCase(), parameters: new Map() });
  }
  return challenges;
}
