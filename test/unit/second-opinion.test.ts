import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Diagnosis, diagnose } from '../../src/diagnose.ts';
import { defineRule, type Severity } from '../../src/rule.ts';
import { type Subject, subject } from '../../src/subject.ts';
import { lookAt, openCase } from '../support/cases.ts';

let place: string;
beforeAll(async () => {
  place = await mkdtemp(path.join(os.tmpdir(), 'dockmedic-opinion-'));
});
afterAll(() => rm(place, { recursive: true, force: true }));

const BUILD = subject.build('compose.yaml', 'api');
const opinion = defineRule({
  id: 'build/opinion',
  title: 'somebody else',
  severity: 'error',
  docs: '',
  *check() {
    yield { subject: BUILD, message: 'No.', secondOpinion: true };
  },
});

function ours(on: Subject, severity: Severity) {
  return defineRule({
    id: 'compose/ours',
    title: 'ours',
    severity,
    docs: '',
    *check() {
      yield { subject: on, message: 'Ours.' };
    },
  });
}

async function lookWith(...rules: Parameters<typeof diagnose>[0]): Promise<Diagnosis> {
  await mkdir(path.join(place, 'project'), { recursive: true });
  await writeFile(
    path.join(place, 'project/compose.yaml'),
    'services:\n  api: {build: .}\n  web: {image: a}\n',
  );
  const { facts } = await lookAt(await openCase(place), opinion);
  return diagnose(rules, facts);
}

describe('a second opinion', () => {
  it('stands where nothing of ours explains it', async () => {
    const { findings, outcomes } = await lookWith(opinion);
    expect(findings.map(({ rule }) => rule)).toEqual(['build/opinion']);
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['fail']);
  });

  it.each([BUILD, subject.service('compose.yaml', 'api'), subject.file('compose.yaml')])(
    'is dropped where an error stands on %s',
    async (on) => {
      const { findings, outcomes } = await lookWith(opinion, ours(on, 'error'));
      expect(findings.map(({ rule }) => rule)).toEqual(['compose/ours']);
      expect(outcomes.map(({ id, outcome }) => `${id} ${outcome}`)).toEqual([
        'compose/ours fail',
        'build/opinion fail',
      ]);
    },
  );

  it('stands beside a warning, and beside an error elsewhere', async () => {
    for (const other of [ours(BUILD, 'warning'), ours(subject.service('compose.yaml', 'web'), 'error')]) {
      const { findings } = await lookWith(opinion, other);
      expect(findings.map(({ rule }) => rule)).toEqual(['compose/ours', 'build/opinion']);
    }
  });
});
