import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { applyPlan } from '../../../src/fix/apply.ts';
import { listJournals } from '../../../src/fix/journal.ts';
import { parseJournal, sha256 } from '../../../src/fix/journal-model.ts';
import { undoLast } from '../../../src/fix/undo.ts';
import { fixOf, noCommands, replacement, treeOf, workspace } from './workspace.ts';

test('the journal names what was there before, and only its owner can read it', async () => {
  const place = await workspace({ '.env': 'PASSWORD=secret\n' });
  await place.apply(place.plan(replacement(place, '.env', 'PASSWORD', 'DB_PASSWORD')));
  const directory = path.join(place.state, 'dockmedic', sha256(place.root).slice(0, 16), '000001');
  expect(readdirSync(directory).sort()).toEqual(['0.bytes', 'journal.json']);
  for (const name of [directory, path.dirname(directory)]) expect(statSync(name).mode & 0o777).toBe(0o700);
  for (const name of ['0.bytes', 'journal.json']) {
    expect(statSync(path.join(directory, name)).mode & 0o777).toBe(0o600);
  }
  expect(readFileSync(path.join(directory, '0.bytes'), 'utf8')).toBe('PASSWORD=secret\n');
  const text = readFileSync(path.join(directory, 'journal.json'), 'utf8');
  expect(text).not.toContain('secret');
  expect(parseJournal(text)).toMatchObject({
    version: 1,
    root: place.root,
    dockmedic: '0.0.0',
    state: 'applied',
    entries: [
      {
        file: '.env',
        target: '.env',
        bytes: '0.bytes',
        oldSha256: sha256('PASSWORD=secret\n'),
        newSha256: sha256('DB_PASSWORD=secret\n'),
        oldMode: place.mode('.env'),
        newMode: null,
      },
    ],
  });
});

test('it is on the disk before the first change', async () => {
  const place = await workspace({ 'a.yaml': 'a\n' });
  let seen: unknown;
  await place.apply(place.plan(fixOf({ kind: 'run', argv: ['docker', 'x'], why: 'y' })), async () => {
    seen = (await listJournals(place.root, place.state))[0]?.journal;
    return { ok: true, output: '' };
  });
  expect(seen).toMatchObject({
    state: 'applying',
    runs: [{ argv: ['docker', 'x'], undo: null, state: 'started' }],
  });
});

test('where no journal can be kept, nothing is changed', async () => {
  const place = await workspace({ 'a.yaml': 'a\n' });
  const before = treeOf(place.root);
  const plan = place.plan(replacement(place, 'a.yaml', 'a', 'b'));
  const options = { root: place.root, version: '0', run: noCommands };
  mkdirSync(place.state);
  symlinkSync(place.root, path.join(place.state, 'back'));
  for (const stateDirectory of [
    path.join(place.root, '.state'),
    place.root,
    path.join(place.state, 'back', 'deep', 'state'),
  ]) {
    const result = await applyPlan(plan, { ...options, stateDirectory });
    expect(result).toMatchObject({
      state: 'failed',
      reason: expect.stringContaining('inside of the workspace'),
    });
  }
  const occupied = path.join(place.root, '..', 'occupied');
  writeFileSync(occupied, '');
  expect(await applyPlan(plan, { ...options, stateDirectory: occupied })).toMatchObject({
    state: 'failed',
    reason: 'the undo journal cannot be written: a part of its path is no directory',
  });
  expect(treeOf(place.root)).toEqual(before);
});

test('old bytes go once they are of no more use', async () => {
  const place = await workspace({ 'a.yaml': 'a\n' });
  await place.apply(place.plan(replacement(place, 'a.yaml', 'a', 'b')));
  await undoLast(place.root, place.state, noCommands);
  const [record] = await listJournals(place.root, place.state);
  expect(record?.journal?.state).toBe('undone');
  expect(readdirSync(record?.directory ?? '')).toEqual(['journal.json']);
});

test('the last twenty runs are kept, with all their rounds', async () => {
  const place = await workspace({ 'a.yaml': '0\n' });
  for (let next = 1; next <= 23; next++) {
    // The last run has two rounds.
    const group = `run ${Math.min(next, 22)}`;
    const plan = place.plan(replacement(place, 'a.yaml', `${next - 1}`, `${next}`));
    expect(await place.apply(plan, noCommands, group)).toMatchObject({ state: 'applied' });
  }
  const records = await listJournals(place.root, place.state);
  expect(records.map(({ sequence }) => Number(sequence))).toEqual(
    Array.from({ length: 21 }, (_, index) => 23 - index),
  );
  await undoLast(place.root, place.state, noCommands);
  expect(place.text('a.yaml')).toBe('21\n');
});

test('two workspaces have two journals, and one has the same under every name', async () => {
  const place = await workspace({ 'a.yaml': 'a\n' });
  await place.apply(place.plan(replacement(place, 'a.yaml', 'a', 'b')));
  const other = path.join(place.root, '..', 'other');
  mkdirSync(other);
  expect(await listJournals(other, place.state)).toEqual([]);
  const link = path.join(place.root, '..', 'link');
  symlinkSync(place.root, link);
  expect(await listJournals(link, place.state)).toHaveLength(1);
});

test.each(['', 'null', '[]', '{}', '{"version":2}', 'x'])('%j is no journal', (text) => {
  expect(parseJournal(text)).toBeUndefined();
});
