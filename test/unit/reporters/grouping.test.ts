import { describe, expect, it } from 'vitest';
import { groupFindings, safelyFixable } from '../../../src/reporters/grouping.ts';
import { brokenReport, finding, reportOf } from '../../support/sample-report.ts';

const edit = (title: string, safety: 'safe' | 'unsafe' | 'manual') => ({
  title,
  safety,
  caveat: null,
  steps: [{ kind: 'create', file: 'x', newText: '' } as const],
  diff: '',
});

describe('groupFindings', () => {
  it('tells findings with one cause as one root with many places', () => {
    const [first, second, ...others] = groupFindings(brokenReport).roots;
    expect(others).toEqual([]);
    expect(first?.title).toBe('docker/ no longer exists, and 13 Dockerfile paths still point into it');
    expect(first?.findings).toHaveLength(13);
    expect(first?.places).toHaveLength(13);
    expect(first?.places[0]?.value).toBe('docker/backend.alpine.Dockerfile');
    expect(first?.priority).toBe('P0');
    expect(first?.blocks).toHaveLength(42);
    expect(second?.findings).toHaveLength(1);
  });

  it('shows what was seen once', () => {
    const [first] = groupFindings(brokenReport).roots;
    const renames = first?.evidence.filter((text) => text.startsWith('git renamed'));
    expect(renames).toHaveLength(1);
  });

  it('joins the fixes of a group, and tells them by what they have in common', () => {
    const [first] = groupFindings(brokenReport).roots;
    expect(first?.fixes).toHaveLength(1);
    expect(first?.fixes[0]).toMatchObject({
      index: 0,
      title: 'dockerfile: docker/… → dockerfiles/…',
      safety: 'safe',
      files: ['docker-compose.yml', 'docker-compose.test.yml', 'docker-compose.staging.yml'],
    });
    expect(first?.fixes[0]?.parts).toHaveLength(13);
  });

  it('calls a joined fix as safe as its weakest part', () => {
    const cause = { id: 'c', title: 'one cause' };
    const report = reportOf([
      finding({ id: 'a', message: 'a', cause, fixes: [edit('one', 'safe')] }),
      finding({ id: 'b', message: 'b', cause, fixes: [edit('two', 'unsafe'), edit('three', 'safe')] }),
      finding({ id: 'c', message: 'c', cause }),
    ]);
    const fixes = groupFindings(report).roots[0]?.fixes ?? [];
    expect(fixes.map((fix) => [fix.title, fix.safety])).toEqual([
      ['one, and 1 more like it', 'unsafe'],
      ['three', 'safe'],
    ]);
    expect(fixes[1]?.parts.map((part) => part.finding)).toEqual(['b']);
  });

  it('puts what follows from a root below it, through findings in between', () => {
    const report = reportOf([
      finding({ id: 'root', message: 'root' }),
      finding({ id: 'middle', message: 'middle', causedBy: ['root'] }),
      finding({ id: 'leaf', message: 'leaf', causedBy: ['middle'], severity: 'warning' }),
    ]);
    const { roots, stray, warnings } = groupFindings(report);
    expect(roots.map((group) => group.title)).toEqual(['root']);
    expect(roots[0]?.followers.map((group) => group.title)).toEqual(['middle', 'leaf']);
    expect([...stray, ...warnings]).toEqual([]);
  });

  it('takes a finding that follows from its own cause as one more place', () => {
    const cause = { id: 'c', title: 'one cause' };
    const report = reportOf([
      finding({ id: 'a', message: 'a', cause }),
      finding({ id: 'b', message: 'b', cause, causedBy: ['a'] }),
    ]);
    const { roots } = groupFindings(report);
    expect(roots).toHaveLength(1);
    expect(roots[0]?.findings.map((one) => one.id)).toEqual(['a', 'b']);
    expect(roots[0]?.followers).toEqual([]);
  });

  it('hides no finding whose cause is not in the report or goes in a circle', () => {
    const report = reportOf([
      finding({ id: 'lost', message: 'lost', causedBy: ['nowhere'] }),
      finding({ id: 'a', message: 'a', causedBy: ['b'] }),
      finding({ id: 'b', message: 'b', causedBy: ['a'] }),
    ]);
    expect(groupFindings(report).stray.map((group) => group.id)).toEqual(['lost', 'a', 'b']);
  });

  it('follows the order of resolution, and hangs a finding below the first of its roots', () => {
    const report = reportOf(
      [
        finding({ id: 'a', message: 'a' }),
        finding({ id: 'b', message: 'b' }),
        finding({ id: 'c', message: 'c', causedBy: ['a', 'b'] }),
      ],
      { resolutionOrder: ['b', 'a', 'c'] },
    );
    const { roots } = groupFindings(report);
    expect(roots.map((group) => group.id)).toEqual(['b', 'a']);
    expect(roots.map((group) => group.followers.length)).toEqual([1, 0]);
  });

  it('keeps a place that several findings share once', () => {
    const location = { file: 'compose.yaml', line: 3, column: 5, endLine: 3, endColumn: 9 };
    const cause = { id: 'c', title: 'one cause' };
    const report = reportOf([
      finding({ id: 'a', message: 'a', cause, location }),
      finding({ id: 'b', message: 'b', cause, location }),
    ]);
    expect(groupFindings(report).roots[0]?.places).toHaveLength(1);
  });

  it('does not count a subject with an error of its own as waiting', () => {
    const report = reportOf([
      finding({ id: 'a', message: 'a', blocks: ['container:x/api', 'container:x/web'] }),
      finding({ id: 'b', message: 'b', subject: 'container:x/api', causedBy: ['a'] }),
    ]);
    expect(groupFindings(report).roots[0]?.blocks).toEqual(['container:x/web']);
  });

  it('tells equal reasons for not checking once, and rules that wait or crashed apart', () => {
    const rule = { layer: 'runtime' as const, ms: 1 };
    const report = reportOf([], {
      unverified: brokenReport.unverified,
      rules: [
        {
          id: 'registry/image-not-found',
          layer: 'registry',
          outcome: 'unverified',
          reason: 'told above',
          ms: 1,
        },
        { id: 'runtime/a', outcome: 'blocked', reason: 'no engine answers', ...rule },
        { id: 'runtime/b', outcome: 'blocked', reason: 'no engine answers', ...rule },
        { id: 'runtime/c', outcome: 'crashed', reason: 'this is a bug', ...rule },
      ],
    });
    expect(
      groupFindings(report).unchecked.map((one) => [one.kind, one.subjects.length, one.rules.length]),
    ).toEqual([
      ['unverified', 4, 1],
      ['waiting', 0, 2],
      ['crashed', 0, 1],
    ]);
  });

  it('loses no finding', () => {
    const { roots, stray, warnings, infos } = groupFindings(brokenReport);
    const all = [...roots, ...stray, ...warnings, ...infos];
    const told = [...all, ...all.flatMap((group) => group.followers)].flatMap((group) => group.findings);
    expect(new Set(told)).toEqual(new Set(brokenReport.findings));
  });
});

describe('safelyFixable', () => {
  it('counts findings, not fixes', () => {
    expect(safelyFixable(brokenReport)).toHaveLength(13);
  });
});
