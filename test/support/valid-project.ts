/** Compose files that are right: every key of a service now and then, in every form that it has. */
import fc from 'fast-check';
import { stringify } from 'yaml';

const word = fc.stringMatching(/^[a-z][a-z0-9]{0,6}$/);
const truth = fc.constantFrom<unknown>(true, false, 'true', 'no', 'yes', 'off');
const whole = fc.oneof(fc.nat(100), fc.nat(100).map(String));
const size = fc.oneof(fc.nat(1e9), fc.constantFrom('512m', '1.5g', '64 MB', '1gib', '100b', '42'));
const writtenSize = fc.constantFrom('512M', '1.5g', '64mb', '1GiB');
const duration = fc.constantFrom('5s', '1m30s', '1.5h', '500ms', '2d', '0', '1w', '.5s', '10us');
const value = fc.oneof(
  word,
  fc.nat(99),
  fc.boolean(),
  fc.constant(null),
  fc.double({ noNaN: true, min: 0, max: 9 }),
);
const pairs = fc.oneof(
  fc.dictionary(word, value, { maxKeys: 3 }),
  fc.uniqueArray(
    fc.tuple(word, word).map(([a, b]) => `${a}=${b}`),
    { maxLength: 3 },
  ),
);
const words = fc.uniqueArray(word, { maxLength: 3 });
const wordOrWords = fc.oneof(word, words);
const command = fc.oneof(fc.constant(null), fc.constant('sleep 5'), fc.constant(['sleep', '5']));
const port = fc.integer({ min: 1, max: 65_000 });
const ports = fc.array(
  fc.oneof(
    port,
    port.map(String),
    fc.tuple(port, port).map(([host, inside]) => `${host}:${inside}`),
    fc.tuple(port, port).map(([host, inside]) => `127.0.0.1:${host}:${inside}/udp`),
    port.map((from) => `${from}-${from + 2}:${from}-${from + 2}`),
    port.map((from) => `${from}-${from + 2}:80`),
    port.map((inside) => `[::1]::${inside}/tcp`),
    fc.record(
      {
        target: fc.oneof(port, port.map(String)),
        published: fc.oneof(port, port.map(String)),
        protocol: fc.constantFrom('tcp', 'udp'),
        host_ip: fc.constant('127.0.0.1'),
        mode: fc.constantFrom('host', 'ingress'),
        name: word,
        app_protocol: word,
      },
      { requiredKeys: ['target'] },
    ),
  ),
  { maxLength: 3 },
);
const some = <T extends Record<string, fc.Arbitrary<unknown>>>(keys: T) =>
  fc.record(keys, { requiredKeys: [] });

const mounts = fc.array(
  fc.oneof(
    fc.constantFrom('/data', './src:/app', './src:/app:ro,z', 'stuff:/stuff', '~/x:/x', 'C:\\x:/y'),
    fc.record(
      {
        type: fc.constant('bind'),
        source: fc.constant('.'),
        target: fc.constant('/here'),
        read_only: truth,
        bind: some({
          create_host_path: truth,
          propagation: fc.constant('rslave'),
          selinux: fc.constantFrom('z', 'Z'),
        }),
      },
      { requiredKeys: ['type', 'source', 'target'] },
    ),
    fc.record(
      {
        type: fc.constant('volume'),
        source: fc.constant('stuff'),
        target: fc.constant('/there'),
        volume: some({ nocopy: truth, subpath: word, labels: pairs }),
      },
      { requiredKeys: ['type', 'target'] },
    ),
    fc.record(
      {
        type: fc.constant('tmpfs'),
        target: fc.constant('/tmp'),
        tmpfs: some({ size, mode: fc.constant(0o1777) }),
      },
      { requiredKeys: ['type', 'target'] },
    ),
  ),
  { maxLength: 2 },
);

const hook = fc.record(
  {
    command: fc.constantFrom<unknown>('true', ['true']),
    user: word,
    privileged: truth,
    working_dir: fc.constant('/'),
    environment: pairs,
  },
  { requiredKeys: ['command'] },
);
const rollout = some({
  parallelism: whole,
  delay: duration,
  failure_action: word,
  monitor: duration,
  max_failure_ratio: fc.constantFrom<unknown>(0.5, '0.1', 0),
  order: fc.constantFrom('start-first', 'stop-first'),
});
const deviceRequest = fc.record(
  {
    capabilities: fc.constant(['gpu']),
    count: fc.constantFrom<unknown>('all', 1, '2'),
    driver: word,
    options: pairs,
  },
  { requiredKeys: ['capabilities'] },
);
const ulimits = fc.dictionary(
  fc.constantFrom('nofile', 'nproc'),
  fc.oneof(whole, fc.record({ soft: whole, hard: whole })),
);

const service = some({
  annotations: pairs,
  attach: truth,
  blkio_config: some({
    weight: fc.constant(300),
    device_read_bps: fc.constant([{ path: '/dev/sda', rate: '12mb' }]),
  }),
  cap_add: words,
  cgroup: fc.constantFrom('host', 'private'),
  command,
  cpu_count: whole,
  cpu_percent: fc.constantFrom<unknown>(50, '100', 0),
  cpu_shares: whole,
  cpuset: fc.constant('0-1'),
  depends_on: fc.oneof(
    fc.constant(['other']),
    fc.record({
      other: fc.record(
        {
          condition: fc.constantFrom('service_started', 'service_healthy'),
          required: fc.boolean(),
          restart: truth,
        },
        { requiredKeys: ['condition'] },
      ),
    }),
  ),
  deploy: fc.oneof(
    fc.constant(null),
    some({
      mode: fc.constant('replicated'),
      replicas: fc.nat(3),
      labels: pairs,
      endpoint_mode: word,
      placement: some({
        constraints: words,
        max_replicas_per_node: whole,
        preferences: fc.constant([{ spread: 'a' }]),
      }),
      resources: some({
        limits: some({ cpus: fc.constantFrom<unknown>('0.5', 1), memory: writtenSize, pids: fc.nat(9) }),
        reservations: some({
          cpus: fc.constant('0.25'),
          memory: writtenSize,
          devices: fc.array(deviceRequest, { maxLength: 1 }),
        }),
      }),
      restart_policy: some({
        condition: fc.constantFrom('any', 'none', 'on-failure'),
        delay: duration,
        max_attempts: whole,
        window: duration,
      }),
      update_config: rollout,
      rollback_config: rollout,
    }),
  ),
  develop: fc.constantFrom(null, {
    watch: [{ path: '.', action: 'sync', target: '/x', ignore: ['a'], initial_sync: true }],
  }),
  devices: fc.constantFrom<unknown>(
    ['/dev/a:/dev/b:rwm'],
    [{ source: '/dev/a', target: '/dev/b', permissions: 'r' }],
    ['vendor.com/class=x'],
  ),
  dns: wordOrWords,
  dns_search: wordOrWords,
  entrypoint: command,
  environment: pairs,
  expose: fc.constantFrom<unknown>([80, '81'], ['82-83', '84/udp']),
  extra_hosts: fc.constantFrom<unknown>(['a=1.2.3.4', 'b:5.6.7.8', 'c=[::1]'], {
    a: '1.2.3.4',
    b: ['1.1.1.1', '2.2.2.2'],
  }),
  gpus: fc.oneof(fc.constant('all'), fc.array(deviceRequest, { maxLength: 1 })),
  group_add: fc.constantFrom<unknown>(['a', 1], [2]),
  healthcheck: some({
    test: fc.constantFrom<unknown>('true', ['CMD', 'true'], ['CMD-SHELL', 'true'], ['NONE'], []),
    interval: duration,
    timeout: duration,
    start_period: duration,
    start_interval: duration,
    retries: whole,
    disable: truth,
  }),
  hostname: word,
  init: truth,
  labels: pairs,
  logging: some({
    driver: word,
    options: fc.dictionary(word, fc.oneof(word, fc.nat(9), fc.constant(null)), { maxKeys: 2 }),
  }),
  mem_swappiness: whole,
  memswap_limit: fc.oneof(size, fc.constant(-1)),
  oom_score_adj: fc.constantFrom<unknown>(-1000, '1000', 0),
  platform: fc.constant('linux/amd64'),
  ports,
  post_start: fc.array(hook, { maxLength: 1 }),
  pre_stop: fc.array(hook, { maxLength: 1 }),
  privileged: truth,
  profiles: words,
  pull_policy: fc.constantFrom(
    'always',
    'never',
    'missing',
    'build',
    'daily',
    'every_12h',
    'every_1w2d',
    'refresh',
    'if_not_present',
  ),
  read_only: truth,
  restart: fc.constantFrom('no', 'always', 'unless-stopped', 'on-failure', 'on-failure:3', ''),
  secrets: fc.constantFrom<unknown>(
    ['token'],
    [{ source: 'token', target: 't', uid: '1', gid: '1', mode: 0o440 }],
    [{ source: 'token', mode: '0400' }],
  ),
  configs: fc.constantFrom<unknown>(['conf'], [{ source: 'conf', target: '/etc/conf' }]),
  security_opt: words,
  shm_size: size,
  stdin_open: truth,
  stop_grace_period: duration,
  stop_signal: fc.constantFrom('SIGINT', '9'),
  sysctls: fc.constantFrom<unknown>({ 'net.core.somaxconn': 1024 }, ['net.core.somaxconn=1024']),
  tmpfs: fc.constantFrom<unknown>('/run', ['/run', '/var/tmp:size=64m']),
  tty: truth,
  ulimits,
  use_api_socket: fc.boolean(),
  user: fc.constantFrom('1000', 'root:root'),
  volumes: mounts,
  working_dir: fc.constant('/app'),
  'x-anything': value,
});

const build = fc.oneof(
  fc.constant('.'),
  some({
    context: fc.constant('.'),
    dockerfile: fc.constant('Dockerfile'),
    args: pairs,
    labels: pairs,
    target: word,
    no_cache: truth,
    pull: truth,
    network: word,
    tags: words,
    cache_from: words,
    platforms: fc.constant(['linux/amd64']),
    shm_size: fc.oneof(fc.nat(99), fc.constant('64m')),
    privileged: truth,
    provenance: fc.constantFrom<unknown>(true, 'mode=max'),
    sbom: fc.constantFrom<unknown>(true, 'true'),
    ssh: fc.constant(['default']),
    secrets: fc.constant(['token']),
    ulimits: fc.constantFrom<unknown>({ nofile: 5 }, { nofile: { soft: 1, hard: 2 } }),
    additional_contexts: fc.constantFrom<unknown>({ a: '.' }, ['a=.']),
    entitlements: words,
    'x-mine': value,
  }),
);

/** The text of a compose file that Compose takes, whatever profiles are chosen. */
export const validProject = fc
  .record({
    a: service,
    b: fc.tuple(build, service).map(([built, rest]) => ({ ...rest, build: built })),
    networks: fc.constantFrom<unknown>(
      { front: null },
      { front: { driver: 'bridge', internal: 'yes', ipam: { config: [{ subnet: '10.9.0.0/24' }] } } },
      { front: { external: true, name: 'other' } },
    ),
    volumes: fc.constantFrom<unknown>(
      { stuff: null },
      { stuff: { driver: 'local', driver_opts: { o: 'bind', n: 1 }, labels: ['a=1'] } },
      { stuff: { external: 'true', name: 'x' } },
    ),
  })
  .map(({ a, b, networks, volumes }) =>
    stringify({
      services: {
        a: { image: 'alpine:3.22', ...a },
        b,
        other: { image: 'alpine:3.22', networks: { front: { aliases: ['o'], priority: 5, gw_priority: 1 } } },
      },
      networks,
      volumes,
      secrets: { token: { environment: 'TOKEN' } },
      configs: { conf: { content: 'x' } },
    }),
  );
