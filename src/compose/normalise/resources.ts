/** The top-level networks, volumes, secrets, configs and models of the resolved model. */
import type { MapNode } from '../model.ts';
import { implied, map, type Resolved, type ResolvedMap, scalar } from '../resolved.ts';
import { isNull, mapAt, scalarAt } from '../tree.ts';
import { absolutePath } from './absolute.ts';
import {
  type Context,
  choice,
  flag,
  integer,
  listOf,
  mapping,
  object,
  objectOf,
  type Shape,
  text,
  texts,
} from './shapes.ts';

/** `external: true`, or the older mapping with the name. */
const external: Shape = (node, context, key) =>
  node.kind === 'map' ? { ...implied(true) } : flag(node, context, key);

const hostFile: Shape = (node, context, key) =>
  node.kind === 'scalar' && !isNull(node)
    ? scalar(absolutePath(node, context, 'host'), node)
    : text(node, context, key);

const fileObject: Readonly<Record<string, Shape>> = {
  name: text,
  file: hostFile,
  environment: text,
  content: text,
  external,
  labels: mapping,
  driver: text,
  driver_opts: mapping,
  template_driver: text,
};

const ipam = object({
  // Allowed, and not taken over.
  options: () => undefined,
  driver: text,
  config: listOf(object({ subnet: text, gateway: text, ip_range: text, aux_addresses: mapping })),
});

const SECTIONS = {
  networks: {
    name: text,
    driver: text,
    driver_opts: mapping,
    ipam,
    external,
    internal: flag,
    attachable: flag,
    labels: mapping,
    enable_ipv4: choice,
    enable_ipv6: choice,
  },
  volumes: { name: text, driver: text, driver_opts: mapping, external, labels: mapping },
  secrets: fileObject,
  configs: fileObject,
} as const satisfies Record<string, Readonly<Record<string, Shape>>>;

export type Section = keyof typeof SECTIONS;

/** One resource; its name is `<project>_<key>` unless it has one of its own or belongs to somebody else. */
export function resolveResource(
  section: Section,
  name: string,
  node: MapNode | undefined,
  project: string,
  context: Context,
): ResolvedMap {
  const key = `${section}.${name}`;
  const own = node ? objectOf(node, SECTIONS[section], context, key) : map([]);
  const given = node && scalarAt(mapAt(node, 'external'), 'name');
  const entries = new Map<string, Resolved | undefined>();
  const isExternal = own.entries.has('external');
  const isNamed = node !== undefined && !isNull(node.entries.get('name')?.value);
  if (!isNamed)
    entries.set(
      'name',
      given ? scalar(given.text, given) : implied(isExternal ? name : `${project}_${name}`),
    );
  for (const [field, value] of own.entries) entries.set(field, value);
  if (section === 'networks' && !entries.has('ipam')) entries.set('ipam', map([]));
  if (section === 'volumes' && node) entries.set('driver_opts', bindOptions(node, own, context));
  return map(entries, own.at);
}

/** A volume of the local driver that is a bind mount in truth has a path of the host. */
function bindOptions(node: MapNode, own: ResolvedMap, context: Context): Resolved | undefined {
  const options = own.entries.get('driver_opts');
  const written = mapAt(node, 'driver_opts');
  const device = scalarAt(written, 'device');
  const isBind = scalarAt(node, 'driver')?.text === 'local' && scalarAt(written, 'o')?.text === 'bind';
  if (!isBind || !device || typeof device.value !== 'string' || options?.kind !== 'map') return options;
  const path = scalar(absolutePath(device, context, 'host'), device);
  return map(new Map(options.entries).set('device', path), options.at);
}

export const model = object({ name: text, model: text, context_size: integer, runtime_flags: texts });
