/** Which file of the build context stands at a path of an image. Only what is certain: anything else is "not known". */
import path from 'node:path';
import type { Facts } from '../facts.ts';
import type { FilePath } from '../source.ts';
import { chainOf, type ReadBuild, rootImageOf } from './builds.ts';
import { hasWildcard, matches, readGlob } from './glob.ts';
import { knownImage } from './known-images.ts';
import type { Command, Copy, Stage, StageStep } from './model.ts';

const { posix } = path;

export type ImageFile = {
  /** The file in the workspace. */
  readonly file: FilePath;
  readonly copy: Copy;
  /** Whether it has the permissions that it has in the workspace, rather than some that a step gave it. */
  readonly modeKept: boolean;
};

/** The steps of a stage and of all that it is built on, up to a certain one. */
export function stepsUpTo(read: ReadBuild, stage: Stage, last?: StageStep): readonly StageStep[] {
  const steps = chainOf(read.model, stage).flatMap((one) => one.steps);
  const end = last ? steps.lastIndexOf(last) : steps.length;
  return steps.slice(0, end < 0 ? 0 : end);
}

/** The working directory after some steps; undefined where it is not known. */
export function workdirAfter(read: ReadBuild, stage: Stage, steps: readonly StageStep[]): string | undefined {
  const root = rootImageOf(read.model, read.build, stage);
  let at = root === 'scratch' ? '/' : root === undefined ? undefined : knownImage(root)?.workdir;
  for (const step of steps) if (step.kind === 'workdir') at = entered(at, step);
  return at;
}

function entered(
  from: string | undefined,
  step: Extract<StageStep, { kind: 'workdir' }>,
): string | undefined {
  if (step.unresolved || /["'\\]/.test(step.path)) return undefined;
  if (step.path.startsWith('/')) return clean(step.path);
  return from === undefined ? undefined : clean(posix.join(from, step.path));
}

/**
 * The file that a path of the image holds after some steps, where it was copied from the context and nothing since can
 * have changed or moved it.
 */
export function fileAt(
  facts: Facts,
  read: ReadBuild,
  stage: Stage,
  steps: readonly StageStep[],
  inImage: string,
): ImageFile | undefined {
  const root = rootImageOf(read.model, read.build, stage);
  let workdir = root === 'scratch' ? '/' : root === undefined ? undefined : knownImage(root)?.workdir;
  const directories = new Set(['/', ...(root !== undefined && knownImage(root) ? USUAL : [])]);
  let found: ImageFile | undefined;
  for (const step of steps) {
    if (step.kind === 'workdir') {
      workdir = entered(workdir, step);
      if (workdir !== undefined)
        for (let at = workdir; at !== '/'; at = posix.dirname(at)) directories.add(at);
    } else if (step.kind === 'copy') {
      const written = copied(facts, read, step.copy, { inImage, workdir, directories });
      if (written === 'unknown') found = undefined;
      else if (written) found = written;
      const directory = absolute(step.copy.destination, workdir);
      if (directory !== undefined && makesDirectory(facts, read, step.copy)) directories.add(directory);
    } else if (step.kind === 'run' && found) {
      const effect = effectOn(step.command, posix.basename(inImage));
      if (effect !== 'none') found = effect === 'mode' ? { ...found, modeKept: false } : undefined;
    }
  }
  return found;
}

/** Directories that Alpine and Debian have. */
const USUAL = [
  ...['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin', '/usr/local', '/usr'],
  ...['/etc', '/home', '/opt', '/root', '/srv', '/tmp', '/var'],
];

function makesDirectory(facts: Facts, { context }: ReadBuild, copy: Copy): boolean {
  if (copy.destinationUnresolved) return false;
  if (copy.destination.endsWith('/')) return true;
  const [source] = copy.sources;
  if (copy.from !== undefined || context === undefined || !source || source.unresolved) return false;
  return facts.files.stat(posix.join(context, source.path))?.kind === 'directory';
}

/** Whether a step may put programs where a shell looks for them, or changes how commands are read. */
export function mayBringPrograms(step: StageStep): boolean {
  if (step.kind === 'shell') return true;
  if (step.kind !== 'copy') return false;
  const { destination, destinationUnresolved, from, sources } = step.copy;
  if (destinationUnresolved) return true;
  if (!/^\/?(?:(?:usr\/)?(?:local\/)?s?bin(?:\/|$)|usr(?:\/local)?\/?$|$)/.test(destination)) return false;
  // A single script of the context beside the programs is none of those that are sought.
  return from !== undefined || sources.some((source) => source.unresolved || !/\.\w+$/.test(source.path));
}

type Seeking = {
  readonly inImage: string;
  readonly workdir: string | undefined;
  /** Directories that are sure to be there. */
  readonly directories: ReadonlySet<string>;
};

/** What one COPY puts at the path: a file, nothing, or what cannot be told. */
function copied(
  facts: Facts,
  read: ReadBuild,
  copy: Copy,
  { inImage, workdir, directories }: Seeking,
): ImageFile | 'unknown' | undefined {
  const destination = absolute(copy.destination, workdir);
  if (destination === undefined || copy.destinationUnresolved) return 'unknown';
  if (!isWithin(inImage, destination)) return undefined;
  if (copy.from !== undefined || copy.more || read.context === undefined) return 'unknown';
  if (copy.flags.some((flag) => !['chown', 'link', 'chmod'].includes(flag))) return 'unknown';
  if (copy.sources.some((source) => source.unresolved)) return 'unknown';
  const intoDirectory =
    /(?:^|\/)\.{0,2}$/.test(copy.destination) || copy.sources.length > 1 || directories.has(destination);
  let found: ImageFile | undefined;
  for (const source of copy.sources) {
    const candidate = fromSource(facts, read, source.path, { inImage, destination, intoDirectory });
    if (candidate === 'unknown') return 'unknown';
    if (candidate !== undefined) {
      const modeKept = !copy.flags.includes('chmod');
      found = { file: posix.join(read.context, candidate), copy, modeKept };
    }
  }
  // ADD unpacks archives, and what is in them we do not look at.
  if (
    copy.instruction === 'ADD' &&
    copy.sources.some(({ path: name }) => /\.(?:tar|tgz|t?[gx]z|bz2)/i.test(name))
  )
    return 'unknown';
  return found;
}

/** The path in the context that a source puts there. */
function fromSource(
  facts: Facts,
  { context = '.', file }: ReadBuild,
  written: string,
  seeking: { readonly inImage: string; readonly destination: string; readonly intoDirectory: boolean },
): string | 'unknown' | undefined {
  const { inImage, destination, intoDirectory } = seeking;
  const source = clean(posix.join('/', written)).slice(1);
  const below = posix.relative(destination, inImage);
  const isFile = (candidate: string) => facts.files.stat(posix.join(context, candidate))?.kind === 'file';
  const sent = (candidate: string) => {
    const match = facts.contextMatch(context, file, candidate);
    return match.found ? candidate : 'unknown';
  };
  if (hasWildcard(source)) {
    const pattern = readGlob(posix.basename(source), false);
    const directory = posix.dirname(source);
    if (hasWildcard(directory) || !pattern || below === '' || below.includes('/')) return 'unknown';
    const candidate = posix.join(directory, below);
    if (!matches(pattern, below)) return undefined;
    return isFile(candidate) ? sent(candidate) : 'unknown';
  }
  const kind = source === '' ? 'directory' : facts.files.stat(posix.join(context, source))?.kind;
  if (kind === 'directory') {
    const candidate = posix.join(source, below);
    return below !== '' && isFile(candidate) ? sent(candidate) : undefined;
  }
  if (kind !== 'file') return 'unknown';
  if (below === '') return intoDirectory ? undefined : sent(source);
  if (below !== posix.basename(source)) return undefined;
  // Whether the destination is a directory is not known: a file of that name may as well be the file itself.
  return intoDirectory ? sent(source) : 'unknown';
}

function absolute(written: string, workdir: string | undefined): string | undefined {
  if (written.startsWith('/')) return clean(written);
  return workdir === undefined ? undefined : clean(posix.join(workdir, written));
}

function clean(directory: string): string {
  const normal = posix.normalize(directory);
  return normal.length > 1 && normal.endsWith('/') ? normal.slice(0, -1) : normal;
}

function isWithin(file: string, directory: string): boolean {
  return file === directory || directory === '/' || file.startsWith(`${directory}/`);
}

/** Programs that do not touch files that were copied in, unless they are told their names. */
const HARMLESS = new Set([
  ...[
    'apk',
    'apt-get',
    'apt',
    'npm',
    'yarn',
    'pnpm',
    'pip',
    'pip3',
    'bundle',
    'gem',
    'poetry',
    'uv',
    'corepack',
  ],
  ...[
    'mkdir',
    'echo',
    'printf',
    'adduser',
    'addgroup',
    'useradd',
    'groupadd',
    'chown',
    'touch',
    'set',
    'cat',
    'ls',
  ],
  ...['rm', 'curl', 'wget', 'cargo', 'go', 'node', 'update-ca-certificates', 'usermod', 'deluser', 'sleep'],
]);

/** What a RUN does to a file, as far as that is sure. */
function effectOn({ form, words, commands }: Command, name: string): 'none' | 'mode' | 'unknown' {
  const run = form === 'exec' ? [{ words }] : commands;
  if (!run) return 'unknown';
  // What is written with `>` is no word of a command.
  const written = form === 'shell' ? (words[0]?.text ?? '').split('>').slice(1) : [];
  if (written.some((rest) => rest.trimStart().split(/\s/, 1)[0]?.includes(name))) return 'unknown';
  let effect: 'none' | 'mode' = 'none';
  for (const { words } of run) {
    const program = words[0]?.text ?? '';
    if (program === 'chmod') effect = 'mode';
    else if (!HARMLESS.has(program) || words.some(({ text }) => text.includes(name))) return 'unknown';
  }
  return effect;
}
