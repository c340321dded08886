/** Runs the built program as a person would, in an environment of the test's own. */
import { existsSync } from 'node:fs';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { run } from './run.ts';

const program = path.resolve(import.meta.dirname, '../../bin/dockmedic.js');

if (!existsSync(path.resolve(import.meta.dirname, '../../dist/dockmedic.js'))) {
  throw new Error(
    'dist/ is missing: these tests run the built program, so run `npm run build` first (`npm test` does).',
  );
}

export type Person = {
  /** A home directory of their own: configuration and journals go there. */
  readonly home: string;
  dockmedic(
    args: readonly string[],
    options?: { cwd?: string; env?: Record<string, string | undefined> },
  ): ReturnType<typeof run>;
  /** The same below another command (`nsenter …`). */
  wrapped(
    wrapper: readonly string[],
    args: readonly string[],
    options?: { cwd?: string; env?: Record<string, string | undefined> },
  ): ReturnType<typeof run>;
  dispose(): Promise<void>;
};

/** Somebody with an empty home directory, no terminal, and no engine unless the environment says where one is. */
export async function person(): Promise<Person> {
  const home = await realpath(await mkdtemp(path.join(os.tmpdir(), 'dockmedic-home-')));
  const wrapped: Person['wrapped'] = (wrapper, args, { cwd = home, env = {} } = {}) => {
    const [first = process.execPath, ...rest] = [...wrapper, process.execPath, program, ...args];
    return run([first, ...rest], {
      cwd,
      env: {
        HOME: home,
        XDG_STATE_HOME: path.join(home, 'state'),
        DOCKER_CONFIG: path.join(home, '.docker'),
        NO_COLOR: '1',
        FORCE_COLOR: undefined,
        CI: undefined,
        COMPOSE_FILE: undefined,
        ...env,
      },
    });
  };
  return {
    home,
    dockmedic: (args, options) => wrapped([], args, options),
    wrapped,
    dispose: () => rm(home, { recursive: true, force: true }),
  };
}

/** Leaves engines and registries out of it, so that a test says the same on every machine. */
export const STATIC = ['--offline', '--no-engine'] as const;
