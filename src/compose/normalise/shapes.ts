/** How one value of a compose file becomes a value of the resolved model; the parts that keys are put together from. */
import type { Files } from '../../facts.ts';
import type { Place } from '../../source.ts';
import { pairsToMap } from '../forms.ts';
import type { Variables } from '../interpolate.ts';
import type { MapNode, Node, ScalarNode } from '../model.ts';
import type { Roots } from '../paths.ts';
import { asWritten, list, map, type Resolved, scalar } from '../resolved.ts';
import { isNull, itemsOf, kindInWords } from '../tree.ts';
import { printDuration, readBytes, readDuration, singlePrecision } from '../units.ts';

export type Context = {
  readonly roots: Roots;
  readonly files: Files;
  readonly variables: Variables;
  /** False for a service that will not run: what its files say is not asked. */
  readonly readsFiles: boolean;
  /** The directory, absolute, that a build has where it names none. */
  readonly directory: string;
  /** A value that Compose cannot make anything of. */
  fault(at: Place, message: string): void;
};

/** Undefined where Compose leaves the key out. A value of the wrong kind is noted and kept as it is written. */
export type Shape = (node: Node, context: Context, key: string) => Resolved | undefined;

function refuse(node: Node, context: Context, key: string, wanted: string): Resolved {
  context.fault(node.at, `\`${key}\` is ${kindInWords(node)}; Compose expects ${wanted}`);
  return asWritten(node);
}

function scalarShape(wanted: string, read: (node: ScalarNode) => Resolved | 'omitted' | undefined): Shape {
  return (node, context, key) => {
    if (isNull(node)) return undefined;
    if (node.kind !== 'scalar') return refuse(node, context, key, wanted);
    const result = read(node);
    if (result === 'omitted') return undefined;
    if (result) return result;
    context.fault(node.at, `\`${key}\` is no ${wanted.replace(/^an? /, '')}`);
    return asWritten(node);
  };
}

export const text = scalarShape('a string', (node) =>
  node.text === '' ? 'omitted' : scalar(node.text, node),
);

const BOOLEANS: Readonly<Record<string, boolean>> = {
  true: true,
  y: true,
  yes: true,
  on: true,
  false: false,
  n: false,
  no: false,
  off: false,
};

function booleanOf(node: ScalarNode): boolean | undefined {
  const word = node.text.toLowerCase();
  return Object.hasOwn(BOOLEANS, word) ? BOOLEANS[word] : undefined;
}

/** A boolean that is left out where it is false. */
export const flag = scalarShape('a boolean', (node) => {
  const value = booleanOf(node);
  return value === false ? 'omitted' : value && scalar(value, node);
});

/** A boolean whose `false` is something else than none. */
export const choice = scalarShape('a boolean', (node) => {
  const value = booleanOf(node);
  return value === undefined ? undefined : scalar(value, node);
});

function numberOf(node: ScalarNode): number | undefined {
  if (typeof node.value === 'number') return node.value;
  return /^[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?$/.test(node.text)
    ? Number(node.text)
    : undefined;
}

function wholeOf(node: ScalarNode): number | undefined {
  const value =
    typeof node.value === 'number' || /^[-+]?[0-9]+$/.test(node.text) ? numberOf(node) : undefined;
  return value === undefined ? undefined : Math.trunc(value);
}

/** A whole number that is left out where it is zero. */
export const integer = scalarShape('a whole number', (node) => {
  const value = wholeOf(node);
  if (value === 0) return 'omitted';
  return value === undefined ? undefined : scalar(value, node);
});

/** A whole number whose zero is something else than none. */
export const count = scalarShape('a whole number', (node) => {
  const value = wholeOf(node);
  return value === undefined ? undefined : scalar(value, node);
});

export const decimal = scalarShape('a number', (node) => {
  const value = numberOf(node);
  if (value === 0) return 'omitted';
  return value === undefined ? undefined : scalar(singlePrecision(value), node);
});

/** A size, told in bytes. A fraction without a unit counts for nothing. */
export const bytes = scalarShape('a size', (node) => {
  const isNumber = typeof node.value === 'number';
  const value = isNumber ? Number(node.value) : readBytes(node.text);
  if (value === undefined) return undefined;
  return value === 0 || (isNumber && !Number.isInteger(value)) ? 'omitted' : scalar(String(value), node);
});

/** A duration that is told even where it is zero. */
export const duration = scalarShape('a duration', (node) => {
  const value = readDuration(node.text);
  return value === undefined ? undefined : scalar(printDuration(value), node);
});

/** A duration that is left out where it is zero. */
export const delay = scalarShape('a duration', (node) => {
  const value = readDuration(node.text);
  if (value === 0n) return 'omitted';
  return value === undefined ? undefined : scalar(printDuration(value), node);
});

/** The mode of a file, told in octal. */
export const fileMode = scalarShape('a file mode', (node) => {
  const isNumber = typeof node.value === 'number';
  if (!isNumber && !/^[0-7]+$/.test(node.text)) return undefined;
  const value = isNumber ? Number(node.value) : Number.parseInt(node.text, 8);
  return scalar(`0${value.toString(8)}`, node);
});

/** A list, left out where it is empty. */
export function listOf(item: Shape): Shape {
  return (node, context, key) => {
    if (isNull(node)) return undefined;
    if (node.kind === 'map') return refuse(node, context, key, 'a list');
    const items = itemsOf(node).flatMap((one) => item(one, context, key) ?? []);
    return items.length === 0 ? undefined : list(items, node.at);
  };
}

/** A string in a list: the empty one counts. */
const anyText: Shape = (node, context, key) =>
  node.kind === 'scalar' ? scalar(node.text, node) : refuse(node, context, key, 'a string');

/** Strings; a single one is a list of one. */
export const texts = listOf(anyText);

/** Strings of which only the last with the same beginning (up to `=`) counts, in the place of the first. */
export const distinctTexts: Shape = (node, context, key) => {
  const read = texts(node, context, key);
  if (read?.kind !== 'list') return read;
  return unique(read, (item) => (item.kind === 'scalar' ? String(item.value).split('=', 1)[0] : undefined));
};

/** A list in which an item with the key of an earlier one takes its place. */
export function unique(
  { items, at }: Extract<Resolved, { kind: 'list' }>,
  keyOf: (item: Resolved) => string | undefined,
): Resolved {
  const kept: Resolved[] = [];
  const known = new Map<string, number>();
  for (const item of items) {
    const key = keyOf(item);
    const earlier = key === undefined ? undefined : known.get(key);
    if (earlier !== undefined) kept[earlier] = item;
    else {
      if (key !== undefined) known.set(key, kept.length);
      kept.push(item);
    }
  }
  return list(kept, at);
}

/** A mapping of names that people choose. */
export function mapOf(value: Shape, whenNull?: Shape): Shape {
  return (node, context, key) => {
    if (isNull(node)) return undefined;
    if (node.kind !== 'map') return refuse(node, context, key, 'a mapping');
    if (node.entries.size === 0) return undefined;
    return map(
      [...node.entries].map(([name, entry]) => {
        const shape = isNull(entry.value) ? (whenNull ?? value) : value;
        return [name, shape(entry.value, context, `${key}.${name}`)] as const;
      }),
      node.at,
    );
  };
}

/** Nothing, told as nothing. */
export const nothing: Shape = (node) => (node.kind === 'scalar' ? scalar(null, node) : undefined);

const valueText: Shape = (node, context, key) =>
  node.kind === 'scalar' ? scalar(node.text, node) : refuse(node, context, key, 'a string');

/** `NAME: value` or `NAME=value`; a name alone has the empty value. */
export const mapping: Shape = (node, context, key) =>
  isNull(node) ? undefined : mapOf(valueText)(pairsToMap(node), context, key);

/** The same, where a name alone has no value. */
export const variables: Shape = (node, context, key) =>
  isNull(node) ? undefined : mapOf(valueText, nothing)(pairsToMap(node), context, key);

/** A mapping whose keys Compose knows; keys for people's own use (`x-…`) are not part of the model. */
export function object(fields: Readonly<Record<string, Shape>>): Shape {
  return (node, context, key) => {
    if (isNull(node)) return undefined;
    if (node.kind !== 'map') return refuse(node, context, key, 'a mapping');
    return objectOf(node, fields, context, key);
  };
}

export function objectOf(
  node: MapNode,
  fields: Readonly<Record<string, Shape>>,
  context: Context,
  key: string,
): Extract<Resolved, { kind: 'map' }> {
  const entries: [string, Resolved | undefined][] = [];
  for (const [name, entry] of node.entries) {
    const shape = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (shape) entries.push([name, shape(entry.value, context, `${key}.${name}`)]);
    else if (!name.startsWith('x-')) entries.push([name, asWritten(entry.value)]);
  }
  return map(entries, node.at);
}
