/** What a value at fault may have been meant to be. Only what the specification then accepts is proposed. */
import { isSlip } from '../../nearest.ts';
import type { Place } from '../../source.ts';
import type { Node, ScalarNode } from '../model.ts';
import { CAST, WORDS } from './formats.ts';
import { kindsOf, type Schema } from './lookup.ts';

/** A new text for a place of a file, and the plain value that it stands for. */
export type Candidate = { readonly at: Place; readonly text: string; readonly value: unknown };

/**
 * Candidates for a value.
 *
 * @param written the value as it stands in the file
 */
export function candidatesFor(node: Node, schema: Schema, written: string): readonly Candidate[] {
  const kinds = kindsOf(schema);
  const one = (text: string, value: unknown): Candidate => ({ at: node.at, text, value });
  if (node.kind === 'map') {
    const [entry, more] = [...node.entries];
    const value = entry?.[1].value;
    // `- NAME: value` where `- NAME=value` is meant.
    if (
      kinds.includes('object') ||
      !kinds.includes('string') ||
      more ||
      !entry ||
      value?.kind !== 'scalar' ||
      value.parts
    )
      return [];
    if (!/^[\w.-]+$/.test(entry[0]) || /\n/.test(written) || value.value === null) return [];
    return [one(quotedIfNeeded(`${entry[0]}=${value.text}`), `${entry[0]}=${value.text}`)];
  }
  if (node.kind === 'list' || node.parts || node.value === null) return [];
  if (kinds.includes('array') && !kinds.includes('string')) {
    return isText(node) ? [one(`[${inFlow(written, node.text)}]`, [node.value])] : [];
  }
  if (typeof node.value !== 'string') return fromNumber(node, schema, written, one);
  return fromText(node, schema, written, one);
}

type Make = (text: string, value: unknown) => Candidate;

function isText(node: ScalarNode): boolean {
  return typeof node.value === 'string' && node.style !== 'block';
}

function fromNumber(node: ScalarNode, schema: Schema, written: string, one: Make): readonly Candidate[] {
  if (CAST.has(schema.format ?? '')) {
    if (schema.format !== 'truth' || typeof node.value !== 'number') return [];
    return node.value === 1 ? [one('true', true)] : node.value === 0 ? [one('false', false)] : [];
  }
  // Which unit is meant is for the person to say.
  if (schema.format === 'duration') return ['s', 'm'].map((unit) => one(written + unit, written + unit));
  // The number alone would be a count of bytes, which is hardly meant.
  if (!kindsOf(schema).includes('string') || schema.format === 'size') return [];
  return [one(JSON.stringify(written), written)];
}

const TRUTHS: Readonly<Record<string, boolean>> = {
  '1': true,
  t: true,
  yes: true,
  y: true,
  on: true,
  true: true,
  enable: true,
  enabled: true,
  '0': false,
  f: false,
  no: false,
  n: false,
  off: false,
  false: false,
  disable: false,
  disabled: false,
};

function fromText(node: ScalarNode, schema: Schema, written: string, one: Make): readonly Candidate[] {
  const text = node.text;
  const kinds = kindsOf(schema);
  const made: Candidate[] = [];
  const word = text.toLowerCase();
  const truth = Object.hasOwn(TRUTHS, word) ? TRUTHS[word] : undefined;
  if (truth !== undefined && kinds.includes('boolean')) made.push(one(String(truth), truth));
  const isNumeric = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/.test(text);
  if (isNumeric && (kinds.includes('integer') || kinds.includes('number')))
    made.push(one(text, Number(text)));
  const quote = /^["']/.exec(written)?.[0] ?? '';
  const words = schema.enum ?? WORDS[schema.format ?? ''];
  const texts = [
    ...(words ?? []).filter((word) => isSlip(text, word)),
    ...(schema.format === 'port' ? [text.replace(/^localhost:/, '127.0.0.1:'), ...otherProtocols(text)] : []),
    ...(schema.format === 'duration' ? [shortDuration(text)] : []),
    ...(schema.format === 'size' ? [text.replace(/\s+/g, '').replace(/([kmgtp])i$/i, '$1iB')] : []),
  ];
  for (const fixed of texts) if (fixed !== text) made.push(one(quote + fixed + quote, fixed));
  return made;
}

/** `80:80/tpc` with each protocol that it may be a slip for. */
function otherProtocols(port: string): string[] {
  const slash = port.lastIndexOf('/') + 1;
  const wrong = port.slice(slash).toLowerCase();
  if (slash === 0) return [];
  return ['tcp', 'udp', 'sctp']
    .filter((right) => isSlip(wrong, right))
    .map((right) => port.slice(0, slash) + right);
}

/** `5 sec` as `5s`; spaces go, long units become short. */
function shortDuration(text: string): string {
  const units: Readonly<Record<string, string>> = {
    sec: 's',
    second: 's',
    min: 'm',
    minute: 'm',
    hr: 'h',
    hour: 'h',
  };
  return text.replace(/\s+/g, '').replace(/([a-z]+?)s?(?=\d|$)/gi, (unit, word: string) => {
    const long = word.toLowerCase();
    return (Object.hasOwn(units, long) && units[long]) || unit;
  });
}

function quotedIfNeeded(text: string): string {
  return /^[\w./=-]+$/.test(text) ? text : JSON.stringify(text);
}

/** A text as an item of `[ ]`; one without quotes may go over several lines, and means the one line that it becomes. */
function inFlow(written: string, text: string): string {
  return /^["']/.test(written) || /^[\w./-]+$/.test(written) ? written : JSON.stringify(text);
}
