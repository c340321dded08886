/** Folds a diagnosis into the report: a pure function, and the only place that decides the exit status. */
import path from 'node:path';
import type { DiagnosedFinding, Diagnosis } from './diagnose.ts';
import type { ReadFailure } from './facts.ts';
import { createRedactor, maskLine, maskSetting } from './redact.ts';
import type { Changes, FixOutcome, Report, ReportFinding, ReportFix, ReportStep } from './report.ts';
import { type Fix, SEVERITIES, type Severity, type Step } from './rule.ts';
import { type FilePath, lineText, locate, type Source } from './source.ts';
import type { Subject } from './subject.ts';

export type FoldOptions = {
  readonly version: string;
  /** Absolute path of the workspace; only its last part is reported. */
  readonly root: string;
  readonly failOn: Severity | 'never';
  readonly engine: Report['engine'];
  /** A fix as a unified diff; passed in, because what makes it is loaded only where there is a fix. */
  readonly diffOf: (fix: Fix, read: Read) => string;
  /** What a repair did before this diagnosis. */
  readonly repaired?: Repaired;
};

export type Repaired = {
  readonly outcomes: readonly FixOutcome[];
  readonly changed: Changes['files'];
  readonly revealed: readonly { readonly id: string }[];
};

type Read = (file: FilePath) => Source | ReadFailure;

/** What is quoted of files: read, without what is secret. */
type Quote = {
  readonly read: Read;
  readonly redact: (text: string) => string;
  readonly diffOf: FoldOptions['diffOf'];
};

/** The report of a diagnosis. */
export function foldReport(diagnosis: Diagnosis, options: FoldOptions): Report {
  const { facts, analysis } = diagnosis;
  const redact = createRedactor(facts.projects);
  const read: Read = (file) => facts.files.read(file);
  const quote: Quote = { read, redact, diffOf: options.diffOf };
  const redactNames = createListRedactor(redact);
  const findings = diagnosis.findings.map((finding) => ({
    ...foldFinding(finding, diagnosis, quote),
    blocks: redactNames(analysis.of.get(finding.id)?.blocks ?? []),
  }));
  const count = (severity: Severity) => findings.filter((finding) => finding.severity === severity).length;
  const fixes = (options.repaired?.outcomes ?? []).map((fix) => ({
    ...fix,
    title: redact(fix.title),
    reason: fix.reason === null ? null : redact(fix.reason),
  }));
  const exitCode = exitStatus(diagnosis, options.failOn);
  const roots = findings.filter((one) => one.severity === 'error' && one.causedBy.length === 0);

  return {
    schemaVersion: 1,
    tool: { name: 'dockmedic', version: options.version },
    status: fails(diagnosis, options.failOn) ? 'fail' : exitCode === 0 ? 'pass' : 'unverified',
    exitCode,
    workspace: path.basename(options.root) || options.root,
    engine: options.engine,
    projects: facts.projects.map((project) => ({
      id: project.id,
      taken: project.taken,
      files: [...project.files],
      services: [...project.services.keys()],
    })),
    findings,
    unverified: diagnosis.leftOpen.map((one) => ({
      ...one,
      subject: redact(one.subject) as Subject,
      because: redact(one.because),
    })),
    rules: diagnosis.outcomes,
    fixes,
    changes: options.repaired ? changesOf(options.repaired) : null,
    resolutionOrder: analysis.resolutionOrder.map(redact),
    summary: {
      rootCauses: new Set(roots.map((one) => one.cause?.id ?? one.id)).size,
      errors: count('error'),
      warnings: count('warning'),
      infos: count('info'),
      blocked: analysis.blocked.size,
      unverified: diagnosis.leftOpen.length,
      suppressed: 0,
      fixed: fixes.filter((fix) => fix.state === 'verified').length,
    },
  };
}

function changesOf({ changed, revealed }: Repaired): Changes {
  return {
    files: changed.map(({ file, added, removed }) => ({ file, added, removed })),
    revealed: revealed.map(({ id }) => id),
  };
}

/** 0 nothing at or above `failOn`, 1 findings, 2 a rule crashed, 3 something could not be checked. */
function exitStatus(diagnosis: Diagnosis, failOn: Severity | 'never'): Report['exitCode'] {
  if (diagnosis.crashes.length > 0) return 2;
  if (fails(diagnosis, failOn)) return 1;
  return diagnosis.leftOpen.length > 0 ? 3 : 0;
}

function fails({ findings }: Diagnosis, failOn: Severity | 'never'): boolean {
  if (failOn === 'never') return false;
  const failing = SEVERITIES.slice(0, SEVERITIES.indexOf(failOn) + 1);
  return findings.some((finding) => failing.includes(finding.severity));
}

function foldFinding(
  finding: DiagnosedFinding,
  { analysis }: Diagnosis,
  quote: Quote,
): Omit<ReportFinding, 'blocks'> {
  const { read, redact } = quote;
  const consequences = analysis.of.get(finding.id);
  const source = finding.at ? read(finding.at.file) : undefined;
  const location = finding.at && source && 'text' in source ? locate(source, finding.at) : null;
  const lines = location && source && 'text' in source ? [location.line - 1, location.line] : [];
  return {
    id: redact(finding.id),
    rule: finding.rule,
    severity: finding.severity,
    priority: consequences?.priority ?? 'P2',
    subject: redact(finding.subject) as Subject,
    message: redact(finding.message),
    location,
    excerpt: lines.flatMap((line) => {
      const text = line > 0 && source && 'text' in source ? lineText(source, line) : undefined;
      if (text === undefined) return [];
      if (finding.confidential) return [{ line, text: redact(maskSetting(text)) }];
      return [{ line, text: redact(line === location?.line ? text : maskLine(text)) }];
    }),
    cause: finding.cause ? { id: redact(finding.cause.id), title: redact(finding.cause.title) } : null,
    evidence: (finding.evidence ?? []).map(redact),
    consequence: finding.consequence === undefined ? null : redact(finding.consequence),
    advice: finding.advice === undefined ? null : redact(finding.advice),
    causedBy: (consequences?.causedBy ?? []).map(redact),
    fixes: (finding.fixes ?? []).map((fix) => foldFix(fix, quote)),
  };
}

/** Findings on one subject block the same, and share one long list. */
function createListRedactor(redact: (text: string) => string): (names: readonly Subject[]) => Subject[] {
  const known = new Map<readonly Subject[], Subject[]>();
  return (names) => {
    const clean = known.get(names) ?? names.map((name) => redact(name) as Subject);
    known.set(names, clean);
    return clean;
  };
}

function foldFix(fix: Fix, { read, redact, diffOf }: Quote): ReportFix {
  return {
    title: redact(fix.title),
    safety: fix.safety,
    caveat: fix.caveat === undefined ? null : redact(fix.caveat),
    steps: fix.steps.map((step) => foldStep(step, read)),
    // What stands around the change is nobody's business there.
    diff: fix.steps.some((step) => step.kind === 'edit' && step.confidential)
      ? ''
      : maskContext(diffOf(fix, read), redact),
  };
}

/** A diff with the lines around a change masked like those of an excerpt; what changes is shown as it is. */
function maskContext(diff: string, redact: Quote['redact']): string {
  return diff
    .split('\n')
    .map((line) => (line.startsWith(' ') ? ` ${redact(maskLine(line.slice(1)))}` : line))
    .join('\n');
}

function foldStep(step: Step, read: Read): ReportStep {
  switch (step.kind) {
    case 'edit': {
      const source = read(step.at.file);
      const { file, start, end } = step.at;
      if (!('text' in source))
        return { kind: 'edit', file, line: 1, column: 1, oldText: '', newText: step.text };
      const { line, column } = locate(source, step.at);
      const oldText = step.confidential ? '…' : source.text.slice(start, end);
      return { kind: 'edit', file, line, column, oldText, newText: step.text };
    }
    case 'create':
      return { kind: 'create', file: step.file, newText: step.text };
    case 'chmod':
      return { kind: 'chmod', file: step.file, mode: step.mode.toString(8).padStart(4, '0') };
    case 'run':
      return { kind: 'run', argv: step.argv, why: step.why };
  }
}
