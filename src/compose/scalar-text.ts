/**
 * The text of a YAML scalar, character by character with the place each was written at.
 *
 * The YAML parser gives values and ranges of whole scalars. Edits and interpolation need more: where inside a quoted
 * or folded scalar the variable stands. So the few presentation rules of YAML 1.2 (§7.3, §8.1) are followed here
 * once more, and the caller compares the outcome with the parser's: where they differ, only the whole place is known.
 */
import type { ScalarNode } from './model.ts';

/** `from[i]` and `to[i]` are where character `i` of `text` begins and ends in the written scalar. */
export type ScalarText = {
  readonly text: string;
  readonly from: readonly number[];
  readonly to: readonly number[];
};

/** Reads a scalar as written, quotes or block header included; undefined where its form is not understood. */
export function readScalarText(written: string, style: ScalarNode['style']): ScalarText | undefined {
  if (style === 'block') return readBlock(written);
  if (style === 'plain') return readFlow(written, 0, written.length, style);
  const quote = style === 'single' ? "'" : '"';
  if (written.length < 2 || written[0] !== quote || written.at(-1) !== quote) return undefined;
  return readFlow(written, 1, written.length - 1, style);
}

class Collected {
  text = '';
  readonly from: number[] = [];
  readonly to: number[] = [];

  add(text: string, from: number, to: number): void {
    for (let i = 0; i < text.length; i++) {
      this.from.push(from);
      this.to.push(to);
    }
    this.text += text;
  }

  drop(count: number): void {
    if (count === 0) return;
    this.text = this.text.slice(0, -count);
    this.from.length -= count;
    this.to.length -= count;
  }
}

const ESCAPES: Readonly<Record<string, string>> = {
  '0': '\0',
  a: '\x07',
  b: '\b',
  t: '\t',
  '\t': '\t',
  n: '\n',
  v: '\v',
  f: '\f',
  r: '\r',
  e: '\x1b',
  ' ': ' ',
  '"': '"',
  "'": "'",
  '/': '/',
  '\\': '\\',
  N: '\x85',
  _: '\xa0',
  L: '\u2028',
  P: '\u2029',
};

function isBlank(char: string | undefined): boolean {
  return char === ' ' || char === '\t';
}

function breakLength(text: string, at: number): number {
  if (text[at] === '\n') return 1;
  if (text[at] !== '\r') return 0;
  return text[at + 1] === '\n' ? 2 : 1;
}

function readFlow(
  written: string,
  start: number,
  end: number,
  style: 'plain' | 'single' | 'double',
): ScalarText | undefined {
  const out = new Collected();
  let i = start;
  // How many of the last characters are blanks that a line break takes away.
  let blanks = 0;
  while (i < end) {
    const char = written[i] as string;
    if (breakLength(written, i) > 0) {
      out.drop(blanks);
      const from = i - blanks;
      const fold = readFold(written, i, end);
      out.add(fold.text, from, fold.end);
      i = fold.end;
      blanks = 0;
      continue;
    }
    if (style === 'single' && char === "'") {
      if (written[i + 1] !== "'" || i + 1 >= end) return undefined;
      out.add("'", i, i + 2);
      i += 2;
      blanks = 0;
      continue;
    }
    if (style === 'double' && char === '"') return undefined;
    if (style === 'double' && char === '\\') {
      const next = readEscape(written, i, end, out);
      if (next === undefined) return undefined;
      i = next;
      blanks = 0;
      continue;
    }
    out.add(char, i, i + 1);
    blanks = isBlank(char) ? blanks + 1 : 0;
    i++;
  }
  return out;
}

/** A line break inside a flow scalar: one becomes a space, more become one line break less. */
function readFold(written: string, at: number, end: number): { text: string; end: number } {
  let i = at;
  let breaks = 0;
  while (i < end) {
    const length = breakLength(written, i);
    if (length > 0) {
      breaks++;
      i += length;
    } else if (isBlank(written[i])) i++;
    else break;
  }
  return { text: breaks <= 1 ? ' ' : '\n'.repeat(breaks - 1), end: i };
}

function readEscape(written: string, at: number, end: number, out: Collected): number | undefined {
  const char = written[at + 1];
  if (char === undefined || at + 1 >= end) return undefined;
  const lineBreak = breakLength(written, at + 1);
  if (lineBreak > 0) {
    const fold = readFold(written, at + 1, end);
    if (fold.text !== ' ') out.add(fold.text, at, fold.end);
    return fold.end;
  }
  const digits = char === 'x' ? 2 : char === 'u' ? 4 : char === 'U' ? 8 : 0;
  if (digits > 0) {
    const hex = written.slice(at + 2, at + 2 + digits);
    const code = /^[0-9a-fA-F]+$/.test(hex) && hex.length === digits ? Number.parseInt(hex, 16) : Number.NaN;
    if (Number.isNaN(code) || code > 0x10ffff) return undefined;
    out.add(String.fromCodePoint(code), at, at + 2 + digits);
    return at + 2 + digits;
  }
  const plain = ESCAPES[char];
  if (plain === undefined) return undefined;
  out.add(plain, at, at + 2);
  return at + 2;
}

/** Literal blocks, and folded ones that are one paragraph. An indentation indicator is not followed. */
function readBlock(written: string): ScalarText | undefined {
  const header = /^([|>])([+-]?)[ \t]*(?:#[^\r\n]*)?(?:\r\n|\n|\r)/.exec(written);
  if (!header) return undefined;
  const folded = header[1] === '>';
  const out = new Collected();
  let indent = -1;
  let i = header[0].length;
  let breakAt: { from: number; to: number } | undefined;
  let empty = 0;
  while (i < written.length) {
    let content = i;
    while (content < written.length && written[content] === ' ' && (indent < 0 || content - i < indent))
      content++;
    let lineEnd = content;
    while (lineEnd < written.length && breakLength(written, lineEnd) === 0) lineEnd++;
    const next = lineEnd + breakLength(written, lineEnd);
    if (lineEnd > content) {
      if (indent < 0) indent = content - i;
      if (content - i < indent || (folded && isBlank(written[content]))) return undefined;
      if (breakAt) {
        if (folded) out.add(empty === 0 ? ' ' : '\n'.repeat(empty), breakAt.from, content);
        else out.add('\n'.repeat(empty + 1), breakAt.from, content);
      } else if (empty > 0) return undefined;
      for (let at = content; at < lineEnd; at++) out.add(written[at] as string, at, at + 1);
      breakAt = { from: lineEnd, to: next };
      empty = 0;
    } else empty++;
    i = next > i ? next : written.length;
  }
  const chomp = header[2];
  if (breakAt && breakAt.to > breakAt.from && chomp !== '-') {
    out.add(chomp === '+' ? '\n'.repeat(empty + 1) : '\n', breakAt.from, breakAt.to);
  }
  return out;
}
