/** What a run with fixes did: plan, apply, verify, undo. Pure. */
import type { FixOutcome, Report } from '../report.ts';
import type { Sheet } from './code-lines.ts';
import { labelled } from './entry.ts';
import { safelyFixable } from './grouping.ts';
import { commonTitle } from './rewrite.ts';
import { type Line, type Span, solid, span, wrap } from './terminal-text.ts';
import { count } from './wording.ts';

const MOST_TITLES = 8;

/** The lines of a report's fixes; none where it has none. */
export function fixOutcomeLines(report: Report, sheet: Sheet): Line[] {
  const { fixes } = report;
  if (fixes.length === 0) return [];
  const of = (state: FixOutcome['state']) => fixes.filter((fix) => fix.state === state);
  const planned = of('planned');
  const verified = of('verified');
  const rolledBack = of('rolled-back');
  const refused = of('refused');
  const within = { ...sheet, columns: sheet.columns - 8 };
  const flow = (spans: readonly Span[]) => wrap(spans, { ...within, hang: 2 });
  const withReason = (fix: FixOutcome) =>
    flow([span(fix.title), span(`: ${fix.reason ?? 'no reason was given'}`)]);

  const applied = verified.length + rolledBack.length;
  const fixable = new Set(safelyFixable(report).map((finding) => finding.id));
  const left = report.findings.filter((one) => one.severity !== 'info' && !fixable.has(one.id)).length;
  const unfixable = left > 0 ? ` · ${count(left, 'finding has', 'findings have')} no safe fix` : '';
  const tried = planned.length + applied + refused.length;

  const gone =
    verified.length > 0
      ? flow([
          span('✓', 'good'),
          span(` ${verified.length} gone · `),
          span('✓', 'good'),
          span(` nothing that was healthy broke${revealed(report)}`),
        ])
      : [];
  const back = rolledBack.flatMap((fix) => [
    ...flow([span('✗', 'bad'), span(' taken back: '), span(fix.title)]),
    ...flow([span(`  ${fix.reason ?? 'no reason was given'}`)]),
  ]);
  return [
    ...labelled('plan', [
      ...flow([span(`${count(tried, 'fix', 'fixes')}${unfixable}`)]),
      ...titles(planned, flow, sheet),
    ]),
    ...labelled('refused', refused.flatMap(withReason)),
    ...labelled('apply', [
      ...flow(changedFiles(report)),
      // What only ran commands changed no file; its title says what was done.
      ...(sheet.verbose || changedFiles(report).length === 0
        ? titles([...verified, ...rolledBack], flow, sheet)
        : []),
    ]),
    ...labelled('verify', [...gone, ...back]),
    ...labelled('undo', verified.length > 0 ? [[solid('dockmedic undo', 'strong')]] : []),
  ];
}

/** `compose.yaml +1 −1 · compose.test.yaml +3 −3`. */
function changedFiles(report: Report): Span[] {
  return (report.changes?.files ?? []).flatMap(({ file, added, removed }, index) => [
    span(index === 0 ? '' : ' · '),
    solid(file),
    span(` +${added} −${removed}`, 'dim'),
  ]);
}

function revealed(report: Report): string {
  const number = report.changes?.revealed.length ?? 0;
  return number === 0
    ? ''
    : ` · now visible: ${count(number, 'finding that was', 'findings that were')} hidden behind it`;
}

/** Equal titles once, with how often. */
function titles(
  outcomes: readonly FixOutcome[],
  flow: (spans: readonly Span[]) => Line[],
  sheet: Sheet,
): Line[] {
  const common = outcomes.length > 1 ? commonTitle(outcomes.map((outcome) => outcome.title)) : undefined;
  if (common && !sheet.verbose) return flow([span(common), span(`   (${outcomes.length} times)`, 'dim')]);
  const counts = new Map<string, number>();
  for (const { title } of outcomes) counts.set(title, (counts.get(title) ?? 0) + 1);
  const all = [...counts];
  const shown = sheet.verbose || all.length <= MOST_TITLES + 1 ? all : all.slice(0, MOST_TITLES);
  const lines = shown.flatMap(([title, times]) =>
    flow(times > 1 ? [span(title), span(`   (${times} times)`, 'dim')] : [span(title)]),
  );
  if (shown.length < all.length) lines.push([span(`and ${all.length - shown.length} more`, 'dim')]);
  return lines;
}
