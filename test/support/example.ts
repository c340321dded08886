/**
 * The examples, each copied into a temporary directory of its own, so that a test can break and mend it. The ones about
 * a renamed directory get the git history that belongs to them: the example as it is shipped is only its last state.
 */
import { cp, mkdtemp, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { devNull, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from './run.ts';

export type Example = {
  /** Absolute, without symbolic links. */
  readonly root: string;
  readonly dispose: () => Promise<void>;
};

/** The compose files of the renamed directory, with the stale references that a rename mends. */
export const staleReferences = {
  'docker-compose.yml': 5,
  'docker-compose.test.yml': 3,
  'docker-compose.staging.yml': 5,
} as const;

/** What the rename deleted; `docker-compose.staging.yml` still wants it. */
export const deletedDockerfile = 'docker/load-tester.Dockerfile';

const loadTesterDockerfile = `# Built with the top of the repository as the context.
FROM alpine:3.22
COPY services/load-tester/run.sh /srv/run.sh
USER nobody
CMD ["sh", "/srv/run.sh"]
`;

/** A healthy stack of two projects, without a git history. */
export async function healthy(): Promise<Example> {
  return copyOf('healthy');
}

/** The shop before the rename, where everything builds: one commit. */
export async function oldLayout(): Promise<Example> {
  return prepared('renamed-directory', commitOldLayout);
}

/**
 * The shop as the example shows it. Commit 1 has `docker/`; commit 2 renames it to `dockerfiles/` and deletes the load
 * tester's Dockerfile.
 */
export async function renamedDirectory(): Promise<Example> {
  return prepared('renamed-directory', async (root) => {
    await commitOldLayout(root);
    await commitRename(root);
  });
}

/**
 * What was edited when the compose file was moved:
 * - `nothing`: moved, and that is all. Compose builds without reading env files, so the build fails first, and behind it
 *   waits `up`, which finds neither the env file nor the config file.
 * - `other-paths`: env file and config file were mended, the build is as it was (`context: .`, `docker/…`).
 * - `dockerfile`: that, and `dockerfile:` was shortened to the file beside it, so that it is found and now the context
 *   is wrong: `.` is `dockerfiles/`, and what the Dockerfiles copy is outside of it.
 */
export type MovedEdit = 'nothing' | 'other-paths' | 'dockerfile';

/** `renamedDirectory`, and in a third commit `docker-compose.yml` is moved into `dockerfiles/`. */
export async function movedComposeFile(edited: MovedEdit): Promise<Example> {
  return prepared('renamed-directory', async (root) => {
    await commitOldLayout(root);
    await commitRename(root);
    await rename(join(root, 'docker-compose.yml'), join(root, 'dockerfiles/docker-compose.yml'));
    await rewrite(join(root, 'dockerfiles/docker-compose.yml'), (text) => {
      if (edited === 'nothing') return text;
      const mended = text.replace('./env/', '../env/').replace('./config/', '../config/');
      return edited === 'dockerfile' ? mended.replace(stale, '$1') : mended;
    });
    await commit(root, 'Keep the compose file with the Dockerfiles', '2026-11-10T17:00:00Z');
  });
}

/** Where a `dockerfile:` that is not commented out begins with `docker/`; the first group is what stands before. */
const stale = /^([^#\n]*\bdockerfile:\s*["']?(?:\.\/)?)docker\/(?!load-tester\.)/gm;

/** A compose file of the shop with its stale references mended and every other byte as it was: what a fix must yield. */
export function mendedReferences(text: string): string {
  return text.replace(stale, '$1dockerfiles/');
}

/** Puts `mendedReferences` into the three compose files. */
export async function mendReferences(root: string): Promise<void> {
  for (const file of Object.keys(staleReferences)) await rewrite(join(root, file), mendedReferences);
}

/** The moved compose file as it should have been: a context one directory up, Dockerfiles named from there. */
export function mendedMovedFile(text: string): string {
  return text
    .replace(/^([^#\n]*\bcontext:\s*)(?:"\."|\.\/|\.(?!\.))/gm, '$1..')
    .replace(/^([^#\n]*\bdockerfile:\s*["']?)(?:docker\/)?(?=[a-z]+\.alpine)/gm, '$1dockerfiles/');
}

export async function rewrite(file: string, change: (text: string) => string): Promise<void> {
  await writeFile(file, change(await readFile(file, 'utf8')));
}

async function commitOldLayout(root: string): Promise<void> {
  await rename(join(root, 'dockerfiles'), join(root, 'docker'));
  await writeFile(join(root, deletedDockerfile), loadTesterDockerfile);
  await git(root, ['init', '--quiet', '--template=', '--initial-branch=main']);
  await commit(root, 'Three stacks for the shop', '2026-11-10T09:00:00Z');
}

async function commitRename(root: string): Promise<void> {
  await rename(join(root, 'docker'), join(root, 'dockerfiles'));
  await rm(join(root, 'dockerfiles/load-tester.Dockerfile'));
  await commit(root, 'Rename docker/ to dockerfiles/, drop the load tester', '2026-11-10T15:30:00Z');
}

async function commit(root: string, message: string, date: string): Promise<void> {
  await git(root, ['add', '--all']);
  await git(root, ['commit', '--quiet', '--message', message], {
    GIT_AUTHOR_DATE: date,
    GIT_COMMITTER_DATE: date,
  });
}

/** Git as if nobody had ever configured it, and as if no other git had started this process (a hook does). */
async function git(
  root: string,
  args: readonly string[],
  dates: Readonly<Record<string, string>> = {},
): Promise<void> {
  const inherited = Object.keys(process.env).filter((name) => name.startsWith('GIT_'));
  const result = await run(
    [
      'git',
      ...['core.hooksPath', 'core.excludesFile', 'core.attributesFile'].flatMap((key) => [
        '-c',
        `${key}=${devNull}`,
      ]),
      ...args,
    ],
    {
      cwd: root,
      env: {
        ...Object.fromEntries(inherited.map((name) => [name, undefined])),
        GIT_CONFIG_GLOBAL: devNull,
        GIT_CONFIG_NOSYSTEM: '1',
        GIT_AUTHOR_NAME: 'Ada Shopkeeper',
        GIT_AUTHOR_EMAIL: 'ada@example.org',
        GIT_COMMITTER_NAME: 'Ada Shopkeeper',
        GIT_COMMITTER_EMAIL: 'ada@example.org',
        ...dates,
      },
    },
  );
  if (result.code !== 0) throw new Error(`git ${args.join(' ')} failed: ${result.stderr}`);
}

async function prepared(name: string, prepare: (root: string) => Promise<void>): Promise<Example> {
  const example = await copyOf(name);
  try {
    await prepare(example.root);
  } catch (error) {
    await example.dispose();
    throw error;
  }
  return example;
}

async function copyOf(name: string): Promise<Example> {
  const parent = await realpath(await mkdtemp(join(tmpdir(), 'dockmedic-example-')));
  // Named as a checkout would be: Compose and dockmedic show the last part.
  const root = join(parent, name === 'healthy' ? 'kiosk' : 'shop');
  await cp(fileURLToPath(new URL(`../../examples/${name}`, import.meta.url)), root, { recursive: true });
  return { root, dispose: () => rm(parent, { recursive: true, force: true }) };
}
