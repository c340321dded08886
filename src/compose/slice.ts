/** A part of a scalar's text, such as the port in `${PORT}:80`, that still knows which variables it is made of. */
import type { InterpolationPart, ScalarNode } from './model.ts';

/** The scalar whose text is `text.slice(start, end)`. Its place is that of the whole. */
export function sliceScalar(scalar: ScalarNode, start: number, end: number): ScalarNode {
  const text = scalar.text.slice(start, end);
  if (text === scalar.text) return scalar;
  const { parts, ...rest } = scalar;
  return { ...rest, value: text, text, ...(parts && { parts: sliceParts(parts, start, end) }) };
}

/** Empty parts inside the range stay: a variable that is not set is worth telling. */
function sliceParts(parts: readonly InterpolationPart[], start: number, end: number): InterpolationPart[] {
  const kept: InterpolationPart[] = [];
  let at = 0;
  for (const part of parts) {
    const from = Math.max(start - at, 0);
    const to = Math.min(end - at, part.text.length);
    const inside = part.text === '' ? at >= start && at <= end : from < to;
    if (inside) kept.push({ ...part, text: part.text.slice(from, to) });
    at += part.text.length;
  }
  return kept;
}
