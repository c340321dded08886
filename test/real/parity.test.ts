/**
 * What dockmedic makes of a compose project against what `docker compose config` makes of it, over the projects of
 * `test/corpus` and over generated ones. Differences that are known stand in `test/corpus/known.yaml`, with their
 * reasons; `UPDATE_KNOWN=1` takes out those that are gone and adds new ones for somebody to explain.
 */
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import {
  askCompose,
  askDockmedic,
  type CorpusCase,
  differences,
  known as knownFile,
  overAll,
  readCorpus,
  readKnown,
  type Verdict,
  writeCase,
} from '../support/corpus.ts';
import { generateProjects } from '../support/generate-projects.ts';
import { run } from '../support/run.ts';

const real = process.env.DOCKMEDIC_REAL === '1';
if (!real)
  console.warn('left out: test/real/parity.test.ts, because no engine was asked for (npm run test:real)');

const SEED = 2_026;
const GENERATED = 200;

type Outcome = { readonly one: CorpusCase; readonly ours: Verdict; readonly theirs: Verdict };

let below = '';
let compose: readonly [string, ...string[]] = ['docker', 'compose'];

beforeAll(async () => {
  below = await realpath(await mkdtemp(path.join(os.tmpdir(), 'dockmedic-parity-')));
  await mkdir(path.join(below, 'home'));
  if (!real) return;
  // Called by itself it is twice as quick as through the docker command.
  const format = '{{range .ClientInfo.Plugins}}{{if eq .Name "compose"}}{{.Path}}{{end}}{{end}}';
  const { stdout } = await run(['docker', 'info', '--format', format]);
  const plugin = process.env.DOCKMEDIC_COMPOSE ?? stdout.trim();
  if (plugin !== '') compose = [plugin];
});
afterAll(() => rm(below, { recursive: true, force: true }));

function ask(cases: readonly CorpusCase[]): Promise<Outcome[]> {
  const home = path.join(below, 'home');
  return overAll(cases, 3, async (one) => {
    const root = await writeCase(below, one);
    const [theirs, ours] = [await askCompose(compose, one, root, home), await askDockmedic(one, root, home)];
    return { one, ours, theirs };
  });
}

/** How a project is told differently; undefined where it is not. */
function difference({ ours, theirs }: Outcome): string | undefined {
  if (ours.accepted && !theirs.accepted) return `Compose refuses it: ${theirs.because.join(' ')}`;
  if (!ours.accepted && theirs.accepted) return `Compose takes it; dockmedic: ${ours.because.join('; ')}`;
  if (!ours.accepted) return undefined;
  const found = differences(ours.model, theirs.model);
  return found.length === 0 ? undefined : found.slice(0, 5).join('; ');
}

function tell(what: string, outcomes: readonly Outcome[]): void {
  const percent = (part: number, whole: number) =>
    `${part} of ${whole} (${((100 * part) / whole).toFixed(1)} %)`;
  const both = outcomes.filter(({ ours, theirs }) => ours.accepted && theirs.accepted);
  const equal = both.filter(({ ours, theirs }) => differences(ours.model, theirs.model).length === 0);
  const agreed = outcomes.filter(({ ours, theirs }) => ours.accepted === theirs.accepted);
  const others = outcomes.filter((outcome) => difference(outcome) !== undefined).length;
  const seen = outcomes.filter(({ ours, theirs }) => (ours.because.length === 0) === theirs.accepted);
  console.log(
    `parity, ${what}: model equal where both accept ${percent(equal.length, both.length)}; ` +
      `accept or reject alike ${percent(agreed.length, outcomes.length)}, and ` +
      `${percent(seen.length, outcomes.length)} with the faults that the resolved model has by itself; ` +
      `${others} told differently, each with what was watched in test/corpus/known.yaml`,
  );
}

async function compare(what: string, cases: readonly CorpusCase[], isMine: (name: string) => boolean) {
  const outcomes = await ask(cases);
  tell(what, outcomes);
  const found = new Map<string, string>();
  for (const outcome of outcomes) {
    const told = difference(outcome)?.replaceAll(below, '');
    if (told !== undefined) found.set(outcome.one.name, told);
  }
  const known = await readKnown();
  if (process.env.UPDATE_KNOWN) {
    const others = Object.entries(known).filter(([name]) => !isMine(name) || found.has(name));
    const added = [...found]
      .filter(([name]) => !(name in known))
      .map(([name, told]) => [name, `TODO ${told}`]);
    await writeFile(knownFile, stringify(Object.fromEntries([...others, ...added]), { lineWidth: 120 }));
    return;
  }
  const news = [...found].filter(([name]) => !(name in known)).map(([name, told]) => `${name}: ${told}`);
  expect(news, 'differences that are not in test/corpus/known.yaml').toEqual([]);
  const gone = Object.keys(known).filter((name) => isMine(name) && !found.has(name));
  expect(gone, 'in test/corpus/known.yaml, and no longer different').toEqual([]);
}

describe.skipIf(!real)('dockmedic and docker compose config agree', { timeout: 480_000 }, () => {
  it('on the corpus', async () => {
    const cases = await readCorpus();
    expect(cases.length).toBeGreaterThanOrEqual(700);
    await compare('corpus', cases, (name) => !name.startsWith('generated-'));
  });

  it('on generated projects', async () => {
    const cases = generateProjects(SEED, GENERATED);
    await compare('generated', cases, (name) => name.startsWith('generated-'));
  });
});
