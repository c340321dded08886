/** The two ways of writing the same thing, a list or a mapping, turned into each other so that they can be merged. */
import type { MapEntry, MapNode, Node, ScalarNode } from './model.ts';
import { itemsOf } from './tree.ts';

/** `NAME=value` in two; the value is null where there is no `=`. Its place is that of the whole. */
export function splitPair(item: ScalarNode): { name: string; value: ScalarNode } {
  const equals = item.text.indexOf('=');
  const name = equals < 0 ? item.text : item.text.slice(0, equals);
  const text = equals < 0 ? '' : item.text.slice(equals + 1);
  const { parts, ...rest } = item;
  const kept = parts === undefined ? undefined : partsFrom(parts, equals + 1);
  return { name, value: { ...rest, value: equals < 0 ? null : text, text, ...(kept && { parts: kept }) } };
}

type Parts = NonNullable<ScalarNode['parts']>;

/** The parts without their first characters: what is left of an interpolated `NAME=value` after the name. */
function partsFrom(parts: Parts, skip: number): Parts {
  let left = skip;
  return parts.flatMap((part) => {
    const text = part.text.slice(left);
    const cut = part.text.length - text.length;
    left -= cut;
    return text === '' && cut > 0 ? [] : [{ ...part, text }];
  });
}

/** `[A=1, B]` as `{A: 1, B: }`. */
export function pairsToMap(node: Node): MapNode {
  if (node.kind === 'map') return node;
  const entries = new Map<string, MapEntry>();
  for (const item of itemsOf(node)) {
    if (item.kind !== 'scalar') continue;
    const { name, value } = splitPair(item);
    entries.set(name, { key: item.at, value });
  }
  return { kind: 'map', entries, at: node.at };
}

/** `{host: address}` as `[host=address]`. */
export function mapToList(node: Node): Node {
  if (node.kind !== 'map') return node;
  const items: Node[] = [];
  for (const [name, { value }] of node.entries) {
    for (const item of itemsOf(value)) {
      if (item.kind !== 'scalar') continue;
      const text = `${name}=${item.text}`;
      const parts = item.parts && [
        { kind: 'literal', text: `${name}=`, at: item.at } as const,
        ...item.parts,
      ];
      items.push({ ...item, value: text, text, ...(parts && { parts }) });
    }
  }
  return { kind: 'list', items, at: node.at };
}

/** `[a, b]` as `{a: null, b: null}`. */
export function namesToMap(node: Node): MapNode {
  if (node.kind === 'map') return node;
  const entries = new Map<string, MapEntry>();
  for (const item of itemsOf(node)) {
    if (item.kind !== 'scalar') continue;
    const { parts: _, ...rest } = item;
    entries.set(item.text, { key: item.at, value: { ...rest, value: null, text: '' } });
  }
  return { kind: 'map', entries, at: node.at };
}

/** Dependencies by name alone say that these have to be started, even over a file that wants more of them. */
export function dependenciesToMap(node: Node): MapNode {
  if (node.kind === 'map') return node;
  const names = namesToMap(node);
  const entries = [...names.entries].map(([name, { key, value }]) => {
    const said = (text: string, what: string | boolean): MapEntry => ({
      key,
      value: { kind: 'scalar', value: what, text, at: value.at, style: 'plain', base: '' },
    });
    const both = new Map([
      ['condition', said('service_started', 'service_started')],
      ['required', said('true', true)],
    ]);
    return [name, { key, value: { kind: 'map', entries: both, at: value.at } as const }] as const;
  });
  return { ...names, entries: new Map(entries) };
}

/** `build: ./dir` as `build: {context: ./dir}`. */
export function buildToMap(node: Node): MapNode {
  if (node.kind === 'map') return node;
  return { kind: 'map', entries: new Map([['context', { key: node.at, value: node }]]), at: node.at };
}
