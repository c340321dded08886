/** The place of a part of a value: the source of a volume, not the whole of `./a:/b:ro`. Pure. */
import type { Place, Source } from '../source.ts';
import { writtenText } from './interpolate.ts';
import type { PathRef, ScalarNode } from './model.ts';
import type { ScalarText } from './scalar-text.ts';

/**
 * The place of some characters of a scalar's resolved text. A variable counts as a whole; the whole scalar where
 * escapes or folded lines leave open which characters stand for which.
 */
export function placeWithin(scalar: ScalarNode, start: number, end: number): Place {
  const runs = runsOf(scalar);
  // What a variable left empty counts where it stands.
  const from = runs?.find((run) => start < run.end || start <= run.start);
  const to = runs?.findLast((run) => end > run.start || end >= run.end);
  if (!from || !to || start >= end) return scalar.at;
  const { file } = scalar.at;
  return {
    file,
    start: from.exact ? from.at.start + start - from.start : from.at.start,
    end: to.exact ? to.at.start + end - to.start : to.at.end,
  };
}

/** The place of a path: of a short volume, its source alone. */
export function placeOfPath({ scalar, written }: PathRef): Place {
  return scalar.text !== written && scalar.text.startsWith(written)
    ? placeWithin(scalar, 0, written.length)
    : scalar.at;
}

type Run = {
  /** In the resolved text. */
  readonly start: number;
  readonly end: number;
  /** In the file. */
  readonly at: Place;
  /** Character by character. */
  readonly exact: boolean;
};

function runsOf({ text, at, style, parts }: ScalarNode): readonly Run[] | undefined {
  if (!parts) {
    const quotes = style === 'plain' ? 0 : 1;
    if (style === 'block' || at.end - at.start !== text.length + 2 * quotes) return undefined;
    const inner = { file: at.file, start: at.start + quotes, end: at.end - quotes };
    return [{ start: 0, end: text.length, at: inner, exact: true }];
  }
  const runs: Run[] = [];
  let start = 0;
  for (const part of parts) {
    const isWhole = part.at.file !== at.file || (part.at.start === at.start && part.at.end === at.end);
    if (isWhole && parts.length > 1) return undefined;
    const exact = part.kind === 'literal' && part.at.end - part.at.start === part.text.length;
    runs.push({ start, end: start + part.text.length, at: part.at, exact });
    start += part.text.length;
  }
  return start === text.length ? runs : undefined;
}

/**
 * The place of some characters of a longer text, such as a Dockerfile within a compose file; the whole scalar where
 * that cannot be told. `source` is the file that the scalar stands in.
 */
export function placeInText(scalar: ScalarNode, source: Source, start: number, end: number): Place {
  const written = writtenText(scalar, source);
  const of = written && charactersOf(scalar, written);
  const first = of?.[start];
  const last = of?.[Math.max(start, end - 1)];
  if (!first || !last) return scalar.at;
  const { file } = scalar.at;
  return {
    file,
    start: scalar.at.start + first.from,
    end: scalar.at.start + (end > start ? last.to : first.from),
  };
}

type Character = { readonly from: number; readonly to: number };

/** Where each character of the resolved text is written; undefined where that cannot be told. */
function charactersOf(
  { text, at: whole, parts }: ScalarNode,
  written: ScalarText,
): readonly Character[] | undefined {
  const { from, to } = written;
  const character = (index: number): Character => ({ from: from[index] ?? 0, to: to[index] ?? 0 });
  if (!parts) return Array.from({ length: text.length }, (_, index) => character(index));
  const found: Character[] = [];
  let at = 0;
  for (const part of parts) {
    const start = part.at.start - whole.start;
    const end = part.at.end - whole.start;
    if (part.kind === 'variable') {
      for (let index = 0; index < part.text.length; index++) found.push({ from: start, to: end });
      while (at < from.length && (from[at] ?? end) < end) at++;
      continue;
    }
    for (const char of part.text.split('')) {
      // `$$` is one dollar.
      const doubled = char === '$' && written.text.startsWith('$$', at);
      if (written.text[at] !== char) return undefined;
      found.push({ from: from[at] ?? 0, to: to[doubled ? at + 1 : at] ?? 0 });
      at += doubled ? 2 : 1;
    }
  }
  return found.length === text.length ? found : undefined;
}
