/** The merged tree -> the typed parts that rules ask for. */
import type { FilePath } from '../source.ts';
import type { Variables } from './interpolate.ts';
import type {
  Bind,
  EnvFile,
  FileResource,
  MapEntry,
  MapNode,
  PathRef,
  ScalarNode,
  Service,
} from './model.ts';
import type { Roots } from './paths.ts';
import { readBuild } from './read-build.ts';
import { childAt, itemsOf, mapAt, pathRef, scalarAt } from './tree.ts';
import { isHostPath, parseVolume } from './volume.ts';

export type ReadOptions = {
  readonly roots: Roots;
  /** The directory that a service's default build context is. */
  readonly baseOf: (service: string) => FilePath;
  /** The profiles that are chosen; `*` chooses all. */
  readonly profiles: ReadonlySet<string>;
  /** Whether a file is there: BuildKit takes `dockerfile` where there is no `Dockerfile`. */
  readonly isFile: (path: FilePath) => boolean;
  readonly variables: Variables;
};

/** The services of a project, in the order in which they are written. */
export function readServices(document: MapNode, options: ReadOptions): ReadonlyMap<string, Service> {
  const services = new Map<string, Service>();
  const section = childAt(document, 'services');
  if (section === undefined) return services;
  if (section.kind !== 'map') return services;
  for (const [name, entry] of section.entries) {
    if (entry.value.kind === 'map') services.set(name, readService(name, entry, entry.value, options));
  }
  return services;
}

function readService(name: string, entry: MapEntry, node: MapNode, options: ReadOptions): Service {
  const image = readString(node, 'image');
  const platform = readString(node, 'platform');
  const pullPolicy = readString(node, 'pull_policy');
  const build = readBuild(node, options.baseOf(name), options);
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
    envFiles: readEnvFileEntries(node, options),
    labelFiles: readLabelFiles(node, options),
    binds: readBinds(node, options),
    dependsOn: readDependsOn(node),
    profiles,
    active: profiles.length === 0 || chosen.has('*') || profiles.some((profile) => chosen.has(profile)),
    directory: options.baseOf(name),
    node,
  };
}

/** Values of a wrong kind are left out here: that they are wrong is said of them where they are checked. */
function readString(node: MapNode, key: string): ScalarNode | undefined {
  const value = scalarAt(node, key);
  return typeof value?.value === 'string' ? value : undefined;
}

function readEnvFileEntries(node: MapNode, options: ReadOptions): EnvFile[] {
  return itemsOf(childAt(node, 'env_file')).flatMap((item) => {
    const path = item.kind === 'map' ? scalarAt(item, 'path') : item;
    if (path?.kind !== 'scalar' || typeof path.value !== 'string') return [];
    const required = scalarAt(item, 'required')?.text.toLowerCase() !== 'false';
    return [{ path: pathRef(path, options.roots), required }];
  });
}

function readLabelFiles(node: MapNode, options: ReadOptions): PathRef[] {
  return itemsOf(childAt(node, 'label_file')).flatMap((item) =>
    item.kind === 'scalar' && typeof item.value === 'string' ? [pathRef(item, options.roots)] : [],
  );
}

function readBinds(node: MapNode, options: ReadOptions): Bind[] {
  return itemsOf(childAt(node, 'volumes')).flatMap((item): Bind[] => {
    if (item.kind === 'map') return readLongBind(item, options);
    const volume =
      item.kind === 'scalar' && typeof item.value === 'string' ? parseVolume(item.text) : undefined;
    if (item.kind !== 'scalar' || !volume) return [];
    if (!isHostPath(volume.source)) return [];
    const source = { ...pathRef({ ...item, text: volume.source }, options.roots), scalar: item };
    const readOnly = volume.options.split(',').includes('ro');
    return [{ source, target: volume.target, form: 'short', readOnly, createHostPath: true }];
  });
}

function readLongBind(item: MapNode, options: ReadOptions): Bind[] {
  if (scalarAt(item, 'type')?.text !== 'bind') return [];
  const source = scalarAt(item, 'source');
  if (!source) return [];
  const create = scalarAt(mapAt(item, 'bind'), 'create_host_path');
  const target = scalarAt(item, 'target')?.text ?? '';
  // Without a target it is no mount, and refused as that.
  if (target === '') return [];
  return [
    {
      source: pathRef(source, options.roots),
      target,
      form: 'long',
      readOnly: scalarAt(item, 'read_only')?.text.toLowerCase() === 'true',
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
