import { describe, expect, it } from 'vitest';
import { plain } from '../../../src/reporters/terminal-text.ts';
import { layersOf } from '../../../src/ui/layers.ts';
import { layersLine } from '../../../src/ui/panes/header.tsx';
import { brokenReport, finding, healthyReport, reportOf } from '../../support/sample-report.ts';

const told = (report: typeof brokenReport) =>
  layersOf({ report, rules: new Map() }).map(({ layer, sign, count }) => `${sign.text} ${layer} ${count}`);

describe('layersOf', () => {
  it('counts errors, what waits for them, and what is not checked', () => {
    expect(told(brokenReport)).toEqual([
      '✓ engine 0',
      '✗ compose 14',
      '⊘ build 14',
      '? registry 4',
      '⊘ runtime 14',
      '⊘ endpoint 3',
    ]);
  });

  it('leaves out layers that nobody looked at', () => {
    expect(told(healthyReport)).toEqual([
      '✓ engine 0',
      '✓ compose 0',
      '✓ build 0',
      '✓ registry 0',
      '✓ runtime 0',
    ]);
  });

  it('shows a layer with warnings as such', () => {
    const report = reportOf([finding({ id: 'w', message: 'w', severity: 'warning', rule: 'build/x' })]);
    expect(told(report)).toContain('⚠ build 1');
  });

  it('follows the rules while they run, and not the report before', () => {
    const rules = new Map([
      ['compose/a', 'pass'],
      ['compose/b', 'fail'],
      ['build/c', undefined],
      ['registry/d', 'skipped'],
    ] as const);
    const layers = layersOf({ report: brokenReport, rules });
    expect(layers.map(({ layer, sign }) => `${sign.text} ${layer}`)).toEqual([
      '✗ compose',
      '… build',
      '· registry',
    ]);
  });
});

describe('layersLine', () => {
  const layers = layersOf({ report: brokenReport, rules: new Map() });
  it('moves closer and leaves out what is in order where it is narrow', () => {
    expect(plain(layersLine(layers, 100, true))).toBe(
      '✓ engine   ✗ compose 14   ⊘ build 14   ? registry 4   ⊘ runtime 14   ⊘ endpoint 3',
    );
    expect(plain(layersLine(layers, 70, true))).not.toContain('engine');
    expect(plain(layersLine(layers, 30, true))).toHaveLength(30);
  });
});
