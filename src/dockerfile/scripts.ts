/** Files of the build context that a build, or a service, starts as programs. */
import path from 'node:path';
import type { MapNode, Node, Service } from '../compose/model.ts';
import { childAt, itemsOf, scalarAt } from '../compose/tree.ts';
import type { Facts } from '../facts.ts';
import type { FilePath, Place } from '../source.ts';
import { chainOf, type ReadBuild, readBuilds, rootImageOf } from './builds.ts';
import { fileAt, stepsUpTo, workdirAfter } from './image-files.ts';
import { knownImage } from './known-images.ts';
import type { Command, Copy, Stage, StageStep } from './model.ts';

const { posix } = path;

export type ScriptRun = {
  readonly read: ReadBuild;
  readonly stage: Stage;
  /** What has happened to the image by then. */
  readonly steps: readonly StageStep[];
  readonly file: FilePath;
  readonly inImage: string;
  readonly copy: Copy;
  readonly modeKept: boolean;
  /** What starts it: `ENTRYPOINT`, `RUN`, `command` (of the compose file). */
  readonly by: string;
  /** Where that is written. */
  readonly at: Place;
  /** A shell starts it; that one reads a file without `#!` as a script of its own. */
  readonly byShell: boolean;
};

/** Directories of a usual PATH that images copy programs to. */
const ON_PATH = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** Programs that start another one and stay beside it. */
const INITS = /(?:^|\/)(?:tini|dumb-init)$/;

/** All that is certain; `what cannot be told` is left out. */
export function* scriptsRun(facts: Facts): Iterable<ScriptRun> {
  for (const read of readBuilds(facts)) {
    if (read.context === undefined) continue;
    for (const stage of read.stages) {
      for (const step of stage.steps) if (step.kind === 'run') yield* runBy(facts, read, stage, step);
    }
    const target = targetOf(read);
    if (target) yield* startedBy(facts, read, target);
  }
}

/** The stage that becomes the image: of those that are built, the one that no other needs. */
function targetOf({ build, model }: ReadBuild): Stage | undefined {
  const name = build.target?.text.trim().toLowerCase();
  return name ? model.stages.findLast((stage) => stage.name === name) : model.stages.at(-1);
}

function* runBy(
  facts: Facts,
  read: ReadBuild,
  stage: Stage,
  step: Extract<StageStep, { kind: 'run' }>,
): Iterable<ScriptRun> {
  const steps = stepsUpTo(read, stage, step);
  const workdir = workdirAfter(read, stage, steps);
  const { start, end } = step.command.range;
  // What is mounted lies over what was copied.
  if (stage.mounts.some(({ range }) => range.start >= start && range.end <= end)) return;
  for (const started of startedIn(step.command, steps)) {
    const found = resolve(facts, read, stage, steps, started.program, workdir);
    if (found) yield { ...found, by: 'RUN', at: read.placeOf(started.range), byShell: started.byShell };
  }
}

/** What the container starts: the service's own entrypoint or command, else what the image says. */
function* startedBy(facts: Facts, read: ReadBuild, stage: Stage): Iterable<ScriptRun> {
  const { service } = read;
  const steps = stepsUpTo(read, stage);
  const own = scalarAt(service.node, 'working_dir');
  const workdir = own ? absoluteOnly(own.text) : workdirAfter(read, stage, steps);
  const started = programOf(read, stage, steps);
  if (!started) return;
  const found = resolve(facts, read, stage, steps, started.program, workdir);
  if (!found || isCovered(service, found.inImage)) return;
  yield { ...found, by: started.by, at: started.at, byShell: started.byShell };
}

function absoluteOnly(directory: string): string | undefined {
  return directory.startsWith('/') ? directory : undefined;
}

type Started = {
  readonly program: string;
  readonly by: string;
  readonly at: Place;
  readonly byShell: boolean;
};

function programOf(read: ReadBuild, stage: Stage, steps: readonly StageStep[]): Started | undefined {
  const { node } = read.service;
  if (node.entries.has('entrypoint')) return ofCompose(node, 'entrypoint');
  const entrypoint = steps.findLast((step) => step.kind === 'entrypoint');
  if (entrypoint?.kind === 'entrypoint') return ofDockerfile(read, steps, entrypoint.command, 'ENTRYPOINT');
  // An entrypoint of the base image may do anything with the command.
  const root = rootImageOf(read.model, read.build, stage);
  if (root === undefined || (root !== 'scratch' && !knownImage(root)?.handsOn)) return undefined;
  if (node.entries.has('command')) return ofCompose(node, 'command');
  const last = chainOf(read.model, stage)
    .flatMap((one) => one.steps)
    .findLast((step) => step.kind === 'cmd');
  return last?.kind === 'cmd' ? ofDockerfile(read, steps, last.command, 'CMD') : undefined;
}

function ofDockerfile(
  read: ReadBuild,
  steps: readonly StageStep[],
  command: Command,
  by: string,
): Started | undefined {
  const [first] = startedIn(command, steps);
  return first && { program: first.program, by, at: read.placeOf(first.range), byShell: first.byShell };
}

/** Compose splits a string into words and starts the first of them without a shell. */
function ofCompose(node: MapNode, key: 'entrypoint' | 'command'): Started | undefined {
  const value: Node | undefined = childAt(node, key);
  if (!value) return undefined;
  if (value.kind === 'scalar') {
    if (typeof value.value !== 'string' || /["'\\$]/.test(value.text)) return undefined;
    const [program = ''] = value.text.trim().split(/\s+/, 1);
    return program === '' ? undefined : { program, by: key, at: value.at, byShell: false };
  }
  const words = itemsOf(value).filter((item) => item.kind === 'scalar');
  const at = INITS.test(words[0]?.text ?? '') && words[1]?.text === '--' ? 2 : 0;
  const word = words[at];
  return word && { program: word.text, by: key, at: word.at, byShell: false };
}

type Program = {
  readonly program: string;
  readonly range: Command['range'];
  readonly byShell: boolean;
};

/** The programs that a command is sure to start, in order. */
function startedIn({ form, words, commands }: Command, before: readonly StageStep[]): readonly Program[] {
  if (form === 'exec') {
    const at = INITS.test(words[0]?.text ?? '') && words[1]?.text === '--' ? 2 : 0;
    const word = words[at];
    return word ? [{ program: word.text, range: word.range, byShell: false }] : [];
  }
  // Another shell may read it in another way.
  if (before.some((step) => step.kind === 'shell')) return [];
  const found: Program[] = [];
  for (const command of commands ?? []) {
    // From here on relative paths mean something else, or files have changed.
    const [first] = command.words;
    const name = first?.text === 'exec' ? command.words[1] : first;
    if (!name || !command.decides || found.length > 0) break;
    if (!name.literal || !name.text.includes('/')) {
      if (['set', 'echo'].includes(name.text)) continue;
      break;
    }
    found.push({ program: name.text, range: name.range, byShell: true });
  }
  return found;
}

function resolve(
  facts: Facts,
  read: ReadBuild,
  stage: Stage,
  steps: readonly StageStep[],
  program: string,
  workdir: string | undefined,
): Omit<ScriptRun, 'by' | 'at' | 'byShell'> | undefined {
  const places = program.startsWith('/')
    ? [posix.normalize(program)]
    : program.includes('/')
      ? workdir === undefined
        ? []
        : [posix.join(workdir, program)]
      : // A name alone is sought on the PATH; one without an ending may be any program of the image.
        program.includes('.')
        ? ON_PATH.map((directory) => `${directory}/${program}`)
        : [];
  const found = places.flatMap((inImage) => {
    const file = fileAt(facts, read, stage, steps, inImage);
    return file ? [{ ...file, inImage }] : [];
  });
  const [only] = found;
  return found.length === 1 && only ? { read, stage, steps, ...only } : undefined;
}

/** Whether a volume lies over a path of the container: what it starts then is not what was built. */
function isCovered(service: Service, inImage: string): boolean {
  if (service.node.entries.has('volumes_from')) return true;
  return itemsOf(childAt(service.node, 'volumes')).some((item) => {
    const target = item.kind === 'scalar' ? targetOfShort(item.text) : scalarAt(item, 'target')?.text;
    if (target === undefined || !target.startsWith('/')) return true;
    const directory = posix.normalize(target).replace(/(.)\/$/, '$1');
    return inImage === directory || directory === '/' || inImage.startsWith(`${directory}/`);
  });
}

/** `source:target:mode`, `target`; a drive letter before the first colon belongs to the source. */
function targetOfShort(text: string): string | undefined {
  const parts = text.replace(/^[A-Za-z]:[\\/]/, '').split(':');
  return parts.length === 1 ? parts[0] : parts[1];
}
