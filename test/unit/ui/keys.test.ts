import { describe, expect, it } from 'vitest';
import { actionOf, type KeyContext } from '../../../src/ui/keys.ts';

const list: KeyContext = { screen: 'list', question: undefined, page: 10, limit: 20 };
const detail: KeyContext = { ...list, screen: 'detail' };
const choose: KeyContext = { ...list, question: { kind: 'choose', title: '', fixes: [] } };

describe('actionOf', () => {
  it.each([
    ['j', {}, { type: 'move', by: 1, limit: 20 }],
    ['kkk', {}, { type: 'move', by: -3, limit: 20 }],
    ['', { downArrow: true }, { type: 'move', by: 1, limit: 20 }],
    ['', { pageUp: true }, { type: 'move', by: -10, limit: 20 }],
    ['', { return: true }, { type: 'open' }],
    ['f', {}, { type: 'fix' }],
    ['a', {}, { type: 'fix-all' }],
    ['u', {}, { type: 'undo' }],
    ['r', {}, { type: 'again' }],
    ['?', {}, { type: 'keys' }],
    ['q', {}, { type: 'quit' }],
    ['c', { ctrl: true }, { type: 'quit' }],
  ])('%j %j', (input, key, action) => {
    expect(actionOf(input, key, list)).toEqual(action);
  });

  it('goes back from an entry', () => {
    for (const key of [{ escape: true, meta: true }, { return: true }, { leftArrow: true }]) {
      expect(actionOf('', key, detail)).toEqual({ type: 'back' });
    }
  });

  it('takes no letter of a paste, of an unknown sequence, or with Alt or Ctrl', () => {
    expect(actionOf('fuar', {}, list)).toBeUndefined();
    expect(actionOf('[1;2u', {}, list)).toBeUndefined();
    expect(actionOf('f', { meta: true }, list)).toBeUndefined();
    expect(actionOf('f', { ctrl: true }, list)).toBeUndefined();
  });

  it('takes digits only where there is a choice, and yes only where consent is asked for', () => {
    expect(actionOf('2', {}, list)).toBeUndefined();
    expect(actionOf('2', {}, choose)).toEqual({ type: 'choose', number: 2 });
    expect(actionOf('0', {}, choose)).toBeUndefined();
    expect(actionOf('y', {}, choose)).toBeUndefined();
    expect(actionOf('y', {}, list)).toBeUndefined();
  });

  it('changes nothing by letters while a question is open, but can leave it', () => {
    expect(actionOf('f', {}, choose)).toBeUndefined();
    expect(actionOf('u', {}, choose)).toBeUndefined();
    expect(actionOf('n', {}, choose)).toEqual({ type: 'back' });
    expect(actionOf('', { escape: true, meta: true }, choose)).toEqual({ type: 'back' });
    expect(actionOf('c', { ctrl: true }, choose)).toEqual({ type: 'quit' });
  });
});
