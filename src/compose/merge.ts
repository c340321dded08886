/** Merging compose files over each other (Compose Specification, Merge). */

import { buildToMap, dependenciesToMap, mapToList, namesToMap, pairsToMap, splitPair } from './forms.ts';
import { uniqueKeyOf } from './merge-keys.ts';
import { mergePools } from './merge-pools.ts';
import type { ListNode, LoadProblem, MapEntry, MapNode, Node, ScalarNode } from './model.ts';
import { isNull, itemsOf } from './tree.ts';

/** How a value at a path is merged; paths not listed: mappings merge, lists append, scalars replace. */
type Manner =
  | 'replace'
  | 'keyed'
  /** Strings, one or a list of them. */
  | 'strings'
  | 'distinct strings'
  /** A list of strings and nothing else. */
  | 'distinct list'
  | 'unique'
  | 'names'
  | 'dependencies'
  | 'build'
  | 'logging'
  | 'either'
  | 'pools'
  /** Requests for devices, of which `all` is one. */
  | 'requests';

const SERVICE: Readonly<Record<string, Manner>> = {
  command: 'replace',
  entrypoint: 'replace',
  'healthcheck.test': 'replace',
  environment: 'keyed',
  labels: 'keyed',
  annotations: 'keyed',
  sysctls: 'keyed',
  'build.args': 'keyed',
  'build.labels': 'keyed',
  'build.additional_contexts': 'keyed',
  'deploy.labels': 'keyed',
  extra_hosts: 'distinct strings',
  'build.extra_hosts': 'distinct strings',
  'build.tags': 'distinct list',
  dns: 'distinct strings',
  dns_opt: 'distinct strings',
  dns_search: 'distinct strings',
  tmpfs: 'distinct strings',
  env_file: 'unique',
  label_file: 'strings',
  profiles: 'distinct list',
  cap_add: 'distinct list',
  cap_drop: 'distinct list',
  expose: 'distinct list',
  links: 'distinct list',
  ports: 'unique',
  volumes: 'unique',
  devices: 'unique',
  secrets: 'unique',
  configs: 'unique',
  depends_on: 'dependencies',
  networks: 'names',
  models: 'names',
  build: 'build',
  logging: 'logging',
  gpus: 'requests',
};

const TOP: Readonly<Record<string, Readonly<Record<string, Manner>>>> = {
  services: SERVICE,
  networks: { labels: 'keyed', 'ipam.config': 'pools' },
  volumes: { labels: 'keyed' },
  secrets: { labels: 'keyed' },
  configs: { labels: 'keyed' },
};

function mannerAt(path: readonly string[]): Manner | undefined {
  const [section, , ...rest] = path;
  if (section === undefined || rest.length === 0 || rest.length > 2) return undefined;
  if (section === 'services' && rest[0] === 'ulimits') return rest.length === 2 ? 'either' : undefined;
  const manners = Object.hasOwn(TOP, section) ? TOP[section] : undefined;
  const key = rest.join('.');
  return manners && Object.hasOwn(manners, key) ? manners[key] : undefined;
}

/**
 * Merges one tree over another. Values keep the places of the file they come from.
 *
 * @param path where in the document both stand: `['services', 'api']` when a service extends another
 * @param problems takes what Compose refuses, such as a list over a mapping; the later file wins then
 */
export function mergeTrees(
  base: MapNode,
  over: MapNode,
  problems: LoadProblem[],
  path: readonly string[] = [],
): MapNode {
  return mergeMaps(base, over, path, problems);
}

function mergeMaps(base: MapNode, over: MapNode, path: readonly string[], problems: LoadProblem[]): MapNode {
  const entries = new Map<string, MapEntry>(base.entries);
  for (const [name, entry] of over.entries) {
    const below = entries.get(name);
    if (!below) entries.set(name, entry);
    else entries.set(name, mergeEntries(below, entry, [...path, name], problems));
  }
  return { kind: 'map', entries, at: over.entries.size > 0 || base.entries.size === 0 ? over.at : base.at };
}

function mergeEntries(
  below: MapEntry,
  entry: MapEntry,
  path: readonly string[],
  problems: LoadProblem[],
): MapEntry {
  const { value } = entry;
  if (below.value === value || value.merge !== undefined || below.value.merge === 'reset') return entry;
  const manner = mannerAt(path);
  if (manner === 'replace') return entry;
  // A key without a value says nothing over one that has some.
  if (isNull(value)) return below;
  if (isNull(below.value)) return entry;
  const merged = mergeValues(below.value, value, manner, path, problems);
  // The key of the later file, where its value is all that counts; else where the thing was first named.
  return merged === value ? entry : { key: below.key, value: merged };
}

function mergeValues(
  base: Node,
  over: Node,
  manner: Manner | undefined,
  path: readonly string[],
  problems: LoadProblem[],
): Node {
  switch (manner) {
    case 'keyed':
      if (base.kind === 'list' && over.kind === 'list') return append(base, over, keyOfPair);
      return { ...mergeMaps(pairsToMap(base), pairsToMap(over), path, problems), listed: true };
    case 'strings':
      return append(base, over, () => undefined);
    case 'distinct strings':
      if (base.kind === 'map' || over.kind === 'map') return append(mapToList(base), mapToList(over), textOf);
      return append(base, over, textOf);
    case 'distinct list':
      if (base.kind === 'list' && over.kind === 'list') return append(base, over, textOf);
      break;
    case 'unique': {
      if (base.kind === 'map' || over.kind === 'map') break;
      const field = path[2] ?? '';
      return append(base, over, (item) => uniqueKeyOf(field, item));
    }
    case 'names':
      if (base.kind === 'list' && over.kind === 'list') return append(base, over, textOf);
      return mergeMaps(namesToMap(base), namesToMap(over), path, problems);
    case 'dependencies':
      if (base.kind === 'list' && over.kind === 'list') return append(base, over, textOf);
      return mergeMaps(dependenciesToMap(base), dependenciesToMap(over), path, problems);
    case 'pools':
      if (base.kind === 'list' && over.kind === 'list')
        return mergePools(base, over, (pool, later) => mergeMaps(pool, later, path, problems));
      break;
    case 'requests':
      if (base.kind === 'scalar' && over.kind === 'list')
        return append(requestsOf(base), over, () => undefined);
      if (base.kind === 'scalar' && over.kind === 'scalar') {
        const message = `\`${path.join('.')}\` says \`${over.text}\` over a file that says so too; Compose takes it once`;
        problems.push({ kind: 'wrong-type', at: over.at, message });
        return over;
      }
      break;
    case 'build':
      return mergeMaps(buildToMap(base), buildToMap(over), path, problems);
    case 'logging':
      return base.kind === 'map' && over.kind === 'map' && sameDriver(base, over)
        ? mergeMaps(base, over, path, problems)
        : over;
    case 'either':
      return base.kind === 'map' && over.kind === 'map' ? mergeMaps(base, over, path, problems) : over;
  }
  if (base.kind === 'map' && over.kind === 'map') return mergeMaps(base, over, path, problems);
  if (base.kind === 'list' && over.kind === 'list') return { ...over, items: [...base.items, ...over.items] };
  if (base.kind !== over.kind) {
    const message = `\`${path.join('.')}\` is ${kindName(over)} here and ${kindName(base)} in the file it is merged over`;
    problems.push({ kind: 'wrong-type', at: over.at, message });
  }
  return over;
}

/** `all` as a list of one request, for all of them. */
function requestsOf(all: ScalarNode): Node {
  const count = new Map([['count', { key: all.at, value: all }]]);
  return { kind: 'list', items: [{ kind: 'map', entries: count, at: all.at }], at: all.at };
}

function kindName(node: Node): string {
  if (node.kind === 'map') return 'a mapping';
  return node.kind === 'list' ? 'a list' : 'a single value';
}

/** Appends a list to another; an item with the key of an earlier one takes its place. */
function append(base: Node, over: Node, keyOf: (item: Node) => string | undefined): Node {
  const items: Node[] = [];
  const known = new Map<string, number>();
  for (const item of [...itemsOf(base), ...itemsOf(over)]) {
    const key = keyOf(item);
    const earlier = key === undefined ? undefined : known.get(key);
    if (earlier !== undefined) {
      items[earlier] = item;
      continue;
    }
    if (key !== undefined) known.set(key, items.length);
    items.push(item);
  }
  return { kind: 'list', items, at: over.at };
}

function textOf(item: Node): string | undefined {
  return item.kind === 'scalar' ? item.text : undefined;
}

function keyOfPair(item: Node): string | undefined {
  return item.kind === 'scalar' ? splitPair(item).name : undefined;
}

/** Options of two logging drivers do not mix. */
function sameDriver(base: MapNode, over: MapNode): boolean {
  const first = base.entries.get('driver')?.value;
  const second = over.entries.get('driver')?.value;
  if (first?.kind !== 'scalar' || second?.kind !== 'scalar') return true;
  return first.text === second.text;
}

/**
 * The tree once merging is over: without what `!reset` took away, and without the marks of `!override`. A service
 * that others extend is settled first, since its marks count for its own path alone. Shared nodes stay shared.
 */
export function settled(root: MapNode): MapNode {
  const done = new Map<Node, Node>();
  const visit = (node: Node): Node => {
    const known = done.get(node);
    if (known) return known;
    const { merge: _, ...plain } = node;
    const result = plain.kind === 'map' ? visitMap(plain) : plain.kind === 'list' ? visitList(plain) : plain;
    done.set(node, result);
    return result;
  };
  const stays = (node: Node): boolean => node.merge !== 'reset';
  const visitList = (node: ListNode): ListNode => ({ ...node, items: node.items.filter(stays).map(visit) });
  const visitMap = (node: MapNode): MapNode => {
    const entries = new Map<string, MapEntry>();
    for (const [name, entry] of node.entries) {
      if (stays(entry.value)) entries.set(name, { key: entry.key, value: visit(entry.value) });
    }
    return { ...node, entries };
  };
  return visitMap(root);
}
