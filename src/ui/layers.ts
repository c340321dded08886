/** How each layer stands, in one sign and one number. Pure. */

import type { Report, RuleOutcome } from '../report.ts';
import { type Span, span } from '../reporters/terminal-text.ts';
import { LAYERS, type Layer } from '../rule.ts';
import { kindOf, type SubjectKind } from '../subject.ts';
import type { State } from './state.ts';

export type LayerState = { readonly layer: Layer; readonly sign: Span; readonly count: number };

const SIGNS: Readonly<Record<RuleOutcome['outcome'], Span>> = {
  pass: span('✓', 'good'),
  fail: span('✗', 'bad'),
  crashed: span('✗', 'bad'),
  blocked: span('⊘', 'warning'),
  unverified: span('?', 'warning'),
  skipped: span('·', 'dim'),
};
const RUNNING = span('…', 'note');

/** The sign of a rule's outcome; of one that still runs, without an outcome. */
export function signOf(outcome: RuleOutcome['outcome'] | undefined): Span {
  return outcome ? SIGNS[outcome] : RUNNING;
}

/** What can be waited for in a layer. Images belong to two of them, and are told with what needs them. */
const WAITS: Partial<Readonly<Record<SubjectKind, Layer>>> = {
  service: 'compose',
  build: 'build',
  registry: 'registry',
  container: 'runtime',
  endpoint: 'endpoint',
  tests: 'tests',
};

/** The layers that were looked at or that wait: of the running diagnosis, else of the last report. */
export function layersOf({ report, rules }: Pick<State, 'report' | 'rules'>): readonly LayerState[] {
  if (rules.size > 0) return LAYERS.flatMap((layer) => runningLayer(layer, rules));
  return report ? LAYERS.flatMap((layer) => reportedLayer(layer, report)) : [];
}

function runningLayer(layer: Layer, rules: State['rules']): readonly LayerState[] {
  const outcomes = [...rules].filter(([id]) => id.startsWith(`${layer}/`)).map(([, outcome]) => outcome);
  if (outcomes.length === 0) return [];
  if (outcomes.includes(undefined)) return [{ layer, sign: RUNNING, count: 0 }];
  return [{ layer, sign: SIGNS[worst(outcomes)], count: 0 }];
}

const WORST_FIRST = ['crashed', 'fail', 'blocked', 'unverified', 'pass'] as const;

function worst(outcomes: readonly (RuleOutcome['outcome'] | undefined)[]): RuleOutcome['outcome'] {
  return WORST_FIRST.find((outcome) => outcomes.includes(outcome)) ?? 'skipped';
}

function reportedLayer(layer: Layer, report: Report): readonly LayerState[] {
  const own = report.findings.filter((finding) => finding.rule.startsWith(`${layer}/`));
  const errors = own.filter((finding) => finding.severity === 'error').length;
  if (errors > 0) return [{ layer, sign: SIGNS.fail, count: errors }];

  const failing = new Set(
    report.findings.filter((one) => one.severity === 'error').map((one) => one.subject),
  );
  const waiting = new Set(
    report.findings
      .flatMap((finding) => finding.blocks)
      .filter((subject) => WAITS[kindOf(subject)] === layer && !failing.has(subject)),
  ).size;
  if (waiting > 0) return [{ layer, sign: SIGNS.blocked, count: waiting }];

  const open = report.unverified.filter((one) => one.rule.startsWith(`${layer}/`)).length;
  if (open > 0) return [{ layer, sign: SIGNS.unverified, count: open }];

  const warnings = own.filter((finding) => finding.severity === 'warning').length;
  if (warnings > 0) return [{ layer, sign: span('⚠', 'warning'), count: warnings }];

  const outcomes = report.rules.filter((rule) => rule.layer === layer).map((rule) => rule.outcome);
  return outcomes.length > 0 ? [{ layer, sign: SIGNS[worst(outcomes)], count: 0 }] : [];
}
