/** The words of an instruction, as BuildKit splits them. Places are indexes into the text given. */

export type Word = { readonly text: string; readonly start: number; readonly end: number };

export type Flag = Word & {
  /** Without the dashes. */
  readonly name: string;
  /** After `=`; empty where there is none. */
  readonly value: string;
};

export type Heredoc = {
  readonly name: string;
  /** `<<-`: the ending line may be indented with tabs. */
  readonly chomp: boolean;
  /** Written `<< NAME`, with a space. */
  readonly spaced: boolean;
};

const BLANK = /[\t\v\f\r\n ]/;

/** Splits at white space and nothing else: `COPY "a b" /x` has the words `"a`, `b"` and `/x`. */
export function wordsOf(text: string, from = 0): readonly Word[] {
  const words: Word[] = [];
  const pattern = /[^\t\v\f\r\n ]+/g;
  pattern.lastIndex = from;
  for (const found of text.matchAll(pattern)) {
    words.push({ text: found[0], start: found.index, end: found.index + found[0].length });
  }
  return words;
}

/** Splits at white space outside of quotes; the quotes stay (values of ARG and ENV). */
export function quotedWordsOf(text: string, escapeToken: string): readonly string[] {
  const words: string[] = [];
  let start = -1;
  let quote = '';
  for (let at = 0; at < text.length; at++) {
    const character = text[at] as string;
    if (!quote && BLANK.test(character)) {
      if (start >= 0) words.push(text.slice(start, at));
      start = -1;
      continue;
    }
    if (start < 0) start = at;
    if (character === escapeToken && quote !== "'") at++;
    else if (quote ? character === quote : character === '"' || character === "'")
      quote = quote ? '' : character;
  }
  if (start >= 0) words.push(text.slice(start));
  return words;
}

/** The `--name=value` words at the start, and where the arguments begin. A lone `--` ends the flags. */
export function flagsOf(text: string): { readonly flags: readonly Flag[]; readonly end: number } {
  const flags: Flag[] = [];
  let at = 0;
  for (;;) {
    while (at < text.length && BLANK.test(text[at] as string)) at++;
    if (!text.startsWith('--', at)) return { flags, end: at };
    const start = at;
    let word = '';
    let quote = '';
    for (; at < text.length && (quote || !BLANK.test(text[at] as string)); at++) {
      const character = text[at] as string;
      if (character === '\\') {
        at++;
        word += text[at] ?? '';
      } else if (quote ? character === quote : character === '"' || character === "'") {
        quote = quote ? '' : character;
      } else word += character;
    }
    at = Math.min(at, text.length);
    if (word === '--') return { flags, end: at };
    const equals = word.indexOf('=');
    const name = word.slice(2, equals < 0 ? undefined : equals);
    flags.push({ text: word, start, end: at, name, value: equals < 0 ? '' : word.slice(equals + 1) });
  }
}

export type JsonWords =
  | { readonly kind: 'strings'; readonly words: readonly Word[] }
  /** An array that holds something else: BuildKit refuses it. */
  | { readonly kind: 'not-strings' }
  | { readonly kind: 'none' };

/**
 * The JSON array form; places are those of the strings without their quotes.
 *
 * @param text trimmed at its end
 */
export function stringsOfJson(text: string, from = 0): JsonWords {
  if (text[from] !== '[' || !text.endsWith(']')) return { kind: 'none' };
  let parsed: unknown;
  try {
    parsed = JSON.parse(text.slice(from));
  } catch {
    return { kind: 'none' };
  }
  if (!Array.isArray(parsed)) return { kind: 'none' };
  const values: readonly unknown[] = parsed;
  if (!values.every((value) => typeof value === 'string')) return { kind: 'not-strings' };
  const pattern = /"(?:[^"\\]|\\.)*"/g;
  pattern.lastIndex = from;
  const words = [...text.matchAll(pattern)].map((found, index) => ({
    text: values[index] ?? '',
    start: found.index + 1,
    end: found.index + found[0].length - 1,
  }));
  return { kind: 'strings', words };
}

/** The heredocs that a line opens: words `<<NAME`, `<<-NAME`, `3<<NAME` outside of quotes, and `<< NAME`. */
export function heredocsIn(text: string): readonly Heredoc[] {
  // BuildKit looks for them with a backslash for an escape, whatever the file's own is.
  const words = quotedWordsOf(text, '\\');
  if (!isReadable(text)) return [];
  const found: Heredoc[] = [];
  for (const [at, word] of words.entries()) {
    const opener = heredocOpener(word);
    if (!opener) continue;
    if (opener.name !== '') found.push({ ...opener, spaced: false });
    else {
      const next = words[at + 1];
      if (next !== undefined) found.push({ name: unquoted(next), chomp: opener.chomp, spaced: true });
    }
  }
  return found;
}

/** Reads `<<NAME`; the name is empty for a lone `<<`. Undefined for every other word. */
export function heredocOpener(word: string): { readonly name: string; readonly chomp: boolean } | undefined {
  const opener = /^\d*<<(-?)/.exec(word);
  if (!opener) return undefined;
  const rest = word.slice(opener[0].length);
  return rest.includes('<') ? undefined : { name: unquoted(rest), chomp: opener[1] === '-' };
}

function unquoted(word: string): string {
  return word.replace(/\\(.)|["']/g, '$1');
}

/** What the lexer takes after the dollar of `${`: `${arr[0]}`, `${#a}` and `${a^^}` of bash are not among it. */
const SUBSTITUTION = /^\{(?:[\p{L}_][\p{L}\p{Nd}_]{0,200}|\d{1,200}|[@*#?$!-])[}:+\-?#%/]/u;

/** Whether BuildKit's shell lexer reads a line to its end; where it does not, it sees no heredoc in it. */
function isReadable(text: string): boolean {
  let quote = '';
  for (let at = 0; at < text.length; at++) {
    const character = text[at] as string;
    if (character === '\\' && quote !== "'") at++;
    else if (character === '$' && quote !== "'" && text[at + 1] === '{') {
      if (!SUBSTITUTION.test(text.slice(at + 1, at + 204))) return false;
    } else if (quote ? character === quote : character === '"' || character === "'")
      quote = quote ? '' : character;
  }
  return quote === '';
}
