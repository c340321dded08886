/**
 * Text on its way to a terminal: made harmless, measured in cells, wrapped and cut. Pure.
 *
 * Everything that is printed may come from an untrusted file: a path or a message can carry escape sequences
 * or text that runs backwards. So a `Span` is cleaned before it is measured, and once more where it is written.
 */

/** How a piece of text is meant; the place that prints it decides how that looks. Never the only carrier. */
export type Tone = 'strong' | 'dim' | 'bad' | 'good' | 'warning' | 'note';

/** A piece of text in one tone. A `solid` one is never broken, spaces or not: a path, a command. */
export type Span = { readonly text: string; readonly tone?: Tone; readonly solid?: boolean };
export type Line = readonly Span[];

export const span = (text: string, tone?: Tone): Span => (tone ? { text, tone } : { text });
export const solid = (text: string, tone?: Tone): Span =>
  tone ? { text, tone, solid: true } : { text, solid: true };

/** No single value on the screen is worth more than this many characters. */
const LONGEST = 8000;

const ASCII_FOR: Readonly<Record<string, string>> = {
  '✓': '+',
  '✗': 'x',
  '⚠': '!',
  ℹ: 'i',
  '⊘': '-',
  '→': '->',
  '←': '<-',
  '↑': 'up',
  '↓': 'down',
  '…': '...',
  '·': '-',
  '−': '-',
  '–': '-',
  '—': '-',
  '▸': '>',
  '│': '|',
  '─': '-',
  '┬': '+',
  '┴': '+',
  '├': '+',
  '┤': '+',
  '‘': "'",
  '’': "'",
  '“': '"',
  '”': '"',
};

const HARMLESS = /^[\x20-\x7e]*$/;
// With our own signs, each of one cell: nearly all that is ever shown, and much quicker than the tables of Unicode.
const ORDINARY = new RegExp(`^[\\x20-\\x7e${Object.keys(ASCII_FOR).join('')}]*$`);
// Control characters, invisible format characters (text direction, tags), line separators, halves of pairs.
const HARMFUL = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

function escapeCharacter(character: string): string {
  if (character === '\n') return '\\n';
  if (character === '\r') return '\\r';
  if (character === '\t') return '\\t';
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x80) return `\\x${code.toString(16).padStart(2, '0')}`;
  return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, '0')}`;
}

/**
 * The text with every character that a terminal would act on shown as an escape (`\x1b`, `\u202e`). With
 * `unicode` false the result is printable ASCII only: known signs have a plain form, others become escapes.
 * Cleaning twice changes nothing.
 */
export function clean(text: string, unicode: boolean): string {
  const short = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
  if (HARMLESS.test(short) || (unicode && ORDINARY.test(short))) return short;
  const safe = short.replace(HARMFUL, escapeCharacter);
  if (unicode) return safe;
  return safe.replace(/[^\x20-\x7e]/gu, (character) => ASCII_FOR[character] ?? escapeCharacter(character));
}

let segmenter: Intl.Segmenter | undefined;

function graphemes(text: string): Intl.Segments {
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  return segmenter.segment(text);
}

const INVISIBLE = /^[\p{Mn}\p{Me}\p{Cc}\p{Cf}\p{Cs}]+$/u;
// Unicode Standard Annex 11: wide and fullwidth. Scripts stand in for its table; signs that are drawn as
// pictures by themselves are wide too, as is anything that asks for it with U+FE0F.
const WIDE =
  /^(?:[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Bopomofo}\p{Script=Yi}\p{Emoji_Presentation}\u3000-\u303e\u3200-\u33ff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6]|.\ufe0f)/u;
const HALFWIDTH = /^[\uff61-\uffdc\u303f]/;

function cellsOf(grapheme: string): number {
  if (INVISIBLE.test(grapheme)) return 0;
  if (HALFWIDTH.test(grapheme)) return 1;
  return WIDE.test(grapheme) ? 2 : 1;
}

/** Cells that a cleaned text takes on a terminal. */
export function cells(text: string): number {
  if (ORDINARY.test(text)) return text.length;
  let sum = 0;
  for (const { segment } of graphemes(text)) sum += cellsOf(segment);
  return sum;
}

/** The longest start of a cleaned text that fits in so many cells; no character is split. */
export function take(text: string, columns: number): string {
  if (columns <= 0) return '';
  if (ORDINARY.test(text)) return text.slice(0, columns);
  let sum = 0;
  let taken = '';
  for (const { segment } of graphemes(text)) {
    sum += cellsOf(segment);
    if (sum > columns) break;
    taken += segment;
  }
  return taken;
}

export function lineCells(line: Line): number {
  return line.reduce((sum, part) => sum + cells(part.text), 0);
}

export function cleanLine(line: Line, unicode: boolean): Line {
  return line.map((part) => ({ ...part, text: clean(part.text, unicode) }));
}

/** The text of a line without its tones. */
export function plain(line: Line): string {
  return line.map((part) => part.text).join('');
}

/** The line cut to so many cells, with an ellipsis where something was cut. */
export function cut(line: Line, columns: number, unicode: boolean): Line {
  const safe = cleanLine(line, unicode);
  if (lineCells(safe) <= columns) return safe;
  const mark = unicode ? '…' : '...';
  let left = columns - mark.length;
  const parts: Span[] = [];
  for (const part of safe) {
    const text = take(part.text, left);
    left -= cells(text);
    if (text !== '') parts.push({ ...part, text });
    if (text !== part.text) break;
  }
  return [...parts, span(take(mark, columns), parts.at(-1)?.tone)];
}

/** The line filled with spaces up to so many cells; a longer one is cut. */
export function fill(line: Line, columns: number, unicode: boolean): Line {
  const short = cut(line, columns, unicode);
  const missing = columns - lineCells(short);
  return missing > 0 ? [...short, span(' '.repeat(missing))] : short;
}

type Wrapping = {
  readonly columns: number;
  readonly unicode: boolean;
  /** Cells before every line but the first. */
  readonly hang?: number;
  /** Whether a word that is longer than a line is broken; where not, it sticks out. */
  readonly breakWords?: boolean;
};

/**
 * The line as lines of so many cells. It is broken at spaces only, never inside a `solid` span: a path with its
 * line and column stays one piece.
 */
export function wrap(line: Line, wrapping: Wrapping): Line[] {
  const { columns, unicode, hang = 0, breakWords = false } = wrapping;
  const margin = hang > 0 ? [span(' '.repeat(hang))] : [];
  const lines: Line[] = [];
  let current: Span[] = [];
  let used = 0;
  let fresh = true;

  const end = () => {
    lines.push(current);
    current = [...margin];
    used = hang;
    fresh = true;
  };

  for (const { gap, word: raw } of wordsOf(line)) {
    const word = cleanLine(raw, unicode);
    const size = lineCells(word);
    if (!fresh && used + gap + size > columns) end();
    const space = fresh && lines.length > 0 ? 0 : gap;
    if (space > 0) current.push(span(' '.repeat(space)));
    used += space;
    fresh = false;
    if (!breakWords || used + size <= columns) {
      current.push(...word);
      used += size;
      continue;
    }
    for (const part of word) {
      let rest = part.text;
      while (rest !== '') {
        if (used >= columns) end();
        // A character wider than the whole line is written all the same: the loop has to end.
        const piece = take(rest, columns - used) || (used > hang ? '' : [...rest].slice(0, 1).join(''));
        if (piece === '') {
          end();
          continue;
        }
        current.push({ ...part, text: piece });
        used += cells(piece);
        fresh = false;
        rest = rest.slice(piece.length);
      }
    }
  }
  if (!fresh || lines.length === 0) lines.push(current);
  return lines.map(joinAlike);
}

/** Words are what stands between spaces; spans that touch make one word. A middle dot stays with what it follows. */
function wordsOf(line: Line): { gap: number; word: Span[] }[] {
  const words: { gap: number; word: Span[] }[] = [];
  let gap = 0;
  let open = false;
  const add = (part: Span) => {
    const last = words.at(-1);
    if (open && last) last.word.push(part);
    else words.push({ gap, word: [part] });
    open = true;
    gap = 0;
  };
  for (const part of line) {
    if (part.solid) {
      add(part);
      continue;
    }
    for (const piece of part.text.split(/( +)/)) {
      if (piece === '') continue;
      if (piece === '·' && words.length > 0) {
        open = true;
        add({ ...part, text: ' ·' });
      } else if (piece.startsWith(' ')) {
        open = false;
        gap += piece.length;
      } else add({ ...part, text: piece });
    }
  }
  return words;
}

function joinAlike(line: Line): Line {
  const joined: Span[] = [];
  for (const part of line) {
    const last = joined.at(-1);
    if (last && last.tone === part.tone && last.solid === part.solid)
      joined[joined.length - 1] = { ...last, text: last.text + part.text };
    else joined.push(part);
  }
  return joined;
}
