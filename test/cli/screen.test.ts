/** The screen in a real terminal. Left out, and said so, where tmux is not installed. */

import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Person, person } from '../support/dockmedic.ts';
import { type Example, mendedReferences, renamedDirectory } from '../support/example.ts';
import { run } from '../support/run.ts';

const tmux = (await run(['tmux', '-V'])).code === 0;
if (!tmux) console.warn('left out: test/cli/screen.test.ts, because tmux is not installed');

const program = path.resolve(import.meta.dirname, '../../bin/dockmedic.js');
let ana: Person;
let shop: Example;
let socket: string;
beforeEach(async () => {
  ana = await person();
  shop = await renamedDirectory();
  socket = path.join(ana.home, 'tmux.sock');
});
afterEach(async () => {
  await run(['tmux', '-S', socket, 'kill-server']);
  await shop.dispose();
  await ana.dispose();
});

const inTmux = (...args: string[]) => run(['tmux', '-S', socket, ...args]);
const screen = async () => (await inTmux('capture-pane', '-p')).stdout;
const shows = (pattern: RegExp) =>
  vi.waitFor(async () => expect(await screen()).toMatch(pattern), { timeout: 20_000, interval: 100 });
const press = (key: string) => inTmux('send-keys', key);

describe.skipIf(!tmux)('the screen', () => {
  it('shows the root cause, mends it, takes it back, and leaves the report behind', async () => {
    const file = path.join(shop.root, 'docker-compose.yml');
    const before = await readFile(file, 'utf8');
    const environment = ['HOME', 'XDG_STATE_HOME', 'DOCKER_CONFIG'].flatMap((name) => [
      '-e',
      `${name}=${name === 'HOME' ? ana.home : path.join(ana.home, name.toLowerCase())}`,
    ]);
    const command = ['env', '-u', 'CI', process.execPath, program, shop.root, '--offline', '--no-engine'];
    await inTmux(
      'new-session',
      '-d',
      '-x',
      '110',
      '-y',
      '30',
      ...environment,
      '-e',
      'LANG=C.UTF-8',
      `${command.join(' ')}; echo "ended with $?"; exec sh`,
    );
    await shows(/docker\/ no longer exists/);
    await shows(/Root causes/);
    await shows(/a all safe/);

    await press('a');
    await shows(/13 mended and verified/);
    expect(await readFile(file, 'utf8')).toBe(mendedReferences(before));

    await press('u');
    await vi.waitFor(async () => expect(await readFile(file, 'utf8')).toBe(before), { timeout: 20_000 });
    await shows(/docker\/ no longer exists/);

    await press('q');
    await shows(/ended with 1/);
    expect(await screen()).toMatch(/FAIL · 2 root causes/);
  });
});
