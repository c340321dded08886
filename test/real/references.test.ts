/**
 * Names, dependencies, ports and variables against the real Compose and engine: each fault makes Compose fail, dockmedic
 * names it with its place, and what it proposes makes Compose work. Needs an engine: `npm run test:real`.
 */
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Report } from '../../src/report.ts';
import { type Person, person, STATIC } from '../support/dockmedic.ts';
import { type RunResult, run } from '../support/run.ts';

const real = process.env.DOCKMEDIC_REAL === '1';
if (!real)
  console.warn('left out: test/real/references.test.ts, because no engine was asked for (npm run test:real)');

type Files = Readonly<Record<string, string>>;

type Fault = {
  readonly rule: string;
  readonly what: string;
  readonly files: Files;
  /** `up -d` where nothing is said. */
  readonly command?: readonly string[];
  /** What Compose says. */
  readonly refusal: RegExp;
  /** Where dockmedic sees it. */
  readonly line: number;
  /** How it is mended: by a safe fix, by one that needs consent, or by these files. */
  readonly mend: 'safe' | 'unsafe' | Files;
};

const compose = (text: string): Files => ({ 'compose.yaml': text });
/** A service that stays up until it is stopped. */
const sleeper = (name: string, more = '') =>
  `  ${name}:\n    image: alpine:3.22\n    init: true\n    command: sleep 60\n${more}`;

const faults: readonly Fault[] = [
  {
    rule: 'compose/undefined-network',
    what: 'a slip',
    files: compose(`services:\n${sleeper('web', '    networks: [backed]\n')}networks:\n  backend:\n`),
    refusal: /undefined network backed/,
    line: 6,
    mend: 'safe',
  },
  {
    rule: 'compose/undefined-network',
    what: 'defined nowhere',
    files: compose(
      `services:\n${sleeper('web', '    networks: [metrics]\n')}networks:\n  backend: {} # own\n`,
    ),
    refusal: /undefined network metrics/,
    line: 6,
    mend: 'unsafe',
  },
  {
    rule: 'compose/undefined-volume',
    what: 'a slip',
    files: compose(`services:\n${sleeper('web', '    volumes: ["datas:/data:ro"]\n')}volumes:\n  data:\n`),
    refusal: /undefined volume datas/,
    line: 6,
    mend: 'safe',
  },
  {
    rule: 'compose/undefined-volume',
    what: 'no section',
    files: compose(`services:\n${sleeper('web', '    volumes: ["data:/data"]\n')}`),
    refusal: /undefined volume data/,
    line: 6,
    mend: 'unsafe',
  },
  {
    rule: 'compose/undefined-secret',
    what: 'of a service',
    files: {
      ...compose(`services:\n${sleeper('web', '    secrets: [tokn]\n')}secrets:\n  token: {file: ./t}\n`),
      t: 'x',
    },
    refusal: /undefined secret tokn/,
    line: 6,
    mend: 'safe',
  },
  {
    rule: 'compose/undefined-secret',
    what: 'of a build',
    files: {
      ...compose(
        'services:\n  web:\n    build: {context: ., secrets: [tokn]}\nsecrets:\n  token: {file: ./t}\n',
      ),
      t: 'x',
      Dockerfile: 'FROM alpine:3.22\n',
    },
    command: ['build'],
    refusal: /undefined build secret tokn/,
    line: 3,
    mend: 'safe',
  },
  {
    rule: 'compose/undefined-config',
    what: 'a slip',
    files: compose(
      `services:\n${sleeper('web', '    configs: [{source: http-conf, target: /h}]\n')}configs:\n  httpconf: {content: x}\n`,
    ),
    refusal: /undefined config http-conf/,
    line: 6,
    mend: 'safe',
  },
  {
    rule: 'compose/undefined-alias',
    what: 'a slip',
    files: compose(`x-base: &defaults {restart: "no"}\nservices:\n${sleeper('web', '    <<: *default\n')}`),
    refusal: /unknown anchor 'default' referenced/,
    line: 7,
    mend: 'safe',
  },
  {
    rule: 'compose/undefined-alias',
    what: 'a star and no alias',
    files: compose(`services:\n${sleeper('web', '    environment:\n      HOSTS: *.example.com\n')}`),
    refusal: /did not find expected alphabetic or numeric character/,
    line: 7,
    mend: 'safe',
  },
  {
    rule: 'compose/two-merge-keys',
    what: 'that bring different keys',
    files: compose(
      `x-a: &a {restart: "no"}\nx-b: &b {user: nobody}\nservices:\n${sleeper('web', '    <<: *a\n    <<: *b\n')}`,
    ),
    refusal: /mapping key "<<" already defined/,
    line: 9,
    mend: 'safe',
  },
  {
    rule: 'compose/undefined-dependency',
    what: 'depends_on',
    files: compose(`services:\n${sleeper('web', '    depends_on: [databse]\n')}${sleeper('database')}`),
    refusal: /depends on undefined service "databse"/,
    line: 6,
    mend: 'safe',
  },
  {
    rule: 'compose/undefined-dependency',
    what: 'network_mode',
    files: compose(
      `services:\n${sleeper('web', '    network_mode: service:databse\n')}${sleeper('database')}`,
    ),
    refusal: /depends on undefined service "databse"/,
    line: 6,
    mend: 'safe',
  },
  {
    rule: 'compose/inactive-dependency',
    what: 'behind a profile',
    files: compose(
      `services:\n${sleeper('web', '    depends_on: [db]\n')}${sleeper('db', '    profiles: [local]\n')}`,
    ),
    refusal: /depends on undefined service "db"/,
    line: 6,
    mend: compose(
      `services:\n${sleeper('web', '    depends_on: {db: {condition: service_started, required: false}}\n')}${sleeper('db', '    profiles: [local]\n')}`,
    ),
  },
  {
    rule: 'compose/dependency-cycle',
    what: 'of two, one step a network_mode',
    files: compose(
      `services:\n${sleeper('a', '    depends_on: [b]\n')}${sleeper('b', '    network_mode: service:a\n')}`,
    ),
    refusal: /dependency cycle detected: a -> b -> a/,
    line: 6,
    mend: compose(`services:\n${sleeper('a')}${sleeper('b', '    network_mode: service:a\n')}`),
  },
  {
    rule: 'compose/healthcheck-missing',
    what: 'turned off',
    files: compose(
      `services:\n${sleeper('web', '    depends_on:\n      db: {condition: service_healthy}\n')}${sleeper('db', '    healthcheck: {disable: true}\n')}`,
    ),
    refusal: /has no healthcheck configured/,
    line: 7,
    mend: compose(
      `services:\n${sleeper('web', '    depends_on:\n      db: {condition: service_healthy}\n')}${sleeper('db', '    healthcheck: {test: "true", interval: 1s}\n')}`,
    ),
  },
  {
    rule: 'compose/healthcheck-missing',
    what: 'taken away by the Dockerfile',
    files: {
      ...compose(
        `services:\n${sleeper('web', '    depends_on:\n      db: {condition: service_healthy}\n')}  db:\n    build: .\n    init: true\n`,
      ),
      Dockerfile:
        'FROM alpine:3.22 AS base\nHEALTHCHECK --interval=1s CMD true\nFROM base\nHEALTHCHECK NONE\nCMD ["sleep", "60"]\n',
    },
    command: ['up', '-d', '--build'],
    refusal: /has no healthcheck configured/,
    line: 7,
    mend: {
      Dockerfile:
        'FROM alpine:3.22 AS base\nHEALTHCHECK --interval=1s CMD true\nFROM base\nCMD ["sleep", "60"]\n',
    },
  },
  {
    rule: 'compose/no-image-no-build',
    what: 'a service with a command alone',
    files: compose('services:\n  web:\n    command: sleep 60\n'),
    refusal: /neither an image nor a build context/,
    line: 2,
    mend: compose(`services:\n${sleeper('web')}`),
  },
  {
    rule: 'compose/unset-variable',
    what: 'that leaves an image without its tag',
    files: {
      ...compose('services:\n  web:\n    image: alpine:${ALPINE}\n    init: true\n    command: sleep 60\n'),
      '.env': 'OTHER=1\n',
    },
    refusal: /invalid reference format/,
    line: 3,
    mend: { '.env': 'ALPINE=3.22\n' },
  },
  {
    rule: 'compose/unset-variable',
    what: 'that leaves a port without its number',
    files: compose(`services:\n${sleeper('web', '    ports: ["18085:${PORT}"]\n')}`),
    refusal: /No port specified/,
    line: 6,
    mend: { '.env': 'PORT=80\n' },
  },
  {
    rule: 'compose/port-conflict',
    what: 'two services',
    files: compose(
      `services:\n${sleeper('a', '    ports: ["18081:80"]\n')}${sleeper('b', '    ports: ["127.0.0.1:18080-18081:80-81"]\n')}`,
    ),
    refusal: /port is already allocated/,
    line: 11,
    mend: compose(
      `services:\n${sleeper('a', '    ports: ["18081:80"]\n')}${sleeper('b', '    ports: ["127.0.0.1:18082-18083:80-81"]\n')}`,
    ),
  },
  {
    rule: 'compose/port-conflict',
    what: 'two replicas',
    files: compose(`services:\n${sleeper('a', '    ports: ["18084:80"]\n    scale: 2\n')}`),
    refusal: /port is already allocated/,
    line: 6,
    mend: compose(`services:\n${sleeper('a', '    ports: ["18086-18087:80"]\n    scale: 2\n')}`),
  },
  {
    rule: 'compose/container-name-conflict',
    what: 'two services',
    files: compose(
      `services:\n${sleeper('a', '    container_name: dockmedic-refs-same\n')}${sleeper('b', '    container_name: dockmedic-refs-same\n')}`,
    ),
    refusal: /container name "dockmedic-refs-same" is already in use/,
    line: 11,
    mend: compose(`services:\n${sleeper('a', '    container_name: dockmedic-refs-same\n')}${sleeper('b')}`),
  },
  {
    rule: 'compose/container-name-conflict',
    what: 'two replicas',
    files: compose(
      `services:\n${sleeper('a', '    container_name: dockmedic-refs-same\n    deploy: {replicas: 2}\n')}`,
    ),
    refusal: /container name must be unique/,
    line: 6,
    mend: compose(`services:\n${sleeper('a', '    deploy: {replicas: 2}\n')}`),
  },
  {
    // With quotes, it cannot fail: Compose warns and goes on.
    rule: 'compose/obsolete-version',
    what: 'no string',
    files: compose(`version: 3.8\n\nservices:\n${sleeper('web')}`),
    refusal: /version must be a string/,
    line: 1,
    mend: 'safe',
  },
  {
    rule: 'compose/conflict-markers',
    what: 'in the compose file',
    files: compose(
      'services:\n  web:\n<<<<<<< HEAD\n    image: alpine:3.22\n=======\n    image: alpine:3.23\n>>>>>>> feature\n    init: true\n    command: sleep 60\n',
    ),
    refusal: /could not find expected ':'/,
    line: 3,
    mend: compose(`services:\n${sleeper('web')}`),
  },
  {
    rule: 'compose/conflict-markers',
    what: 'in an env file',
    files: {
      ...compose(`services:\n${sleeper('web', '    env_file: web.env\n')}`),
      'web.env': 'A=1\n<<<<<<< HEAD\nB=1\n=======\nB=2\n>>>>>>> feature\n',
    },
    refusal: /unexpected character "<" in variable name/,
    line: 2,
    mend: { 'web.env': 'A=1\nB=1\n' },
  },
  {
    rule: 'compose/conflict-markers',
    what: 'in a Dockerfile',
    files: {
      ...compose('services:\n  web:\n    build: .\n'),
      Dockerfile: 'FROM alpine:3.22\n<<<<<<< HEAD\nRUN true\n=======\nRUN false\n>>>>>>> feature\n',
    },
    command: ['build'],
    refusal: /unknown instruction: <<<<<<</,
    line: 2,
    mend: { Dockerfile: 'FROM alpine:3.22\nRUN true\n' },
  },
];

let ana: Person;
const undo: (() => Promise<unknown>)[] = [];
let count = 0;

describe.skipIf(!real)('references with a real Compose', { timeout: 120_000 }, () => {
  beforeAll(async () => {
    await succeeds(run([path.resolve(import.meta.dirname, 'stand-in-images.sh'), 'alpine:3.22']));
  });
  beforeEach(async () => {
    ana = await person();
  });
  afterEach(async () => {
    for (const one of undo.splice(0).reverse()) await one();
    await ana.dispose();
  });

  it.each(faults.map((fault) => [fault.rule, fault.what, fault] as const))(
    '%s: %s',
    async (rule, _, fault) => {
      const root = await open(fault.files);
      const docker = composeIn(root);
      const command = fault.command ?? ['up', '-d'];
      const before = await docker(...command);
      expect(before.code, before.stderr).not.toBe(0);
      expect(before.stderr).toMatch(fault.refusal);
      await docker('down', '--volumes', '--timeout', '1');

      const { findings } = await report(root);
      // What follows from it (an image that cannot be built) stands behind it.
      const errors = findings.filter(
        ({ severity, causedBy }) => severity === 'error' && causedBy.length === 0,
      );
      expect(errors.map((finding) => [finding.rule, finding.location?.line])).toEqual([[rule, fault.line]]);

      if (fault.mend === 'safe') await report(root, ['--fix']);
      else if (fault.mend === 'unsafe') await report(root, ['--fix', '--unsafe', '--yes']);
      else await write(root, fault.mend);
      expect((await report(root)).findings.filter(({ severity }) => severity === 'error')).toEqual([]);
      await succeeds(docker(...command));
    },
  );
});

async function open(files: Files): Promise<string> {
  const root = await realpath(await mkdtemp(path.join(os.tmpdir(), 'dockmedic-refs-')));
  undo.push(() => rm(root, { recursive: true, force: true }));
  await write(root, files);
  return root;
}

async function write(root: string, files: Files): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(root, name)), { recursive: true });
    await writeFile(path.join(root, name), text);
  }
}

/** `docker compose` under a project name that no other test has. */
function composeIn(root: string): (...args: string[]) => Promise<RunResult> {
  count += 1;
  const name = `dockmedic-refs-${process.pid}-${count}`;
  const docker = (...args: string[]) =>
    run(['docker', 'compose', '-p', name, '--progress', 'plain', ...args], { cwd: root });
  undo.push(() => docker('--profile', '*', 'down', '--volumes', '--rmi', 'local', '--timeout', '1'));
  return docker;
}

async function report(root: string, args: readonly string[] = []): Promise<Report> {
  const { stdout, stderr } = await ana.dockmedic([root, '--format', 'json', ...STATIC, ...args]);
  expect(stderr).not.toMatch(/bug in dockmedic/);
  return JSON.parse(stdout) as Report;
}

async function succeeds(result: Promise<RunResult>): Promise<void> {
  const { code, stdout, stderr } = await result;
  expect(code, `${stdout}\n${stderr}`).toBe(0);
}
