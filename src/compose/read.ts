/** The merged tree -> the typed parts that rules ask for. */
import type { FilePath } from '../source.ts';
import { shown } from './edit.ts';
import type { Bind, EnvFile, FileResource, LoadProblem, MapEntry, MapNode, Node, Service } from './model.ts';
import type { Roots } from './paths.ts';
import { readBuild } from './read-build.ts';
import { childAt, isNull, itemsOf, kindInWords, mapAt, pathRef, scalarAt } from './tree.ts';
import { isHostPath, parseVolume } from './volume.ts';

export type ReadOptions = {
  readonly roots: Roots;
  /** The directory that a service's default build context is. */
  readonly baseOf: (service: string) => FilePath;
  /** The profiles that are chosen; `*` chooses all. */
  readonly profiles: ReadonlySet<string>;
  readonly problems: LoadProblem[];
};

/** The services of a project, in the order in which they are written. */
export function readServices(document: MapNode, options: ReadOptions): ReadonlyMap<string, Service> {
  const services = new Map<string, Service>();
  const section = childAt(document, 'services');
  if (section === undefined) return services;
  if (section.kind !== 'map') {
    const message = `\`services\` is ${kindInWords(section)}; Compose expects a mapping`;
    options.problems.push({ kind: 'wrong-type', at: section.at, message });
    return services;
  }
  for (const [name, entry] of section.entries) {
    if (entry.value.kind === 'map') {
      services.set(name, readService(name, entry, entry.value, options));
      continue;
    }
    const message = `the service \`${name}\` is ${kindInWords(entry.value)}; Compose expects a mapping`;
    const at = isNull(entry.value) ? entry.key : entry.value.at;
    options.problems.push({ kind: 'wrong-type', at, message });
  }
  return services;
}

function readService(name: string, entry: MapEntry, node: MapNode, options: ReadOptions): Service {
  const image = readString(name, node, 'image', options.problems);
  const platform = readString(name, node, 'platform', options.problems);
  const pullPolicy = readString(name, node, 'pull_policy', options.problems);
  const build = readBuild(name, node, options.baseOf(name), options);
  const profiles = itemsOf(childAt(node, 'profiles')).flatMap((item) =>
    item.kind === 'scalar' ? [item.text] : [],
  );
  const { profiles: chosen } = options;
  return {
    name,
    at: entry.key,
    ...(image && { image }),
    ...(build && { build }),
    ...(platform && { platform }),
    ...(pullPolicy && { pullPolicy }),
    envFiles: readEnvFileEntries(name, node, options),
    binds: readBinds(name, node, options),
    dependsOn: readDependsOn(node),
    profiles,
    active: profiles.length === 0 || chosen.has('*') || profiles.some((profile) => chosen.has(profile)),
    node,
  };
}

function readString(service: string, node: MapNode, key: string, problems: LoadProblem[]) {
  const value = childAt(node, key);
  if (value === undefined) return undefined;
  if (value.kind === 'scalar' && typeof value.value === 'string') return value;
  const message = `\`${key}\` of \`${service}\` is ${kindInWords(value)}; Compose expects a string`;
  problems.push({ kind: 'wrong-type', at: isNull(value) ? keyPlace(node, key, value) : value.at, message });
  return undefined;
}

/** An empty value has no place that could be shown; its key has. */
function keyPlace(node: MapNode, key: string, value: Node) {
  return node.entries.get(key)?.key ?? value.at;
}

function readEnvFileEntries(service: string, node: MapNode, options: ReadOptions): EnvFile[] {
  return itemsOf(childAt(node, 'env_file')).flatMap((item) => {
    const path = item.kind === 'map' ? scalarAt(item, 'path') : item;
    if (path?.kind === 'scalar' && typeof path.value === 'string') {
      const required = scalarAt(item, 'required')?.text.toLowerCase() !== 'false';
      return [{ path: pathRef(path, options.roots), required }];
    }
    const message = `an \`env_file\` of \`${service}\` names no path`;
    options.problems.push({ kind: 'wrong-type', at: item.at, message });
    return [];
  });
}

function readBinds(service: string, node: MapNode, options: ReadOptions): Bind[] {
  return itemsOf(childAt(node, 'volumes')).flatMap((item): Bind[] => {
    if (item.kind === 'map') return readLongBind(item, options);
    if (item.kind !== 'scalar' || typeof item.value !== 'string') {
      const message = `a volume of \`${service}\` is ${kindInWords(item)}; Compose expects a string or a mapping`;
      options.problems.push({ kind: 'wrong-type', at: item.at, message });
      return [];
    }
    const volume = parseVolume(item.text);
    if (!volume) {
      // With a variable that is not set, the fault is there and not in the form.
      if (item.parts?.some((part) => part.kind === 'variable' && part.from === 'unset')) return [];
      const message = `\`${shown(item)}\` is no volume: it has an empty part, or too many, between its colons`;
      options.problems.push({ kind: 'wrong-type', at: item.at, message });
      return [];
    }
    if (!isHostPath(volume.source)) return [];
    const source = { ...pathRef({ ...item, text: volume.source }, options.roots), scalar: item };
    return [{ source, target: volume.target, form: 'short', createHostPath: true }];
  });
}

function readLongBind(item: MapNode, options: ReadOptions): Bind[] {
  if (scalarAt(item, 'type')?.text !== 'bind') return [];
  const source = scalarAt(item, 'source');
  if (!source) return [];
  const create = scalarAt(mapAt(item, 'bind'), 'create_host_path');
  const target = scalarAt(item, 'target')?.text ?? '';
  return [
    {
      source: pathRef(source, options.roots),
      target,
      form: 'long',
      createHostPath: create?.text.toLowerCase() !== 'false',
    },
  ];
}

function readDependsOn(node: MapNode): Service['dependsOn'] {
  const value = childAt(node, 'depends_on');
  if (value?.kind === 'map') {
    return [...value.entries].map(([name, entry]) => ({
      name,
      at: entry.key,
      required: scalarAt(entry.value, 'required')?.text.toLowerCase() !== 'false',
    }));
  }
  return itemsOf(value).flatMap((item) =>
    item.kind === 'scalar' ? [{ name: item.text, at: item.at, required: true }] : [],
  );
}

/** Top-level `secrets` or `configs` that name a file. */
export function readFileResources(
  document: MapNode,
  section: 'secrets' | 'configs',
  options: ReadOptions,
): ReadonlyMap<string, FileResource> {
  const resources = new Map<string, FileResource>();
  for (const [name, entry] of mapAt(document, section)?.entries ?? []) {
    const file = scalarAt(entry.value, 'file');
    if (file) resources.set(name, { name, at: entry.key, file: pathRef(file, options.roots) });
  }
  return resources;
}
