/** Changing one value of a compose file without touching anything else, and showing values to people. */
import type { Step } from '../rule.ts';
import type { Place, Source } from '../source.ts';
import { writtenText } from './interpolate.ts';
import type { ScalarNode } from './model.ts';
import { resolvePlain } from './plain.ts';
import { readScalarText, type ScalarText } from './scalar-text.ts';
import { readTemplate } from './template.ts';

/**
 * A value as people may see it: what the environment or an env file put in is shown as `${NAME}`, never as its value.
 * Defaults that stand in the file are shown as text.
 */
export function shown(scalar: ScalarNode): string {
  if (!scalar.parts) return scalar.text;
  return scalar.parts
    .map((part) => (part.kind === 'literal' || part.from === 'default' ? part.text : `\${${part.name}}`))
    .join('');
}

/**
 * The smallest edit that makes a scalar's resolved text `newValue`, in its own quoting style where that can hold it.
 * Undefined where no such edit is safe: the change is not within one literal part of an interpolated value, or the
 * form of the scalar is not understood well enough.
 */
export function replaceScalar(
  scalar: ScalarNode,
  source: Source,
  newValue: string,
): Extract<Step, { kind: 'edit' }> | undefined {
  const written = source.text.slice(scalar.at.start, scalar.at.end);
  const text = writtenText(scalar, source) ?? readPlainWhole(scalar, written);
  if (!text) return undefined;
  const run = literalRun(scalar, text, newValue);
  if (!run) return undefined;
  const wanted = text.text.slice(0, run.start) + run.text.replaceAll('$', '$$$$') + text.text.slice(run.end);
  if (scalar.parts && namesIn(wanted) !== namesIn(text.text)) return undefined;
  return splice(scalar, source, written, text, wanted) ?? rewrite(scalar, source, written, wanted);
}

/** The variables of a template: a letter right behind `$NAME` would make another of it. */
function namesIn(template: string): string {
  return readTemplate(template)
    .map((segment) => (segment.kind === 'variable' ? segment.name : ''))
    .filter((name) => name !== '')
    .join();
}

/** A number or a boolean: its text is not what is written, but it can be replaced as a whole. */
function readPlainWhole(scalar: ScalarNode, written: string): ScalarText | undefined {
  if (scalar.style !== 'plain' || scalar.parts || resolvePlain(written).text !== scalar.text)
    return undefined;
  return readScalarText(written, 'plain');
}

type Run = { readonly start: number; readonly end: number; readonly text: string };

/** The literal run of the template that has to change, and its new text (dollars not yet doubled). */
function literalRun(scalar: ScalarNode, text: ScalarText, newValue: string): Run | undefined {
  if (!scalar.parts) return { start: 0, end: text.text.length, text: newValue };
  const place = (start: number, end: number): Place | undefined => {
    const from = text.from[start];
    const to = text.to[end - 1];
    if (from === undefined || to === undefined) return undefined;
    return { file: scalar.at.file, start: scalar.at.start + from, end: scalar.at.start + to };
  };
  const segments = readTemplate(text.text).map((segment) => {
    const at = place(segment.start, segment.end);
    const within = (scalar.parts ?? []).filter(
      (part) => at && part.at.start >= at.start && part.at.end <= at.end,
    );
    return { segment, resolved: within.map((part) => part.text).join('') };
  });
  // Parts that have no place of their own cannot be told apart; neither can a value taken out of a longer one.
  if (segments.map(({ resolved }) => resolved).join('') !== scalar.text) return undefined;
  for (const [index, { segment, resolved }] of segments.entries()) {
    if (segment.kind !== 'text' || segment.text !== resolved) continue;
    const before = segments
      .slice(0, index)
      .map((one) => one.resolved)
      .join('');
    const after = segments
      .slice(index + 1)
      .map((one) => one.resolved)
      .join('');
    if (newValue.length < before.length + after.length) continue;
    if (!newValue.startsWith(before) || !newValue.endsWith(after)) continue;
    const middle = newValue.slice(before.length, newValue.length - after.length);
    return { start: segment.start, end: segment.end, text: middle };
  }
  return undefined;
}

function edit(scalar: ScalarNode, start: number, end: number, text: string): Extract<Step, { kind: 'edit' }> {
  const at = { file: scalar.at.file, start: scalar.at.start + start, end: scalar.at.start + end };
  return { kind: 'edit', at, text };
}

/** Changes only the characters that differ; undefined where the style of the scalar cannot hold the new ones. */
function splice(
  scalar: ScalarNode,
  source: Source,
  written: string,
  text: ScalarText,
  wanted: string,
): Extract<Step, { kind: 'edit' }> | undefined {
  const old = text.text;
  let start = 0;
  const most = Math.min(old.length, wanted.length);
  while (start < most && old[start] === wanted[start]) start++;
  let tail = 0;
  while (tail < most - start && old[old.length - 1 - tail] === wanted[wanted.length - 1 - tail]) tail++;
  // One escape can stand for two code units: neither half is changed alone.
  while (start > 0 && start < old.length && text.from[start] === text.from[start - 1]) start--;
  while (start > 0 && isSurrogate(wanted, start - 1)) start--;
  while (tail > 0 && text.from[old.length - tail] === text.from[old.length - tail - 1]) tail--;
  while (tail > 0 && isSurrogate(wanted, wanted.length - tail)) tail--;
  // The last line break of a block also ends the line that the next key stands below.
  if (scalar.style === 'block' && tail === 0) return undefined;
  const end = old.length - tail;
  if (start > end || start > wanted.length - tail) return undefined;
  const added = encode(wanted.slice(start, wanted.length - tail), scalar.style);
  if (added === undefined) return undefined;
  const opening = scalar.style === 'plain' || old.length > 0 ? 0 : 1;
  const from =
    start < end ? (text.from[start] ?? 0) : start > 0 ? (text.to[start - 1] ?? 0) : (text.from[0] ?? opening);
  const to = start < end ? (text.to[end - 1] ?? from) : from;
  const result = written.slice(0, from) + added + written.slice(to);
  if (readScalarText(result, scalar.style)?.text !== wanted) return undefined;
  if (scalar.style === 'plain' && (old === '' || !plainHolds(wanted, old, source, scalar))) return undefined;
  return edit(scalar, from, to, added);
}

function isSurrogate(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 0xd800 && code <= 0xdfff;
}

/** Text as it is written inside a scalar of this style; undefined where it cannot stand there. */
function encode(text: string, style: ScalarNode['style']): string | undefined {
  if (style === 'double') return escapeDouble(text);
  if (!isPrintable(text)) return undefined;
  return style === 'single' ? text.replaceAll("'", "''") : text;
}

/** Printable on one line (YAML 1.2 §5.1). */
function isPrintable(text: string): boolean {
  return /^[\x20-\x7e\xa0-\u2027\u202a-\ufefe\uff00-\ufffd]*$/u.test(
    text.replace(/[\u{10000}-\u{10ffff}]/gu, ''),
  );
}

function escapeDouble(text: string): string {
  return text.replace(/["\\]|[^\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd]/gu, (char) => {
    if (char === '"' || char === '\\') return `\\${char}`;
    if (char === '\n') return '\\n';
    if (char === '\t') return '\\t';
    if (char === '\r') return '\\r';
    const code = char.codePointAt(0) ?? 0;
    if (code > 0xffff) return char;
    return code <= 0xff
      ? `\\x${code.toString(16).padStart(2, '0')}`
      : `\\u${code.toString(16).padStart(4, '0')}`;
  });
}

/** Whether a value can stand without quotes and still be read as this string, in block and in flow context alike. */
function plainHolds(wanted: string, old: string, source: Source, scalar: ScalarNode): boolean {
  if (wanted === '' || wanted.trim() !== wanted || wanted === '<<') return false;
  if (typeof resolvePlain(wanted).value !== 'string' || looksLikeDate(wanted)) return false;
  if (/^[-?:](?:\s|$)|^[,[\]{}#&*!|>'"%@`=]|^(?:---|\.\.\.)(?:\s|$)/.test(wanted)) return false;
  if (/^[-?:]/.test(wanted) && !/^[-?:]/.test(old)) return false;
  if (/:(?:\s|$)|\s#/.test(wanted)) return false;
  // `$` + `{` in block context is fine; inside [ ] and { } these characters end the scalar.
  const flow = /[,[\]{}]/;
  if (flow.test(wanted) && !flow.test(old)) return false;
  // `{a:b}`: a colon before a flow indicator, as in `[x:]`, is caught above; a quoted key before it is not ours.
  return source.text[scalar.at.end] !== ':';
}

function looksLikeDate(text: string): boolean {
  return /^\d{4}-\d{1,2}-\d{1,2}/.test(text);
}

/** The whole scalar written anew, in quotes. */
function rewrite(
  scalar: ScalarNode,
  source: Source,
  written: string,
  wanted: string,
): Extract<Step, { kind: 'edit' }> | undefined {
  if (scalar.style === 'block') return undefined;
  const single = isPrintable(wanted) && scalar.style !== 'double';
  const quoted = single ? `'${wanted.replaceAll("'", "''")}'` : `"${escapeDouble(wanted)}"`;
  if (readScalarText(quoted, single ? 'single' : 'double')?.text !== wanted) return undefined;
  // `key:` with nothing after it: the value needs a blank before it.
  const before = source.text[scalar.at.start - 1];
  const gap = written === '' && before !== undefined && !/\s/.test(before) ? ' ' : '';
  // And a comment is none without a blank before it.
  const apart = source.text[scalar.at.end] === '#' ? ' ' : '';
  return edit(scalar, 0, written.length, gap + quoted + apart);
}
