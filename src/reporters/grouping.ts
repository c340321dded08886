/**
 * How findings are told: those that share a cause are one entry with many places, and what follows from an entry
 * stands under it. Every finding of a report is in exactly one group. Pure; shared by the text and the terminal app.
 */
import type { Priority, Report, ReportFinding, ReportFix, ReportUnverified, RuleOutcome } from '../report.ts';
import type { Safety, Severity } from '../rule.ts';
import type { Location } from '../source.ts';
import type { Subject } from '../subject.ts';
import { commonRewrite, rewrittenTitle } from './rewrite.ts';

export type Group = {
  /** The cause's id, or that of its only finding. */
  readonly id: string;
  readonly title: string;
  readonly severity: Severity;
  readonly priority: Priority;
  readonly findings: readonly [ReportFinding, ...ReportFinding[]];
  /** Where it is written, each place once. */
  readonly places: readonly GroupPlace[];
  readonly evidence: readonly string[];
  readonly consequences: readonly string[];
  readonly advice: readonly string[];
  readonly fixes: readonly GroupFix[];
  /** Subjects that wait for this and have no error of their own. */
  readonly blocks: readonly Subject[];
  /** What was found on the things that wait for this. */
  readonly followers: readonly Group[];
};

export type GroupPlace = {
  readonly location: Location;
  /** The value at fault as it is written there, where it stands on one line. */
  readonly value: string;
  readonly finding: ReportFinding;
};

/** One way to mend every finding of a group that offers it. */
export type GroupFix = {
  /** Its place among the fixes of each finding, counted from 0. */
  readonly index: number;
  readonly title: string;
  /** The weakest of its parts. */
  readonly safety: Safety;
  readonly caveats: readonly string[];
  readonly parts: readonly [FixPart, ...FixPart[]];
  /** Files that it changes. */
  readonly files: readonly string[];
};
type FixPart = { readonly finding: string; readonly fix: ReportFix };

/** What was left unchecked for one reason. */
export type Unchecked = {
  readonly because: string;
  readonly subjects: readonly Subject[];
  readonly rules: readonly string[];
  /** `waiting`: rules that a fault reported here keeps from running. `crashed`: our own fault. */
  readonly kind: 'unverified' | 'waiting' | 'crashed';
};

export type Grouping = {
  /** In the order in which to resolve them. */
  readonly roots: readonly Group[];
  /** Errors that follow from something this report does not hold. */
  readonly stray: readonly Group[];
  readonly warnings: readonly Group[];
  readonly infos: readonly Group[];
  readonly unchecked: readonly Unchecked[];
};

/** Sorts the findings of a report into root causes, what follows from them, and the rest. */
export function groupFindings(report: Report): Grouping {
  const rank = new Map(report.resolutionOrder.map((id, index) => [id, index]));
  const rankOf = (finding: ReportFinding) => rank.get(finding.id) ?? rank.size;
  const failing = new Set(
    report.findings.filter((one) => one.severity === 'error').map((one) => one.subject),
  );
  const rootKeys = new Map<string, ReportFinding[]>();
  for (const finding of report.findings) if (isRoot(finding)) push(rootKeys, keyOf(finding), finding);

  const byId = new Map(report.findings.map((finding) => [finding.id, finding]));
  const followers = new Map<string, ReportFinding[]>();
  const rest: ReportFinding[] = [];
  for (const finding of report.findings) {
    if (isRoot(finding)) continue;
    const own = rootKeys.get(keyOf(finding));
    if (own && finding.severity === 'error') {
      // It rests on another place of the very same cause: one more place, not a consequence.
      own.push(finding);
      continue;
    }
    const above = rootOf(finding, byId, rank);
    if (above) push(followers, keyOf(above), finding);
    else rest.push(finding);
  }

  const toGroup = (findings: readonly ReportFinding[], under: readonly Group[] = []) =>
    makeGroup(findings, failing, under);
  const roots = [...rootKeys]
    .map(([key, findings]) => ({
      order: Math.min(...findings.map(rankOf)),
      group: toGroup(
        findings,
        bySharedCause(followers.get(key) ?? []).map((found) => toGroup(found)),
      ),
    }))
    .sort((a, b) => a.order - b.order || compare(a.group.priority, b.group.priority))
    .map(({ group }) => group);
  const groupsOf = (severity: Severity) =>
    bySharedCause(rest.filter((finding) => finding.severity === severity)).map((found) => toGroup(found));
  return {
    roots,
    stray: groupsOf('error'),
    warnings: groupsOf('warning'),
    infos: groupsOf('info'),
    unchecked: uncheckedOf(report.unverified, report.rules),
  };
}

/** Findings of a report that have a safe fix: what `--fix` tries to mend. */
export function safelyFixable(report: Report): readonly ReportFinding[] {
  return report.findings.filter((finding) => finding.fixes.some((fix) => fix.safety === 'safe'));
}

function isRoot(finding: ReportFinding): boolean {
  return finding.severity === 'error' && finding.causedBy.length === 0;
}

function keyOf(finding: ReportFinding): string {
  return finding.cause ? `cause ${finding.cause.id}` : `finding ${finding.id}`;
}

/** The root that comes first in the order of resolution among those above a finding; circles end by themselves. */
function rootOf(
  finding: ReportFinding,
  byId: ReadonlyMap<string, ReportFinding>,
  rank: ReadonlyMap<string, number>,
): ReportFinding | undefined {
  const seen = new Set<string>();
  const open = [...finding.causedBy];
  let best: ReportFinding | undefined;
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    const above = byId.get(id);
    if (!above || seen.has(id)) continue;
    seen.add(id);
    if (!isRoot(above)) open.push(...above.causedBy);
    else if (!best || (rank.get(id) ?? rank.size) < (rank.get(best.id) ?? rank.size)) best = above;
  }
  return best;
}

function bySharedCause(findings: readonly ReportFinding[]): readonly (readonly ReportFinding[])[] {
  const groups = new Map<string, ReportFinding[]>();
  for (const finding of findings) push(groups, `${finding.severity} ${keyOf(finding)}`, finding);
  return [...groups.values()];
}

function makeGroup(
  findings: readonly ReportFinding[],
  failing: ReadonlySet<Subject>,
  followers: readonly Group[],
): Group {
  const [first, ...others] = findings;
  if (!first) throw new Error('a group has at least one finding');
  return {
    id: first.cause?.id ?? first.id,
    title: first.cause?.title ?? first.message,
    severity: first.severity,
    priority: findings.map((one) => one.priority).sort(compare)[0] ?? first.priority,
    findings: [first, ...others],
    places: placesOf(findings),
    evidence: unique(findings.flatMap((one) => one.evidence)),
    consequences: unique(findings.flatMap((one) => one.consequence ?? [])),
    advice: unique(findings.flatMap((one) => one.advice ?? [])),
    fixes: fixesOf(findings),
    blocks: unique(findings.flatMap((one) => one.blocks)).filter((subject) => !failing.has(subject)),
    followers,
  };
}

function placesOf(findings: readonly ReportFinding[]): readonly GroupPlace[] {
  const places = new Map<string, GroupPlace>();
  for (const finding of findings) {
    const { location } = finding;
    if (!location) continue;
    const key = `${location.line}:${location.column}:${location.file}`;
    if (!places.has(key)) places.set(key, { location, value: valueAt(finding, location), finding });
  }
  return [...places.values()];
}

function valueAt(finding: ReportFinding, { line, column, endLine, endColumn }: Location): string {
  if (endLine !== line) return '';
  const text = finding.excerpt.find((one) => one.line === line)?.text ?? '';
  return text.slice(column - 1, endColumn - 1);
}

const WEAKEST_LAST: readonly Safety[] = ['safe', 'unsafe', 'manual'];

function fixesOf(findings: readonly ReportFinding[]): readonly GroupFix[] {
  const most = Math.max(0, ...findings.map((one) => one.fixes.length));
  return Array.from({ length: most }, (_, index) => index).flatMap((index) => {
    const [first, ...others] = findings.flatMap((one): FixPart[] => {
      const fix = one.fixes[index];
      return fix ? [{ finding: one.id, fix }] : [];
    });
    return first ? [joinFix(index, [first, ...others])] : [];
  });
}

function joinFix(index: number, parts: readonly [FixPart, ...FixPart[]]): GroupFix {
  const fixes = parts.map((part) => part.fix);
  const weakest = Math.max(...fixes.map((fix) => WEAKEST_LAST.indexOf(fix.safety)));
  const titles = unique(fixes.map((fix) => fix.title));
  const [title = ''] = titles;
  return {
    index,
    title: titles.length === 1 ? title : joinTitle(title, fixes),
    safety: WEAKEST_LAST[weakest] ?? 'manual',
    caveats: unique(fixes.flatMap((fix) => fix.caveat ?? [])),
    parts,
    files: unique(fixes.flatMap((fix) => fix.steps.flatMap((step) => ('file' in step ? [step.file] : [])))),
  };
}

function joinTitle(first: string, fixes: readonly ReportFix[]): string {
  const edits = fixes.flatMap((fix) => fix.steps.flatMap((step) => (step.kind === 'edit' ? [step] : [])));
  const rewrite = commonRewrite(edits);
  const [edit] = edits;
  if (!rewrite || !edit) return `${first}, and ${fixes.length - 1} more like it`;
  return rewrittenTitle(first, edit, rewrite);
}

function uncheckedOf(
  unverified: readonly ReportUnverified[],
  rules: readonly RuleOutcome[],
): readonly Unchecked[] {
  const groups = new Map<
    string,
    { kind: Unchecked['kind']; because: string; subjects: Subject[]; rules: string[] }
  >();
  const add = (kind: Unchecked['kind'], because: string, rule: string, subject?: Subject) => {
    const key = `${kind} ${because}`;
    const group = groups.get(key) ?? { kind, because, subjects: [], rules: [] };
    groups.set(key, group);
    if (!group.rules.includes(rule)) group.rules.push(rule);
    if (subject && !group.subjects.includes(subject)) group.subjects.push(subject);
  };
  for (const one of unverified) add('unverified', one.because, one.rule, one.subject);
  const told = new Set(unverified.map((one) => one.rule));
  for (const rule of rules) {
    if (rule.outcome === 'crashed') add('crashed', rule.reason ?? 'it failed', rule.id);
    if (rule.outcome === 'blocked') add('waiting', rule.reason ?? 'something it needs is missing', rule.id);
    if (rule.outcome === 'unverified' && !told.has(rule.id))
      add('unverified', rule.reason ?? 'unknown', rule.id);
  }
  return [...groups.values()];
}

function push<T>(groups: Map<string, T[]>, key: string, value: T): void {
  const group = groups.get(key);
  if (group) group.push(value);
  else groups.set(key, [value]);
}

function unique<T>(values: readonly T[]): readonly T[] {
  return [...new Set(values)];
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
