/** All that the app knows, and how it changes. Pure. */
import type { FixOutcome, Report, RuleOutcome } from '../report.ts';
import type { GroupFix } from '../reporters/grouping.ts';
import { safelyFixable } from '../reporters/grouping.ts';
import { count } from '../reporters/wording.ts';
import type { ControllerEvent, FixRun } from './controller.ts';
import { type Item, itemsOf, type Section, sectionsOf } from './items.ts';

type Task = 'diagnosis' | 'fix' | 'undo';

type Notice = { readonly tone: 'good' | 'bad' | 'plain'; readonly text: string };

/** Something that only the person can answer before a fix is applied. */
export type Question =
  | { readonly kind: 'choose'; readonly title: string; readonly fixes: readonly GroupFix[] }
  | { readonly kind: 'consent'; readonly title: string; readonly fix: GroupFix };

/** What the app has to ask its controller for; taken up by the app as soon as it stands in the state. */
export type Request =
  | { readonly kind: 'diagnose' }
  | { readonly kind: 'fix'; readonly fix: GroupFix }
  | { readonly kind: 'fix-all' }
  | { readonly kind: 'undo' };

export type State = {
  readonly report: Report | undefined;
  readonly sections: readonly Section[];
  readonly selected: string | undefined;
  readonly screen: 'list' | 'detail' | 'keys';
  /** Lines by which the detail is scrolled. */
  readonly scroll: number;
  readonly task: Task | undefined;
  readonly request: Request | undefined;
  /** Rules of the current run, in the order in which they started; `undefined` while one runs. */
  readonly rules: ReadonlyMap<string, RuleOutcome['outcome'] | undefined>;
  readonly progress: string;
  readonly question: Question | undefined;
  readonly notice: Notice | undefined;
  /** Fixes of the last run that were not kept. */
  readonly notKept: readonly FixOutcome[];
  /** `asked` while a fix is being applied: the app ends as soon as that is done. */
  readonly quit: 'no' | 'asked' | 'now';
};

export type Action =
  /** Up (negative) or down; `limit` is how far what is shown can be scrolled. */
  | { readonly type: 'move'; readonly by: number; readonly limit: number }
  | { readonly type: 'open' }
  | { readonly type: 'back' }
  | { readonly type: 'keys' }
  | { readonly type: 'fix' }
  | { readonly type: 'answer'; readonly yes: boolean }
  | { readonly type: 'choose'; readonly number: number }
  | { readonly type: 'fix-all' }
  | { readonly type: 'undo' }
  | { readonly type: 'again' }
  | { readonly type: 'quit' }
  | { readonly type: 'event'; readonly event: ControllerEvent }
  | { readonly type: 'diagnosed'; readonly report: Report }
  | { readonly type: 'fixed'; readonly run: FixRun }
  | { readonly type: 'undone'; readonly ok: boolean; readonly message: string }
  | { readonly type: 'failed'; readonly message: string };

export const initialState: State = {
  report: undefined,
  sections: [],
  selected: undefined,
  screen: 'list',
  scroll: 0,
  task: 'diagnosis',
  request: { kind: 'diagnose' },
  rules: new Map(),
  progress: '',
  question: undefined,
  notice: undefined,
  notKept: [],
  quit: 'no',
};

/** Choices have one digit. */
const MOST_CHOICES = 9;

const TASKS: Readonly<Record<Task, string>> = {
  diagnosis: 'the diagnosis is still running',
  fix: 'a fix is being applied and checked',
  undo: 'the changes are being taken back',
};

/** The state after an action. */
export function reduce(state: State, action: Action): State {
  switch (action.type) {
    case 'move':
      return move(state, action.by, action.limit);
    case 'open':
      return selectedItem(state) ? { ...state, screen: 'detail', scroll: 0 } : state;
    case 'back':
      return state.question ? answered(state) : { ...state, screen: 'list', scroll: 0 };
    case 'keys':
      return { ...state, screen: state.screen === 'keys' ? 'list' : 'keys', scroll: 0 };
    case 'quit':
      return quit(state);
    case 'fix':
      return whenIdle(state, askForFix);
    case 'fix-all':
      return whenIdle(state, fixAll);
    case 'undo':
      return whenIdle(state, (idle) => start(idle, 'undo', { kind: 'undo' }));
    case 'again':
      return whenIdle(state, (idle) => start(idle, 'diagnosis', { kind: 'diagnose' }));
    case 'choose':
      return choose(state, action.number);
    case 'answer':
      return answer(state, action.yes);
    case 'event':
      return onEvent(state, action.event);
    case 'diagnosed':
      return ended(showReport(state, action.report));
    case 'fixed':
      return fixed(state, action.run);
    case 'undone':
      return undone(state, action.ok, action.message);
    case 'failed':
      return ended({ ...state, notice: { tone: 'bad', text: action.message } });
  }
}

export function selectedItem(state: State): Item | undefined {
  return itemsOf(state.sections).find((item) => item.id === state.selected);
}

/** Findings that `a` would try to mend. */
export function safeCount(state: State): number {
  return state.report ? safelyFixable(state.report).length : 0;
}

/** Fixes of the selected entry that change something; what only a person can do has no steps. */
export function selectedFixes(state: State): readonly GroupFix[] {
  const item = selectedItem(state);
  if (item?.kind !== 'group') return [];
  return item.group.fixes.filter((fix) => fix.parts.some((part) => part.fix.steps.length > 0));
}

function move(state: State, by: number, limit: number): State {
  if (state.question || state.screen !== 'list') {
    return { ...state, scroll: Math.max(0, Math.min(limit, Math.min(limit, state.scroll) + by)) };
  }
  const items = itemsOf(state.sections);
  const at = items.findIndex((item) => item.id === state.selected);
  const next = items[Math.max(0, Math.min(items.length - 1, at + by))];
  return next ? { ...state, selected: next.id, scroll: 0, notice: undefined } : state;
}

/** Runs a change only while nothing runs; says what runs otherwise. */
function whenIdle(state: State, change: (state: State) => State): State {
  if (state.question) return state;
  if (state.task) return notice(state, 'plain', `Not now: ${TASKS[state.task]}.`);
  return change({ ...state, notice: undefined });
}

function notice(state: State, tone: Notice['tone'], text: string): State {
  return { ...state, notice: { tone, text } };
}

function start(state: State, task: Task, request: Request): State {
  const rules = new Map<string, RuleOutcome['outcome'] | undefined>();
  return {
    ...state,
    task,
    request,
    rules,
    progress: '',
    question: undefined,
    notice: undefined,
    notKept: [],
  };
}

function askForFix(state: State): State {
  const item = selectedItem(state);
  if (item?.kind !== 'group') return notice(state, 'plain', 'There is nothing to fix here.');
  const fixes = selectedFixes(state);
  const [fix, second] = fixes;
  if (!fix)
    return notice(state, 'plain', 'No fix is offered here: this needs a person. Enter shows what is known.');
  if (second) {
    const question: Question = {
      kind: 'choose',
      title: item.group.title,
      fixes: fixes.slice(0, MOST_CHOICES),
    };
    return { ...state, question, scroll: 0 };
  }
  // A fix that is not safe is never applied without a word from the person.
  if (fix.safety !== 'safe' || fix.caveats.length > 0) return askConsent(state, fix);
  return start(state, 'fix', { kind: 'fix', fix });
}

function askConsent(state: State, fix: GroupFix): State {
  return { ...state, question: { kind: 'consent', title: fix.title, fix }, scroll: 0 };
}

function choose(state: State, number: number): State {
  if (state.question?.kind !== 'choose') return state;
  const fix = state.question.fixes[number - 1];
  if (!fix) return state;
  // Choosing is consent, unless there is something that the person should know first.
  if (fix.safety === 'unsafe' || fix.caveats.length > 0) return askConsent(state, fix);
  return start(state, 'fix', { kind: 'fix', fix });
}

function answer(state: State, yes: boolean): State {
  if (state.question?.kind !== 'consent') return state;
  const { fix } = state.question;
  return yes ? start(state, 'fix', { kind: 'fix', fix }) : answered(state);
}

function answered(state: State): State {
  return {
    ...state,
    question: undefined,
    scroll: 0,
    notice: { tone: 'plain', text: 'Nothing was changed.' },
  };
}

function fixAll(state: State): State {
  if (safeCount(state) === 0) return notice(state, 'plain', 'There is no safe fix left to apply.');
  return start(state, 'fix', { kind: 'fix-all' });
}

/** Nothing is half written when the app ends: quitting waits for a fix, and not for a diagnosis. */
function quit(state: State): State {
  if (state.task !== 'fix' && state.task !== 'undo') return { ...state, quit: 'now' };
  return { ...notice(state, 'plain', `Quits when this is done: ${TASKS[state.task]}.`), quit: 'asked' };
}

function onEvent(state: State, event: ControllerEvent): State {
  if (event.type === 'progress') return { ...state, progress: event.text };
  const outcome = event.type === 'rule-ended' ? (event.outcome ?? 'pass') : undefined;
  return { ...state, rules: new Map(state.rules).set(event.rule, outcome) };
}

function ended(state: State): State {
  const quits = state.quit === 'no' ? 'no' : 'now';
  return { ...state, task: undefined, request: undefined, progress: '', rules: new Map(), quit: quits };
}

/** The selection stays on its entry; where that is gone, on what took its place. */
function showReport(state: State, report: Report): State {
  const before = itemsOf(state.sections).findIndex((item) => item.id === state.selected);
  const sections = sectionsOf(report);
  const items = itemsOf(sections);
  const same = items.find((item) => item.id === state.selected);
  const selected = same ?? items[Math.max(0, Math.min(before, items.length - 1))];
  const screen = same || state.screen === 'keys' ? state.screen : 'list';
  return { ...state, report, sections, selected: selected?.id, screen, scroll: same ? state.scroll : 0 };
}

function fixed(state: State, run: FixRun): State {
  const notKept = run.outcomes.filter((one) => one.state === 'rolled-back' || one.state === 'refused');
  const text =
    notKept.length > 0 ? `${run.message} (${count(notKept.length, 'fix', 'fixes')} not kept)` : run.message;
  const tone = notKept.length > 0 ? 'bad' : 'good';
  return ended({ ...showReport(state, run.report), notKept, notice: { tone, text } });
}

/** What was taken back is looked at again at once, unless the person wants to leave. */
function undone(state: State, ok: boolean, message: string): State {
  const done = ended({ ...state, notice: { tone: ok ? 'good' : 'bad', text: message } });
  if (!ok || done.quit === 'now') return done;
  return { ...start(done, 'diagnosis', { kind: 'diagnose' }), notice: done.notice };
}
