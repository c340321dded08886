/** Which key means what. */
import { type Key, useInput } from 'ink';
import { useLayoutEffect, useRef } from 'react';
import { type Action, reduce, type State } from './state.ts';

export type KeyContext = Pick<State, 'screen' | 'question'> & {
  /** Lines that a page has. */
  readonly page: number;
  /** Lines by which what is shown can be scrolled. */
  readonly limit: number;
};

type PressedKey = Partial<Key>;

const LETTERS: Readonly<Record<string, Action>> = {
  f: { type: 'fix' },
  a: { type: 'fix-all' },
  u: { type: 'undo' },
  r: { type: 'again' },
  '?': { type: 'keys' },
  q: { type: 'quit' },
};

/**
 * The action of a key; undefined where it has none now. Text of several characters is a paste or a sequence that
 * nobody knows: it means nothing, so that no letter in it can change a file. A held `j` or `k` is the exception.
 */
export function actionOf(input: string, key: PressedKey, context: KeyContext): Action | undefined {
  if (key.ctrl) return input === 'c' ? { type: 'quit' } : undefined;
  // Escape itself comes with `meta` set; a letter with it is Alt and a letter, which means nothing here.
  if (key.meta && !key.escape) return undefined;
  const by = stepOf(input, key, context.page);
  if (by !== undefined) return { type: 'move', by, limit: context.limit };
  if (context.question) return answerOf(input, key, context.question);
  if (context.screen !== 'list' && (key.escape || key.leftArrow || key.backspace || key.return)) {
    return { type: 'back' };
  }
  if (key.return || key.rightArrow) return { type: 'open' };
  return LETTERS[input];
}

function stepOf(input: string, key: PressedKey, page: number): number | undefined {
  if (key.upArrow || /^k+$/.test(input)) return -Math.max(1, input.length);
  if (key.downArrow || /^j+$/.test(input)) return Math.max(1, input.length);
  if (key.pageUp) return -page;
  if (key.pageDown || input === ' ') return page;
  if (key.home) return Number.NEGATIVE_INFINITY;
  if (key.end) return Number.POSITIVE_INFINITY;
  return undefined;
}

function answerOf(
  input: string,
  key: PressedKey,
  question: NonNullable<State['question']>,
): Action | undefined {
  if (key.escape || input === 'n' || input === 'q') return { type: 'back' };
  if (question.kind === 'choose') {
    return /^[1-9]$/.test(input) ? { type: 'choose', number: Number(input) } : undefined;
  }
  return input === 'y' ? { type: 'answer', yes: true } : undefined;
}

/** A key as it was pressed, with what was on the screen then. */
type Press = {
  readonly input: string;
  readonly key: PressedKey;
} & Pick<KeyContext, 'page' | 'limit'>;

/**
 * The state after an action or a key. What a key means is decided here, on the state as it is by then: what the last
 * frame showed may be older.
 */
export function reduceInput(state: State, input: Action | Press): State {
  if (!('key' in input)) return reduce(state, input);
  const { page, limit, key } = input;
  const action = actionOf(input.input, key, { screen: state.screen, question: state.question, page, limit });
  return action ? reduce(state, action) : state;
}

/** Hands every key on, with what the last frame showed. */
export function useKeys(shown: Pick<KeyContext, 'page' | 'limit'>, press: (press: Press) => void): void {
  const latest = useRef(shown);
  useLayoutEffect(() => {
    latest.current = shown;
  }, [shown]);
  useInput((input, key) => press({ input, key, ...latest.current }));
}
