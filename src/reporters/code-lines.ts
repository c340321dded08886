/** Lines of source and of a diff, as they are shown: numbered, cropped around what matters, underlined. Pure. */
import type { ReportFinding } from '../report.ts';
import {
  cells,
  clean,
  cut,
  type Line,
  lineCells,
  plain,
  type Span,
  span,
  take,
  wrap,
} from './terminal-text.ts';

export type Sheet = {
  /** Cells of a line. */
  readonly columns: number;
  readonly unicode: boolean;
  /** Whether lists are shown in full. */
  readonly verbose: boolean;
  /** Whether a word longer than a line may be broken: in a pane, where nothing can stick out. */
  readonly breakWords: boolean;
};

/** Characters of a source line that are looked at on each side of a value; lines have no bound of their own. */
const AROUND = 600;

/** The lines at fault with their numbers, and the value underlined: with `^`, so that it shows without colour. */
export function excerptLines(finding: ReportFinding, sheet: Sheet, say = ''): Line[] {
  const { location, excerpt } = finding;
  if (!location || excerpt.length === 0) return [];
  const digits = Math.max(...excerpt.map((one) => String(one.line).length));
  const bar = ' │ ';
  const room = Math.max(8, sheet.columns - digits - bar.length);
  const lines: Line[] = [];
  for (const { line, text } of excerpt) {
    const gutter = span(`${String(line).padStart(digits)}${bar}`, 'dim');
    const atFault = line === location.line;
    const from = atFault ? location.column - 1 : 0;
    const to = atFault ? (location.endLine === line ? location.endColumn - 1 : text.length) : 0;
    const { shown, start, length } = crop(text, from, Math.max(to, from + 1), room, sheet.unicode);
    if (!atFault) {
      lines.push([gutter, span(shown, 'dim')]);
      continue;
    }
    lines.push([gutter, span(shown)]);
    const under = span(' '.repeat(digits) + bar, 'dim');
    const mark: Span[] = [under, span(' '.repeat(start)), span('^'.repeat(length), 'bad')];
    const said: Line = [...mark, span(` ${clean(say, sheet.unicode)}`, 'bad')];
    if (say === '') lines.push(mark);
    else if (lineCells(said) <= sheet.columns) lines.push(said);
    else {
      const sentence = wrap([span(say, 'bad')], { ...sheet, columns: room });
      lines.push(mark, ...sentence.map((part) => [under, ...part]));
    }
  }
  return lines;
}

/** The part of a line around a value that fits; `start` and `length` are the cells of the value in it. */
function crop(text: string, from: number, to: number, room: number, unicode: boolean) {
  const left = Math.max(0, from - AROUND);
  const before = clean(text.slice(left, from), unicode).replaceAll('\\t', '    ');
  const value = clean(text.slice(from, Math.min(to, from + AROUND)), unicode).replaceAll('\\t', '    ');
  const after = clean(text.slice(to, to + AROUND), unicode).replaceAll('\\t', '    ');
  const whole = before + value + after;
  const mark = unicode ? '…' : '...';
  if (left === 0 && cells(whole) <= room) {
    return { shown: whole, start: cells(before), length: Math.max(1, cells(value)) };
  }
  // What stands before the value gives way first; the value itself is cut only when it alone is too long.
  const forBefore = Math.max(0, Math.min(cells(before), room - cells(value) - mark.length - 4));
  const kept = left === 0 && cells(before) <= forBefore ? before : mark + takeEnd(before, forBefore);
  const shown = plain(cut([span(kept + value + after)], room, unicode));
  const start = cells(kept);
  return { shown, start, length: Math.max(1, Math.min(cells(value), room - start)) };
}

function takeEnd(text: string, columns: number): string {
  const skipped = cells(text) - columns;
  if (skipped <= 0) return text;
  const head = take(text, skipped);
  return text.slice(head.length);
}

type DiffLine = {
  readonly file: string;
  readonly line: number;
  readonly sign: '-' | '+';
  readonly text: string;
};

/** The changed lines of a unified diff, numbered as in the old file (`-`) and in the new one (`+`). */
export function changedLines(diff: string): readonly DiffLine[] {
  const changed: DiffLine[] = [];
  let file = '';
  let oldLine = 0;
  let newLine = 0;
  let oldLeft = 0;
  let newLeft = 0;
  for (const raw of diff.split('\n')) {
    const text = raw.replace(/\r$/, '');
    const hunk = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(text);
    if (oldLeft <= 0 && newLeft <= 0) {
      if (hunk) {
        oldLine = Number(hunk[1]);
        oldLeft = Number(hunk[2] ?? 1);
        newLine = Number(hunk[3]);
        newLeft = Number(hunk[4] ?? 1);
      } else if (text.startsWith('+++ ')) {
        file = text.slice(4).split('\t')[0]?.replace(/^b\//, '') ?? '';
      }
      continue;
    }
    const sign = text[0];
    if (sign === '-') {
      changed.push({ file, line: oldLine++, sign, text: text.slice(1) });
      oldLeft--;
    } else if (sign === '+') {
      changed.push({ file, line: newLine++, sign, text: text.slice(1) });
      newLeft--;
    } else if (sign !== '\\') {
      oldLine++;
      newLine++;
      oldLeft--;
      newLeft--;
    }
  }
  return changed;
}

/** Changed lines without the indentation that all of them share; the file is named where it is not `here`. */
export function diffLines(changed: readonly DiffLine[], sheet: Sheet, here: string): Line[] {
  const shown = sheet.verbose ? changed : changed.slice(0, changed.length > 9 ? 8 : 9);
  const digits = Math.max(0, ...shown.map((one) => String(one.line).length));
  const indent = Math.min(...shown.map(({ text }) => (text.trim() === '' ? 99 : text.search(/\S/))));
  const lines: Line[] = [];
  let file = here;
  for (const one of shown) {
    if (one.file !== file) lines.push([span(one.file, 'dim')]);
    file = one.file;
    const tone = one.sign === '+' ? 'good' : 'bad';
    const sign = one.sign === '+' ? '+' : '−';
    const whole = one.text.length > AROUND ? `${one.text.slice(0, AROUND)}…` : one.text;
    const text = whole.slice(indent).replaceAll('\t', '    ');
    const number = `${String(one.line).padStart(digits)} `;
    const line: Line = [span(number, 'dim'), span(`${sign} ${text}`, tone)];
    lines.push(...wrap(line, { ...sheet, hang: number.length + 2 }));
  }
  if (changed.length > shown.length)
    lines.push([span(`and ${changed.length - shown.length} more lines`, 'dim')]);
  return lines;
}
