/** `extends`: a service that takes over what another says (Compose Specification, services › extends). */
import type { FilePath, Place } from '../source.ts';
import { shown } from './edit.ts';
import { mergeTrees, settled } from './merge.ts';
import type { MapEntry, MapNode, PathRef, ScalarNode } from './model.ts';
import { directoryOf } from './paths.ts';
import { type Reading, readLayers, type Scope } from './reading.ts';
import { childAt, isNull, isRemoteResource, kindInWords, mapAt, pathRef, scalarAt, without } from './tree.ts';

/** Longer chains are taken for an accident. */
const MAX_CHAIN = 200;

/** The services that a name is sought among, and what is worked out of them already. */
type Home = {
  readonly file: FilePath;
  readonly services: MapNode;
  readonly scope: Scope;
  readonly done: Map<string, MapNode>;
};

type Link = { readonly home: Home; readonly name: string; readonly node: MapNode };

/** A document with every `extends` of its services worked out. Where that fails, the service keeps its `extends`. */
export function applyExtends(reading: Reading, tree: MapNode, file: FilePath, scope: Scope): MapNode {
  const services = tree.entries.get('services');
  if (services?.value.kind !== 'map') return tree;
  if (![...services.value.entries.values()].some((entry) => childAt(entry.value, 'extends'))) return tree;
  const home: Home = { file, services: services.value, scope, done: new Map() };
  const homes = new Map<string, Home>();
  const entries = new Map<string, MapEntry>();
  for (const [name, entry] of services.value.entries) {
    const value =
      entry.value.kind === 'map' ? resolveService(reading, home, name, entry.value, homes) : entry.value;
    entries.set(name, { key: entry.key, value });
  }
  const value: MapNode = { ...services.value, entries };
  return { ...tree, entries: new Map(tree.entries).set('services', { key: services.key, value }) };
}

function resolveService(
  reading: Reading,
  home: Home,
  name: string,
  node: MapNode,
  homes: Map<string, Home>,
): MapNode {
  const chain: Link[] = [];
  const seen = new Set<string>();
  let link: Link | undefined = { home, name, node };
  let base: MapNode | undefined;
  while (link) {
    const known = link.home.done.get(link.name);
    if (known) {
      base = known;
      break;
    }
    seen.add(keyOf(link.home, link.name));
    chain.push(link);
    link = nextLink(reading, link, chain, seen, homes);
  }
  let merged = base;
  for (const step of chain.reverse()) {
    merged = merged ? extend(reading, merged, step) : step.node;
    step.home.done.set(step.name, merged);
  }
  return merged ?? node;
}

function keyOf(home: Home, name: string): string {
  return `${home.file}\0${name}`;
}

function extend(reading: Reading, base: MapNode, step: Link): MapNode {
  const own = childAt(step.node, 'gpus');
  // Of one file, `gpus: all` is not yet the list that Compose makes of it, and goes as a whole.
  const replaced = own && childAt(base, 'gpus')?.kind === 'scalar' && base.at.file === step.node.at.file;
  const inherited = settled(without(replaced ? without(base, 'gpus') : base, 'extends'));
  const merged = mergeTrees(inherited, without(step.node, 'extends'), reading.problems, [
    'services',
    step.name,
  ]);
  return { ...merged, at: step.node.at };
}

/** The service that a link extends; undefined at the end of the chain, and where it cannot be had. */
function nextLink(
  reading: Reading,
  link: Link,
  chain: readonly Link[],
  seen: ReadonlySet<string>,
  homes: Map<string, Home>,
): Link | undefined {
  const written = childAt(link.node, 'extends');
  if (!written || isNull(written) || written.merge === 'reset') return undefined;
  const service = written.kind === 'scalar' ? written : scalarAt(written, 'service');
  if (!service || written.kind === 'list') {
    const message = `\`extends\` of \`${link.name}\` names no service`;
    reading.problems.push({ kind: 'wrong-type', at: written.at, message });
    return undefined;
  }
  const file = scalarAt(written, 'file');
  if (file && isRemoteResource(file.text)) {
    reading.remote.push(file);
    return undefined;
  }
  const path = file && pathRef(file, reading.roots);
  const home = path ? homeOf(reading, link, path, homes) : link.home;
  if (!home) return undefined;
  if (seen.has(keyOf(home, service.text)) || chain.length >= MAX_CHAIN) {
    reportCycle(reading, service.at, chain, service.text);
    return undefined;
  }
  return linkTo(reading, link, home, service, path);
}

function linkTo(
  reading: Reading,
  from: Link,
  home: Home,
  service: ScalarNode,
  path: PathRef | undefined,
): Link | undefined {
  const target = home.services.entries.get(service.text)?.value;
  if (target?.kind === 'map') return { home, name: service.text, node: target };
  if (target && !isNull(target)) {
    const message = `the service \`${service.text}\` that \`${from.name}\` extends is ${kindInWords(target)}, no mapping`;
    reading.problems.push({ kind: 'wrong-type', at: target.at, message });
    return undefined;
  }
  if (target) return undefined;
  reading.problems.push({
    kind: 'extends-not-found',
    service: from.name,
    ...(path && { path }),
    missingService: { name: shown(service), at: service.at, known: [...home.services.entries.keys()] },
  });
  return undefined;
}

function reportCycle(reading: Reading, at: Place, chain: readonly Link[], last: string): void {
  const names = [...chain.map((link) => link.name), last];
  const shown = names.length > 12 ? [...names.slice(0, 12), '…'] : names;
  reading.problems.push({ kind: 'cycle', what: 'extends', at, chain: shown });
}

/** The services of another file. Its relative paths start at its own directory. */
function homeOf(reading: Reading, from: Link, path: PathRef, homes: Map<string, Home>): Home | undefined {
  reading.pulledIn.push(path);
  const known = homes.get(path.path);
  if (known) return known;
  if (reading.files.stat(path.path)?.kind !== 'file') {
    reading.problems.push({ kind: 'extends-not-found', service: from.name, path });
    return undefined;
  }
  if (!reading.alsoRead.has(path.path)) reading.alsoRead.set(path.path, 'extends');
  const scope: Scope = { ...from.home.scope, base: directoryOf(path.path) };
  let merged: MapNode | undefined;
  for (const layer of readLayers(reading, path.path, scope)) {
    merged = merged ? mergeTrees(merged, layer, reading.problems) : layer;
  }
  const at = { file: path.path, start: 0, end: 0 };
  const services = mapAt(merged, 'services') ?? { kind: 'map', entries: new Map(), at };
  const home: Home = { file: path.path, services, scope, done: new Map() };
  homes.set(path.path, home);
  return home;
}
