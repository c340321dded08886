/** The whole diagnosis of files that a test writes down, as a plain run without engine and registries makes it. */
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { rules } from '../../rules/index.ts';
import { createFacts } from '../../src/create-facts.ts';
import { type Diagnosis, diagnose } from '../../src/diagnose.ts';
import { realDisk } from '../../src/docker/environment.ts';
import { openWorkspace, type Selection } from '../../src/workspace/workspace.ts';

const ALL: Selection = { files: [], envFiles: [], profiles: [] };

/** Every rule, over a directory that is there. */
export function lookAtDirectory(
  root: string,
  env: Readonly<Record<string, string>> = {},
  selection = ALL,
): Promise<Diagnosis> {
  const environment = {
    env: { PATH: '/usr/bin:/bin', ...env },
    home: root,
    platform: 'linux',
    uid: 1000,
    disk: realDisk,
  };
  const workspace = openWorkspace(root, selection, environment);
  const facts = createFacts({
    ...workspace,
    root,
    environment,
    askEngine: false,
    askRegistries: false,
    timeoutMs: 10_000,
  });
  return diagnose(rules, { ...facts, today: '2026-11-22' });
}

/** Every rule, over files given as path and text; the directory is gone afterwards. */
export async function lookAtFiles(
  files: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>> = {},
  selection = ALL,
): Promise<Diagnosis> {
  const root = await realpath(await mkdtemp(path.join(os.tmpdir(), 'dockmedic-look-')));
  try {
    for (const [file, text] of Object.entries(files)) {
      await mkdir(path.dirname(path.join(root, file)), { recursive: true });
      await writeFile(path.join(root, file), text);
    }
    return await lookAtDirectory(root, env, selection);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}
