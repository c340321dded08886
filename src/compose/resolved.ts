/** The resolved model: what Compose makes of a project in the end, each value with the scalar it was read from. */
import type { Place } from '../source.ts';
import type { Node, ScalarNode } from './model.ts';

export type Resolved = ResolvedScalar | ResolvedList | ResolvedMap;

export type ResolvedScalar = {
  readonly kind: 'scalar';
  readonly value: string | number | boolean | null;
  /** Undefined where nobody wrote it and Compose adds it. */
  readonly from?: ScalarNode;
  /** Set where it comes from a file that the compose file only names. */
  readonly via?: 'env_file' | 'label_file';
  /** How it may be told to people, where that cannot be worked out from the scalar it was read from. */
  readonly told?: string | boolean;
};

export type ResolvedList = {
  readonly kind: 'list';
  readonly items: readonly Resolved[];
  readonly at?: Place;
};

export type ResolvedMap = {
  readonly kind: 'map';
  readonly entries: ReadonlyMap<string, Resolved>;
  readonly at?: Place;
};

/** A value that Compose adds by itself. */
export function implied(value: ResolvedScalar['value']): ResolvedScalar {
  return { kind: 'scalar', value };
}

export function scalar(value: ResolvedScalar['value'], from: ScalarNode): ResolvedScalar {
  return { kind: 'scalar', value, from };
}

export function list(items: readonly Resolved[], at?: Place): ResolvedList {
  return { kind: 'list', items, ...(at && { at }) };
}

/** A mapping of what is there: entries that are undefined are left out. */
export function map(entries: Iterable<readonly [string, Resolved | undefined]>, at?: Place): ResolvedMap {
  const kept = new Map<string, Resolved>();
  for (const [name, value] of entries) if (value) kept.set(name, value);
  return { kind: 'map', entries: kept, ...(at && { at }) };
}

/** A node as it is written, without a change. */
export function asWritten(node: Node): Resolved {
  if (node.kind === 'scalar') return scalar(node.value, node);
  if (node.kind === 'list') return list(node.items.map(asWritten), node.at);
  return map(
    [...node.entries].map(([name, { value }]) => [name, asWritten(value)] as const),
    node.at,
  );
}

/** The plain value, with `show` for how a scalar is to be told. */
export function toPlain(
  node: Resolved,
  show: (scalar: ResolvedScalar) => unknown = (scalar) => scalar.value,
): unknown {
  if (node.kind === 'scalar') return show(node);
  if (node.kind === 'list') return node.items.map((item) => toPlain(item, show));
  return Object.fromEntries([...node.entries].map(([name, value]) => [name, toPlain(value, show)]));
}
