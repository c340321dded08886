import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFacts } from '../../src/create-facts.ts';
import { diagnose } from '../../src/diagnose.ts';
import { realDisk } from '../../src/docker/environment.ts';
import { type Facts, Unavailable } from '../../src/facts.ts';
import { diffOfFix } from '../../src/fix/diff.ts';
import { foldReport } from '../../src/fold.ts';
import type { Finding, Rule, Unverified } from '../../src/rule.ts';
import { subject } from '../../src/subject.ts';
import { openWorkspace } from '../../src/workspace/workspace.ts';

let root: string;
let facts: Facts;
beforeEach(async () => {
  root = await mkdtemp(path.join(os.tmpdir(), 'dockmedic-diagnose-'));
  await writeFile(
    path.join(root, 'compose.yaml'),
    'services:\n  db: { image: "postgres:16" }\n  api: { image: "${SECRET}/api", depends_on: [db] }\n',
  );
  const environment = {
    env: { SECRET: 'planted-value' },
    home: root,
    platform: 'linux',
    uid: 1000,
    disk: realDisk,
  };
  const workspace = openWorkspace(root, { files: [], envFiles: [], profiles: [] }, environment);
  facts = createFacts({
    ...workspace,
    root,
    environment,
    askEngine: false,
    askRegistries: false,
    timeoutMs: 1_000,
  });
});
afterEach(() => rm(root, { recursive: true, force: true }));

const rule = (id: string, check: Rule['check'], severity: Rule['severity'] = 'error'): Rule => ({
  id,
  title: id,
  severity,
  docs: '',
  check,
});
const says =
  (...said: (Finding | Unverified)[]): Rule['check'] =>
  () =>
    said;
const at = (start: number) => ({ file: 'compose.yaml', start, end: start + 4 });
const api = subject.service('compose.yaml', 'api');
const db = subject.service('compose.yaml', 'db');

const fold = async (rules: readonly Rule[], failOn: 'error' | 'warning' | 'never' = 'error') =>
  foldReport(await diagnose(rules, facts), { version: '0', root, failOn, engine: null, diffOf: diffOfFix });

describe('diagnose', () => {
  it('says of each rule how it ended', async () => {
    const unavailable = (outcome: Unavailable['outcome']): Rule['check'] =>
      // biome-ignore lint/correctness/useYield: the fact is asked for before anything can be said
      function* () {
        throw new Unavailable(outcome, 'no engine answers', subject.engine);
      };
    const { outcomes, leftOpen, crashes } = await diagnose(
      [
        rule('registry/z', unavailable('unverified')),
        rule('compose/b', says({ subject: api, message: 'x' })),
        rule('compose/a', says()),
        rule('engine/a', unavailable('skipped')),
        rule('build/a', unavailable('blocked')),
        rule('build/b', says({ unverified: db, because: 'DNS' })),
        rule('build/c', () => {
          throw new Error('ours');
        }),
      ],
      facts,
    );
    expect(outcomes.map(({ id, outcome }) => `${id} ${outcome}`)).toEqual([
      'engine/a skipped',
      'compose/a pass',
      'compose/b fail',
      'build/a blocked',
      'build/b unverified',
      'build/c crashed',
      'registry/z unverified',
    ]);
    expect(leftOpen.map(({ rule: id, because }) => `${id}: ${because}`)).toEqual([
      'build/b: DNS',
      'registry/z: no engine answers',
    ]);
    expect(crashes).toMatchObject([{ rule: 'build/c' }]);
  });

  it('keeps findings that were yielded before a fact was missing', async () => {
    const check: Rule['check'] = function* () {
      yield { subject: api, message: 'seen first' };
      throw new Unavailable('blocked', 'no engine answers', subject.engine);
    };
    const { findings, outcomes } = await diagnose([rule('compose/a', check)], facts);
    expect(findings).toMatchObject([{ message: 'seen first' }]);
    expect(outcomes).toMatchObject([{ outcome: 'fail', reason: 'no engine answers' }]);
  });

  it('orders by layer, rule and place, whatever answered first', async () => {
    const slow: Rule['check'] = async function* () {
      await new Promise((resolve) => setImmediate(resolve));
      yield { subject: api, message: 'slow', at: at(20) };
      yield { subject: db, message: 'first in the file', at: at(2) };
    };
    const { findings } = await diagnose(
      [rule('registry/a', says({ subject: db, message: 'quick' })), rule('compose/a', slow)],
      facts,
    );
    expect(findings.map(({ message }) => message)).toEqual(['first in the file', 'slow', 'quick']);
  });

  it('tells one fault once: equal ids are dropped, equal places share a cause', async () => {
    const { findings } = await diagnose(
      [
        rule(
          'compose/a',
          says(
            { subject: api, message: 'one', at: at(2) },
            { subject: api, message: 'one again', at: at(2) },
            { subject: db, message: 'the same place', at: at(2) },
            { subject: api, detail: 'other', message: 'elsewhere', at: at(9) },
          ),
        ),
      ],
      facts,
    );
    expect(findings.map(({ message, cause }) => [message, cause?.title])).toEqual([
      ['one', 'one'],
      ['the same place', 'one'],
      ['elsewhere', undefined],
    ]);
    expect(new Set(findings.map(({ id }) => id)).size).toBe(3);
  });

  it('leaves out what it is told to', async () => {
    const { findings, outcomes } = await diagnose(
      [rule('compose/a', says({ subject: api, message: 'x' }))],
      facts,
      { skips: () => true },
    );
    expect(findings).toEqual([]);
    expect(outcomes).toMatchObject([{ outcome: 'skipped' }]);
  });
});

describe('the exit status', () => {
  const error = rule('compose/a', says({ subject: api, message: 'x' }));
  const warning = rule('compose/b', says({ subject: api, message: 'x' }), 'warning');
  const open = rule('registry/a', says({ unverified: db, because: 'DNS' }));
  const crash = rule('build/a', () => {
    throw new Error('ours');
  });

  it.each([
    [[], 'error', 0, 'pass'],
    [[error, open], 'error', 1, 'fail'],
    [[warning], 'error', 0, 'pass'],
    [[warning], 'warning', 1, 'fail'],
    [[error], 'never', 0, 'pass'],
    [[open], 'error', 3, 'unverified'],
    [[warning, open], 'error', 3, 'unverified'],
    [[crash], 'error', 2, 'unverified'],
    [[crash, error], 'error', 2, 'fail'],
  ] as const)('%#', async (rules, failOn, exitCode, status) => {
    expect(await fold(rules, failOn)).toMatchObject({ exitCode, status });
  });
});

describe('the report', () => {
  it('shows no value of the environment, wherever a rule puts one', async () => {
    const value = 'planted-value';
    const report = await fold([
      rule(
        'compose/a',
        says(
          {
            subject: subject.image('compose.yaml', `${value}/api`),
            detail: value,
            message: `about ${value}`,
            at: at(2),
            evidence: [`seen ${value}`],
            consequence: value,
            advice: value,
            cause: { id: value, title: value },
            fixes: [{ title: value, safety: 'manual', caveat: value, steps: [] }],
          },
          { unverified: subject.image('compose.yaml', value), because: value },
        ),
      ),
    ]);
    expect(report.findings).toHaveLength(1);
    expect(JSON.stringify(report)).not.toContain(value);
    expect(report.findings[0]?.message).toBe('about ${SECRET}');
  });

  it('masks what may be secret in the line beside a fault', async () => {
    await writeFile(
      path.join(root, 'compose.yaml'),
      'services:\n  api:\n    environment:\n      DB_PASSWORD: hunter2-planted\n      OTHER: 1\n',
    );
    const environment = { env: {}, home: root, platform: 'linux', uid: 1000, disk: realDisk };
    const workspace = openWorkspace(root, { files: [], envFiles: [], profiles: [] }, environment);
    const text = 'services:\n  api:\n    environment:\n      DB_PASSWORD: hunter2-planted\n      OTHER';
    const fresh = createFacts({
      ...workspace,
      root,
      environment,
      askEngine: false,
      askRegistries: false,
      timeoutMs: 1_000,
    });
    const found = await diagnose(
      [rule('compose/a', says({ subject: api, message: 'x', at: at(text.length - 5) }))],
      fresh,
    );
    const report = foldReport(found, {
      version: '0',
      root,
      failOn: 'error',
      engine: null,
      diffOf: diffOfFix,
    });
    expect(report.findings[0]?.excerpt.map(({ text: line }) => line)).toEqual([
      '      DB_PASSWORD: …',
      '      OTHER: 1',
    ]);
  });
});
