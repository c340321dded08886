/**
 * The failing cases of test/rules with the real Compose and engine: the command that `real` names fails with Docker's
 * words, and works once the case is mended. Base images are stand-ins, busybox under another name (see
 * stand-in-images.sh), some with package managers that do nothing. Needs an engine: `npm run test:real`.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { cp, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rules } from '../../rules/index.ts';
import { disposeCases, openCase } from '../support/cases.ts';
import {
  COMMANDS,
  differences,
  type FailingCase,
  type Fails,
  failingCases,
  openMended,
} from '../support/proofs.ts';
import { type RunResult, run } from '../support/run.ts';

const real = process.env.DOCKMEDIC_REAL === '1';
if (!real)
  console.warn('left out: test/real/cases.test.ts, because no engine was asked for (npm run test:real)');

/** What the mended projects start from. They stay up, as what they stand for would. */
const ALPINE = [
  ...['alpine:3.19', 'node:22-alpine', 'python:3.12-alpine', 'postgres:16', 'postgres:16-alpine'],
  ...['haproxy:3.0', 'rabbitmq:4', 'registry.example.com/app:1', 'registry.example.com/web:1'],
];
const DEBIAN = ['node:22', 'debian:12', 'debian:bookworm-slim', 'python:3.12-slim'];
const NGINX = ['nginx:1.27', 'nginx:1.29-alpine'];

const faults = rules
  .filter(({ id }) => /^(compose|build)\//.test(id))
  .flatMap((rule) => failingCases(rule.id).map((one) => ({ rule, one, shown: one.real })));
const shown = faults.flatMap(({ shown, ...fault }) =>
  shown && 'run' in shown ? [{ ...fault, shown, title: `${fault.one.rule}: ${fault.one.name}` }] : [],
);

/** What the environment of a person never sets, and must not reach Compose from here. */
const CLEAN = Object.fromEntries(
  Object.keys(process.env)
    .filter((name) => !['PATH', 'DOCKER_HOST'].includes(name))
    .map((name) => [name, undefined]),
);

/** These make no containers, and can be run side by side. */
const isQuick = (run: Fails['run']) => run === 'config' || run === 'build' || run === 'afresh';

/** What there is once in an engine, whatever the project is called. */
const isContested = ({ place }: FailingCase) =>
  readdirSync(place, { recursive: true, encoding: 'utf8' }).some(
    (name) =>
      /\.ya?ml$/.test(name) &&
      /\b(?:ports|container_name):/.test(readFileSync(path.join(place, name), 'utf8')),
  );

/** Nobody asks where these images come from: that is not written down, which takes a part of every build. */
const QUICKLY = { BUILDX_NO_DEFAULT_ATTESTATIONS: '1', BUILDX_METADATA_PROVENANCE: 'disabled' };

let base: string;
/** `docker compose`, without the time that docker takes to find it. */
let plugin: [string, ...string[]] = ['docker', 'compose'];
let count = 0;
let failed = 0;
let worked = 0;

describe.skipIf(!real)('the faults of the cases, with a real engine', { timeout: 120_000 }, () => {
  beforeAll(async () => {
    base = await realpath(await mkdtemp(path.join(os.tmpdir(), 'dockmedic-faults-')));
    const format = '{{range .ClientInfo.Plugins}}{{if eq .Name "compose"}}{{.Path}}{{end}}{{end}}';
    const { stdout } = await run(['docker', 'info', '--format', format]);
    if (stdout !== '') plugin = [stdout];
    await standIns();
  }, 120_000);
  afterAll(async () => {
    if (base === undefined) return;
    await disposeCases();
    await rm(base, { recursive: true, force: true });
    const never = faults.filter(({ shown }) => shown && 'not' in shown).length;
    console.log(
      `the cases: ${failed} faults watched failing, ${worked} of them watched working after the fix; ${never} cases cannot fail here`,
    );
  });

  describe.concurrent('that Compose or BuildKit refuses by itself', () => {
    const here = shown.filter(({ shown: { run } }) => isQuick(run));
    it.each(here.map((one) => [one.title, one] as const))('%s', (_, { one, rule, shown }) =>
      prove(one, rule, shown),
    );
  });

  const inContainers = shown.filter(({ shown: { run } }) => !isQuick(run));

  describe.concurrent('that show in containers', () => {
    const here = inContainers.filter(({ one }) => !isContested(one));
    it.each(here.map((one) => [one.title, one] as const))('%s', (_, { one, rule, shown }) =>
      prove(one, rule, shown),
    );
  });

  // One after the other.
  describe('that show in containers, and want the same ports and names', () => {
    const here = inContainers.filter(({ one }) => isContested(one));
    it.each(here.map((one) => [one.title, one] as const))('%s', (_, { one, rule, shown }) =>
      prove(one, rule, shown),
    );

    it('nothing of them is left in the engine', async () => {
      await sweep();
      const lists = [
        ['ps', '-a'],
        ['volume', 'ls'],
        ['network', 'ls'],
      ] as const;
      for (const list of lists) {
        const { stdout } = await run(['docker', ...list, '--format', `{{.Label "${LABEL}"}}`]);
        expect(stdout.split('\n').filter((project) => project.startsWith(OURS))).toEqual([]);
      }
    });
  });
});

const LABEL = 'com.docker.compose.project';
const OURS = `dockmedic-faults-${process.pid}-`;

async function prove(one: FailingCase, rule: (typeof rules)[number], shown: Fails): Promise<void> {
  const { says } = shown;
  const broken = await openCase(one.place);
  // Before anything runs: Docker makes directories of what it misses.
  const mended = await openMended(one, rule, shown);
  const ask = (root: string, services: readonly string[] = []) =>
    compose(root, broken.settings.environment, shown, services);

  const watched: { readonly words: string | null; readonly result: RunResult }[] = [];
  if (typeof says === 'string') watched.push({ words: says, result: await ask(broken.root) });
  else if (isList(says)) {
    const places = await differences(broken.root, mended.root);
    expect(says.length, `${places.length} places are mended`).toBe(places.length);
    for (const [index, unmend] of places.entries()) {
      const root = path.join(base, `${++count}`);
      await cp(mended.root, root, { recursive: true });
      await unmend(root);
      watched.push({ words: says[index] ?? null, result: await ask(root) });
    }
  } else {
    for (const [service, words] of Object.entries(says))
      watched.push({ words, result: await ask(broken.root, [service]) });
  }
  expect(
    watched.filter(({ words, result }) =>
      words === null ? result.code !== 0 : result.code === 0 || !spoken(result).includes(words),
    ),
  ).toEqual([]);
  const faults = watched.filter(({ words }) => words !== null).length;
  failed += faults;
  if (shown.unmended !== undefined) return;

  const result = await ask(mended.root, typeof says === 'string' || isList(says) ? [] : Object.keys(says));
  expect(result.code, spoken(result)).toBe(0);
  worked += faults;
}

const isList = (says: Fails['says']): says is readonly (string | null)[] => Array.isArray(says);
const spoken = ({ stdout, stderr }: RunResult) => `${stdout}\n${stderr}`;

/** Runs the command under a project name of its own, and takes its containers away again. `config` sees the project's. */
async function compose(
  root: string,
  environment: Readonly<Record<string, string>> | undefined,
  shown: Fails,
  services: readonly string[],
): Promise<RunResult> {
  const env = { ...CLEAN, ...QUICKLY, HOME: base, ...environment };
  const named = [...plugin, '--project-name', `${OURS}${++count}`, '--progress', 'plain'] as const;
  const command = [...(shown.with ?? []), ...COMMANDS[shown.run], ...services];
  if (shown.run === 'config') return run([...plugin, ...command], { cwd: root, env });
  const result = await run([...named, ...command], { cwd: root, env });
  // By their labels: the file may be one that Compose does not read.
  const down = ['down', '--volumes', '--remove-orphans', '--timeout', '0'];
  if (/ (?:Creating|Created|Starting)$/m.test(result.stderr))
    await run([...named, ...down], { cwd: base, env });
  return result;
}

/** What a start that was broken off still made in the engine, and the images. */
async function sweep(): Promise<void> {
  const isOurs = (line: string) => line.split(' ')[1]?.startsWith(OURS);
  const ids = (listed: RunResult) =>
    listed.stdout
      .split('\n')
      .filter(isOurs)
      .map((line) => line.split(' ')[0] ?? '');
  const containers = ids(await run(['docker', 'ps', '--all', '--format', `{{.ID}} {{.Label "${LABEL}"}}`]));
  if (containers.length > 0) await run(['docker', 'rm', '--force', '--volumes', ...containers]);
  const networks = ids(await run(['docker', 'network', 'ls', '--format', `{{.ID}} {{.Label "${LABEL}"}}`]));
  if (networks.length > 0) await run(['docker', 'network', 'rm', ...networks]);

  const { stdout } = await run(['docker', 'images', '--quiet', '--filter', `label=${LABEL}`]);
  const built = [...new Set(stdout.split('\n').filter((id) => id !== ''))];
  if (built.length === 0) return;
  const format = `{{.Id}} {{index .Config.Labels "${LABEL}"}}`;
  const images = ids(await run(['docker', 'image', 'inspect', '--format', format, ...built]));
  if (images.length > 0) await run(['docker', 'rmi', '--force', ...images]);
}

/** Real images of these names, where there are any, are left alone. */
async function standIns(): Promise<void> {
  const ok = async (result: Promise<RunResult>) => {
    const { code, stderr } = await result;
    expect(code, stderr).toBe(0);
  };
  const script = path.resolve(import.meta.dirname, 'stand-in-images.sh');
  await ok(run([script, 'alpine:3.22', 'alpine:3.23']));
  const make = async (names: readonly string[], lines: string) => {
    await writeFile(
      path.join(base, 'Dockerfile'),
      `FROM alpine:3.22\nRUN mkdir -p /usr/local/bin\n${lines}\nCMD ["sleep", "600"]\n`,
    );
    const missing = [];
    for (const name of names)
      if ((await run(['docker', 'image', 'inspect', name])).code !== 0) missing.push('--tag', name);
    if (missing.length > 0) await ok(run(['docker', 'build', '--quiet', ...missing, base]));
  };
  const program = (file: string, line: string) =>
    `printf '#!/bin/sh\\n${line}\\n' >${file}; chmod +x ${file}`;
  const idle = (...programs: string[]) =>
    `RUN ${programs.map((name) => program(`/bin/${name}`, '')).join('; ')}; ${['/usr/bin/tini', '/sbin/tini'].map((file) => program(file, 'shift; exec env "$@"')).join('; ')}`;
  await make(ALPINE, idle('apk', 'npm', 'node'));
  await make(DEBIAN, idle('apt-get', 'npm', 'node'));
  await make(NGINX, 'RUN mkdir -p /etc/nginx/conf.d && touch /etc/nginx/nginx.conf');
}
