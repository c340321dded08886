/** Compose projects out of a seed: the same seed gives the same projects on every machine. */
import type { CorpusCase } from './corpus.ts';

/** A generator of numbers in [0, 1) (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const VARIABLES: Readonly<Record<string, string>> = {
  SET: 'value',
  EMPTY: '',
  PORT: '8080',
  FLAG: 'true',
  N: '3',
};
const NAMES = ['SET', 'EMPTY', 'UNSET', 'PORT', 'DOT', 'BOTH'];

/** Forms of each key, JSON; `@t` stands for a template of its own. Some are wrong on purpose. */
const KEYS: Readonly<Record<string, readonly string[]>> = {
  command: ['"run --it \\"a b\\" \'c d\'"', '["a","@t"]', 'null', '[]', '"x; y"', '"a\\\\ b @t"'],
  entrypoint: ['"/bin/sh -c"', '["e"]', 'null', '""'],
  environment: [
    '{"A":1,"B":"@t","SET":null}',
    '["A=@t","SET","UNSET","C="]',
    '{"F":1.50,"T":true}',
    '["A=1","A=2"]',
  ],
  env_file: [
    '"a.env"',
    '["a.env","b.env"]',
    '[{"path":"b.env"},{"path":"none.env","required":false}]',
    '"none.env"',
  ],
  labels: ['{"l":"@t","m":1}', '["l=@t","n"]', '{"x":null}'],
  ports: [
    '["80:80","@p:81"]',
    '[{"target":80,"published":"${PORT}"}]',
    '["127.0.0.1:8000-8002:90-92/udp"]',
    '[80,"81"]',
    '["80:80","80:80"]',
    '["a:b"]',
  ],
  volumes: [
    '["./src:/src","vol:/vol:ro"]',
    '[{"type":"bind","source":"./b","target":"/b"}]',
    '["/anon","~/h:/h"]',
    '["./one:/t","./two:/t"]',
    '["../up:/up:z"]',
    '["${UNSET:-./d}:/d"]',
  ],
  networks: ['["net"]', '{"net":{"aliases":["a","b"]},"default":null}', '{}'],
  depends_on: ['["base"]', '{"base":{"condition":"service_healthy","required":false}}'],
  healthcheck: [
    '{"test":"curl @t","interval":"1m30s","retries":3}',
    '{"test":["CMD","x"],"timeout":"500ms"}',
    '{"disable":true}',
  ],
  deploy: [
    '{"replicas":2,"labels":["a=@t"]}',
    '{"resources":{"limits":{"cpus":"0.5","memory":"64m"}}}',
    '{"restart_policy":{"condition":"any","delay":"5s"}}',
  ],
  build: [
    '"./ctx"',
    '{"context":"./ctx","args":{"A":"@t","SET":null}}',
    '{"args":["UNSET","SET","B=1"],"tags":["t:1"]}',
    '{"dockerfile":"D"}',
  ],
  logging: ['{"driver":"syslog","options":{"a":"@t"}}', '{"driver":"json-file","options":{"b":1}}'],
  ulimits: ['{"nofile":5}', '{"nofile":{"soft":1,"hard":2}}'],
  dns: ['"1.1.1.1"', '["1.1.1.1","8.8.8.8"]'],
  extra_hosts: ['["h:1.1.1.1","i=2.2.2.2"]', '{"h":"1.1.1.1"}'],
  cap_add: ['["A","B"]', '["B"]'],
  tmpfs: ['"/tmp1"', '["/tmp1","/tmp2:size=1m"]'],
  mem_limit: ['"64m"', '"1.5g"', '1048576', '"lots"'],
  stop_grace_period: ['"90s"', '"1h1m"', '"500ms"'],
  sysctls: ['{"a":1}', '["a=1","b=2"]'],
  init: ['true', 'false', '"${FLAG}"', '"${UNSET}"'],
  scale: ['1', '"${N}"'],
  user: ['"@t"', '"1000"'],
  expose: ['["80",90]', '["90"]'],
  secrets: ['["sec"]', '[{"source":"sec","target":"t","mode":256}]'],
  configs: ['["conf"]', '[{"source":"conf","target":"/c"}]'],
  profiles: ['["p"]', '[]'],
  restart: ['"always"', '"no"'],
  privileged: ['true', 'false'],
  annotations: ['{"a":"@t"}', '["a=b"]'],
  devices: ['["/dev/a:/dev/b:r"]', '["/dev/a"]'],
  'x-own': ['{"any":["@t"]}'],
};

const REST = `
networks: {net: {labels: {a: "@t"}}}
volumes: {vol: {driver: local}}
secrets: {sec: {file: ./sec}}
configs: {conf: {content: "c @t"}}
x-top: {a: "@t"}
`;

export function generateProjects(seed: number, count: number): readonly CorpusCase[] {
  const next = random(seed);
  return Array.from({ length: count }, (_, index) => generate(`generated-${seed}-${index}`, next));
}

function generate(name: string, next: () => number): CorpusCase {
  const pick = <T>(items: readonly T[]): T => items[Math.floor(next() * items.length)] as T;
  const chance = (odds: number): boolean => next() < odds;
  const template = (): string => makeTemplate(pick, chance, 0);
  const fill = (text: string): string =>
    text
      .replaceAll('@p', () => pick(['${PORT}', '${UNSET:-90}', '70']))
      .replaceAll('@t', () => JSON.stringify(template()).slice(1, -1));
  const service = (over: boolean): string => {
    const keys = Object.keys(KEYS).filter(() => chance(0.17));
    const lines = keys.map((key) => {
      const tag = over && chance(0.08) ? pick(['!reset ', '!override ']) : '';
      return `    ${key}: ${tag}${fill(pick(KEYS[key] as readonly string[]))}`;
    });
    if (!over) lines.push(`    image: ${JSON.stringify(pick(['alpine', 'x:${PORT}', 'y:${UNSET:-1}']))}`);
    return lines.length > 0 ? `\n${lines.join('\n')}` : ' {}';
  };
  const extending = chance(0.3)
    ? `\n  derived:\n    extends: ${pick(['app', '{service: base}', '{file: sub/other.yaml, service: far}'])}${service(false)}`
    : '';
  const main = `services:\n  base: {image: base, healthcheck: {test: x}}\n  app:${service(false)}${extending}${fill(REST)}`;
  const files: Record<string, string> = {
    'compose.yaml': chance(0.25) ? `include: [sub/included.yaml]\n${main}` : main,
    '.env': 'DOT=dotted\nBOTH=file\n',
    'a.env': 'A=a-env\nE1="x $SET"\n',
    'b.env': 'A=b-env\nE2=${A}-${UNSET:-u}\n',
    'sub/included.yaml': `services:\n  inside:${service(false).replace(/\n {4}(?:depends_on|networks|volumes|secrets|configs):[^\n]*/g, '')}`,
    'sub/other.yaml':
      'services:\n  far: {image: far, volumes: ["./f:/f"], environment: {FAR: "${DOT}"}, ports: ["7:7"]}\n',
    'sub/.env': 'DOT=sub\nBOTH=sub\n',
    'sub/a.env': 'A=sub\n',
  };
  if (chance(0.5)) files['compose.override.yaml'] = `services:\n  app:${service(true)}\n`;
  const args = chance(0.3) ? ['--profile', 'p'] : [];
  return { name, files, args, env: { ...VARIABLES, BOTH: 'shell' } };
}

function makeTemplate(
  pick: <T>(items: readonly T[]) => T,
  chance: (odds: number) => boolean,
  depth: number,
): string {
  const parts: string[] = [];
  do {
    const name = pick(NAMES);
    const word =
      depth < 2 && chance(0.3)
        ? makeTemplate(pick, chance, depth + 1)
        : pick(['', 'd', 'a-b', ':', 'x y', '{}']);
    parts.push(
      pick([
        () => 'text',
        () => `$${name}`,
        () => `\${${name}}`,
        () => `\${${name}${pick([':-', '-', ':+', '+'])}${word}}`,
        () => `\${${chance(0.9) ? 'SET' : name}${pick([':?', '?'])}${word}}`,
        () => pick(['$$', '$$x', '-', ' ', '{', '%', '$ ']),
        () => (chance(0.02) ? pick(['${', '${1}', '${A!}', '${}']) : '.'),
      ])(),
    );
  } while (chance(0.5));
  return parts.join('');
}
