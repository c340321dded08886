import { cleanup, render } from 'ink-testing-library';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Report, ReportFix } from '../../../src/report.ts';
import { cells } from '../../../src/reporters/terminal-text.ts';
import { App } from '../../../src/ui/app.tsx';
import type { Controller, FixRun, OnEvent } from '../../../src/ui/controller.ts';
import { brokenReport, finding, healthyReport, mendedReport, reportOf } from '../../support/sample-report.ts';

afterEach(cleanup);

/** Looks again until it holds; how long that takes is the machine's affair. */
const until = (holds: () => void) => vi.waitFor(holds, { timeout: 20_000, interval: 10 });

const ENTER = '\r';
const ESCAPE = '\u001b';
const DOWN = '\u001b[B';

type Gate<T> = {
  readonly promise: Promise<T>;
  readonly open: (value: T) => void;
  readonly fail: (error: Error) => void;
};
function gate<T>(): Gate<T> {
  let open: (value: T) => void = () => {};
  let fail: (error: Error) => void = () => {};
  const promise = new Promise<T>((resolve, reject) => {
    open = resolve;
    fail = reject;
  });
  return { promise, open, fail };
}

/** A controller that answers when the test says so, and writes down what it was asked. */
function puppet(report: Report) {
  const asked: string[] = [];
  const fixRun = gate<FixRun>();
  let tell: OnEvent = () => {};
  const controller: Controller = {
    diagnose: async () => {
      asked.push('diagnose');
      return report;
    },
    applyFix: (ids, index, onEvent) => {
      asked.push(`fix ${ids.length} with ${index}`);
      tell = onEvent;
      return fixRun.promise;
    },
    applyAllSafe: (onEvent) => {
      asked.push('fix all');
      tell = onEvent;
      return fixRun.promise;
    },
    undo: async () => {
      asked.push('undo');
      return { ok: false, message: 'There is nothing to undo.' };
    },
  };
  return { controller, asked, fixRun, tell: ((event) => tell(event)) satisfies OnEvent };
}

type Size = { readonly columns: number; readonly rows: number };

function open(controller: Controller, size: Size = { columns: 110, rows: 30 }, unicode = true) {
  const reports: Report[] = [];
  const app = render(
    <App
      controller={controller}
      screen={{ colour: false, unicode }}
      onReport={(report) => reports.push(report)}
    />,
  );
  const resize = ({ columns, rows }: Size) => {
    Object.defineProperty(app.stdout, 'columns', { value: columns, configurable: true });
    Object.defineProperty(app.stdout, 'rows', { value: rows, configurable: true });
    app.stdout.emit('resize');
  };
  resize(size);
  const frame = () => app.lastFrame() ?? '';
  const shows = (...texts: string[]) =>
    until(() => {
      for (const text of texts) expect(frame()).toContain(text);
    });
  const press = (key: string) => app.stdin.write(key);
  return { frame, shows, press, resize, reports };
}

describe('the first run', () => {
  it('says what runs, and shows the report when it is there', async () => {
    const done = gate<Report>();
    let tell: OnEvent = () => {};
    const { controller } = puppet(brokenReport);
    const app = open({
      ...controller,
      diagnose: (onEvent) => {
        tell = onEvent;
        return done.promise;
      },
    });
    await app.shows('Looking at the stack');
    tell({ type: 'rule-started', rule: 'compose/dockerfile-not-found' });
    tell({ type: 'rule-started', rule: 'registry/image-not-found' });
    tell({ type: 'rule-ended', rule: 'compose/dockerfile-not-found', outcome: 'fail' });
    await app.shows('✗ compose/dockerfile-not-found', '… registry', '1 rule done · registry/image-not-found');
    done.open(brokenReport);
    await app.shows('dockmedic · shop', 'engine 28.5.2 · context "default"', '✗ compose 14', 'Root causes');
    await until(() => expect(app.reports).toEqual([brokenReport]));
  });

  it('that fails says why, and can be tried again', async () => {
    const { controller, asked } = puppet(brokenReport);
    let tries = 0;
    const app = open({
      ...controller,
      diagnose: (onEvent) => {
        tries++;
        return tries === 1
          ? Promise.reject(new Error('compose.yaml cannot be read'))
          : controller.diagnose(onEvent);
      },
    });
    await app.shows('✗ compose.yaml cannot be read');
    app.press('r');
    await app.shows('Root causes');
    expect(asked).toEqual(['diagnose']);
  });

  it('of a healthy stack says that it is', async () => {
    const app = open(puppet(healthyReport).controller);
    await app.shows('✓ Nothing wrong was found.');
  });
});

describe('the list and the details', () => {
  it('shows the start of the selected entry beside the list', async () => {
    const app = open(puppet(brokenReport).controller);
    await app.shows(
      '▸ ✗ docker/ no longer exists',
      'docker-compose.yml:58:19',
      'f fix this (13 places)',
      'a all safe (13)',
    );
    app.press(DOWN);
    await app.shows('▸ ✗ docker/load-tester.Dockerfile', 'docker-compose.staging.yml:353:19');
    expect(app.frame()).not.toContain('f fix this');
  });

  it('opens an entry with all its places, scrolls it, and goes back', async () => {
    const app = open(puppet(brokenReport).controller);
    await app.shows('Root causes');
    app.press(ENTER);
    await app.shows('esc back', 'also    docker-compose.yml:71:19');
    expect(app.frame()).not.toContain('Root causes');
    app.press('\u001b[F');
    await app.shows('301 + dockerfile: dockerfiles/gateway.Dockerfile');
    app.press(ESCAPE);
    await app.shows('Root causes');
  });

  it('says what could not be checked, and that it does not count', async () => {
    const app = open(puppet(brokenReport).controller);
    await app.shows('? docker.io does not resolve here (DNS)');
    app.press('jj');
    await app.shows('image:docker-compose.yml/redis:7', 'neither as passed nor as failed');
  });

  it('shows the keys', async () => {
    const app = open(puppet(brokenReport).controller);
    await app.shows('Root causes');
    app.press('?');
    await app.shows('waits for something else to be mended');
    app.press('?');
    await app.shows('Root causes');
  });

  it('keeps the selected row in sight in a long list', async () => {
    const many = Array.from({ length: 60 }, (_, index) =>
      finding({ id: `f${index}`, message: `fault ${index}` }),
    );
    const app = open(puppet(reportOf(many)).controller, { columns: 110, rows: 20 });
    await app.shows('▸ ✗ fault 0', '↓');
    app.press('\u001b[F');
    await app.shows('▸ ✗ fault 59', '↑');
    app.press('k'.repeat(30));
    await app.shows('▸ ✗ fault 29', '↑', '↓');
  });
});

describe('fixes', () => {
  it('applies the fix of all places at once, says what runs, and shows what is left', async () => {
    const { controller, asked, fixRun, tell } = puppet(brokenReport);
    const app = open(controller);
    await app.shows('f fix this (13 places)');
    app.press('f');
    await until(() => expect(asked).toContain('fix 13 with 0'));
    tell({ type: 'progress', text: 'applying 13 edits in 3 files' });
    await app.shows('applying 13 edits in 3 files');
    app.press('a');
    await app.shows('Not now: a fix is being applied and checked.');
    expect(asked).toEqual(['diagnose', 'fix 13 with 0']);
    fixRun.open({ report: mendedReport, outcomes: mendedReport.fixes, message: '13 findings are gone.' });
    await app.shows('✓ 13 findings are gone.', '▸ ✗ docker/load-tester.Dockerfile');
    await until(() => expect(app.reports).toEqual([brokenReport, mendedReport]));
  });

  it('finishes a fix before it quits', async () => {
    const { controller, fixRun, asked } = puppet(brokenReport);
    const app = open(controller);
    await app.shows('a all safe');
    app.press('a');
    await until(() => expect(asked).toContain('fix all'));
    app.press('q');
    await app.shows('Quits when this is done: a fix is being applied and checked.');
    fixRun.open({ report: mendedReport, outcomes: [], message: '' });
    await until(() => expect(app.reports).toEqual([brokenReport, mendedReport]));
  });

  it('says when a fix fails', async () => {
    const { controller, fixRun, asked } = puppet(brokenReport);
    const app = open(controller);
    await app.shows('a all safe');
    app.press('a');
    await until(() => expect(asked).toContain('fix all'));
    fixRun.fail(new Error('the disk is full'));
    await app.shows('✗ the disk is full', 'a all safe');
  });

  const candidate = (title: string, safety: ReportFix['safety'], caveat: string | null): ReportFix => ({
    title,
    safety,
    caveat,
    steps: [{ kind: 'edit', file: 'compose.yaml', line: 1, column: 1, oldText: 'a', newText: 'b' }],
    diff: '--- a/compose.yaml\n+++ b/compose.yaml\n@@ -1 +1 @@\n-a\n+b\n',
  });
  const unclear = reportOf([
    finding({
      id: 'x',
      message: 'two files are alike',
      fixes: [candidate('a → b', 'manual', null), candidate('a → c', 'unsafe', 'c is older than the rename')],
    }),
  ]);

  it('lets a person choose, and asks before it applies what is not safe', async () => {
    const { controller, asked } = puppet(unclear);
    const app = open(controller);
    await app.shows('f choose a fix (2)');
    app.press('f');
    await app.shows('1  a → b   (manual)', '2  a → c   (unsafe)', 'Which one?', '1-2 choose');
    app.press('2');
    await app.shows('c is older than the rename', '1 − a', '1 + b', 'Apply it?', 'y apply it');
    app.press('n');
    await app.shows('Nothing was changed.');
    expect(asked).toEqual(['diagnose']);
    app.press('f');
    await app.shows('Which one?');
    app.press('2');
    await app.shows('Apply it?');
    app.press('y');
    await until(() => expect(asked).toEqual(['diagnose', 'fix 1 with 1']));
  });

  it('says what undo said', async () => {
    const { controller } = puppet(brokenReport);
    const app = open(controller);
    await app.shows('Root causes');
    app.press('u');
    await app.shows('✗ There is nothing to undo.');
  });
});

describe('the size of the terminal', () => {
  it.each([
    { columns: 60, rows: 16 },
    { columns: 80, rows: 24 },
    { columns: 90, rows: 16 },
    { columns: 200, rows: 60 },
  ])('is filled and never exceeded at $columns × $rows', async (size) => {
    const wide = finding({
      id: '日',
      message: '日本語のファイル名 '.repeat(20),
      evidence: ['証拠'.repeat(80)],
    });
    const app = open(puppet(reportOf([...brokenReport.findings, wide])).controller, size);
    await app.shows('Root causes', '? keys', 'q quit');
    for (const key of ['j', 'j', ENTER, ESCAPE, '?']) {
      const before = app.frame();
      app.press(key);
      await until(() => expect(app.frame()).not.toBe(before));
      const lines = app.frame().split('\n');
      expect(lines).toHaveLength(size.rows - 1);
      expect(Math.max(...lines.map(cells))).toBeLessThanOrEqual(size.columns);
    }
  });

  it('may change', async () => {
    const app = open(puppet(brokenReport).controller, { columns: 110, rows: 30 });
    await app.shows(' │ ');
    app.resize({ columns: 60, rows: 16 });
    await until(() => expect(app.frame().split('\n')).toHaveLength(15));
    await app.shows('Root causes', 'f fix');
    app.resize({ columns: 20, rows: 5 });
    await app.shows('needs 40 x');
    app.resize({ columns: 110, rows: 30 });
    await app.shows('Root causes');
  });
});

describe('plain and hostile text', () => {
  it('is ASCII where no more can be shown', async () => {
    const app = open(puppet(brokenReport).controller, undefined, false);
    await app.shows('> x docker/ no longer exists');
    expect(app.frame()).toMatch(/^[\x20-\x7e\n]*$/);
  });

  it('lets nothing through that a terminal would act on', async () => {
    const evil = '\u001b[2J\u0007\u202e\nend';
    const report = reportOf([finding({ id: 'e', message: evil, evidence: [evil], advice: evil })], {
      workspace: evil,
    });
    const app = open(puppet(report).controller);
    await app.shows('\\x1b[2J');
    expect(app.frame()).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  });
});
