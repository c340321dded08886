import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { colours } from '../../../src/reporters/paint.ts';
import { type Look, renderSummary, renderText } from '../../../src/reporters/text.ts';
import { brokenReport, finding, healthyReport, mendedReport, reportOf } from '../../support/sample-report.ts';

const look: Look = { unicode: true, columns: 110 };

describe('renderText', () => {
  it('tells a renamed directory as one instruction', () => {
    expect(renderText(brokenReport, look)).toBe(`\
dockmedic 0.1.0 · shop · 3 compose projects, 13 services · engine 28.5.2 via context "default"

✗ P0  docker/ no longer exists, and 13 Dockerfile paths still point into it           root cause · unblocks 42
      compose/dockerfile-not-found · 13 places in 3 files
      docker-compose.yml:58:19
        57 │       context: .
        58 │       dockerfile: docker/backend.alpine.Dockerfile
           │                   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ does not exist
      also    docker-compose.yml:71:19          docker/auth.alpine.Dockerfile
              docker-compose.yml:96:19          docker/worker.Dockerfile
              docker-compose.test.yml:12:19     docker/backend.alpine.Dockerfile
              docker-compose.test.yml:31:19     docker/auth.alpine.Dockerfile
              docker-compose.test.yml:47:19     docker/worker.Dockerfile
              docker-compose.test.yml:66:19     docker/e2e.Dockerfile
              docker-compose.staging.yml:24:19  docker/backend.alpine.Dockerfile
              docker-compose.staging.yml:80:19  docker/auth.alpine.Dockerfile
              and 4 more
      seen    git renamed docker/ to dockerfiles/ in 4be21c7 (2026-11-10)
              dockerfiles/backend.alpine.Dockerfile exists; its 4 COPY sources are in the context
              and 6 more
      fix     dockerfile: docker/… → dockerfiles/…   (safe, 13 places in 3 files)
              58 − dockerfile: docker/backend.alpine.Dockerfile
              58 + dockerfile: dockerfiles/backend.alpine.Dockerfile
      then    Compose tries to pull what it cannot build, and says "pull access denied … may require 'docker
              login'". No login is needed.
      blocks  images shop-backend, shop-auth and 5 more · 13 builds · 13 containers · 3 endpoints

✗ P1  docker/load-tester.Dockerfile is gone, and nothing like it is left               root cause · unblocks 2
      compose/dockerfile-not-found
      docker-compose.staging.yml:353:19
        352 │       context: .
        353 │       dockerfile: docker/load-tester.Dockerfile
            │                   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      seen    last in git at 1f0c9aa (2026-11-10)
      do      git checkout 1f0c9aa^ -- docker/load-tester.Dockerfile, or remove the service
      blocks  build load-tester · container load-tester

? not checked: images postgres:16-alpine, redis:7 and 2 more, because docker.io does not resolve here (DNS)

✗ FAIL · 2 root causes, 14 errors · 44 blocked · 0 warnings · 4 not checked
Next: dockmedic --fix   mends 13 of 14 and proves it; dockmedic undo takes it back
`);
  });

  it('says of a healthy stack that it is, in one line', () => {
    expect(renderText(healthyReport, look)).toBe(
      '✓ PASS · 3 compose projects, 13 services · engine 28.5.2\n',
    );
  });

  it('tells what a run with fixes did', () => {
    const text = renderText(mendedReport, look);
    expect(text).toContain(`
plan    13 fixes · 1 finding has no safe fix
apply   docker-compose.yml +3 −3 · docker-compose.test.yml +4 −4 · docker-compose.staging.yml +6 −6
verify  ✓ 13 gone · ✓ nothing that was healthy broke
undo    dockmedic undo
`);
    expect(text).toContain(
      '✗ FAIL · 1 root cause, 1 error · 2 blocked · 0 warnings · 4 not checked · 13 mended\n',
    );
  });

  it('says which fixes were not kept, and why', () => {
    const outcome = { finding: 'x', title: 'a → b' };
    const text = renderText(
      reportOf([], {
        fixes: [
          { ...outcome, state: 'rolled-back', reason: 'service web would lose its port' },
          { ...outcome, state: 'refused', reason: 'the file was edited meanwhile' },
        ],
      }),
      look,
    );
    expect(text).toContain('✗ taken back: a → b\n          service web would lose its port');
    expect(text).toContain('refused a → b: the file was edited meanwhile');
    expect(text).not.toContain('dockmedic undo');
  });

  it('says what a dry run would do', () => {
    const fixes = mendedReport.fixes.map((fix) => ({ ...fix, state: 'planned' as const }));
    const text = renderText({ ...brokenReport, fixes }, look);
    expect(text).toContain('plan    13 fixes');
    expect(text).not.toContain('apply ');
    expect(text).toMatch(/Next: dockmedic --fix {3}makes 13 changes and proves them\n$/);
  });

  it('lists every place when asked to', () => {
    const text = renderText(brokenReport, { ...look, verbose: true });
    for (const one of brokenReport.findings) {
      expect(text).toContain(`${one.location?.file}:${one.location?.line}:${one.location?.column}`);
    }
    expect(text).not.toMatch(/and \d+ more$/m);
  });

  it('numbers the candidates where a person has to choose', () => {
    const fix = (title: string, caveat: string | null) => ({
      title,
      safety: 'manual' as const,
      caveat,
      steps: [{ kind: 'run' as const, argv: ['git', 'mv', 'a b', 'c'], why: 'moves it' }],
      diff: '',
    });
    const broken = finding({
      id: 'a',
      message: 'two are alike',
      fixes: [fix('a → b', null), fix('a → c', 'c is old')],
    });
    const text = renderText(reportOf([broken]), look);
    expect(text).toContain(`
      fix     one of these; the choice is yours
              1  a → b   (manual)
              2  a → c   (manual)
                 c is old
`);
    expect(renderText(reportOf([broken]), { ...look, verbose: true })).toContain(
      "run git mv 'a b' c (moves it)",
    );
    expect(text).toMatch(/Next: dockmedic explain compose\/dockerfile-not-found/);
  });

  it('puts what follows from a root below it', () => {
    const location = { file: 'compose.yaml', line: 9, column: 5, endLine: 9, endColumn: 8 };
    const report = reportOf([
      finding({ id: 'a', message: 'the engine does not answer' }),
      finding({ id: 'b', message: 'api is not running', causedBy: ['a'], location }),
    ]);
    expect(renderText(report, look)).toContain('behind  ⊘ api is not running  compose.yaml:9:5\n');
  });

  it('shows warnings and hints after the errors, rules that wait and rules that crashed', () => {
    const report = reportOf(
      [
        finding({ id: 'i', severity: 'info', message: 'a hint' }),
        finding({ id: 'w', severity: 'warning', message: 'a warning', advice: 'do this' }),
        finding({ id: 'e', message: 'an error' }),
      ],
      {
        rules: [
          {
            id: 'runtime/unhealthy',
            layer: 'runtime',
            outcome: 'blocked',
            reason: 'no engine answers',
            ms: 0,
          },
          { id: 'build/x', layer: 'build', outcome: 'crashed', reason: 'this is a bug', ms: 0 },
        ],
      },
    );
    const text = renderText(report, look);
    const signs = text.split('\n').flatMap((line) => /^[✗⚠ℹ⊘?] .*/.exec(line) ?? []);
    expect(signs).toEqual([
      expect.stringMatching(/^✗ P1 {2}an error/),
      '⚠ a warning',
      'ℹ a hint',
      '⊘ not run yet: runtime/unhealthy, because no engine answers',
      '✗ build/x did not finish: this is a bug',
      expect.stringMatching(/^✗ FAIL/),
    ]);
    expect(text).toContain('  do      do this\n');
  });

  it('does not call a stack healthy that could not be checked', () => {
    const text = renderText(reportOf([], { unverified: brokenReport.unverified }), look);
    expect(text).toContain('? UNVERIFIED · nothing wrong was found · 4 not checked\n');
  });

  it.each([40, 60, 80])('keeps to %i columns, but for a path, which is never broken', (columns) => {
    for (const report of [brokenReport, mendedReport]) {
      const text = renderText(report, { ...look, columns, verbose: true });
      const long = text.split('\n').filter((line) => [...line].length > columns);
      for (const line of long)
        expect(line).toMatch(/^\s*(│\s*\^+|\d+ [│−+] .*|\S+|[−+] \S+|dockmedic explain \S+)$/);
      for (const one of report.findings)
        expect(text).toContain(`${one.location?.file}:${one.location?.line}:19`);
    }
  });

  it('has no character but printable ASCII in its plain form', () => {
    for (const report of [brokenReport, mendedReport, healthyReport]) {
      expect(renderText(report, { ...look, unicode: false })).toMatch(/^[\x20-\x7e\n]*$/);
    }
  });

  it('says the same with and without colour', () => {
    const coloured = renderText(brokenReport, { ...look, paint: colours() });
    expect(coloured).toContain('\u001b[31m');
    expect(stripVTControlCharacters(coloured)).toBe(renderText(brokenReport, look));
  });

  it('lets nothing through that a terminal would act on', () => {
    const evil = 'x\u001b]0;owned\u0007\u001b[2J\r\n\u202eyml';
    const location = { file: evil, line: 2, column: 1, endLine: 2, endColumn: 20 };
    const step = { kind: 'edit' as const, file: evil, line: 2, column: 1, oldText: evil, newText: evil };
    const fix = { title: evil, safety: 'unsafe' as const, caveat: evil, steps: [step], diff: '' };
    const diff = `--- a/x\n+++ b/x\n@@ -1 +1 @@\n-\u001b[2J\n+\u001b[3J\n`;
    const run = { kind: 'run' as const, argv: ['x', evil], why: evil };
    const report = reportOf(
      [
        finding({
          id: evil,
          message: evil,
          subject: `service:${evil}/${evil}`,
          location,
          excerpt: [{ line: 2, text: evil }],
          evidence: [evil],
          advice: evil,
          consequence: evil,
          blocks: [`image:${evil}`],
          fixes: [fix, { ...fix, diff, steps: [run] }],
        }),
        finding({ id: 'f', message: evil, causedBy: [evil], location }),
        finding({ id: 'w', message: evil, severity: 'warning', cause: { id: 'c', title: evil }, location }),
      ],
      {
        workspace: evil,
        engine: { version: evil, from: evil },
        unverified: [{ rule: evil, subject: `image:${evil}`, because: evil }],
        fixes: [{ finding: evil, title: evil, state: 'refused', reason: evil }],
      },
    );
    for (const verbose of [false, true]) {
      const text = renderText(report, { ...look, verbose });
      expect(text).not.toMatch(/[\p{Cf}\u0000-\u0009\u000b-\u001f\u007f-\u009f]/u);
      expect(text).toContain('\\x1b[2J');
      expect(text).toContain('\\x1b]0;owned');
    }
  });
});

describe('renderSummary', () => {
  it('is the verdict in one line', () => {
    expect(renderSummary(brokenReport, look)).toBe(
      '✗ FAIL · 2 root causes, 14 errors · 44 blocked · 0 warnings · 4 not checked',
    );
  });
});
