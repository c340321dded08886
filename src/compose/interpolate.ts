/** Puts variables into the values of a tree, and remembers what came from where. */
import type { FilePath, Place, Source } from '../source.ts';
import type { InterpolationPart, LoadProblem, MapEntry, MapNode, Node, ScalarNode } from './model.ts';
import { readScalarText, type ScalarText } from './scalar-text.ts';
import { readTemplate, type Segment } from './template.ts';

/** The values of variables. The shell's environment wins over env files (Docker docs, "Precedence"). */
export type Variables = {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly envFile: Readonly<Record<string, string | undefined>>;
  /** Where the values of env files are written. */
  readonly places?: Readonly<Record<string, Place>>;
};

type Found = {
  readonly text: string;
  readonly from: 'environment' | 'env-file';
  /** Its place in an env file. */
  readonly origin?: Place;
};

/** What a variable is set to, and by whom; undefined where it is not set. */
export function lookUp(variables: Variables, name: string): Found | undefined {
  const own = (record: Readonly<Record<string, string | undefined>>): string | undefined =>
    Object.hasOwn(record, name) ? record[name] : undefined;
  const shell = own(variables.environment);
  if (shell !== undefined) return { text: shell, from: 'environment' };
  const file = own(variables.envFile);
  if (file === undefined) return undefined;
  const origin = variables.places?.[name];
  return { text: file, from: 'env-file', ...(origin && { origin }) };
}

/** What came of a template: parts with offsets in the template, and faults. Faults never tell a value. */
export type Evaluated = {
  readonly parts: readonly EvaluatedPart[];
  readonly faults: readonly { readonly message: string; readonly start: number; readonly end: number }[];
};

type EvaluatedPart = {
  readonly name?: string;
  readonly text: string;
  readonly from: 'literal' | 'environment' | 'env-file' | 'default' | 'unset';
  readonly origin?: Place;
  readonly start: number;
  readonly end: number;
};

/** Evaluates a template (Compose Specification, Interpolation). */
export function evaluate(segments: readonly Segment[], variables: Variables): Evaluated {
  const parts: EvaluatedPart[] = [];
  const faults: { message: string; start: number; end: number }[] = [];
  // Inside a default, the text counts for the variable whose default it is.
  const walk = (run: readonly Segment[], owner?: Extract<Segment, { kind: 'variable' }>): void => {
    for (const segment of run) {
      const { start, end } = segment;
      if (segment.kind === 'text') {
        if (owner)
          parts.push({
            name: owner.name,
            text: segment.text,
            from: 'default',
            start: owner.start,
            end: owner.end,
          });
        else parts.push({ text: segment.text, from: 'literal', start, end });
        continue;
      }
      if (segment.kind === 'invalid') {
        faults.push({ message: `\`${short(segment.written)}\` is no valid variable expression`, start, end });
        parts.push({ name: '', text: '', from: 'unset', start, end });
        continue;
      }
      const found = lookUp(variables, segment.name);
      // Compose works out the word after an operator even where it is not needed, and stops at a fault in it.
      const unused = parts.length;
      const counts = found !== undefined && (found.text !== '' || segment.operator?.[0] !== ':');
      const known = { name: segment.name, start, end };
      switch (segment.operator?.at(-1)) {
        case '-':
          if (counts) {
            walk(segment.word, segment);
            parts.length = unused;
            break;
          }
          if (segment.word.length === 0) parts.push({ ...known, text: '', from: 'default' });
          walk(segment.word, segment);
          continue;
        case '+':
          walk(segment.word, segment);
          if (!counts) parts.length = unused;
          if (parts.length === unused) parts.push({ ...known, text: '', from: counts ? 'default' : 'unset' });
          continue;
        case '?':
          walk(segment.word, segment);
          parts.length = unused;
          if (counts) break;
          faults.push({
            message: requiredMessage(segment.name, found !== undefined, segment.rawWord),
            start,
            end,
          });
          parts.push({ ...known, text: '', from: 'unset' });
          continue;
      }
      parts.push(found ? { ...known, ...found } : { ...known, text: '', from: 'unset' });
    }
  };
  walk(segments);
  return { parts, faults };
}

function requiredMessage(name: string, set: boolean, rawWord: string): string {
  const says = rawWord.trim() === '' ? '' : `: ${short(rawWord.trim())}`;
  return `the required variable \`${name}\` is ${set ? 'empty' : 'not set'}${says}`;
}

function short(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length > 120 ? `${line.slice(0, 119)}…` : line;
}

export type InterpolateOptions = {
  readonly source: Source;
  readonly variables: Variables;
  /** The directory that relative paths of this file start at. */
  readonly base: FilePath;
  readonly problems: LoadProblem[];
  /** How many characters variables may still add. */
  readonly room?: { left: number };
};

/** What variables may add to one file, in characters. A long value used often is an attack or an accident. */
const MAX_ADDED = 20_000_000;

/** Interpolates every value of a tree; keys stay. Shared nodes (aliases) stay shared. */
export function interpolateTree(root: MapNode, given: InterpolateOptions): MapNode {
  const options = { ...given, room: { left: MAX_ADDED } };
  const done = new Map<Node, Node>();
  const visit = (node: Node): Node => {
    // What is taken away is not worked out either.
    if (node.merge === 'reset') return node;
    const known = done.get(node);
    if (known) return known;
    const result = node.kind === 'map' ? visitMap(node) : visitOther(node);
    done.set(node, result);
    return result;
  };
  const visitMap = (node: MapNode): MapNode => {
    const entries = new Map<string, MapEntry>();
    for (const [name, entry] of node.entries)
      entries.set(name, { key: entry.key, value: visit(entry.value) });
    return { ...node, entries };
  };
  const visitOther = (node: Exclude<Node, MapNode>): Node =>
    node.kind === 'list' ? { ...node, items: node.items.map(visit) } : interpolateScalar(node, options);
  return visitMap(root);
}

/** One scalar, interpolated. */
export function interpolateScalar(scalar: ScalarNode, options: InterpolateOptions): ScalarNode {
  const { base } = options;
  if (typeof scalar.value !== 'string' || !scalar.text.includes('$')) return { ...scalar, base };
  const segments = readTemplate(scalar.text);
  const evaluated = evaluate(segments, options.variables);
  const written = writtenText(scalar, options.source);
  const placeOf = (start: number, end: number): Place => {
    const from = written?.from[start];
    const to = written?.to[end - 1];
    if (from === undefined || to === undefined || to < from) return scalar.at;
    return { file: scalar.at.file, start: scalar.at.start + from, end: scalar.at.start + to };
  };
  for (const fault of evaluated.faults) {
    options.problems.push({
      kind: 'interpolation',
      at: placeOf(fault.start, fault.end),
      message: fault.message,
    });
  }
  const { room } = options;
  if (room && room.left < 0) return { ...scalar, base, value: '', text: '', parts: [] };
  if (room) for (const part of evaluated.parts) room.left -= part.text.length;
  if (room && room.left < 0) {
    const message = 'the values of variables make this file too long to be read';
    options.problems.push({ kind: 'interpolation', at: scalar.at, message });
    return { ...scalar, base, value: '', text: '', parts: [] };
  }
  const text = evaluated.parts.map((part) => part.text).join('');
  const parts = evaluated.parts.map((part): InterpolationPart => {
    const at = placeOf(part.start, part.end);
    if (part.from === 'literal') return { kind: 'literal', text: part.text, at };
    const { name = '', from, origin } = part;
    return { kind: 'variable', name, text: part.text, from, at, ...(origin && { origin }) };
  });
  return { ...scalar, base, value: text, text, parts };
}

/** The scalar's text with the place of every character; undefined where they cannot be told apart. */
export function writtenText(scalar: ScalarNode, source: Source): ScalarText | undefined {
  const written = readScalarText(source.text.slice(scalar.at.start, scalar.at.end), scalar.style);
  if (!written) return undefined;
  return scalar.parts !== undefined || written.text === scalar.text ? written : undefined;
}
