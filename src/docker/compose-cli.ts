/** What the docker CLI's compose plugin says of a project: a second opinion, asked of the program that will be used. */
import path from 'node:path';
import type { Project } from '../compose/model.ts';
import type { FilePath } from '../source.ts';
import { type DockerEnvironment, variable } from './environment.ts';
import type { ComposeVerdict } from './model.ts';
import { ask } from './programs.ts';

/** What the person said of which files to take; the same is said to Compose. Paths are root-relative. */
export type ComposeCall = {
  /** Absolute. */
  readonly root: string;
  readonly projectDirectory?: FilePath;
  readonly envFiles: readonly FilePath[];
  readonly profiles: readonly string[];
};

/** What the docker CLI says where it has no compose plugin. */
const NO_PLUGIN = /unknown shorthand flag: 'f' in -f|is not a docker command|unknown command: docker compose/;

/** The longest part of an answer that is told, in characters. */
const LONGEST = 400;

/**
 * Asks `docker compose config`: it reads the files and nothing else. No engine is asked (whatever the context says), and
 * nothing is fetched that an `include` names elsewhere. Never throws.
 */
export async function askCompose(
  project: Project,
  call: ComposeCall,
  environment: DockerEnvironment,
  timeoutMs: number,
): Promise<ComposeVerdict> {
  const docker = findDocker(environment);
  if (docker === undefined) return { answer: 'absent', because: 'there is no docker CLI here' };
  const { DOCKER_CONTEXT: _, ...env } = environment.env;
  const asked = {
    ...env,
    // An endpoint that is named leaves contexts out of it; it is not called.
    DOCKER_HOST: 'unix:///var/run/docker.sock',
    COMPOSE_EXPERIMENTAL_GIT_REMOTE: 'false',
    COMPOSE_EXPERIMENTAL_OCI_REMOTE: 'false',
    NO_COLOR: '1',
  };
  const cwd = call.projectDirectory === undefined ? path.resolve(call.root, project.directory) : call.root;
  const ran = await ask(docker, argumentsFor(project, call), asked, timeoutMs, { cwd, longest: 1024 * 1024 });
  if ('why' in ran) {
    const because =
      ran.why === 'timeout'
        ? 'docker compose config did not come to an end'
        : 'docker compose config cannot be run';
    return { answer: 'none', because };
  }
  if (ran.code === 0) return { answer: 'accepts' };
  if (NO_PLUGIN.test(ran.stderr))
    return { answer: 'absent', because: 'the docker CLI has no compose plugin' };
  if (ran.code === undefined) return { answer: 'none', because: 'docker compose config cannot be run' };
  return { answer: 'refuses', said: wordsOf(ran.stderr, call.root) };
}

function argumentsFor(project: Project, call: ComposeCall): readonly string[] {
  const absolute = (file: FilePath): string => path.resolve(call.root, file);
  return [
    'compose',
    ...project.files.flatMap((file) => ['-f', absolute(file)]),
    ...(call.projectDirectory === undefined ? [] : ['--project-directory', absolute(call.projectDirectory)]),
    ...call.envFiles.flatMap((file) => ['--env-file', absolute(file)]),
    ...call.profiles.flatMap((profile) => ['--profile', profile]),
    'config',
    '--quiet',
  ];
}

/** Relative directories of PATH are passed over: they would let a workspace bring its own docker. */
function findDocker(environment: DockerEnvironment): string | undefined {
  const windows = environment.platform === 'win32';
  const { join, isAbsolute } = windows ? path.win32 : path.posix;
  return (variable(environment, 'PATH') ?? '')
    .split(windows ? ';' : ':')
    .filter((directory) => isAbsolute(directory))
    .map((directory) => join(directory, windows ? 'docker.exe' : 'docker'))
    .find((file) => environment.disk.isExecutable(file));
}

/** What was said, without warnings, on one line; paths below the root as they are named everywhere. */
function wordsOf(stderr: string, root: string): string {
  const lines = stderr
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^time="|^WARN/.test(line));
  // What follows a crash is of use to Compose's authors alone.
  const told = lines[0]?.startsWith('panic:') ? lines.slice(0, 1) : lines;
  const words = told.join(' ').replaceAll(`${root}${path.sep}`, '');
  return words.length > LONGEST ? `${words.slice(0, LONGEST - 1)}…` : words;
}
