/** Variables in the words of a Dockerfile, as BuildKit's shell lexer reads them (Dockerfile reference, "Environment
 * replacement"). Quotes and escapes are taken away on the way. */

/** What is known of a variable. */
export type Lookup =
  | { readonly kind: 'value'; readonly value: string }
  /** It has no value, for certain: empty. */
  | { readonly kind: 'unset' }
  /** `ARG NAME` without a value: a default applies, but a value may still be given on the command line. */
  | { readonly kind: 'declared' }
  /** It may have a value that only the build knows (a platform, the base image's ENV). */
  | { readonly kind: 'unknown' };

export type Expanded = {
  /** Variables whose value is not known stand in it as written. */
  readonly text: string;
  readonly unresolved: boolean;
};

/** In characters: no path is longer, and variables that double themselves must end somewhere. */
const LONGEST = 4096;

/** `${A:-${B:-...}}`, so deep. */
const DEEPEST = 16;

/** Expands one word. What cannot be read, or would grow beyond a path's length, comes back as written. */
export function expand(word: string, escapeToken: string, lookup: (name: string) => Lookup): Expanded {
  if (!/["'$\\`]/.test(word)) {
    return word.length > LONGEST ? { text: word, unresolved: true } : { text: word, unresolved: false };
  }
  const reader = new Reader(word, escapeToken, lookup);
  const text = reader.read('', 0);
  if (text === undefined || text.length > LONGEST) return { text: word, unresolved: true };
  return { text, unresolved: reader.unresolved };
}

class Reader {
  unresolved = false;
  #at = 0;

  constructor(
    readonly word: string,
    readonly escapeToken: string,
    readonly lookup: (name: string) => Lookup,
  ) {}

  /** Up to the character `stop` (or to the end); undefined where it is malformed. */
  read(stop: string, depth: number): string | undefined {
    const { word } = this;
    let text = '';
    let inDouble = false;
    while (this.#at < word.length) {
      const character = word[this.#at] as string;
      if (character === stop && !inDouble) {
        this.#at++;
        return text;
      }
      if (text.length > LONGEST) return undefined;
      if (character === '$') {
        const value = this.#variable(depth);
        if (value === undefined) return undefined;
        text += value;
      } else if (character === '"') {
        inDouble = !inDouble;
        this.#at++;
      } else if (character === "'" && !inDouble) {
        const end = word.indexOf("'", this.#at + 1);
        if (end < 0) return undefined;
        text += word.slice(this.#at + 1, end);
        this.#at = end + 1;
      } else if (character === this.escapeToken) {
        const next = word[this.#at + 1] ?? '';
        // Within double quotes only these can be escaped; before others the character stays.
        const kept = inDouble && next !== '"' && next !== '$' && next !== this.escapeToken;
        text += kept ? this.escapeToken + next : next;
        this.#at += 2;
      } else {
        text += character;
        this.#at++;
      }
    }
    return stop === '' && !inDouble ? text : undefined;
  }

  #variable(depth: number): string | undefined {
    const start = this.#at;
    if (this.word[start + 1] !== '{') {
      const name = /^(?:[\p{L}_][\p{L}\p{Nd}_]*|\d+|[@*#?$!-])/u.exec(
        this.word.slice(start + 1, start + 257),
      )?.[0];
      this.#at = start + 1 + (name?.length ?? 0);
      if (name === undefined) return '$';
      return this.#plain(this.lookup(name), start);
    }
    const name = /^[\p{L}\p{Nd}_]+/u.exec(this.word.slice(start + 2, start + 258))?.[0];
    if (name === undefined || depth >= DEEPEST) return undefined;
    const found = this.lookup(name);
    this.#at = start + 2 + name.length;
    if (this.word[this.#at] === '}') {
      this.#at++;
      return this.#plain(found, start);
    }
    const empty = this.word[this.#at] === ':';
    if (empty) this.#at++;
    const operator = this.word[this.#at++];
    const before = this.unresolved;
    const alternative = this.read('}', depth + 1);
    if (alternative === undefined) return undefined;
    const needed = this.unresolved;
    this.unresolved = before;
    const filled = found.kind === 'value' && !(empty && found.value === '');
    if (found.kind !== 'unknown') {
      if (operator === '-') {
        if (filled) return found.value;
        this.unresolved ||= needed;
        return alternative;
      }
      if (operator === '+') {
        if (!filled) return '';
        this.unresolved ||= needed;
        return alternative;
      }
      if (operator === '?' && filled) return found.value;
    }
    // Patterns (`${X%.*}`), a required variable that is missing, or a value that only the build knows.
    return this.#asWritten(start);
  }

  #plain(found: Lookup, start: number): string {
    if (found.kind === 'value') return found.value;
    return found.kind === 'unset' ? '' : this.#asWritten(start);
  }

  #asWritten(start: number): string {
    this.unresolved = true;
    return this.word.slice(start, this.#at);
  }
}
