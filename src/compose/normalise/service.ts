/** One service of the resolved model. */
import type { MapNode, Node } from '../model.ts';
import { implied, map, type Resolved, type ResolvedMap, scalar } from '../resolved.ts';
import { build } from './build.ts';
import {
  blockIo,
  deploy,
  develop,
  gpus,
  healthcheck,
  hooks,
  logging,
  provider,
  serviceModel,
} from './deploy.ts';
import { environmentOf, labelsOf } from './environment.ts';
import { fileReferences, volumes } from './mounts.ts';
import {
  bytes,
  type Context,
  choice,
  count,
  decimal,
  distinctTexts,
  duration,
  flag,
  integer,
  mapOf,
  mapping,
  nothing,
  object,
  objectOf,
  type Shape,
  text,
  texts,
} from './shapes.ts';
import { command, dependencies, devices, hosts, ports, ulimits } from './values.ts';

const network = object({
  aliases: distinctTexts,
  driver_opts: mapping,
  gw_priority: integer,
  interface_name: text,
  ipv4_address: text,
  ipv6_address: text,
  link_local_ips: distinctTexts,
  mac_address: text,
  priority: integer,
});

/** A list of names, or a mapping of names to what is said of each. */
function named(shape: Shape): Shape {
  return (node, context, key) => {
    if (node.kind !== 'list') return mapOf(shape, nothing)(node, context, key);
    const entries = node.items.flatMap((item) =>
      item.kind === 'scalar' ? [[item.text, scalar(null, item)] as const] : [],
    );
    return entries.length === 0 ? undefined : map(entries, node.at);
  };
}

/** The name that Compose keeps for `if_not_present`. */
const pullPolicy: Shape = (node, context, key) => {
  const read = text(node, context, key);
  return read?.kind === 'scalar' && read.value === 'if_not_present' ? { ...read, value: 'missing' } : read;
};

/** Worked out together with the files that are named. */
const elsewhere: Shape = () => undefined;

const FIELDS: Readonly<Record<string, Shape>> = {
  annotations: mapping,
  attach: choice,
  blkio_config: blockIo,
  build,
  cap_add: distinctTexts,
  cap_drop: distinctTexts,
  cgroup: text,
  cgroup_parent: text,
  command,
  configs: fileReferences(undefined),
  container_name: text,
  cpu_count: integer,
  cpu_percent: decimal,
  cpu_period: integer,
  cpu_quota: integer,
  cpu_rt_period: integer,
  cpu_rt_runtime: integer,
  cpu_shares: integer,
  cpus: decimal,
  cpuset: text,
  credential_spec: object({ config: text, file: text, registry: text }),
  depends_on: dependencies,
  deploy,
  develop,
  device_cgroup_rules: texts,
  devices,
  dns: (node, context, key) => distinctTexts(withoutEmpty(node), context, key),
  dns_opt: distinctTexts,
  dns_search: distinctTexts,
  domainname: text,
  entrypoint: command,
  env_file: elsewhere,
  environment: elsewhere,
  expose: distinctTexts,
  extends: object({ file: text, service: text }),
  external_links: texts,
  extra_hosts: hosts,
  gpus,
  group_add: texts,
  healthcheck,
  hostname: text,
  image: text,
  init: choice,
  ipc: text,
  isolation: text,
  label_file: elsewhere,
  labels: elsewhere,
  links: distinctTexts,
  logging,
  mac_address: text,
  mem_limit: bytes,
  mem_reservation: bytes,
  mem_swappiness: bytes,
  memswap_limit: bytes,
  models: named(serviceModel),
  network_mode: text,
  networks: named(network),
  oom_kill_disable: flag,
  oom_score_adj: integer,
  pid: text,
  pids_limit: integer,
  platform: text,
  ports,
  post_start: hooks,
  pre_stop: hooks,
  privileged: flag,
  profiles: distinctTexts,
  provider,
  pull_policy: pullPolicy,
  pull_refresh_after: elsewhere,
  read_only: flag,
  restart: text,
  runtime: text,
  scale: count,
  secrets: fileReferences('/run/secrets'),
  security_opt: texts,
  shm_size: bytes,
  stdin_open: flag,
  stop_grace_period: duration,
  stop_signal: text,
  storage_opt: mapping,
  sysctls: mapping,
  tmpfs: distinctTexts,
  tty: flag,
  ulimits,
  use_api_socket: flag,
  user: text,
  userns_mode: text,
  uts: text,
  volumes,
  volumes_from: texts,
  working_dir: text,
};

export function resolveService(node: MapNode, context: Context, key: string): ResolvedMap {
  const own = objectOf(node, FIELDS, context, key);
  // In the order in which the keys are written.
  const entries = new Map([...node.entries.keys()].map((name) => [name, own.entries.get(name)] as const));
  entries.set('environment', environmentOf(node, context, key));
  entries.set('labels', labelsOf(node, context, key));
  if (!own.entries.has('networks') && !node.entries.has('provider') && !node.entries.has('network_mode'))
    entries.set('networks', map([['default', implied(null)]]));
  entries.set('depends_on', withImplied(own));
  entries.set('deploy', withScale(own));
  for (const name of ['command', 'entrypoint']) {
    if (!own.entries.has(name)) entries.set(name, implied(null));
  }
  return map(entries, own.at);
}

function withoutEmpty(node: Node): Node {
  return node.kind === 'list'
    ? { ...node, items: node.items.filter((item) => item.kind !== 'scalar' || item.text !== '') }
    : node;
}

function textsAt(service: ResolvedMap, name: string): readonly string[] {
  const value = service.entries.get(name);
  const items = value?.kind === 'list' ? value.items : value ? [value] : [];
  return items.flatMap((item) => (item.kind === 'scalar' ? [String(item.value)] : []));
}

/** Services that it shares something with have to be there first, even where nobody says so. */
function withImplied(service: ResolvedMap): Resolved | undefined {
  const written = service.entries.get('depends_on');
  const all = new Map(written?.kind === 'map' ? written.entries : []);
  const add = (name: string, restart: boolean): void => {
    if (all.has(name)) return;
    all.set(
      name,
      map([
        ['condition', implied('service_started')],
        ['restart', restart ? implied(true) : undefined],
        ['required', implied(true)],
      ]),
    );
  };
  for (const link of textsAt(service, 'links')) {
    const [name = '', , more] = link.split(':');
    add(more === undefined ? name : link, true);
  }
  for (const space of ['network_mode', 'ipc', 'pid', 'uts', 'cgroup']) {
    const [shared] = textsAt(service, space);
    if (shared?.startsWith('service:')) add(shared.slice('service:'.length), true);
  }
  for (const from of textsAt(service, 'volumes_from')) {
    if (!from.startsWith('container:')) add(from.split(':')[0] ?? '', false);
  }
  if (all.size === 0) return undefined;
  return map(all, written?.kind === 'map' ? written.at : undefined);
}

/** `scale` counts for `deploy.replicas` too. */
function withScale(service: ResolvedMap): Resolved | undefined {
  const written = service.entries.get('deploy');
  const scale = service.entries.get('scale');
  if (written?.kind !== 'map' || !scale) return written;
  return map(new Map(written.entries).set('replicas', scale), written.at);
}
