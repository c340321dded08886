/** The parts of one entry: where, what was seen, the fix, what waits for it. Shared by the text and the app. Pure. */
import type { Report, ReportStep } from '../report.ts';
import { changedLines, diffLines, excerptLines, type Sheet } from './code-lines.ts';
import type { Group, GroupFix, GroupPlace } from './grouping.ts';
import { clean, cut, type Line, lineCells, type Span, solid, span, wrap } from './terminal-text.ts';
import { count, placesInWords, reachOfFix, subjectsInWords } from './wording.ts';

const LABEL = 8;
const MOST_PLACES = 8;
const MOST_EVIDENCE = 6;
const MOST_FOLLOWERS = 5;

/** Lines with a word in front of the first: `seen    git renamed …`. */
export function labelled(label: string, lines: readonly Line[]): Line[] {
  return lines.map((line, index) => [span((index === 0 ? label : '').padEnd(LABEL), 'dim'), ...line]);
}

function inner(sheet: Sheet): Sheet {
  return { ...sheet, columns: sheet.columns - LABEL };
}

function wrapAll(lines: readonly Line[], sheet: Sheet, hang = 2): Line[] {
  return lines.flatMap((line) => wrap(line, { ...sheet, hang }));
}

/** `file:line:column`, in one piece. */
export function placeText({ location }: Pick<GroupPlace, 'location'>): string {
  return `${location.file}:${location.line}:${location.column}`;
}

/** Rule and number of places: the small print below the sentence. */
export function smallPrint(group: Group): string {
  return [group.findings[0].rule, placesInWords(group)].filter((part) => part !== '').join(' · ');
}

/** The first place with its lines. Where many places share the entry, its own sentence stands at the value. */
export function firstPlace(group: Group, sheet: Sheet): Line[] {
  const [place] = group.places;
  if (!place) return [];
  const say = place.finding.message === group.title ? '' : sayAt(place);
  const excerpt = excerptLines(place.finding, { ...sheet, columns: sheet.columns - 2 }, say);
  return [
    ...wrap([solid(placeText(place), 'note')], sheet),
    ...excerpt.map((line): Line => [span('  '), ...line]),
    ...(excerpt.length === 0 && say !== '' ? wrapAll([[span(say)]], sheet) : []),
  ];
}

/** The sentence without the value it begins with: the value stands right above. */
function sayAt({ value, finding }: GroupPlace): string {
  const { message } = finding;
  return value !== '' && message.startsWith(`${value} `) ? message.slice(value.length + 1) : message;
}

/** Every other place, one to a line with its value. */
export function otherPlaces(group: Group, sheet: Sheet): Line[] {
  const others = group.places.slice(1);
  const shown = sheet.verbose || others.length <= MOST_PLACES + 1 ? others : others.slice(0, MOST_PLACES);
  const within = inner(sheet);
  const texts = shown.map((place) => clean(placeText(place), sheet.unicode));
  const widest = Math.max(0, ...texts.map((text) => lineCells([span(text)])));
  const lines = shown.flatMap((place, index): Line[] => {
    const text = texts[index] ?? '';
    const room = within.columns - widest - 2;
    if (room < 20 || place.value === '') return wrap([solid(text)], within);
    const gap = ' '.repeat(widest - lineCells([span(text)]) + 2);
    return [[span(text), span(gap), ...cut([span(place.value, 'dim')], room, sheet.unicode)]];
  });
  if (shown.length < others.length) lines.push([span(`and ${others.length - shown.length} more`, 'dim')]);
  return labelled('also', lines);
}

/** What was seen, each thing once; of many places only what was seen at the first. */
export function seen(group: Group, sheet: Sheet): Line[] {
  const { evidence } = group;
  const first = group.findings[0].evidence.length || MOST_EVIDENCE;
  const shown = sheet.verbose ? evidence : evidence.slice(0, Math.min(MOST_EVIDENCE, first));
  const lines = wrapAll(
    shown.map((text) => [span(text)]),
    inner(sheet),
  );
  if (shown.length < evidence.length) lines.push([span(`and ${evidence.length - shown.length} more`, 'dim')]);
  return labelled('seen', lines);
}

/** The one fix with its diff, or all of them numbered where a person has to choose. */
export function fixes(group: Group, sheet: Sheet): Line[] {
  const here = group.places[0]?.location.file ?? '';
  const [only, second] = group.fixes;
  if (!only) return [];
  const within = inner(sheet);
  if (!second) return labelled('fix', [...fixTitle(only, within), ...fixBody(only, here, within)]);
  const choices = group.fixes.flatMap((fix) => {
    const hang = 3;
    const title = fixTitle(fix, within, `${fix.index + 1}  `);
    const indent = (line: Line): Line => [span(' '.repeat(hang)), ...line];
    const narrow = { ...within, columns: within.columns - hang };
    const caveats = wrapAll(
      fix.caveats.map((text) => [span(text, 'dim')]),
      narrow,
    ).map(indent);
    const body = sheet.verbose ? fixBody({ ...fix, caveats: [] }, here, narrow).map(indent) : [];
    return [...title, ...caveats, ...body];
  });
  return labelled('fix', [[span('one of these; the choice is yours')], ...choices]);
}

function titleSpans(fix: GroupFix): Span[] {
  return [span(fix.title), span(`   (${reachOfFix(fix)})`, 'dim')];
}

/** What a fix does, how safe it is and how far it reaches. */
export function fixTitle(fix: GroupFix, sheet: Sheet, lead = ''): Line[] {
  const hang = lead === '' ? 2 : lead.length;
  return wrap([span(lead), ...titleSpans(fix)], { ...sheet, hang });
}

/** The diff of a fix and what else it does; of many places only the first, unless all are asked for. */
export function fixBody(fix: GroupFix, from: string, sheet: Sheet): Line[] {
  let here = from;
  const parts = sheet.verbose ? fix.parts : fix.parts.slice(0, 1);
  const lines: Line[] = [];
  for (const { fix: part } of parts) {
    const changed = changedLines(part.diff);
    lines.push(...diffLines(changed, sheet, here));
    here = changed.at(-1)?.file ?? here;
    const others = part.steps.filter(
      (step) => part.diff === '' || step.kind === 'run' || step.kind === 'chmod',
    );
    lines.push(
      ...wrapAll(
        others.map((step) => stepLine(step)),
        sheet,
      ),
    );
  }
  return [
    ...lines,
    ...wrapAll(
      fix.caveats.map((text) => [span(text)]),
      sheet,
    ),
  ];
}

function stepLine(step: ReportStep): Line {
  switch (step.kind) {
    case 'edit':
      return [solid(`${step.file}:${step.line}:${step.column}`, 'note')];
    case 'create':
      return [span('create '), solid(step.file, 'note')];
    case 'chmod':
      return [span(`chmod ${step.mode} `), solid(step.file, 'note')];
    case 'run':
      return [span('run '), solid(commandLine(step.argv), 'note'), span(` (${step.why})`, 'dim')];
  }
}

/** An argv as one could type it; for reading only, it is never handed to a shell. */
function commandLine(argv: readonly string[]): string {
  return argv
    .map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`))
    .join(' ');
}

/** What a person can do, and what Docker says or does meanwhile. */
export function advice(group: Group, sheet: Sheet): Line[] {
  const lines = (texts: readonly string[]) =>
    wrapAll(
      texts.map((text) => [span(text)]),
      inner(sheet),
      0,
    );
  return [...labelled('do', lines(group.advice)), ...labelled('then', lines(group.consequences))];
}

/** What waits for it, and what was found there. */
export function waiting(group: Group, report: Report, sheet: Sheet): Line[] {
  const within = inner(sheet);
  const blocks = subjectsInWords(group.blocks, report.projects);
  const lines = blocks === '' ? [] : wrap([span(blocks)], within);
  const all = group.followers;
  const shown = sheet.verbose || all.length <= MOST_FOLLOWERS + 1 ? all : all.slice(0, MOST_FOLLOWERS);
  const followers = shown.flatMap((follower) => wrapAll([followerLine(follower)], within));
  if (shown.length < all.length)
    followers.push([span(`and ${all.length - shown.length} more (--verbose lists them)`, 'dim')]);
  return [...labelled('blocks', lines), ...labelled('behind', followers)];
}

function followerLine(group: Group): Line {
  const [place] = group.places;
  const more = group.places.length > 1 ? ` and ${count(group.places.length - 1, 'other place')}` : '';
  const where: Span[] = place ? [span('  '), solid(placeText(place), 'note'), span(more, 'dim')] : [];
  return [
    span(group.severity === 'error' ? '⊘ ' : `${GLYPHS[group.severity].text} `),
    span(group.title),
    ...where,
  ];
}

/** The sign of each severity. */
export const GLYPHS = {
  error: span('✗', 'bad'),
  warning: span('⚠', 'warning'),
  info: span('ℹ', 'note'),
} as const;
