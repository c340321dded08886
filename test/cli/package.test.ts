import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { run } from '../support/run.ts';

const root = path.resolve(import.meta.dirname, '../..');
let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(path.join(os.tmpdir(), 'dockmedic-package-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

it('the packed package runs alone', async () => {
  const packed = await run(['npm', 'pack', '--silent', '--pack-destination', directory], { cwd: root });
  expect(packed.code, packed.stderr).toBe(0);
  const [tarball = ''] = (await readdir(directory)).filter((name) => name.endsWith('.tgz'));
  expect((await run(['tar', '-xzf', tarball], { cwd: directory })).code).toBe(0);
  const program = path.join(directory, 'package/bin/dockmedic.js');
  const about = JSON.parse(await readFile(path.join(directory, 'package/package.json'), 'utf8'));
  expect(about.dependencies ?? {}).toEqual({});
  expect((await readdir(path.join(directory, 'package'))).sort()).toEqual(
    ['CHANGELOG.md', 'LICENSE', 'README.md', 'bin', 'dist', 'docs', 'package.json'].sort(),
  );
  // Away from every node_modules.
  await cp(path.join(root, 'examples/healthy'), path.join(directory, 'healthy'), { recursive: true });
  const env = { HOME: directory, CI: '1', NO_COLOR: '1' };
  expect((await run([process.execPath, program, '--version'], { cwd: directory, env })).stdout).toBe(
    about.version,
  );
  const looked = await run([process.execPath, program, 'healthy', '--offline', '--timeout', '2'], {
    cwd: directory,
    env,
  });
  expect(looked.stderr).toBe('');
  expect(looked.stdout).toMatch(/PASS|engine\/unreachable/);
});
