import { expect, it } from 'vitest';
import { loadProjects } from '../../src/compose/load.ts';
import { diagnose } from '../../src/diagnose.ts';
import type { Facts } from '../../src/facts.ts';
import { snapshotOf } from '../../src/fix/snapshot.ts';
import type { Finding, Rule } from '../../src/rule.ts';
import { subject } from '../../src/subject.ts';
import { memoryFiles } from './compose/memory-files.ts';

const files = memoryFiles({ 'compose.yaml': 'services:\n  api: {build: ., image: x}\n' });
const { projects } = loadProjects({ files, root: '/ws', environment: {} });
const facts = { projects, files, dockerfile: () => undefined } as unknown as Facts;
const project = subject.project('compose.yaml');

function rule(id: string, finding: Finding): Rule {
  return { id, title: id, severity: 'error', docs: '', check: () => [finding] };
}

const verdict = rule('compose/rejected', { subject: project, message: 'no', secondOpinion: true });

async function beside(on: Finding['subject'], severity: 'error' | 'warning' = 'error') {
  const other = rule('compose/other', { subject: on, message: 'because', severity });
  const diagnosis = await diagnose([verdict, other], facts);
  return {
    diagnosis,
    found: diagnosis.findings.map(({ rule }) => rule),
    outcome: diagnosis.outcomes.find(({ id }) => id === verdict.id)?.outcome,
  };
}

it.each([project, subject.file('compose.yaml'), subject.service('compose.yaml', 'api')])(
  'an error on %s explains a verdict without a reason',
  async (on) => {
    const { diagnosis, found, outcome } = await beside(on);
    expect(found).toEqual(['compose/other']);
    expect(outcome).toBe('fail');
    // A fix that brings it to light broke nothing.
    expect(snapshotOf(diagnosis).blocked).toContain(project);
  },
);

it.each([subject.build('compose.yaml', 'api'), subject.engine, subject.file('other.yaml')])(
  'an error on %s does not',
  async (on) => {
    const { found, outcome } = await beside(on);
    expect(found).toContain('compose/rejected');
    expect(outcome).toBe('fail');
  },
);

it('nor does a warning', async () => {
  expect((await beside(project, 'warning')).found).toContain('compose/rejected');
});
