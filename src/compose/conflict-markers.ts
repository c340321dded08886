/** The marks that git leaves where a merge could not be settled. Pure. */
import type { FilePath, Place, Source } from '../source.ts';

/** One conflict: the places of its marks, in order. A mark whose others were removed is a conflict by itself. */
export type Conflict = readonly Place[];

const MARK = /^(?:<{7}(?= |\r?$)|\|{7}(?= |\r?$)|={7}(?=\r?$)|>{7}(?= |\r?$))[^\r\n]*/gm;

/** The conflicts of a text. A line of `=======` is one of the marks only between others. */
export function conflictsIn(text: string, file: FilePath): readonly Conflict[] {
  if (!text.includes('<<<<<<<') && !text.includes('>>>>>>>')) return [];
  const conflicts: Place[][] = [];
  let open: Place[] | undefined;
  for (const match of text.matchAll(MARK)) {
    const place = { file, start: match.index, end: match.index + match[0].length };
    switch (match[0][0]) {
      case '<':
        open = [place];
        conflicts.push(open);
        break;
      case '>':
        if (open) open.push(place);
        else conflicts.push([place]);
        open = undefined;
        break;
      default:
        open?.push(place);
    }
  }
  return conflicts;
}

/**
 * The text with the first side of every conflict alone; marks and other sides become blanks, so that all offsets stay.
 */
export function firstSideOnly(source: Source, conflicts: readonly Conflict[]): string {
  const { text } = source;
  // Pieces in order, joined once: a copy of the whole text for each conflict would take its time.
  const pieces: string[] = [];
  let at = 0;
  const blank = (start: number, end: number): void => {
    pieces.push(text.slice(at, start), text.slice(start, end).replace(/[^\r\n]/g, ' '));
    at = end;
  };
  for (const marks of conflicts) {
    const [first, second] = marks;
    const last = marks.at(-1);
    if (!first || !last) continue;
    blank(first.start, first.end);
    if (second && last !== first) blank(second.start, last.end);
  }
  return pieces.join('') + text.slice(at);
}
