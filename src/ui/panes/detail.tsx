/** What is known of the selected entry, and what a question needs to be answered. */
import type { Report } from '../../report.ts';
import type { Sheet } from '../../reporters/code-lines.ts';
import {
  advice,
  firstPlace,
  fixBody,
  fixes,
  fixTitle,
  GLYPHS,
  labelled,
  otherPlaces,
  seen,
  smallPrint,
  waiting,
} from '../../reporters/entry.ts';
import type { Group, Unchecked } from '../../reporters/grouping.ts';
import { type Line, solid, span, wrap } from '../../reporters/terminal-text.ts';
import { uncheckedInWords } from '../../reporters/wording.ts';
import type { Item } from '../items.ts';
import { signOf } from '../layers.ts';
import type { Question, State } from '../state.ts';
import { Rows, type Screen } from './rows.tsx';

type DetailProps = {
  readonly lines: readonly Line[];
  /** Lines left out above. */
  readonly scroll: number;
  readonly width: number;
  readonly height: number;
  readonly screen: Screen;
  /** Said in the last line where more lines follow. */
  readonly more: string;
};

export function Detail({ lines, scroll, width, height, screen, more }: DetailProps) {
  const shown = lines.slice(scroll, scroll + height);
  const left = lines.length - scroll - height;
  if (left > 0 && more !== '') shown[height - 1] = [span(`${left + 1} more lines: ${more}`, 'dim')];
  return <Rows lines={shown} width={width} height={height} screen={screen} />;
}

/** The lines of an entry; in full where the sheet is verbose. */
export function itemLines(item: Item, report: Report, sheet: Sheet): readonly Line[] {
  return item.kind === 'group'
    ? groupLines(item.group, report, sheet)
    : uncheckedLines(item.unchecked, report, sheet);
}

function groupLines(group: Group, report: Report, sheet: Sheet): readonly Line[] {
  const title = wrap([span(group.title, 'strong')], sheet);
  const weight = [group.priority, smallPrint(group)].join(' · ');
  const mend = fixes(group, sheet);
  const known = [
    seen(group, sheet),
    advice(group, sheet),
    waiting(group, report, sheet),
    otherPlaces(group, sheet),
  ];
  // In full, the diff of every place is long: what is known comes before it.
  const parts = sheet.verbose ? [...known, mend] : [mend, ...known];
  return [...title, ...wrap([span(weight, 'dim')], sheet), [], ...firstPlace(group, sheet), ...parts.flat()];
}

function uncheckedLines(unchecked: Unchecked, report: Report, sheet: Sheet): readonly Line[] {
  const sentence = uncheckedInWords(unchecked, report.projects);
  const names = unchecked.subjects.flatMap((name) => wrap([solid(name)], sheet));
  const rules = unchecked.rules.flatMap((rule) => wrap([solid(rule)], sheet));
  return [
    ...wrap([span(sentence[0]?.toUpperCase() ?? ''), span(sentence.slice(1))], sheet),
    [],
    ...labelled('what', names),
    ...labelled('rules', rules),
    [],
    ...wrap([span('It counts neither as passed nor as failed.', 'dim')], sheet),
  ];
}

/** A question with all that one should know before answering. */
export function questionLines(question: Question, sheet: Sheet): readonly Line[] {
  if (question.kind === 'choose') {
    const choices = question.fixes.flatMap((fix, index) => {
      const lead = `${index + 1}  `;
      const within = { ...sheet, columns: sheet.columns - lead.length };
      const indent = (line: Line): Line => [span(' '.repeat(lead.length)), ...line];
      return [...fixTitle(fix, sheet, lead), ...fixBody(fix, '', within).map(indent), []];
    });
    return [...wrap([span(question.title, 'strong')], sheet), [], ...choices, [span('Which one?')]];
  }
  const { fix } = question;
  return [
    ...wrap([span(fix.title, 'strong')], sheet),
    ...wrap([span(whyAsked(fix.safety))], sheet),
    [],
    ...fixBody(fix, '', sheet),
    [],
    [span('Apply it?')],
  ];
}

function whyAsked(safety: string): string {
  if (safety === 'unsafe') return 'This is probably what is wanted, but it was not proven.';
  if (safety === 'manual') return 'Only a person can decide this.';
  return 'There is something to know first.';
}

/** The rules of a run while there is no report yet. */
export function ruleLines({ rules, progress }: Pick<State, 'rules' | 'progress'>): readonly Line[] {
  const text = progress === '' ? 'Looking at the stack' : progress;
  return [
    [span(text)],
    [],
    ...[...rules].map(([rule, outcome]): Line => [signOf(outcome), span(` ${rule}`)]),
  ];
}

export function healthyLines(sheet: Sheet): readonly Line[] {
  return [[], ...wrap([span('✓', 'good'), span(' Nothing wrong was found.')], sheet)];
}

const KEYS: readonly (readonly [string, string])[] = [
  ['↑ ↓ j k', 'move'],
  ['enter', 'all that is known of an entry'],
  ['esc', 'back to the list'],
  ['f', 'fix this entry, all its places'],
  ['a', 'apply every safe fix'],
  ['u', 'undo the last changes'],
  ['r', 'run again'],
  ['?', 'these keys'],
  ['q', 'quit; a fix that is being applied is finished first'],
];
const SIGNS: readonly (readonly [Line[number], string])[] = [
  [span('✓', 'good'), 'in order'],
  [GLYPHS.error, 'an error'],
  [GLYPHS.warning, 'a warning'],
  [GLYPHS.info, 'a hint'],
  [span('⊘', 'warning'), 'waits for something else to be mended'],
  [span('?', 'warning'), 'could not be checked'],
];

export function keyLines(): readonly Line[] {
  return [
    ...KEYS.map(([key, does]): Line => [span(key.padEnd(10), 'note'), span(does)]),
    [],
    ...SIGNS.map(([sign, means]): Line => [sign, span(`         ${means}`)]),
  ];
}
