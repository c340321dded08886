/**
 * Patterns of COPY (Go's filepath.Match) and of `.dockerignore` (moby/patternmatcher), matched by walking all
 * possibilities at once: in time proportional to pattern times path, whatever the pattern. A regular expression made of
 * someone's pattern could take for ever.
 */

type Token =
  | { readonly kind: 'character'; readonly character: string }
  /** `?` */
  | { readonly kind: 'one' }
  /** `*` */
  | { readonly kind: 'run' }
  /** `**` at the end */
  | { readonly kind: 'rest' }
  /** `**` elsewhere: nothing, or anything up to a slash. It is followed by `within`. */
  | { readonly kind: 'directories' }
  | { readonly kind: 'within' }
  | {
      readonly kind: 'class';
      readonly negated: boolean;
      readonly ranges: readonly (readonly [string, string])[];
    };

/** A pattern made ready. */
export type Glob = readonly Token[];

/** Whether COPY takes it for a pattern rather than for a path. */
export function hasWildcard(path: string): boolean {
  for (let at = 0; at < path.length; at++) {
    if (path[at] === '\\') at++;
    else if (path[at] === '*' || path[at] === '?' || path[at] === '[') return true;
  }
  return false;
}

/**
 * Reads a pattern; undefined where it is malformed (`a[`), for which Docker refuses the build.
 *
 * @param doubleStar whether `**` crosses directories, as in `.dockerignore`; in COPY it is a `*`
 */
export function readGlob(pattern: string, doubleStar: boolean): Glob | undefined {
  const characters = [...pattern];
  const tokens: Token[] = [];
  for (let at = 0; at < characters.length; at++) {
    const character = characters[at] as string;
    if (character === '*' && characters[at + 1] === '*' && doubleStar) {
      at += characters[at + 2] === '/' ? 2 : 1;
      if (at === characters.length - 1) tokens.push({ kind: 'rest' });
      else tokens.push({ kind: 'directories' }, { kind: 'within' });
    } else if (character === '*') {
      if (tokens.at(-1)?.kind !== 'run') tokens.push({ kind: 'run' });
    } else if (character === '?') {
      tokens.push({ kind: 'one' });
    } else if (character === '[') {
      const read = readClass(characters, at);
      if (!read) return undefined;
      tokens.push(read.token);
      at = read.end;
    } else if (character === '\\') {
      const next = characters[++at];
      if (next === undefined) return undefined;
      tokens.push({ kind: 'character', character: next });
    } else tokens.push({ kind: 'character', character });
  }
  return tokens;
}

function readClass(characters: readonly string[], start: number) {
  let at = start + 1;
  const negated = characters[at] === '^';
  if (negated) at++;
  const ranges: [string, string][] = [];
  const one = (): string | undefined => {
    if (characters[at] === '\\') at++;
    else if (characters[at] === '-' || characters[at] === ']') return undefined;
    return characters[at++];
  };
  while (characters[at] !== ']' || ranges.length === 0) {
    const low = one();
    if (low === undefined) return undefined;
    let high: string | undefined = low;
    if (characters[at] === '-') {
      at++;
      high = one();
      if (high === undefined) return undefined;
    }
    ranges.push([low, high]);
  }
  return { token: { kind: 'class' as const, negated, ranges }, end: at };
}

/** Steps that may still be taken; below zero, what was answered last is not to be relied on. */
export type Effort = { left: number };

/** Whether the whole text fits. */
export function matches(
  glob: Glob,
  text: string,
  effort: Effort = { left: Number.POSITIVE_INFINITY },
): boolean {
  let states = new Uint8Array(glob.length + 1);
  let next = new Uint8Array(glob.length + 1);
  states[0] = 1;
  skipEmpty(glob, states);
  for (const character of text) {
    effort.left -= glob.length;
    if (effort.left < 0) return false;
    next.fill(0);
    let any = false;
    for (let at = 0; at < glob.length; at++) {
      if (states[at] !== 1) continue;
      any = step(glob[at] as Token, character, at, next) || any;
    }
    if (!any) return false;
    skipEmpty(glob, next);
    [states, next] = [next, states];
  }
  return states[glob.length] === 1;
}

/** What may stand for nothing is passed over. */
function skipEmpty(glob: Glob, states: Uint8Array): void {
  for (let at = 0; at < glob.length; at++) {
    if (states[at] !== 1) continue;
    const { kind } = glob[at] as Token;
    if (kind === 'run' || kind === 'rest') states[at + 1] = 1;
    else if (kind === 'directories') {
      states[at + 1] = 1;
      states[at + 2] = 1;
    }
  }
}

function step(token: Token, character: string, at: number, next: Uint8Array): boolean {
  if (token.kind === 'directories') return false;
  if (token.kind === 'within') {
    next[at] = 1;
    if (character === '/') next[at + 1] = 1;
    return true;
  }
  if (token.kind === 'rest' || (token.kind === 'run' && character !== '/')) {
    next[at] = 1;
    return true;
  }
  if (!fits(token, character)) return false;
  next[at + 1] = 1;
  return true;
}

function fits(token: Token, character: string): boolean {
  if (token.kind === 'character') return token.character === character;
  if (token.kind === 'one') return character !== '/';
  if (token.kind !== 'class') return false;
  const within = token.ranges.some(([low, high]) => low <= character && character <= high);
  return within !== token.negated;
}
