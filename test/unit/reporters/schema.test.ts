import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { renderJson } from '../../../src/reporters/json.ts';
import { brokenReport, finding, healthyReport, mendedReport, reportOf } from '../../support/sample-report.ts';

const schema: unknown = JSON.parse(
  readFileSync(new URL('../../../docs/report.schema.json', import.meta.url), 'utf8'),
);
const validate = new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true }).compile(
  schema as object,
);

const everyStep = finding({
  id: 'a',
  message: 'a',
  subject: 'engine',
  severity: 'info',
  priority: 'P2',
  fixes: [
    {
      title: 'all kinds of steps',
      safety: 'manual',
      caveat: 'look first',
      steps: [
        { kind: 'edit', file: 'a', line: 1, column: 1, oldText: '', newText: 'x' },
        { kind: 'create', file: 'a', newText: '' },
        { kind: 'chmod', file: 'a', mode: '0755' },
        { kind: 'run', argv: ['docker', 'info'], why: 'to see' },
      ],
      diff: '',
    },
  ],
});

describe('docs/report.schema.json', () => {
  it.each([
    ['a broken stack', brokenReport],
    ['a mended one', mendedReport],
    ['a healthy one', healthyReport],
    ['one without an engine', { ...healthyReport, engine: null }],
    ['every kind of step', reportOf([everyStep])],
    ['a crash', { ...healthyReport, exitCode: 2, status: 'unverified' as const }],
  ])('takes the report of %s', (_name, report) => {
    validate(JSON.parse(renderJson(report as typeof healthyReport)));
    expect(validate.errors).toBeNull();
  });

  type Json = { [key: string]: Json } & Json[];
  const change = (edit: (report: Json) => void): unknown => {
    const report = structuredClone(reportOf([...brokenReport.findings, everyStep])) as unknown as Json;
    edit(report);
    return report;
  };
  const broken: readonly (readonly [string, (report: Record<string, unknown>) => void])[] = [
    ['another version', (report) => Object.assign(report, { schemaVersion: 2 })],
    ['an unknown key', (report) => Object.assign(report, { extra: true })],
    ['a missing key', (report) => delete report.summary],
    ['an unknown exit status', (report) => Object.assign(report, { exitCode: 130 })],
    ['an unknown status', (report) => Object.assign(report, { status: 'ok' })],
  ];

  it.each(broken)('refuses a report with %s', (_name, edit) => {
    expect(validate(change((report) => edit(report)))).toBe(false);
  });

  it.each([
    ['an unknown key', { extra: 1 }],
    ['an unknown severity', { severity: 'fatal' }],
    ['a typed-in priority', { priority: 'P3' }],
    ['a rule without a layer', { rule: 'dockerfile-not-found' }],
    ['a subject of an unknown kind', { subject: 'volume:x' }],
    ['a line counted from 0', { location: { file: 'a', line: 0, column: 1, endLine: 1, endColumn: 1 } }],
    ['no location at all', { location: undefined }],
    ['a cause without a title', { cause: { id: 'a' } }],
    [
      'a step of two kinds',
      { fixes: [{ ...everyStep.fixes[0], steps: [{ kind: 'run', argv: ['a'], why: '', file: 'a' }] }] },
    ],
    ['an empty command', { fixes: [{ ...everyStep.fixes[0], steps: [{ kind: 'run', argv: [], why: '' }] }] }],
    [
      'a mode in words',
      { fixes: [{ ...everyStep.fixes[0], steps: [{ kind: 'chmod', file: 'a', mode: '+x' }] }] },
    ],
  ])('refuses a finding with %s', (_name, wrong) => {
    const report = reportOf([{ ...everyStep, ...wrong } as typeof everyStep]);
    expect(validate(JSON.parse(JSON.stringify(report)))).toBe(false);
  });

  it('describes every key of the report', () => {
    const { properties } = schema as {
      properties: Record<string, { description?: string; const?: unknown }>;
    };
    const silent = Object.entries(properties).filter(([, one]) => !one.description);
    expect(silent).toEqual([]);
  });
});
