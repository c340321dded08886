import { expect, test } from 'vitest';
import { type Machine, stateDirectoryOf } from '../../../src/fix/state-directory.ts';

test.each<[string, Machine, string]>([
  ['Linux', { platform: 'linux', env: {}, home: '/home/ada' }, '/home/ada/.local/state'],
  ['XDG', { platform: 'linux', env: { XDG_STATE_HOME: '/var/ada' }, home: '/home/ada' }, '/var/ada'],
  [
    'XDG, relative',
    { platform: 'linux', env: { XDG_STATE_HOME: 'x' }, home: '/home/ada' },
    '/home/ada/.local/state',
  ],
  [
    'XDG, empty',
    { platform: 'linux', env: { XDG_STATE_HOME: '' }, home: '/home/ada' },
    '/home/ada/.local/state',
  ],
  ['macOS', { platform: 'darwin', env: {}, home: '/Users/ada' }, '/Users/ada/Library/Application Support'],
  ['Windows', { platform: 'win32', env: { LOCALAPPDATA: 'D:\\ada' }, home: 'C:\\Users\\ada' }, 'D:\\ada'],
  ['Windows, bare', { platform: 'win32', env: {}, home: 'C:\\Users\\ada' }, 'C:\\Users\\ada\\AppData\\Local'],
])('the state directory on %s', (_, machine, expected) => {
  expect(stateDirectoryOf(machine)).toBe(expected);
});
