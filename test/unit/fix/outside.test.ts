/** The one file outside of the workspace that a fix may edit, and that nothing of it is copied. */
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { applyPlan } from '../../../src/fix/apply.ts';
import { planFixes } from '../../../src/fix/plan.ts';
import { undoLast } from '../../../src/fix/undo.ts';
import type { Step } from '../../../src/rule.ts';
import { noCommands, type Workspace, workspace } from './workspace.ts';

const SECRET = 'planted-secret';
const BEFORE = `{"auths":{"a":{"auth":"${SECRET}"}},"credsStore":"x","more":"ä€😀","credHelpers":{"b":"x"}}`;
const AFTER = `{"auths":{"a":{"auth":"${SECRET}"}},"more":"ä€😀","credHelpers":{}}`;

async function opened() {
  const place = await workspace({ 'compose.yaml': 'a: 1\n' });
  const file = path.join(path.dirname(place.root), 'home', 'config.json');
  mkdirSync(path.dirname(file));
  writeFileSync(file, BEFORE, { mode: 0o600 });
  return { place, file };
}

function edits(file: string, text = BEFORE): Step[] {
  return ['"credsStore":"x",', '"b":"x"'].map((old) => {
    const start = text.indexOf(old);
    return { kind: 'edit', at: { file, start, end: start + old.length }, text: '', confidential: true };
  });
}

function plan(file: string, outside: readonly string[], steps: readonly Step[] = edits(file)) {
  const fix = { title: 'take it out', safety: 'unsafe' as const, steps };
  const read = (name: string) => ({ file: name, text: readFileSync(name, 'utf8') });
  return planFixes([{ finding: 'f', fix }], read, () => true, outside);
}

async function apply(place: Workspace, file: string) {
  const options = {
    root: place.root,
    stateDirectory: place.state,
    version: '0',
    run: noCommands,
    outside: [file],
  };
  const applied = await applyPlan(plan(file, [file]), options);
  if (applied.state !== 'applied') throw new Error(applied.reason);
  return applied;
}

const undo = (place: Workspace, file: string) => undoLast(place.root, place.state, noCommands, [file]);

function journals(state: string): string {
  return readdirSync(state, { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile())
    .map((one) => readFileSync(path.join(one.parentPath, one.name), 'utf8'))
    .join('\n');
}

test('it is edited, and comes back byte by byte, without a copy of what else it holds', async () => {
  const { place, file } = await opened();
  await apply(place, file);
  expect(readFileSync(file, 'utf8')).toBe(AFTER);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(journals(place.state)).toContain(file);
  expect(journals(place.state)).not.toContain(SECRET);
  expect(await undo(place, file)).toMatchObject({ state: 'restored', files: [file] });
  expect(readFileSync(file, 'utf8')).toBe(BEFORE);
});

test('what did not prove itself is taken back at once', async () => {
  const { place, file } = await opened();
  const applied = await apply(place, file);
  expect(await applied.restore()).toMatchObject({ state: 'restored' });
  expect(readFileSync(file, 'utf8')).toBe(BEFORE);
});

test('a file behind a link is edited where it lies, and the link stays', async () => {
  const { place, file } = await opened();
  const link = path.join(path.dirname(place.root), 'link.json');
  symlinkSync(file, link);
  await apply(place, link);
  expect(readFileSync(file, 'utf8')).toBe(AFTER);
  expect(await undo(place, link)).toMatchObject({ state: 'restored' });
  expect(readFileSync(link, 'utf8')).toBe(BEFORE);
});

test('no other file outside is edited, and none is made or given other permissions', async () => {
  const { file } = await opened();
  const reason = expect.stringContaining('lies outside of the workspace');
  expect(plan(file, []).refused).toMatchObject([{ reason }]);
  expect(plan(file, [`${file}.other`]).refused).toMatchObject([{ reason }]);
  const others: Step[] = [
    { kind: 'create', file, text: 'x' },
    { kind: 'chmod', file, mode: 0o777 },
  ];
  for (const step of others) expect(plan(file, [file], [step]).refused).toMatchObject([{ reason }]);
});

test('it is not put back over an edit, nor where another file is the configuration by now', async () => {
  const { place, file } = await opened();
  await apply(place, file);
  const other = `${file}.other`;
  writeFileSync(other, AFTER);
  expect(await undo(place, other)).toMatchObject({
    state: 'refused',
    conflicts: [{ reason: expect.stringContaining('DOCKER_CONFIG') }],
  });
  expect(readFileSync(other, 'utf8')).toBe(AFTER);
  expect(readFileSync(file, 'utf8')).toBe(AFTER);
  writeFileSync(file, AFTER.replace('more', 'less'));
  expect(await undo(place, file)).toMatchObject({
    state: 'refused',
    conflicts: [{ reason: 'it was edited since' }],
  });
});

test('a journal that was tampered with leads to no other file and to no other text', async () => {
  const { place, file } = await opened();
  await apply(place, file);
  const [name = ''] = readdirSync(place.state, { recursive: true, encoding: 'utf8' }).filter((one) =>
    one.endsWith('journal.json'),
  );
  const journal = path.join(place.state, name);
  const told = readFileSync(journal, 'utf8');
  const elsewhere = path.join(path.dirname(file), 'elsewhere');
  writeFileSync(elsewhere, AFTER);
  writeFileSync(journal, told.replaceAll(JSON.stringify(file), JSON.stringify(elsewhere)));
  expect(await undo(place, file)).toMatchObject({ state: 'refused' });
  expect(readFileSync(elsewhere, 'utf8')).toBe(AFTER);
  writeFileSync(journal, told.replace('\\"credsStore\\":\\"x\\",', '\\"credsStore\\":\\"y\\",'));
  expect(await undo(place, file)).toMatchObject({
    state: 'refused',
    conflicts: [{ reason: expect.stringContaining('damaged') }],
  });
  expect(readFileSync(file, 'utf8')).toBe(AFTER);
});
