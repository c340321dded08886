import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { build } from 'rolldown';
import { expect, test } from 'vitest';
import { listJournals, updateJournal } from '../../../src/fix/journal.ts';
import type { RunCommand } from '../../../src/fix/restore.ts';
import { undoLast } from '../../../src/fix/undo.ts';
import type { Fix } from '../../../src/rule.ts';
import { fixOf, noCommands, replacement, treeOf, type Workspace, workspace } from './workspace.ts';

async function apply(place: Workspace, fixes: readonly Fix[], run: RunCommand = noCommands, group?: string) {
  const result = await place.apply(place.plan(...fixes), run, group);
  if (result.state !== 'applied') throw new Error(result.reason);
  expect(result.refused).toEqual([]);
}

const undo = (place: Workspace, run: RunCommand = noCommands) => undoLast(place.root, place.state, run);

test('everything comes back byte by byte, permissions and directories included', async () => {
  const place = await workspace({ 'compose.yaml': '\uFEFFa: 1\r\nb: 2', 'sub/run.sh': '#!/bin/sh\n' });
  chmodSync(place.path('compose.yaml'), 0o640);
  const before = treeOf(place.root);
  await apply(place, [
    replacement(place, 'compose.yaml', 'a: 1', 'a: "one"\n# two lines'),
    fixOf({ kind: 'chmod', file: 'sub/run.sh', mode: 0o755 }),
    fixOf({ kind: 'create', file: 'new/deep/.env', text: 'A=1\n' }),
  ]);
  expect(treeOf(place.root)).not.toEqual(before);
  expect(await undo(place)).toMatchObject({
    state: 'restored',
    files: ['compose.yaml', 'sub/run.sh'],
    removed: ['new/deep/.env'],
    runs: [],
    irreversible: [],
  });
  expect(treeOf(place.root)).toEqual(before);
  expect(await undo(place)).toEqual({ state: 'nothing' });
});

test('each undo takes back one run, the newest first', async () => {
  const place = await workspace({ 'a.yaml': 'one\n' });
  await apply(place, [replacement(place, 'a.yaml', 'one', 'two')]);
  await apply(place, [replacement(place, 'a.yaml', 'two', 'three')]);
  await undo(place);
  expect(place.text('a.yaml')).toBe('two\n');
  await undo(place);
  expect(place.text('a.yaml')).toBe('one\n');
  expect(await undo(place)).toEqual({ state: 'nothing' });
});

test('the rounds of one run are taken back together', async () => {
  const place = await workspace({ 'a.yaml': 'one\n', 'b.yaml': 'x\n' });
  chmodSync(place.path('a.yaml'), 0o640);
  const before = treeOf(place.root);
  await apply(place, [replacement(place, 'b.yaml', 'x', 'y')], noCommands, 'earlier');
  const middle = treeOf(place.root);
  await apply(place, [fixOf({ kind: 'chmod', file: 'a.yaml', mode: 0o600 })], noCommands, 'run');
  await apply(place, [replacement(place, 'a.yaml', 'one', 'two')], noCommands, 'run');
  await apply(place, [fixOf({ kind: 'create', file: 'new', text: 'n' })], noCommands, 'run');
  await apply(
    place,
    [replacement(place, 'a.yaml', 'two', 'three'), replacement(place, 'new', 'n', 'm')],
    noCommands,
    'run',
  );
  expect(await undo(place)).toMatchObject({ state: 'restored', files: ['a.yaml'], removed: ['new'] });
  expect(treeOf(place.root)).toEqual(middle);
  await undo(place);
  expect(treeOf(place.root)).toEqual(before);
});

test('an edit made between two rounds is never lost', async () => {
  const place = await workspace({ 'a.yaml': 'one\n' });
  await apply(place, [replacement(place, 'a.yaml', 'one', 'two')], noCommands, 'run');
  writeFileSync(place.path('a.yaml'), 'two # mine\n');
  await apply(place, [replacement(place, 'a.yaml', 'two', 'three')], noCommands, 'run');
  expect(await undo(place)).toMatchObject({
    state: 'refused',
    conflicts: [{ file: 'a.yaml', reason: 'it was edited while the fixes were being applied' }],
  });
  expect(place.text('a.yaml')).toBe('three # mine\n');
});

test('files edited, removed or replaced since are all named, and nothing is restored', async () => {
  const files = {
    'ok.yaml': 'a\n',
    'edited.yaml': 'a\n',
    'gone.yaml': 'a\n',
    'linked.yaml': 'a\n',
    'mode.sh': 'a\n',
  };
  const place = await workspace(files);
  await apply(place, [
    ...['ok.yaml', 'edited.yaml', 'gone.yaml', 'linked.yaml'].map((file) =>
      replacement(place, file, 'a', 'b'),
    ),
    fixOf({ kind: 'chmod', file: 'mode.sh', mode: 0o755 }),
    fixOf({ kind: 'create', file: 'made.yaml', text: 'x' }),
  ]);
  writeFileSync(place.path('edited.yaml'), 'mine\n');
  writeFileSync(place.path('made.yaml'), 'mine too');
  rmSync(place.path('gone.yaml'));
  rmSync(place.path('linked.yaml'));
  symlinkSync('ok.yaml', place.path('linked.yaml'));
  chmodSync(place.path('mode.sh'), 0o711);
  const before = treeOf(place.root);
  const refused = await undo(place);
  expect(refused).toMatchObject({ state: 'refused' });
  expect(refused.state === 'refused' && refused.conflicts).toEqual([
    { file: 'edited.yaml', reason: 'it was edited since' },
    { file: 'gone.yaml', reason: 'it is gone' },
    { file: 'linked.yaml', reason: 'it leads to another place now' },
    { file: 'made.yaml', reason: 'it was edited since' },
    { file: 'mode.sh', reason: 'its permissions were changed since' },
  ]);
  expect(treeOf(place.root)).toEqual(before);
});

test('a file that has its old bytes already is fine, and so is a new file that is gone', async () => {
  const place = await workspace({ 'a.yaml': 'a\n', 'b.yaml': 'b\n' });
  await apply(place, [
    replacement(place, 'a.yaml', 'a', 'x'),
    replacement(place, 'b.yaml', 'b', 'x'),
    fixOf({ kind: 'create', file: 'dir/new', text: 'n' }),
  ]);
  writeFileSync(place.path('a.yaml'), 'a\n');
  rmSync(place.path('dir'), { recursive: true });
  expect(await undo(place)).toMatchObject({ state: 'restored' });
  expect([place.text('a.yaml'), place.text('b.yaml')]).toEqual(['a\n', 'b\n']);
});

test('permissions that a person changed since stay, where the fix had not touched them', async () => {
  const place = await workspace({ 'a.yaml': 'a\n' });
  await apply(place, [replacement(place, 'a.yaml', 'a', 'b')]);
  chmodSync(place.path('a.yaml'), 0o600);
  expect(await undo(place)).toMatchObject({ state: 'restored' });
  expect([place.text('a.yaml'), place.mode('a.yaml')]).toEqual(['a\n', 0o600]);
});

test('a directory made for a new file stays once something else lies in it', async () => {
  const place = await workspace();
  await apply(place, [fixOf({ kind: 'create', file: 'dir/new', text: 'n' })]);
  writeFileSync(place.path('dir/mine'), 'm');
  expect(await undo(place)).toMatchObject({ state: 'restored', removed: ['dir/new'] });
  expect(readdirSync(place.path('dir'))).toEqual(['mine']);
});

test('a process that dies half-way leaves what undo needs', async () => {
  const place = await workspace({ 'a.yaml': 'a\n', 'b.yaml': 'b\n' });
  const before = treeOf(place.root);
  const program = path.join(place.root, '..', 'apply.mjs');
  await build({
    input: path.join(import.meta.dirname, '../../../src/fix/apply.ts'),
    platform: 'node',
    output: { file: program, format: 'esm' },
    logLevel: 'silent',
  });
  const plan = place.plan(
    replacement(place, 'a.yaml', 'a', 'x'),
    replacement(place, 'b.yaml', 'b', 'y'),
    fixOf({ kind: 'create', file: 'new/file', text: 'n' }),
    fixOf({ kind: 'run', argv: ['docker', 'one'], undo: ['docker', 'un-one'], why: 'first' }),
    fixOf({ kind: 'run', argv: ['docker', 'two'], undo: ['docker', 'un-two'], why: 'second' }),
  );
  const script = `
    import { applyPlan } from ${JSON.stringify(`file://${program}`)};
    const plan = ${JSON.stringify({ ...plan, sources: [...plan.sources] })};
    const die = () => new Promise(() => process.kill(process.pid, 'SIGKILL'));
    const run = (argv) => (argv[1] === 'two' ? die() : Promise.resolve({ ok: true, output: '' }));
    await applyPlan({ ...plan, sources: new Map(plan.sources) }, {
      root: ${JSON.stringify(place.root)}, stateDirectory: ${JSON.stringify(place.state)}, version: '0', run,
    });`;
  const ended = promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script]);
  await expect(ended).rejects.toMatchObject({ signal: 'SIGKILL' });
  expect(place.text('a.yaml')).toBe('x\n');
  const [record] = await listJournals(place.root, place.state);
  expect(record?.journal).toMatchObject({
    state: 'applying',
    runs: [{ state: 'done' }, { state: 'started' }],
  });

  const asked: string[] = [];
  const run: RunCommand = async (argv) => {
    asked.push(argv.join(' '));
    return { ok: true, output: '' };
  };
  expect(await undo(place, run)).toMatchObject({ state: 'restored' });
  expect(asked).toEqual(['docker un-two', 'docker un-one']);
  expect(treeOf(place.root)).toEqual(before);
});

test('a crash between two files is taken back, with the temporary file that it left', async () => {
  const place = await workspace({ 'a.yaml': 'a\n', 'b.yaml': 'b\n' });
  const before = treeOf(place.root);
  await apply(place, [replacement(place, 'a.yaml', 'a', 'x'), replacement(place, 'b.yaml', 'b', 'y')]);
  const [record] = await listJournals(place.root, place.state);
  if (!record?.journal) throw new Error('no journal');
  // As if the process had died after the first rename, while it was writing the second file.
  await updateJournal({ ...record, journal: record.journal }, { ...record.journal, state: 'applying' });
  writeFileSync(place.path('b.yaml'), 'b\n');
  writeFileSync(place.path(record.journal.entries[1]?.temporary ?? ''), 'y');
  expect(await undo(place)).toMatchObject({ state: 'restored' });
  expect(treeOf(place.root)).toEqual(before);
});

test('an undoing command that fails is told, and can be asked for again', async () => {
  const place = await workspace({ 'a.yaml': 'a\n' });
  const fixes = [
    replacement(place, 'a.yaml', 'a', 'b'),
    fixOf({ kind: 'run', argv: ['docker', 'on'], undo: ['docker', 'off'], why: 'to switch' } as const),
    fixOf({ kind: 'run', argv: ['docker', 'final'], why: 'for good' } as const),
  ];
  const fine: RunCommand = async () => ({ ok: true, output: '' });
  await apply(place, fixes, fine);
  const failing: RunCommand = async () => ({ ok: false, output: 'no' });
  expect(await undo(place, failing)).toMatchObject({
    state: 'restored',
    runs: [{ argv: ['docker', 'off'], ok: false, output: 'no' }],
    irreversible: [['docker', 'final']],
  });
  expect(place.text('a.yaml')).toBe('a\n');
  expect(await undo(place, fine)).toMatchObject({ state: 'restored', runs: [{ ok: true }] });
  expect(await undo(place, fine)).toEqual({ state: 'nothing' });
});

test('a journal that cannot be understood, or whose bytes are damaged, restores nothing', async () => {
  const place = await workspace({ 'a.yaml': 'a\n' });
  await apply(place, [replacement(place, 'a.yaml', 'a', 'b')]);
  const [record] = await listJournals(place.root, place.state);
  if (!record) throw new Error('no journal');
  writeFileSync(path.join(record.directory, '0.bytes'), 'other');
  expect(await undo(place)).toMatchObject({
    state: 'refused',
    conflicts: [{ file: 'a.yaml', reason: 'its old bytes in the journal are damaged' }],
  });
  writeFileSync(path.join(record.directory, 'journal.json'), '{"version": 1}');
  expect(await undo(place)).toEqual({ state: 'damaged', directory: record.directory });
  expect(place.text('a.yaml')).toBe('b\n');
});

test('a journal never makes undo write outside of the workspace', async () => {
  const place = await workspace({ 'a.yaml': 'a\n' });
  await apply(place, [replacement(place, 'a.yaml', 'a', 'b')]);
  const [record] = await listJournals(place.root, place.state);
  if (!record?.journal) throw new Error('no journal');
  const outside = path.join(place.root, '..', 'outside');
  mkdirSync(outside);
  writeFileSync(path.join(outside, 'a.yaml'), 'b\n');
  const entries = record.journal.entries.map((entry) => ({ ...entry, target: '../outside/a.yaml' }));
  await updateJournal({ ...record, journal: record.journal }, { ...record.journal, entries });
  expect(await undo(place)).toMatchObject({ state: 'refused' });
  expect(treeOf(outside)).toEqual({ 'a.yaml': expect.stringContaining(Buffer.from('b\n').toString('hex')) });
});
