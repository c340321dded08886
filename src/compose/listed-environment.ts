/** Names without a value in the `environment` list of an included service. */
import { lookUp, type Variables } from './interpolate.ts';
import type { ListNode, MapEntry, MapNode, Node } from './model.ts';
import { childAt } from './tree.ts';

/**
 * Gives them their values out of the variables of the include, which are its own. (In a mapping, Compose takes the
 * variables of the whole project, later.)
 */
export function resolveListed(document: MapNode, variables: Variables): MapNode {
  const services = document.entries.get('services');
  if (services?.value.kind !== 'map') return document;
  let changed = false;
  const entries = new Map<string, MapEntry>();
  for (const [name, entry] of services.value.entries) {
    const listed = childAt(entry.value, 'environment');
    if (entry.value.kind !== 'map' || listed?.kind !== 'list') {
      entries.set(name, entry);
      continue;
    }
    changed = true;
    const own = new Map(entry.value.entries);
    const key = own.get('environment')?.key ?? listed.at;
    own.set('environment', { key, value: withValues(listed, variables) });
    entries.set(name, { key: entry.key, value: { ...entry.value, entries: own } });
  }
  if (!changed) return document;
  const value: MapNode = { ...services.value, entries };
  return { ...document, entries: new Map(document.entries).set('services', { key: services.key, value }) };
}

function withValues(list: ListNode, variables: Variables): ListNode {
  return { ...list, items: list.items.map((item) => withValue(item, variables)) };
}

function withValue(item: Node, variables: Variables): Node {
  if (item.kind !== 'scalar' || item.text.includes('=')) return item;
  const found = lookUp(variables, item.text);
  if (!found) return item;
  const { text: name, at } = item;
  const text = `${name}=${found.text}`;
  const parts = [
    { kind: 'literal', text: `${name}=`, at } as const,
    { kind: 'variable', name, ...found, at } as const,
  ];
  return { ...item, value: text, text, parts };
}
