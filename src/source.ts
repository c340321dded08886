/**
 * Text with places in it: the smallest thing everything else points at.
 */

/**
 * A file as dockmedic names it everywhere: relative to the workspace root, with forward slashes
 * (`services/api/compose.yaml`, `../shared/base.yml`), or absolute where it lies on another volume.
 */
export type FilePath = string;

/** A range of one file. Offsets count UTF-16 code units of the decoded text; `end` is exclusive. */
export type Place = { readonly file: FilePath; readonly start: number; readonly end: number };

/** A place in lines and columns, all counted from 1; `endColumn` is the column after the last character. */
export type Location = {
  readonly file: FilePath;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
};

/** A file that was read: its exact text (a byte order mark and CRLF kept), so that it can be spliced. */
export type Source = { readonly file: FilePath; readonly text: string };

const lineStartsOf = new WeakMap<Source, readonly number[]>();

function lineStarts(source: Source): readonly number[] {
  const known = lineStartsOf.get(source);
  if (known) return known;
  const starts = [0];
  for (let i = 0; i < source.text.length; i++) {
    const c = source.text.charCodeAt(i);
    // YAML 1.2 §5.4: CRLF, CR and LF each end a line.
    if (c === 10 || (c === 13 && source.text.charCodeAt(i + 1) !== 10)) starts.push(i + 1);
  }
  lineStartsOf.set(source, starts);
  return starts;
}

/** Line and column (from 1) of an offset; an offset past the end is the end. */
export function positionAt(source: Source, offset: number): { line: number; column: number } {
  const starts = lineStarts(source);
  const at = Math.max(0, Math.min(offset, source.text.length));
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] as number) <= at) low = middle;
    else high = middle - 1;
  }
  const start = starts[low] as number;
  // The mark at the start of a file is no character that an editor counts.
  const mark = low === 0 && source.text.charCodeAt(0) === 0xfeff && at > 0 ? 1 : 0;
  return { line: low + 1, column: at - start - mark + 1 };
}

/** The place in lines and columns. */
export function locate(source: Source, place: Place): Location {
  const from = positionAt(source, place.start);
  const to = positionAt(source, place.end);
  return { file: place.file, line: from.line, column: from.column, endLine: to.line, endColumn: to.column };
}

/** The text of a line (counted from 1) without its line break; undefined where there is no such line. */
export function lineText(source: Source, line: number): string | undefined {
  const starts = lineStarts(source);
  const start = starts[line - 1];
  if (start === undefined) return undefined;
  const text = source.text.slice(start, starts[line] ?? source.text.length).replace(/[\r\n]+$/, '');
  return line === 1 ? text.replace(/^\uFEFF/, '') : text;
}
