/** What runs or what was said last, and the keys that work now. */
import { cells, clean, type Line, span } from '../../reporters/terminal-text.ts';
import { count } from '../../reporters/wording.ts';
import { type State, safeCount, selectedFixes } from '../state.ts';
import { Rows, type Screen } from './rows.tsx';

export const FOOTER_HEIGHT = 2;

type FooterProps = { readonly state: State; readonly width: number; readonly screen: Screen };

export function Footer({ state, width, screen }: FooterProps) {
  const always = state.question ? [] : ALWAYS;
  const lines = [saidLine(state), keysLine(keysNow(state), always, width, screen.unicode)];
  return <Rows lines={lines} width={width} height={FOOTER_HEIGHT} screen={screen} />;
}

function saidLine(state: State): Line {
  const { notice, notKept } = state;
  if (notice) {
    const sign =
      notice.tone === 'good' ? [span('✓ ', 'good')] : notice.tone === 'bad' ? [span('✗ ', 'bad')] : [];
    const [first] = notKept;
    const why = first ? ` First: ${first.title}, because ${first.reason ?? 'no reason was given'}` : '';
    return [...sign, span(notice.text + why)];
  }
  return state.task ? [span('… ', 'note'), span(runningText(state))] : [];
}

const DOES = { diagnosis: 'looking', fix: 'applying and checking', undo: 'taking the changes back' } as const;

function runningText({ task, rules, progress }: State): string {
  if (!task) return '';
  const running = [...rules].filter(([, outcome]) => outcome === undefined).map(([rule]) => rule);
  const done = rules.size - running.length;
  const parts = [progress === '' ? DOES[task] : progress];
  if (done > 0) parts.push(`${count(done, 'rule')} done`);
  if (running[0])
    parts.push(running.length > 1 ? `${running[0]} and ${running.length - 1} more` : running[0]);
  return parts.join(' · ');
}

/** `short` is said instead where it is narrow. */
type KeyHint = { readonly key: string; readonly does: string; readonly short: string };

/** The keys that do something now, the most useful first. */
function keysNow(state: State): readonly KeyHint[] {
  if (state.question?.kind === 'choose') {
    return [hint(`1-${state.question.fixes.length}`, 'choose'), hint('esc', 'leave it')];
  }
  if (state.question) return [hint('y', 'apply it'), hint('n', 'leave it')];
  const keys: KeyHint[] = [];
  if (!state.task) {
    const fixes = selectedFixes(state);
    const places = fixes[0]?.parts.length ?? 0;
    const safe = safeCount(state);
    if (fixes.length > 1) keys.push(hint('f', `choose a fix (${fixes.length})`, 'fix'));
    else if (places > 0) keys.push(hint('f', places > 1 ? `fix this (${places} places)` : 'fix this', 'fix'));
    if (safe > 0) keys.push(hint('a', `all safe (${safe})`, 'all safe'));
  }
  if (state.screen !== 'list') keys.push(hint('esc', 'back'));
  else if (state.selected) keys.push(hint('enter', 'details'));
  if (!state.task) keys.push(hint('r', 'run again', 'again'), hint('u', 'undo'));
  return keys;
}

const hint = (key: string, does: string, short = does): KeyHint => ({ key, does, short });
const ALWAYS: readonly KeyHint[] = [hint('?', 'keys'), hint('q', 'quit')];

/** As many keys as fit, in short words where the long ones do not; how to get help and how to leave always do. */
function keysLine(
  keys: readonly KeyHint[],
  always: readonly KeyHint[],
  width: number,
  unicode: boolean,
): Line {
  const size = ({ key, does }: KeyHint) => cells(clean(`${key} ${does} · `, unicode));
  const sizeOf = (some: readonly KeyHint[]) => some.reduce((sum, one) => sum + size(one), 0) - 3;
  const short = keys.map((one) => ({ ...one, does: one.short }));
  const long = sizeOf([...keys, ...always]) <= width;
  const shown = long ? [...keys] : short;
  while (shown.length > 0 && sizeOf([...shown, ...always]) > width) shown.pop();
  return [...shown, ...always].flatMap(({ key, does }, index) => [
    ...(index > 0 ? [span(' · ', 'dim')] : []),
    span(key, 'note'),
    span(` ${does}`),
  ]);
}
