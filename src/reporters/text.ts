/** The report as text for a terminal or a pipe: root causes first, the next command last. Pure. */
import type { Report } from '../report.ts';
import type { Sheet } from './code-lines.ts';
import {
  advice,
  firstPlace,
  fixes,
  GLYPHS,
  otherPlaces,
  placeText,
  seen,
  smallPrint,
  waiting,
} from './entry.ts';
import { fixOutcomeLines } from './fix-outcomes.ts';
import { type Group, groupFindings } from './grouping.ts';
import type { Paint } from './paint.ts';
import {
  clean,
  cleanLine,
  type Line,
  lineCells,
  type Span,
  solid,
  span,
  type Tone,
  wrap,
} from './terminal-text.ts';
import { engineInWords, nextStep, stackInWords, summaryInWords, uncheckedInWords } from './wording.ts';

export type Look = {
  /** What colours it; without, it stays plain. */
  readonly paint?: Paint | undefined;
  readonly unicode: boolean;
  /** Cells of a line. */
  readonly columns: number;
  /** Whether lists are shown in full. */
  readonly verbose?: boolean;
};

/** Sign, blank, priority, two blanks: where an entry's text begins. */
const MARGIN = 6;
const NARROWEST = 40;

/** The whole report, ending in a line break. Control characters of what it quotes are shown as escapes. */
export function renderText(report: Report, look: Look): string {
  const sheet: Sheet = {
    columns: Math.max(NARROWEST, look.columns),
    unicode: look.unicode,
    verbose: look.verbose ?? false,
    breakWords: false,
  };
  const paint = painter(look);
  const blocks = sections(report, sheet).filter((block) => block.length > 0);
  return `${blocks.map((block) => block.map(paint).join('\n')).join('\n\n')}\n`;
}

/** The verdict and its counts in one line, without a line break: what is left on the screen when the app ends. */
export function renderSummary(report: Report, look: Look): string {
  return painter(look)(summaryLine(report));
}

function sections(report: Report, sheet: Sheet): Line[][] {
  const groups = groupFindings(report);
  const whole = (group: Group) => entry(group, report, sheet);
  const short = (group: Group) => shortEntry(group, sheet);
  const unchecked = groups.unchecked.flatMap((one) => {
    const sign =
      one.kind === 'crashed' ? span('✗', 'bad') : span(one.kind === 'waiting' ? '⊘' : '?', 'warning');
    return wrap([sign, span(' '), span(uncheckedInWords(one, report.projects))], { ...sheet, hang: 2 });
  });
  const quiet = report.findings.length === 0 && unchecked.length === 0 && report.fixes.length === 0;
  return [
    quiet && !sheet.verbose ? [] : wrap(header(report), sheet),
    ...groups.roots.map(whole),
    ...groups.stray.map(whole),
    ...groups.warnings.map(sheet.verbose ? whole : short),
    ...groups.infos.map(sheet.verbose ? whole : short),
    unchecked,
    fixOutcomeLines(report, sheet),
    [...wrap(summaryLine(report), { ...sheet, hang: 2 }), ...nextLines(report, groups.roots, sheet)],
  ];
}

function header(report: Report): Line {
  const parts = [report.workspace, stackInWords(report), engineInWords(report)];
  return [span(`dockmedic ${report.tool.version}`, 'strong'), span(` · ${parts.join(' · ')}`)];
}

function summaryLine(report: Report): Line {
  const tone: Tone = report.status === 'pass' ? 'good' : report.status === 'fail' ? 'bad' : 'warning';
  const [verdict = '', ...counts] = summaryInWords(report).split(' · ');
  return [span(verdict, tone), ...counts.map((part) => span(` · ${part}`))];
}

function nextLines(report: Report, roots: readonly Group[], sheet: Sheet): Line[] {
  const next = nextStep(report, roots);
  if (!next) return [];
  return wrap([span('Next: ', 'dim'), solid(next.command, 'strong'), span(`   ${next.does}`)], {
    ...sheet,
    hang: 6,
  });
}

function entry(group: Group, report: Report, sheet: Sheet): Line[] {
  const within = { ...sheet, columns: sheet.columns - MARGIN };
  const body = [
    ...wrap([span(smallPrint(group), 'dim')], within),
    ...firstPlace(group, within),
    ...otherPlaces(group, within),
    ...seen(group, within),
    ...fixes(group, within),
    ...advice(group, within),
    ...waiting(group, report, within),
  ];
  return [...titleLines(group, sheet), ...body.map((line): Line => [span(' '.repeat(MARGIN)), ...line])];
}

/** The sentence, with its weight at the right edge where there is room, else below. */
function titleLines(group: Group, sheet: Sheet): Line[] {
  const sign = GLYPHS[group.severity];
  const weight = weightOf(group);
  const title: Span[] = [
    sign,
    span(' '),
    span(group.priority, sign.tone),
    span('  '),
    span(group.title, 'strong'),
  ];
  const lines = wrap(title, { ...sheet, hang: MARGIN });
  if (weight === '') return lines;
  const [first = []] = lines;
  const text = cleanLine([span(weight, 'dim')], sheet.unicode);
  const gap = sheet.columns - lineCells(first) - lineCells(text);
  if (lines.length === 1 && gap >= 2) return [[...first, span(' '.repeat(gap)), ...text]];
  return [...lines, [span(' '.repeat(MARGIN)), ...text]];
}

function weightOf(group: Group): string {
  if (group.severity !== 'error') return '';
  const root = group.findings.some((finding) => finding.causedBy.length === 0);
  const reach = group.blocks.length > 0 ? `unblocks ${group.blocks.length}` : '';
  return [root ? 'root cause' : 'follows from something else', reach]
    .filter((part) => part !== '')
    .join(' · ');
}

/** A warning or a hint: the sentence, where, and what to do. */
function shortEntry(group: Group, sheet: Sheet): Line[] {
  const sign = GLYPHS[group.severity];
  const hang = 2;
  const within = { ...sheet, columns: sheet.columns - hang };
  const [place] = group.places;
  const where: Span[] = place ? [solid(placeText(place), 'note'), span('  ')] : [];
  const lines = [
    ...wrap([...where, span(smallPrint(group), 'dim')], within),
    ...otherPlaces(group, within),
    ...fixes(group, within),
    ...advice(group, within),
  ];
  return [
    ...wrap([sign, span(' '), span(group.title)], { ...sheet, hang }),
    ...lines.map((line): Line => [span(' '.repeat(hang)), ...line]),
  ];
}

/** Writes a line: cleaned, coloured where colour is wanted, without blanks at its end. */
export function painter({ paint, unicode }: Pick<Look, 'paint' | 'unicode'>): (line: Line) => string {
  return (line) =>
    trimEnd(line)
      .map(({ text, tone }) => {
        const safe = clean(text, unicode);
        return tone && paint ? paint[tone](safe) : safe;
      })
      .join('');
}

function trimEnd(line: Line): Line {
  const last = line.at(-1);
  if (!last) return line;
  const text = last.text.trimEnd();
  return text === '' ? trimEnd(line.slice(0, -1)) : [...line.slice(0, -1), { ...last, text }];
}
