import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { countLines, diffOfFix, diffOfPlan } from '../../../src/fix/diff.ts';
import type { Fix } from '../../../src/rule.ts';
import { fixOf, replacing, treeOf, type Workspace, workspace } from './workspace.ts';

/** Applies the diff with git in one copy of the files and with dockmedic in another; both have to come out equal. */
async function sameAsGit(
  files: Readonly<Record<string, string>>,
  fixesFor: (place: Workspace) => readonly Fix[],
) {
  const [byGit, byUs] = [await workspace(files), await workspace(files)];
  for (const place of [byGit, byUs]) {
    for (const file of Object.keys(files)) chmodSync(place.path(file), file.endsWith('.sh') ? 0o755 : 0o644);
  }
  const plan = byUs.plan(...fixesFor(byUs));
  expect(plan.refused).toEqual([]);
  const diff = diffOfPlan(plan, (file) => (byUs.existing(file) ? byUs.mode(file) : undefined));

  git(byGit, ['init', '--quiet']);
  git(byGit, ['add', '--all']);
  git(byGit, ['apply', '--check', '-'], diff);
  git(byGit, ['apply', '-'], diff);
  expect(await byUs.apply(plan)).toMatchObject({ state: 'applied' });
  const { '.git': _, ...tree } = treeOf(byGit.root);
  const ours = treeOf(byUs.root);
  const ofGit = Object.fromEntries(Object.entries(tree).filter(([name]) => !name.startsWith('.git/')));
  expect(ours).toEqual(ofGit);
  return diff;
}

function git(place: Workspace, argv: readonly string[], input?: string) {
  // The person's own settings (autocrlf, whitespace) must not decide this test.
  const env = { PATH: process.env.PATH, HOME: place.state, GIT_CONFIG_NOSYSTEM: '1', LC_ALL: 'C' };
  mkdirSync(place.state, { recursive: true });
  execFileSync('git', ['-c', 'core.autocrlf=false', ...argv], { cwd: place.root, env, input, stdio: 'pipe' });
}

const replaceIn = (place: Workspace, file: string, old: string, text: string) =>
  replacing({ file, text: place.text(file) }, old, text);

test('an edit in the middle shows three lines around it, in git’s own form', async () => {
  const text = Array.from({ length: 20 }, (_, line) => `line ${line}\n`).join('');
  const diff = await sameAsGit({ 'sub/compose.yaml': text }, (place) => [
    fixOf(replaceIn(place, 'sub/compose.yaml', 'line 10', 'line ten')),
  ]);
  expect(diff).toBe(`diff --git a/sub/compose.yaml b/sub/compose.yaml
--- a/sub/compose.yaml
+++ b/sub/compose.yaml
@@ -8,7 +8,7 @@
 line 7
 line 8
 line 9
-line 10
+line ten
 line 11
 line 12
 line 13
`);
});

test.each([
  ['no line break at the end', 'a\nb', 'b', 'c'],
  ['a line break that is added at the end', 'a\nb', 'b', 'b\n'],
  ['a line break that goes from the end', 'a\nb\n', 'b\n', 'b'],
  ['CRLF', 'a\r\nb\r\nc\r\n', 'b', 'x'],
  ['mixed line breaks', 'a\r\nb\nc\rd\n', 'c\rd', 'x'],
  ['a byte order mark', '\uFEFFa: 1\nb: 2\n', 'a: 1', 'a: 2'],
  ['every line going', 'a\n', 'a\n', ''],
  ['lines that look like a diff', '--- a/x\n+++ b/x\n@@ -1 +1 @@\n', '+++ b/x', '-- y'],
  ['line separators of Unicode', 'a\u2028b\u0085c\n', 'b', 'x'],
])('git applies it as we do: %s', async (_, text, old, replacement) => {
  await sameAsGit({ 'compose.yaml': text }, (place) => [
    fixOf(replaceIn(place, 'compose.yaml', old, replacement)),
  ]);
});

test('git applies new files, permissions and several files at once as we do', async () => {
  const files = {
    'a.yaml': 'a\n',
    'b.yaml': 'b\n',
    'run.sh': '#!/bin/sh\n',
    'entry.txt': 'x\n',
    'both.txt': 'x\n',
  };
  const diff = await sameAsGit(files, (place) => [
    fixOf(replaceIn(place, 'a.yaml', 'a', 'A'), replaceIn(place, 'b.yaml', 'b', 'B')),
    fixOf({ kind: 'create', file: 'deep/er/.env', text: 'A=1\nB=2' }),
    fixOf({ kind: 'create', file: 'empty', text: '' }),
    fixOf({ kind: 'create', file: 'tool.sh', text: '#!/bin/sh\n', mode: 0o755 }),
    fixOf({ kind: 'chmod', file: 'run.sh', mode: 0o644 }),
    fixOf({ kind: 'chmod', file: 'entry.txt', mode: 0o755 }),
    fixOf({ kind: 'chmod', file: 'both.txt', mode: 0o755 }, replaceIn(place, 'both.txt', 'x', 'y')),
  ]);
  expect(diff).toContain('--- /dev/null\n+++ b/deep/er/.env\n');
  expect(diff).toContain('new file mode 100644\n');
  expect(diff).toContain('new file mode 100755\n');
  expect(diff).toContain('diff --git a/run.sh b/run.sh\nold mode 100755\nnew mode 100644\n');
});

test('git finds files whose names need quoting', async () => {
  const files = { 'my compose.yaml': 'a\n', 'zoë/compose.yaml': 'a\n', 'quo"te.yaml': 'a\n' };
  await sameAsGit(files, (place) =>
    Object.keys(files).map((file) => fixOf(replaceIn(place, file, 'a', 'b'))),
  );
});

test('commands are no part of the diff, nor is a fix that could not land', async () => {
  const place = await workspace({ 'a.yaml': 'a\n' });
  const run = {
    kind: 'run',
    argv: ['docker', 'context', 'use', 'colima'],
    why: 'that engine answers',
  } as const;
  expect(diffOfFix(fixOf(run), place.read)).toBe('');
  expect(diffOfFix(fixOf({ kind: 'create', file: '../out', text: 'x' }), place.read)).toBe('');
  expect(diffOfFix(fixOf({ kind: 'create', file: 'a.yaml', text: 'x' }), place.read)).toBe('');
  expect(diffOfFix(fixOf(run, replaceIn(place, 'a.yaml', 'a', 'b')), place.read)).toContain('\n-a\n+b\n');
});

test('permissions that git does not know of make no difference', async () => {
  const place = await workspace({ 'secret.env': 'a\n' });
  writeFileSync(path.join(place.root, 'secret.env'), 'a\n');
  chmodSync(place.path('secret.env'), 0o644);
  const fix = fixOf({ kind: 'chmod', file: 'secret.env', mode: 0o600 });
  expect(diffOfFix(fix, place.read, place.mode)).toBe('');
});

test('lines are counted as the diff shows them', () => {
  expect(countLines('a\nb\nc\n', 'a\nB\nc\nd\n')).toEqual({ added: 2, removed: 1 });
  expect(countLines(null, 'a\nb')).toEqual({ added: 2, removed: 0 });
  expect(countLines('a', 'a\n')).toEqual({ added: 1, removed: 1 });
  expect(countLines('a\n', 'a\n')).toEqual({ added: 0, removed: 0 });
});
