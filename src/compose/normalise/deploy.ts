/** `deploy`, `gpus`, `develop`, hooks and the other large mappings of a service. */
import { implied, list, map, type Resolved, scalar } from '../resolved.ts';
import { isNull } from '../tree.ts';
import { absolutePath } from './absolute.ts';
import {
  bytes,
  count,
  decimal,
  delay,
  duration,
  flag,
  integer,
  listOf,
  mapOf,
  mapping,
  object,
  objectOf,
  type Shape,
  text,
  texts,
  variables,
} from './shapes.ts';
import { command, healthTest } from './values.ts';

const deviceCount: Shape = (node, context, key) => {
  if (node.kind === 'scalar' && node.text.toLowerCase() === 'all') return scalar(-1, node);
  return integer(node, context, key);
};

/** A request for devices asks for all of them where it says nothing else. */
const deviceRequest: Shape = (node, context, key) => {
  if (node.kind !== 'map') return object({})(node, context, key);
  const fields = {
    capabilities: texts,
    driver: text,
    count: deviceCount,
    device_ids: texts,
    options: mapping,
  };
  const request = objectOf(node, fields, context, key);
  if (node.entries.has('count') || node.entries.has('device_ids')) return request;
  return map([...request.entries, ['count', implied(-1)]], node.at);
};

export const gpus: Shape = (node, context, key) => {
  if (node.kind !== 'scalar' || isNull(node)) return listOf(deviceRequest)(node, context, key);
  return list([map([['count', scalar(-1, node)]], node.at)], node.at);
};

const updateConfig = object({
  parallelism: count,
  delay,
  failure_action: text,
  monitor: delay,
  max_failure_ratio: decimal,
  order: text,
});

const discrete: Shape = (node, context, key) => {
  const read = object({ kind: text, value: count })(node, context, key);
  if (read?.kind !== 'map') return read;
  return map(
    [
      ['kind', read.entries.get('kind') ?? implied('')],
      ['value', read.entries.get('value') ?? implied(0)],
    ],
    read.at,
  );
};

const resource = object({
  cpus: decimal,
  memory: bytes,
  pids: integer,
  devices: listOf(deviceRequest),
  generic_resources: listOf(object({ discrete_resource_spec: discrete })),
});

const deployFields: Readonly<Record<string, Shape>> = {
  mode: text,
  replicas: count,
  labels: mapping,
  update_config: updateConfig,
  rollback_config: updateConfig,
  resources: object({ limits: resource, reservations: resource }),
  restart_policy: object({ condition: text, delay: duration, max_attempts: count, window: duration }),
  placement: object({
    constraints: texts,
    preferences: listOf(object({ spread: text })),
    max_replicas_per_node: integer,
  }),
  endpoint_mode: text,
};

export const deploy: Shape = (node, context, key) => {
  const read = object(deployFields)(node, context, key);
  if (read?.kind !== 'map') return read;
  return map(
    [
      ...read.entries,
      ['resources', read.entries.get('resources') ?? map([])],
      ['placement', read.entries.get('placement') ?? map([])],
    ],
    read.at,
  );
};

const hookFields: Readonly<Record<string, Shape>> = {
  command,
  user: text,
  privileged: flag,
  working_dir: text,
  environment: variables,
};

const hook: Shape = (node, context, key) => withCommand(object(hookFields)(node, context, key));

function withCommand(read: Resolved | undefined): Resolved | undefined {
  if (read?.kind !== 'map' || read.entries.has('command')) return read;
  return map([['command', implied(null)], ...read.entries], read.at);
}

export const hooks = listOf(hook);

const watch: Shape = (node, context, key) => {
  const fields: Readonly<Record<string, Shape>> = {
    path: (path) => (path.kind === 'scalar' ? scalar(absolutePath(path, context, 'local'), path) : undefined),
    action: text,
    target: text,
    exec: hook,
    include: texts,
    ignore: texts,
    initial_sync: flag,
  };
  const read = object(fields)(node, context, key);
  if (read?.kind !== 'map') return read;
  return map([...read.entries, ['exec', read.entries.get('exec') ?? withCommand(map([]))]], read.at);
};

export const develop = object({ watch: listOf(watch) });

export const healthcheck = object({
  test: healthTest,
  timeout: duration,
  interval: duration,
  retries: count,
  start_period: duration,
  start_interval: duration,
  disable: flag,
});

export const logging = object({ driver: text, options: mapping });

const throttle = listOf((node, context, key) => {
  const read = object({ path: text, rate: bytes })(node, context, key);
  if (read?.kind !== 'map') return read;
  const { entries, at } = read;
  return map(
    [
      ['Path', entries.get('path') ?? implied('')],
      ['Rate', entries.get('rate') ?? implied('0')],
    ],
    at,
  );
});

const weights = listOf((node, context, key) => {
  const read = object({ path: text, weight: integer })(node, context, key);
  if (read?.kind !== 'map') return read;
  const { entries, at } = read;
  return map(
    [
      ['Path', entries.get('path') ?? implied('')],
      ['Weight', entries.get('weight') ?? implied(0)],
    ],
    at,
  );
});

export const blockIo = object({
  weight: integer,
  weight_device: weights,
  device_read_bps: throttle,
  device_read_iops: throttle,
  device_write_bps: throttle,
  device_write_iops: throttle,
});

/** Options of a provider: each name has one value or several. */
export const provider = object({
  type: text,
  options: mapOf((node, context, key) =>
    node.kind === 'list'
      ? texts(node, context, key)
      : node.kind === 'scalar'
        ? list([scalar(node.text, node)])
        : undefined,
  ),
});

export const serviceModel = object({ endpoint_var: text, model_var: text });
