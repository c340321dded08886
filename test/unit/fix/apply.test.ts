import {
  chmodSync,
  chownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { Applied } from '../../../src/fix/apply.ts';
import { listJournals } from '../../../src/fix/journal.ts';
import type { RunCommand } from '../../../src/fix/restore.ts';
import type { Fix } from '../../../src/rule.ts';
import { fixOf, replacement, treeOf, type Workspace, workspace } from './workspace.ts';

async function applied(place: Workspace, ...fixes: readonly Fix[]): Promise<Applied> {
  const plan = place.plan(...fixes);
  expect(plan.refused).toEqual([]);
  const result = await place.apply(plan);
  if (result.state !== 'applied') throw new Error(result.reason);
  return result;
}

test.each([0o755, 0o640, 0o600, 0o664])('a file keeps its permissions (%o)', async (mode) => {
  const place = await workspace({ 'compose.yaml': 'build: docker\n' });
  chmodSync(place.path('compose.yaml'), mode);
  const result = await applied(place, replacement(place, 'compose.yaml', 'docker', 'dockerfiles'));
  expect(place.text('compose.yaml')).toBe('build: dockerfiles\n');
  expect(place.mode('compose.yaml')).toBe(mode);
  expect(result.fixes).toHaveLength(1);
  expect(readdirSync(place.root)).toEqual(['compose.yaml']);
});

test.skipIf(process.getuid?.() !== 0)('a file keeps its owner', async () => {
  const place = await workspace({ 'compose.yaml': 'a\n' });
  chownSync(place.path('compose.yaml'), 4711, 4712);
  await applied(place, replacement(place, 'compose.yaml', 'a', 'b'));
  expect(statSync(place.path('compose.yaml'))).toMatchObject({ uid: 4711, gid: 4712 });
});

test('byte order mark and line breaks stay', async () => {
  const place = await workspace({ 'compose.yaml': '\uFEFFa: 1\r\nb: 2\r\n# end' });
  await applied(place, replacement(place, 'compose.yaml', 'b: 2', 'b: 3'));
  expect(readFileSync(place.path('compose.yaml'))).toEqual(Buffer.from('\uFEFFa: 1\r\nb: 3\r\n# end'));
});

test('new files get the permissions that were asked for, and the directories they need', async () => {
  const place = await workspace();
  await applied(
    place,
    fixOf({ kind: 'create', file: 'env/local/.env', text: 'A=1\n', mode: 0o600 }),
    fixOf({ kind: 'create', file: 'run.sh', text: '#!/bin/sh\n', mode: 0o777 }),
  );
  expect(place.text('env/local/.env')).toBe('A=1\n');
  expect(place.mode('env/local/.env')).toBe(0o600);
  expect(place.mode('run.sh')).toBe(0o777);
});

test('permissions change with the text and without it, on files and directories', async () => {
  const place = await workspace({ 'run.sh': 'a\n', 'data/x': '' });
  chmodSync(place.path('run.sh'), 0o640);
  chmodSync(place.path('data'), 0o700);
  const result = await applied(
    place,
    replacement(place, 'run.sh', 'a', 'b'),
    fixOf({ kind: 'chmod', file: 'run.sh', mode: 0o755 }),
    fixOf({ kind: 'chmod', file: 'data', mode: 0o755 }),
  );
  expect([place.text('run.sh'), place.mode('run.sh'), place.mode('data')]).toEqual(['b\n', 0o755, 0o755]);
  expect(await result.restore()).toMatchObject({ state: 'restored', files: ['data', 'run.sh'] });
  expect([place.text('run.sh'), place.mode('run.sh'), place.mode('data')]).toEqual(['a\n', 0o640, 0o700]);
});

test('a link is written through to its target in the workspace, and stays a link', async () => {
  const place = await workspace({ 'real/compose.yaml': 'a\n' });
  symlinkSync('real/compose.yaml', place.path('compose.yaml'));
  const result = await applied(place, replacement(place, 'compose.yaml', 'a', 'b'));
  expect(place.text('real/compose.yaml')).toBe('b\n');
  expect(realpathSync(place.path('compose.yaml'))).toBe(place.path('real/compose.yaml'));
  await result.restore();
  expect(place.text('real/compose.yaml')).toBe('a\n');
  expect(realpathSync(place.path('compose.yaml'))).toBe(place.path('real/compose.yaml'));
});

test('two names of one file are not written twice', async () => {
  const place = await workspace({ 'a.yaml': 'a b\n' });
  symlinkSync('a.yaml', place.path('b.yaml'));
  const result = await applied(
    place,
    replacement(place, 'a.yaml', 'a', 'x'),
    replacement(place, 'b.yaml', 'b', 'y'),
  );
  expect(result.refused).toMatchObject([{ finding: 'f2', reason: 'b.yaml is the same file as a.yaml' }]);
  expect(place.text('a.yaml')).toBe('x b\n');
});

test.each(['a linked file', 'a linked directory', 'a new file in a linked directory', 'a link to nowhere'])(
  'nothing is written outside of the workspace: %s',
  async (kind) => {
    const place = await workspace({ 'good.yaml': 'a\n' });
    const outside = path.join(place.root, '..', 'outside');
    mkdirSync(outside);
    writeFileSync(path.join(outside, 'compose.yaml'), 'a\n');
    const before = treeOf(outside);
    const linkedFile = kind === 'a linked file';
    if (linkedFile) symlinkSync('../outside/compose.yaml', place.path('compose.yaml'));
    else if (kind === 'a link to nowhere') symlinkSync('../outside/new.yaml', place.path('new.yaml'));
    else symlinkSync('../outside', place.path('linked'));
    const bad = {
      'a linked file': () => replacement(place, 'compose.yaml', 'a', 'b'),
      'a linked directory': () => replacement(place, 'linked/compose.yaml', 'a', 'b'),
      'a new file in a linked directory': () =>
        fixOf({ kind: 'create', file: 'linked/sub/new.yaml', text: 'x' }),
      'a link to nowhere': () => fixOf({ kind: 'create', file: 'new.yaml', text: 'x' }),
    }[kind];
    if (!bad) throw new Error(kind);
    const result = await applied(place, bad(), replacement(place, 'good.yaml', 'a', 'b'));
    const reason = kind === 'a link to nowhere' ? 'new.yaml exists by now' : 'leads out of the workspace';
    expect(result.refused).toMatchObject([{ finding: 'f1', reason: expect.stringContaining(reason) }]);
    expect(place.text('good.yaml')).toBe('b\n');
    expect(treeOf(outside)).toEqual(before);
  },
);

test('a link into .git is not followed', async () => {
  const place = await workspace({ '.git/config': '[core]\n' });
  symlinkSync('.git/config', place.path('compose.yaml'));
  const result = await applied(place, replacement(place, 'compose.yaml', 'core', 'x'));
  expect(result.refused).toMatchObject([{ reason: '.git/config belongs to git' }]);
  expect(place.text('.git/config')).toBe('[core]\n');
});

test('a file that changed since it was read is left alone, and so is all else of that fix', async () => {
  const place = await workspace({ 'a.yaml': 'a\n', 'b.yaml': 'b\n', 'c.yaml': 'c\n' });
  const both = fixOf(
    ...replacement(place, 'a.yaml', 'a', 'x').steps,
    ...replacement(place, 'b.yaml', 'b', 'x').steps,
  );
  const plan = place.plan(both, replacement(place, 'c.yaml', 'c', 'x'));
  writeFileSync(place.path('b.yaml'), 'edited\n');
  const result = await place.apply(plan);
  expect(result).toMatchObject({
    state: 'applied',
    fixes: [{ finding: 'f2' }],
    refused: [{ finding: 'f1', reason: 'b.yaml was changed since it was read' }],
  });
  expect(['a.yaml', 'b.yaml', 'c.yaml'].map(place.text)).toEqual(['a\n', 'edited\n', 'x\n']);
});

test('a file that is read-only, gone or has been made meanwhile stands in the way', async () => {
  const place = await workspace({ 'locked.yaml': 'a\n', 'gone.yaml': 'a\n' });
  chmodSync(place.path('locked.yaml'), 0o444);
  const plan = place.plan(
    replacement(place, 'locked.yaml', 'a', 'b'),
    replacement(place, 'gone.yaml', 'a', 'b'),
    fixOf({ kind: 'create', file: 'new.yaml', text: 'x' }),
  );
  rmSync(place.path('gone.yaml'));
  writeFileSync(place.path('new.yaml'), 'theirs');
  const result = await place.apply(plan);
  expect(result).toMatchObject({ state: 'applied', fixes: [], journal: null });
  expect(result.refused.map(({ reason }) => reason)).toEqual([
    'locked.yaml is read-only',
    'gone.yaml no longer exists',
    'new.yaml exists by now',
  ]);
  expect(place.text('new.yaml')).toBe('theirs');
  expect(await listJournals(place.root, place.state)).toEqual([]);
});

test('bytes that are no UTF-8 are never touched, even where a text was read from them', async () => {
  const place = await workspace();
  const bytes = Buffer.from([0x61, 0xff, 0x0a]);
  writeFileSync(place.path('latin.yaml'), bytes);
  const result = await applied(place, replacement(place, 'latin.yaml', 'a', 'b'));
  expect(result.refused).toMatchObject([{ reason: 'latin.yaml was changed since it was read' }]);
  expect(readFileSync(place.path('latin.yaml'))).toEqual(bytes);
});

test('a failure half-way puts everything back', async () => {
  const place = await workspace({ '0.yaml': 'a\n', 'run.sh': 'x\n' });
  const before = treeOf(place.root);
  // A file and a directory of one name: the second cannot be made once the first is there.
  const plan = place.plan(
    replacement(place, '0.yaml', 'a', 'b'),
    fixOf({ kind: 'chmod', file: '0.yaml', mode: 0o600 }),
    fixOf({ kind: 'create', file: 'deep/conf', text: 'x' }),
    fixOf({ kind: 'create', file: 'deep/conf/nested', text: 'x' }),
    replacement(place, 'run.sh', 'x', 'y'),
  );
  const result = await place.apply(plan);
  expect(result).toMatchObject({
    state: 'failed',
    reason: 'deep/conf/nested cannot be written: a part of its path is no directory',
    left: [],
  });
  expect(treeOf(place.root)).toEqual(before);
  const [record] = await listJournals(place.root, place.state);
  expect(record?.journal?.state).toBe('undone');
});

test('commands run in order with their reason, each once', async () => {
  const place = await workspace({ 'a.yaml': 'a\n' });
  const asked: string[] = [];
  const run: RunCommand = async (argv, why) => {
    asked.push(`${argv.join(' ')} (${why})`);
    return { ok: true, output: '' };
  };
  const step = (name: string) =>
    ({ kind: 'run', argv: ['docker', name], undo: ['docker', 'undo', name], why: `to ${name}` }) as const;
  const plan = place.plan(
    fixOf(step('one'), step('two')),
    fixOf(step('one')),
    replacement(place, 'a.yaml', 'a', 'b'),
  );
  const result = await place.apply(plan, run);
  if (result.state !== 'applied') throw new Error(result.reason);
  expect(asked.splice(0)).toEqual(['docker one (to one)', 'docker two (to two)']);
  expect(await result.restore()).toMatchObject({ state: 'restored', files: ['a.yaml'] });
  expect(asked).toEqual(['docker undo two (takes back: to two)', 'docker undo one (takes back: to one)']);
});

test.each(['says no', 'throws'])(
  'a command that %s takes back the files and the commands before it',
  async (how) => {
    const place = await workspace({ 'a.yaml': 'a\n' });
    const asked: string[] = [];
    const run: RunCommand = async (argv) => {
      asked.push(argv.join(' '));
      if (argv[1] === 'bad' && how === 'throws') throw new Error('spawn failed');
      return { ok: argv[1] !== 'bad', output: '\n\u001b[31mno such context\u001b[0m\nmore' };
    };
    const plan = place.plan(
      replacement(place, 'a.yaml', 'a', 'b'),
      fixOf({ kind: 'run', argv: ['docker', 'good'], undo: ['docker', 'ungood'], why: 'first' }),
      fixOf({ kind: 'run', argv: ['docker', 'final'], why: 'second' }),
      fixOf({ kind: 'run', argv: ['docker', 'bad'], undo: ['docker', 'unbad'], why: 'third' }),
    );
    const result = await place.apply(plan, run);
    const said = how === 'throws' ? '' : ': no such context';
    expect(result).toMatchObject({
      state: 'failed',
      reason: `\`docker bad\` did not succeed${said}; \`docker final\` cannot be taken back`,
      left: [],
    });
    expect(asked).toEqual(['docker good', 'docker final', 'docker bad', 'docker ungood']);
    expect(place.text('a.yaml')).toBe('a\n');
  },
);

test('restore refuses a file that was edited since', async () => {
  const place = await workspace({ 'a.yaml': 'a\n', 'b.yaml': 'b\n' });
  const result = await applied(
    place,
    replacement(place, 'a.yaml', 'a', 'x'),
    replacement(place, 'b.yaml', 'b', 'y'),
  );
  writeFileSync(place.path('b.yaml'), 'mine\n');
  expect(await result.restore()).toEqual({
    state: 'refused',
    conflicts: [{ file: 'b.yaml', reason: 'it was edited since' }],
  });
  expect([place.text('a.yaml'), place.text('b.yaml')]).toEqual(['x\n', 'mine\n']);
});
