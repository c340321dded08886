/** Small questions to a tree of nodes. */
import type { MapNode, Node, PathRef, ScalarNode } from './model.ts';
import { type Roots, resolvePath } from './paths.ts';

/** The value of a key; undefined where there is no such key or the node is no mapping. */
export function childAt(node: Node | undefined, key: string): Node | undefined {
  return node?.kind === 'map' ? node.entries.get(key)?.value : undefined;
}

/** The mapping at a key. */
export function mapAt(node: Node | undefined, key: string): MapNode | undefined {
  const value = childAt(node, key);
  return value?.kind === 'map' ? value : undefined;
}

/** A scalar that has a value. */
export function scalarAt(node: Node | undefined, key: string): ScalarNode | undefined {
  const value = childAt(node, key);
  return value?.kind === 'scalar' && value.value !== null ? value : undefined;
}

export function isNull(node: Node | undefined): boolean {
  return node === undefined || (node.kind === 'scalar' && node.value === null);
}

/** A list's items; a single value counts as a list of one, nothing as none. */
export function itemsOf(node: Node | undefined): readonly Node[] {
  if (node === undefined || isNull(node)) return [];
  return node.kind === 'list' ? node.items : [node];
}

/** The mapping without a key. */
export function without(node: MapNode, key: string): MapNode {
  if (!node.entries.has(key)) return node;
  const entries = new Map(node.entries);
  entries.delete(key);
  return { ...node, entries };
}

/** A scalar as a path. */
export function pathRef(scalar: ScalarNode, roots: Roots): PathRef {
  return { scalar, written: scalar.text, path: resolvePath(scalar.base, scalar.text, roots) };
}

/** What Compose would fetch from elsewhere when `include` or `extends` names it. */
export function isRemoteResource(written: string): boolean {
  return /^(?:https?|git|ssh|oci):\/\/|^git@|^github\.com\//.test(written);
}

/** A node's kind in words, with its article. */
export function kindInWords(node: Node): string {
  if (node.kind === 'map') return 'a mapping';
  if (node.kind === 'list') return 'a list';
  if (node.value === null) return 'empty';
  return typeof node.value === 'string' ? 'a string' : `a ${typeof node.value}`;
}

/** Whether two nodes say the same, wherever they stand. */
export function sameValue(left: Node, right: Node): boolean {
  if (left === right) return true;
  if (left.kind === 'scalar') return right.kind === 'scalar' && left.value === right.value;
  if (left.kind === 'list') {
    if (right.kind !== 'list' || right.items.length !== left.items.length) return false;
    return left.items.every((item, index) => {
      const other = right.items[index];
      return other !== undefined && sameValue(item, other);
    });
  }
  if (right.kind !== 'map' || right.entries.size !== left.entries.size) return false;
  return [...left.entries].every(([name, entry]) => {
    const other = right.entries.get(name);
    return other !== undefined && sameValue(entry.value, other.value);
  });
}
