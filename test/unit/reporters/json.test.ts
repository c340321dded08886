import { describe, expect, it } from 'vitest';
import { renderJson } from '../../../src/reporters/json.ts';
import { brokenReport, finding, mendedReport, reportOf } from '../../support/sample-report.ts';

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, inner]) => [key, reversed(inner)]),
  );
}

describe('renderJson', () => {
  it('loses nothing', () => {
    expect(JSON.parse(renderJson(mendedReport))).toEqual(mendedReport);
  });

  it('writes the keys in one order whoever made the report', () => {
    expect(renderJson(reversed(brokenReport) as typeof brokenReport)).toBe(renderJson(brokenReport));
    expect(renderJson(brokenReport)).toMatch(
      /^\{\n {2}"schemaVersion": 1,\n {2}"tool": \{\n {4}"name": "dockmedic",/,
    );
    expect(Object.keys(JSON.parse(renderJson(brokenReport)))).toEqual([
      'schemaVersion',
      'tool',
      'status',
      'exitCode',
      'workspace',
      'engine',
      'projects',
      'findings',
      'unverified',
      'rules',
      'fixes',
      'changes',
      'resolutionOrder',
      'summary',
    ]);
  });

  it('ends in one line break', () => {
    expect(renderJson(reportOf([]))).toMatch(/[^\n]\n$/);
  });

  it('escapes what a terminal would act on, and means the same', () => {
    const message = '\u001b[2J \u009b \u202e \u2028 \u007f 日本';
    const report = reportOf([finding({ id: 'a', message })]);
    const text = renderJson(report);
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028-\u202e]/);
    expect(text).toContain('日本');
    expect(JSON.parse(text)).toEqual(report);
  });
});
