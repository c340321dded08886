/** Runs the rules over the facts of a workspace and says what was found, what follows from what, and what was left open. */
import { baseImagesOf } from './dockerfile/bases.ts';
import { type Facts, Unavailable } from './facts.ts';
import { followSpoilt } from './follows.ts';
import type { RuleOutcome } from './report.ts';
import {
  type Finding,
  LAYERS,
  type Layer,
  layerOf,
  type Rule,
  type Severity,
  type Unverified,
} from './rule.ts';
import type { Place } from './source.ts';
import { type Analysis, analyse, buildStack, type Stack } from './stack.ts';
import { kindOf, type Subject } from './subject.ts';

export type DiagnosedFinding = Finding & {
  /** Rule, subject and file (and detail); never its wording. */
  readonly id: string;
  readonly rule: string;
  readonly layer: Layer;
  readonly severity: Severity;
};

export type LeftOpen = { readonly rule: string; readonly subject: Subject; readonly because: string };

export type Diagnosis = {
  readonly facts: Facts;
  readonly stack: Stack;
  readonly findings: readonly DiagnosedFinding[];
  /** Findings that others explain (`secondOpinion`). */
  readonly withheld: readonly DiagnosedFinding[];
  readonly leftOpen: readonly LeftOpen[];
  readonly outcomes: readonly RuleOutcome[];
  readonly analysis: Analysis;
  /** Rules that threw: our own fault, with what they threw. */
  readonly crashes: readonly { readonly rule: string; readonly error: unknown }[];
};

export type DiagnoseEvent =
  | { readonly type: 'rule-started'; readonly rule: string }
  | { readonly type: 'rule-ended'; readonly rule: string; readonly outcome: RuleOutcome['outcome'] };

export type DiagnoseOptions = {
  /** Which rules to leave out; the others run. */
  readonly skips?: (rule: Rule) => boolean;
  readonly onEvent?: (event: DiagnoseEvent) => void;
};

/**
 * Runs every rule. The rules run side by side, so that a slow registry never holds up a look at a file; the result
 * is in the order of layers, rules, files and places whatever answered first.
 */
export async function diagnose(
  rules: readonly Rule[],
  facts: Facts,
  { skips = () => false, onEvent = () => {} }: DiagnoseOptions = {},
): Promise<Diagnosis> {
  const ordered = [...rules].sort(
    (a, b) => LAYERS.indexOf(layerOf(a)) - LAYERS.indexOf(layerOf(b)) || compare(a.id, b.id),
  );
  const runs = await Promise.all(
    ordered.map((rule) => {
      if (skips(rule)) return skipped(rule);
      onEvent({ type: 'rule-started', rule: rule.id });
      return runRule(rule, facts).then((run) => {
        onEvent({ type: 'rule-ended', rule: rule.id, outcome: run.outcome.outcome });
        return run;
      });
    }),
  );

  const stack = buildStack(facts.projects, (project, service) => baseImagesOf(facts, project, service));
  const found = runs.flatMap((run) => [...run.findings].sort(byPlace));
  const explained = found.filter((finding) => isExplained(finding, found, stack));
  const followed = followSpoilt(found.filter((finding) => !explained.includes(finding)));
  const withheld = new Set([...explained, ...followed.withheld]);
  const findings = shareCauses(followed.findings);
  const faults = findings.map(({ id, subject, severity, cause, hides = false }) => ({
    id,
    subject,
    severity,
    hides,
    follows: followed.follows.get(id) ?? [],
    feltOn: followed.feltOn.get(id) ?? [subject],
    ...(cause ? { cause: cause.id } : {}),
  }));
  return {
    facts,
    stack,
    findings,
    leftOpen: runs.flatMap((run) => run.leftOpen),
    outcomes: runs.map((run) => outcomeOf(run, withheld, followed.feltOn)),
    withheld: [...withheld],
    analysis: analyse(stack, faults),
    crashes: runs.flatMap((run) => (run.crash ? [run.crash] : [])),
  };
}

type Run = {
  readonly outcome: RuleOutcome;
  readonly findings: readonly DiagnosedFinding[];
  readonly leftOpen: readonly LeftOpen[];
  readonly crash?: { readonly rule: string; readonly error: unknown };
};

function skipped(rule: Rule): Run {
  const outcome: RuleOutcome = {
    id: rule.id,
    layer: layerOf(rule),
    outcome: 'skipped',
    reason: 'left out by --only or --skip',
    ms: 0,
  };
  return { outcome, findings: [], leftOpen: [] };
}

async function runRule(rule: Rule, facts: Facts): Promise<Run> {
  // Not `performance`: a clock in milliseconds will do, and that one has to be loaded first.
  const started = Date.now();
  const findings = new Map<string, DiagnosedFinding>();
  const leftOpen: LeftOpen[] = [];
  const end = (outcome: RuleOutcome['outcome'], reason: string | null = null): Run => ({
    outcome: {
      id: rule.id,
      layer: layerOf(rule),
      outcome,
      reason,
      ms: Date.now() - started,
    },
    findings: [...findings.values()],
    leftOpen,
  });

  try {
    for await (const said of rule.check(facts)) {
      if (isUnverified(said)) {
        leftOpen.push({ rule: rule.id, subject: said.unverified, because: said.because });
        continue;
      }
      const finding = diagnosed(rule, said);
      // A file that several projects share is looked at once for each of them; its fault is still one.
      if (!findings.has(finding.id)) findings.set(finding.id, finding);
    }
  } catch (error) {
    if (!(error instanceof Unavailable)) {
      const run = end('crashed', 'dockmedic itself failed here; this is a bug');
      return { ...run, crash: { rule: rule.id, error } };
    }
    if (error.outcome === 'unverified') {
      leftOpen.push({ rule: rule.id, subject: error.on, because: error.because });
    }
    return end(hasError(findings) ? 'fail' : error.outcome, error.because);
  }
  if (hasError(findings)) return end('fail');
  if (leftOpen.length > 0) return end('unverified', leftOpen[0]?.because ?? null);
  return end('pass');
}

function diagnosed(rule: Rule, finding: Finding): DiagnosedFinding {
  const parts = [rule.id, finding.subject, finding.at?.file ?? '', finding.detail ?? ''];
  while (parts.at(-1) === '') parts.pop();
  return {
    ...finding,
    id: parts.join('#'),
    rule: rule.id,
    layer: layerOf(rule),
    severity: finding.severity ?? rule.severity,
  };
}

/**
 * Two findings of one rule at one place are one fault seen from two sides (an anchored value that several services
 * share, a base file that several projects read): they get a common cause, if they have none.
 */
function shareCauses(findings: readonly DiagnosedFinding[]): readonly DiagnosedFinding[] {
  const key = (finding: DiagnosedFinding) =>
    finding.at && !finding.cause ? `${finding.rule}@${finding.at.file}:${finding.at.start}` : undefined;
  const first = new Map<string, DiagnosedFinding>();
  const shared = new Set<string>();
  for (const finding of findings) {
    const at = key(finding);
    if (at === undefined) continue;
    if (first.has(at)) shared.add(at);
    else first.set(at, finding);
  }
  return findings.map((finding) => {
    const at = key(finding);
    const original = at !== undefined && shared.has(at) ? first.get(at) : undefined;
    return original && at !== undefined
      ? { ...finding, cause: { id: at, title: original.message } }
      : finding;
  });
}

/** Whether an error stands where it explains a finding that has no reason of its own. */
function isExplained(finding: DiagnosedFinding, all: readonly DiagnosedFinding[], stack: Stack): boolean {
  if (!finding.secondOpinion) return false;
  const below = stack.restsOn(finding.subject);
  const above = stack.downstreamOf(finding.subject);
  return all.some(
    ({ severity, subject, secondOpinion }) =>
      severity === 'error' &&
      !secondOpinion &&
      (subject === finding.subject ||
        below.has(subject) ||
        (kindOf(subject) === 'service' && above.has(subject))),
  );
}

/** How a rule ended, when what it found is told by others, or turns out to be what errors follow from. */
function outcomeOf(
  { outcome, findings }: Run,
  withheld: ReadonlySet<DiagnosedFinding>,
  feltOn: ReadonlyMap<string, unknown>,
): RuleOutcome {
  if (findings.some(({ id }) => feltOn.has(id))) return { ...outcome, outcome: 'fail' };
  if (outcome.outcome !== 'fail' || !findings.every((finding) => withheld.has(finding))) return outcome;
  return { ...outcome, reason: 'other findings explain what it found' };
}

function hasError(findings: ReadonlyMap<string, DiagnosedFinding>): boolean {
  return [...findings.values()].some((finding) => finding.severity === 'error');
}

function isUnverified(said: Finding | Unverified): said is Unverified {
  return 'unverified' in said;
}

function byPlace(a: DiagnosedFinding, b: DiagnosedFinding): number {
  const start = (at: Place | undefined) => at?.start ?? -1;
  return compare(a.at?.file ?? '', b.at?.file ?? '') || start(a.at) - start(b.at) || compare(a.id, b.id);
}

/** By code units: the same order on every machine, whatever its language. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
