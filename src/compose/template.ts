/** Compose's `$VARIABLE` templates: the grammar alone, without values. */

export type Operator = ':-' | '-' | ':?' | '?' | ':+' | '+';

/** A run of a template; `start` and `end` are offsets in the text it was read from. */
export type Segment =
  | { readonly kind: 'text'; readonly text: string; readonly start: number; readonly end: number }
  | {
      readonly kind: 'variable';
      readonly name: string;
      readonly operator?: Operator;
      /** What follows the operator. */
      readonly word: readonly Segment[];
      readonly rawWord: string;
      readonly start: number;
      readonly end: number;
    }
  | { readonly kind: 'invalid'; readonly written: string; readonly start: number; readonly end: number };

/** Templates nest a level or two; below this they are not followed. */
const MAX_NESTING = 20;

const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;

/**
 * Reads a template (Compose Specification, Interpolation): `$NAME`, `${NAME}` with `:-`, `-`, `:?`, `?`, `:+`, `+`,
 * nested in the word after the operator, and `$$` for a dollar. A dollar before anything else is itself.
 */
export function readTemplate(text: string): readonly Segment[] {
  return read(text, 0, text.length, 0);
}

function read(text: string, start: number, end: number, nesting: number): readonly Segment[] {
  const segments: Segment[] = [];
  let literal = '';
  let literalStart = start;
  let at = start;
  const flush = (until: number): void => {
    if (until > literalStart) segments.push({ kind: 'text', text: literal, start: literalStart, end: until });
    literal = '';
  };
  while (at < end) {
    const dollar = text.indexOf('$', at);
    if (dollar < 0 || dollar >= end) break;
    literal += text.slice(at, dollar);
    const next = dollar + 1 < end ? (text[dollar + 1] as string) : '';
    if (next === '$') {
      literal += '$';
      at = dollar + 2;
      continue;
    }
    const segment =
      next === '{'
        ? readBraced(text, dollar, end, nesting)
        : next === ''
          ? undefined
          : readNamed(text, dollar, end);
    if (!segment) {
      literal += '$';
      at = dollar + 1;
      continue;
    }
    flush(dollar);
    segments.push(segment);
    at = segment.end;
    literalStart = at;
  }
  literal += text.slice(at, end);
  flush(end);
  return segments;
}

function nameAt(text: string, at: number, end: number): string | undefined {
  NAME.lastIndex = at;
  const name = NAME.exec(text)?.[0];
  return name?.slice(0, end - at);
}

function readNamed(text: string, dollar: number, end: number): Segment | undefined {
  const name = nameAt(text, dollar + 1, end);
  if (name === undefined || name === '') return undefined;
  return { kind: 'variable', name, word: [], rawWord: '', start: dollar, end: dollar + 1 + name.length };
}

function readBraced(text: string, dollar: number, end: number, nesting: number): Segment {
  const inner = dollar + 2;
  const name = nameAt(text, inner, end) ?? '';
  const after = inner + name.length;
  if (name !== '' && after < end && text[after] === '}')
    return { kind: 'variable', name, word: [], rawWord: '', start: dollar, end: after + 1 };
  const close = closingBrace(text, dollar, end);
  const stop = close < 0 ? end : close + 1;
  const invalid: Segment = { kind: 'invalid', written: text.slice(dollar, stop), start: dollar, end: stop };
  if (close < 0 || name === '') return invalid;
  const operator = /^:?[-?+]/.exec(text.slice(after, Math.min(after + 2, close)))?.[0] as
    | Operator
    | undefined;
  if (operator === undefined || nesting >= MAX_NESTING) return invalid;
  const wordStart = after + operator.length;
  const rawWord = text.slice(wordStart, close);
  const word = read(text, wordStart, close, nesting + 1);
  return { kind: 'variable', name, operator, word, rawWord, start: dollar, end: stop };
}

/**
 * The brace that closes the `${` at `from`, on the same line. Inner braces are counted, but never the character after
 * an opening one; where they do not add up, the last brace of the line closes it. That is how Compose counts.
 */
function closingBrace(text: string, from: number, end: number): number {
  const lineBreak = text.indexOf('\n', from);
  const stop = lineBreak < 0 ? end : Math.min(lineBreak, end);
  let open = 0;
  for (let i = from; i < stop; i++) {
    const char = text[i];
    if (char === '}' && --open === 0) return i;
    if (char === '{') {
      open++;
      i++;
    }
  }
  const last = text.lastIndexOf('}', stop - 1);
  return last > from ? last : -1;
}
