/** Exact text surgery: what lies outside of an edit is never touched, so comments, anchors and line ends stay. */

/** One replacement; offsets count UTF-16 code units of the text, `end` is exclusive. */
export type Edit = { readonly start: number; readonly end: number; readonly text: string };

/**
 * Replaces each range by its text. The edits may come in any order and must not overlap; an insertion stands before
 * a replacement that starts where it stands.
 *
 * @throws RangeError where an edit lies outside of the text or overlaps another: the plan lets no such edit through.
 */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  const ordered = [...edits].sort((a, b) => a.start - b.start || a.end - b.end);
  const parts: string[] = [];
  let at = 0;
  for (const edit of ordered) {
    if (edit.start < at || edit.end < edit.start || edit.end > text.length) {
      throw new RangeError(`the edit ${edit.start}–${edit.end} overlaps another or lies outside of the text`);
    }
    parts.push(text.slice(at, edit.start), edit.text);
    at = edit.end;
  }
  parts.push(text.slice(at));
  return parts.join('');
}

/** The edits that make the old text of the new one. Expects edits that fit the old text and do not overlap. */
export function inverseOf(edits: readonly Edit[], before: string): readonly Edit[] {
  let shift = 0;
  return [...edits]
    .sort((a, b) => a.start - b.start || a.end - b.end)
    .map(({ start, end, text }) => {
      const from = start + shift;
      shift += text.length - (end - start);
      return { start: from, end: from + text.length, text: before.slice(start, end) };
    });
}

/**
 * Whether two different edits compete for the same characters. An insertion that touches another edit competes too:
 * which of the two comes first would be a guess.
 */
export function editsCollide(a: Edit, b: Edit): boolean {
  if (a.start === a.end || b.start === b.end) return a.start <= b.end && b.start <= a.end;
  return a.start < b.end && b.start < a.end;
}

const MARK = '\uFEFF';

/**
 * The edit as it has to be written into this very text: an insertion at the start goes behind a byte order mark, and
 * line breaks take the form of the file where every line of it ends in CRLF.
 */
export function fitEdit(text: string, edit: Edit): Edit {
  const behindMark = edit.start === 0 && edit.end === 0 && text.startsWith(MARK) ? 1 : 0;
  const crlf = endsEveryLineInCrlf(text) ? edit.text.replace(/\r?\n/g, '\r\n') : edit.text;
  return { start: edit.start + behindMark, end: edit.end + behindMark, text: crlf };
}

function endsEveryLineInCrlf(text: string): boolean {
  return text.includes('\r\n') && !/(^|[^\r])\n/.test(text);
}

/** Whether an offset stands between the two halves of one character beyond the basic plane. */
export function splitsCharacter(text: string, offset: number): boolean {
  const isHigh = (unit: number) => unit >= 0xd800 && unit <= 0xdbff;
  const isLow = (unit: number) => unit >= 0xdc00 && unit <= 0xdfff;
  return isHigh(text.charCodeAt(offset - 1)) && isLow(text.charCodeAt(offset));
}
