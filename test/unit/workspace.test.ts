import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFiles } from '../../src/workspace/files.ts';
import { createHistory, parseLog } from '../../src/workspace/history.ts';
import { run } from '../support/run.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(path.join(os.tmpdir(), 'dockmedic-workspace-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

describe('files', () => {
  it('reads exact text, with its mark and line ends', async () => {
    await writeFile(path.join(root, 'a.yaml'), '\uFEFFa: 1\r\n');
    expect(createFiles(root).read('a.yaml')).toEqual({ file: 'a.yaml', text: '\uFEFFa: 1\r\n' });
  });

  it('says why a file cannot be read', async () => {
    await mkdir(path.join(root, 'directory'));
    await writeFile(path.join(root, 'binary'), Buffer.from([1, 0, 2]));
    await writeFile(path.join(root, 'latin1'), Buffer.from([0xe9]));
    await run(['mkfifo', path.join(root, 'pipe')]);
    const files = createFiles(root);
    expect(files.read('nowhere')).toMatchObject({ failure: 'missing' });
    expect(files.read('directory')).toMatchObject({ failure: 'not-a-file' });
    expect(files.read('pipe')).toMatchObject({ failure: 'not-a-file' });
    expect(files.read('binary')).toMatchObject({ failure: 'not-text' });
    expect(files.read('latin1')).toMatchObject({ failure: 'not-text' });
  });

  it('indexes the tree without what tools put there, and ends where links go round', async () => {
    await mkdir(path.join(root, 'src/node_modules/x'), { recursive: true });
    await writeFile(path.join(root, 'src/node_modules/x/Dockerfile'), '');
    await writeFile(path.join(root, 'src/Dockerfile'), '');
    await symlink('..', path.join(root, 'src/up'));
    const index = createFiles(root).index();
    expect(index.files).toEqual(['src/Dockerfile', 'src/up']);
    expect(index.byName('DOCKERFILE')).toEqual(['src/Dockerfile']);
  });
});

describe('history', () => {
  it('is empty without git, and where git is not installed', async () => {
    for (const environment of [process.env, { PATH: '/nonexistent' }]) {
      const history = createHistory(root, environment, 5_000);
      expect(await history.renames()).toEqual([]);
      expect(await history.removal('x')).toBeUndefined();
    }
  });

  it('runs nothing that the configuration of a repository names', async () => {
    const git = (...args: string[]) =>
      run(['git', '-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args], { cwd: root });
    await git('init', '--quiet');
    await writeFile(path.join(root, 'a'), 'one\ntwo\nthree\n');
    await git('add', '.');
    await git('commit', '--quiet', '--message', 'one');
    await git('mv', 'a', 'b');
    await git('commit', '--quiet', '--message', 'two');
    const trap = path.join(root, 'trap');
    const script = path.join(root, 'evil.sh');
    await writeFile(script, `#!/bin/sh\ntouch ${trap}\n`, { mode: 0o755 });
    for (const key of ['core.fsmonitor', 'gpg.program', 'diff.external', 'core.pager', 'core.sshCommand']) {
      await git('config', key, script);
    }
    await git('config', 'log.showSignature', 'true');
    await rm(trap, { force: true });
    expect(await createHistory(root, process.env, 5_000).renames()).toMatchObject([{ from: 'a', to: 'b' }]);
    expect(createFiles(root).stat('trap')).toBeUndefined();
  });

  it('reads renames and removals, newest first', () => {
    const log = [
      '\x01aaaaaaa 2026-11-10',
      '\nR100',
      'a b.txt',
      'c d.txt',
      '\x01bbbbbbb 2026-11-09',
      '\nD',
      'gone',
      '',
    ].join('\0');
    expect(parseLog(log)).toEqual({
      renames: [{ from: 'a b.txt', to: 'c d.txt', commit: { id: 'aaaaaaa', date: '2026-11-10' } }],
      removals: new Map([['gone', { id: 'bbbbbbb', date: '2026-11-09' }]]),
    });
  });
});
