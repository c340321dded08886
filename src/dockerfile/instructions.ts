/**
 * A Dockerfile's text as instructions, by the rules of BuildKit's own parser (moby/buildkit,
 * frontend/dockerfile/parser): parser directives, comments, line continuations and heredocs.
 *
 * Written here because the parser on npm reads some files differently from BuildKit (`RUN echo "1 <<2"` is no heredoc,
 * a line that ends with two backslashes does not continue), and takes time quadratic in the length of an instruction.
 */
import type { DockerfileFault, Range } from './model.ts';
import { type Heredoc, heredocsIn, stringsOfJson } from './words.ts';

/** One instruction, its continuation lines joined. */
export type Instruction = {
  /** Upper case. */
  readonly keyword: string;
  /** What follows the keyword, trimmed. */
  readonly rest: string;
  readonly heredocs: readonly Heredoc[];
  /** Of its first line, counted from 1. */
  readonly line: number;
  /** From the keyword to the end of its last line, heredocs left out. */
  readonly range: Range;
  /** The place in the file of a part of `rest`; `end` is exclusive. */
  readonly place: (start: number, end: number) => Range;
};

export type Reading = {
  readonly instructions: readonly Instruction[];
  readonly faults: readonly DockerfileFault[];
  /** The escape character: a backslash or a backtick. */
  readonly escapeToken: string;
  readonly syntax?: string;
};

/** BuildKit's line scanner takes lines up to this many bytes ("dockerfile line greater than max allowed size"). */
const LONGEST_LINE = 65_535;

const HEREDOC_KEYWORDS = new Set(['RUN', 'COPY', 'ADD']);

type Line = { readonly start: number; readonly end: number; readonly number: number };

/** Splits the text into instructions. Linear in its length; never throws. */
export function readInstructions(text: string): Reading {
  const lines = linesOf(text);
  const faults: DockerfileFault[] = [];
  const instructions: Instruction[] = [];
  const endings = lastLineWith(text, lines);
  const directives = readDirectives(text, lines, faults);
  const { escapeToken, syntax } = directives;
  for (const line of lines) {
    if (line.end - line.start > LONGEST_LINE / 3 && bytesOf(text, line) > LONGEST_LINE) {
      const message = `The line has more than ${LONGEST_LINE} bytes, and BuildKit refuses longer ones.`;
      faults.push({ message, line: line.number, range: { start: line.start, end: line.end } });
    }
  }

  for (let at = directives.lines; at < lines.length; at++) {
    const first = lines[at] as Line;
    const start = skipSpace(text, first.start, first.end);
    if (start === first.end || text[start] === '#') continue;
    const joined = new Joined();
    let more = joined.add(text, start, first.end, escapeToken);
    let last = first;
    while (more && at + 1 < lines.length) {
      const next = lines[++at] as Line;
      const content = skipSpace(text, next.start, next.end);
      // Comments and empty lines within an instruction are left out, and it goes on after them.
      if (content === next.end || text[content] === '#') continue;
      more = joined.add(text, next.start, next.end, escapeToken);
      last = next;
    }
    const found = toInstruction(joined, first, { start, end: last.end }, (name, chomp) => {
      const end = endings().get(name);
      return end !== undefined && end.exact > at && (chomp || end.plain > at);
    });
    if (!found) continue;
    instructions.push(found);
    for (const heredoc of found.heredocs) {
      const end = endOfHeredoc(text, lines, at + 1, heredoc);
      if (end === lines.length) {
        const message = `The heredoc <<${heredoc.name} does not end: no line holds just ${heredoc.name}.`;
        faults.push({ message, line: found.line, range: found.range });
        return { instructions, faults, escapeToken, ...(syntax === undefined ? {} : { syntax }) };
      }
      at = end;
    }
  }
  return { instructions, faults, escapeToken, ...(syntax === undefined ? {} : { syntax }) };
}

function toInstruction(
  joined: Joined,
  line: Line,
  range: Range,
  ends: (name: string, chomp: boolean) => boolean,
): Instruction | undefined {
  const all = joined.text;
  const start = skipSpace(all, 0, all.length);
  let keywordEnd = start;
  while (keywordEnd < all.length && !isBlank(all[keywordEnd])) keywordEnd++;
  if (keywordEnd === start) return undefined;
  const keyword = all.slice(start, keywordEnd).toUpperCase();
  const restStart = skipSpace(all, keywordEnd, all.length);
  const rest = all.slice(restStart).trimEnd();
  return {
    keyword,
    rest,
    heredocs: heredocsOf(keyword, rest, ends),
    line: line.number,
    range,
    place: (from, to) => ({
      start: joined.offsetOf(restStart + from),
      end: to > from ? joined.offsetOf(restStart + to - 1) + 1 : joined.offsetOf(restStart + from),
    }),
  };
}

/** The heredocs that an instruction opens, in order. */
function heredocsOf(
  keyword: string,
  rest: string,
  ends: (name: string, chomp: boolean) => boolean,
): readonly Heredoc[] {
  if (!rest.includes('<<')) return [];
  if (keyword === 'ONBUILD') {
    const [inner = ''] = rest.split(/[\t\v\f\r ]/, 1);
    return heredocsOf(inner.toUpperCase(), rest.slice(inner.length).trimStart(), ends);
  }
  if (!HEREDOC_KEYWORDS.has(keyword) || stringsOfJson(rest).kind !== 'none') return [];
  // BuildKit took `<< NAME`, with a space, only lately: it counts where a line ends it, else it is left alone.
  return heredocsIn(rest).filter((heredoc) => !heredoc.spaced || ends(heredoc.name, heredoc.chomp));
}

function endOfHeredoc(text: string, lines: readonly Line[], from: number, heredoc: Heredoc): number {
  for (let at = from; at < lines.length; at++) {
    const line = lines[at] as Line;
    let start = line.start;
    if (heredoc.chomp) while (text[start] === '\t') start++;
    if (line.end - start === heredoc.name.length && text.startsWith(heredoc.name, start)) return at;
  }
  return lines.length;
}

/** Where each line's text occurs last: as it stands (`plain`), and without leading tabs (`exact`). Made when asked. */
function lastLineWith(text: string, lines: readonly Line[]) {
  let known: Map<string, { plain: number; exact: number }> | undefined;
  return () => {
    if (known) return known;
    known = new Map();
    for (const [at, line] of lines.entries()) {
      let start = line.start;
      while (text[start] === '\t') start++;
      // No name of a heredoc is longer, and long lines need not be kept twice.
      if (line.end - start > 200) continue;
      const name = text.slice(start, line.end);
      const before = known.get(name);
      known.set(name, { plain: start === line.start ? at : (before?.plain ?? -1), exact: at });
    }
    return known;
  };
}

/** Parser directives: comments of the form `# key=value` before anything else (Dockerfile reference). */
function readDirectives(text: string, lines: readonly Line[], faults: DockerfileFault[]) {
  const seen = new Map<string, string>();
  let at = 0;
  for (; at < lines.length; at++) {
    const line = lines[at] as Line;
    const start = skipSpace(text, line.start, line.end);
    if (text[start] !== '#') break;
    const written = text.slice(start + 1, line.end);
    const equals = written.indexOf('=');
    const key = written.slice(0, Math.max(0, equals)).trim().toLowerCase();
    const value = written.slice(equals + 1).trim();
    if (!['escape', 'syntax', 'check'].includes(key) || value === '') break;
    const range = { start, end: line.end };
    if (seen.has(key)) {
      faults.push({ message: `The parser directive "${key}" is given twice.`, line: line.number, range });
    } else if (key === 'escape' && value !== '\\' && value !== '`') {
      const message = 'The parser directive "escape" must be a backslash or a backtick.';
      faults.push({ message, line: line.number, range });
    }
    if (!seen.has(key)) seen.set(key, value);
  }
  return { lines: at, escapeToken: seen.get('escape') === '`' ? '`' : '\\', syntax: seen.get('syntax') };
}

/** The text of an instruction without its line breaks, which remembers where each character came from. */
class Joined {
  text = '';
  readonly #starts: number[] = [];
  readonly #offsets: number[] = [];

  /** Adds a line; true where it ends with an escape character that stands alone: the next line belongs to it. */
  add(source: string, start: number, end: number, escapeToken: string): boolean {
    let last = end;
    while (last > start && (source[last - 1] === ' ' || source[last - 1] === '\t')) last--;
    const more =
      last > start &&
      source[last - 1] === escapeToken &&
      (last - 1 === start || source[last - 2] !== escapeToken);
    this.#starts.push(this.text.length);
    this.#offsets.push(start);
    this.text += source.slice(start, more ? last - 1 : end);
    return more;
  }

  offsetOf(index: number): number {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#starts[middle] as number) <= index) low = middle;
      else high = middle - 1;
    }
    return (this.#offsets[low] as number) + index - (this.#starts[low] as number);
  }
}

/** Lines end with LF; carriage returns before it belong to the line break, and the byte order mark to none. */
function linesOf(text: string): readonly Line[] {
  const lines: Line[] = [];
  let start = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  while (start < text.length) {
    const feed = text.indexOf('\n', start);
    const next = feed < 0 ? text.length : feed;
    let end = next;
    while (end > start && text[end - 1] === '\r') end--;
    lines.push({ start, end, number: lines.length + 1 });
    start = next + 1;
  }
  return lines;
}

function bytesOf(text: string, line: Line): number {
  return Buffer.byteLength(text.slice(line.start, line.end), 'utf8');
}

function skipSpace(text: string, start: number, end: number): number {
  let at = start;
  while (at < end && (isBlank(text[at]) || text[at] === '\u0085' || text[at] === '\u00a0')) at++;
  return at;
}

/** What separates the words of an instruction. */
function isBlank(character: string | undefined): boolean {
  return (
    character === ' ' ||
    character === '\t' ||
    character === '\r' ||
    character === '\v' ||
    character === '\f' ||
    character === '\n'
  );
}
