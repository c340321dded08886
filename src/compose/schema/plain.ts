/** Nodes -> plain values for the validator, and back: which node a path of it stands for. */
import type { MapEntry, MapNode, Node } from '../model.ts';
import { isTimestamp } from '../plain.ts';

/** A plain value as the validator takes it. A date is no text to Compose, so it is none here. */
export type Plain = unknown;
export type Path = readonly (string | number)[];

/** A plain scalar that is a date to YAML. */
export function isDate(node: Node): boolean {
  return (
    node.kind === 'scalar' && node.style === 'plain' && !node.parts && !node.tagged && isTimestamp(node.text)
  );
}

/** A tree as plain values; what `!reset` takes away is left out. Shared nodes are shared. */
export function plainOf(root: MapNode): Plain {
  const done = new Map<Node, Plain>();
  const visit = (node: Node): Plain => {
    const known = done.get(node);
    if (known !== undefined) return known;
    const plain = made(node);
    if (node.kind !== 'scalar') done.set(node, plain);
    return plain;
  };
  const made = (node: Node): Plain => {
    if (node.kind === 'scalar') return isDate(node) ? new Date(0) : node.value;
    if (node.kind === 'list') return stay(node.items).map(visit);
    const plain: Record<string, Plain> = Object.create(null);
    for (const [name, { value }] of node.entries) if (value.merge !== 'reset') plain[name] = visit(value);
    return plain;
  };
  return visit(root);
}

function stay(items: readonly Node[]): readonly Node[] {
  return items.filter((item) => item.merge !== 'reset');
}

/** The steps of a JSON pointer; numbers where the tree has lists. */
export function pathOf(root: MapNode, pointer: string): Path {
  let node: Node | undefined = root;
  return pointer
    .split('/')
    .slice(1)
    .map((part) => {
      const step = part.replaceAll('~1', '/').replaceAll('~0', '~');
      const isIndex: boolean = node?.kind === 'list';
      node = node && below(node, isIndex ? Number(step) : step)?.value;
      return isIndex ? Number(step) : step;
    });
}

type Found = { readonly value: Node; readonly entry?: MapEntry };

function below(node: Node, step: string | number): Found | undefined {
  if (node.kind === 'list') {
    const value = stay(node.items)[Number(step)];
    return value && { value };
  }
  const entry = node.kind === 'map' ? node.entries.get(String(step)) : undefined;
  return entry && { value: entry.value, entry };
}

/** The node at a path, with the entry that names it where it has a name. */
export function nodeAt(root: MapNode, path: Path): Found | undefined {
  let found: Found | undefined = { value: root };
  for (const step of path) found = found && below(found.value, step);
  return found;
}
