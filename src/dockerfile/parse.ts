/** Reads a Dockerfile into the model that rules ask. */
import { expand } from './expand.ts';
import { faultsOf } from './faults.ts';
import { type Instruction, readInstructions } from './instructions.ts';
import type { Blanks, DockerfileFault, DockerfileModel, Range, Stage } from './model.ts';
import { type BuildArguments, GlobalScope, StageScope } from './scope.ts';
import { readStage, type StageNames, triggersOf } from './stage.ts';
import { flagsOf, wordsOf } from './words.ts';

/** In UTF-16 code units. Dockerfiles have a few hundred lines; one above this is a mistake or an attack. */
export const LARGEST_DOCKERFILE = 1024 * 1024;

/** Stages may rest on each other, so that their number tells in the time it takes. */
const MOST_STAGES = 1000;

/** A file that is no Dockerfile at all would bring one for each line. */
const MOST_FAULTS = 20;

/**
 * Parses a Dockerfile as BuildKit would (moby/buildkit, frontend/dockerfile; checked against engine 28.5).
 *
 * @param text the whole file; a byte order mark and CRLF are fine
 * @param args build arguments with a value; they win over the defaults of ARG
 * @returns the model; what BuildKit would refuse is in its `faults`, and nothing is thrown
 */
export function parseDockerfile(text: string, args: BuildArguments = new Map()): DockerfileModel {
  if (text.length > LARGEST_DOCKERFILE) {
    return unread('The Dockerfile is larger than 1 MiB, and dockmedic does not read larger ones.');
  }
  const { instructions, escapeToken, ...read } = readInstructions(text);
  const syntax = args.get('BUILDKIT_SYNTAX') ?? read.syntax;
  if (syntax !== undefined && !readsDockerfiles(syntax)) {
    return { faults: [], stages: [], globalArgs: new Map(), argNames: new Set(), syntax, foreign: true };
  }

  if (instructions.filter(({ keyword }) => keyword === 'FROM').length > MOST_STAGES) {
    return unread(`The Dockerfile has more than ${MOST_STAGES} stages, and dockmedic reads no more.`);
  }

  const faults: DockerfileFault[] = [...read.faults];
  const global = new GlobalScope(args, escapeToken);
  const heads: Head[] = [];
  for (const instruction of instructions) {
    faults.push(...faultsOf(instruction, heads.length > 0, escapeToken));
    const head = instruction.keyword === 'FROM' ? readFrom(instruction, global, heads) : heads.at(-1);
    if (instruction.keyword === 'FROM') {
      if (head) heads.push(head);
    } else if (head) head.body.push(instruction);
    else if (instruction.keyword === 'ARG') global.arg(instruction);
  }
  if (instructions.length === 0 && faults.length === 0) {
    faults.push({ message: 'it holds no instruction.', line: 1 });
  } else if (!instructions.some(({ keyword }) => keyword === 'FROM')) {
    faults.push({ message: 'it has no FROM.', line: 1 });
  }

  const stages = readStages(heads, global, faults);
  faults.sort((a, b) => a.line - b.line);
  const { declared } = global;
  return {
    faults: faults.slice(0, MOST_FAULTS),
    stages,
    globalArgs: declared,
    argNames: global.names,
    ...(syntax === undefined ? {} : { syntax }),
  };
}

function unread(message: string): DockerfileModel {
  return { faults: [{ message, line: 1 }], stages: [], globalArgs: new Map(), argNames: new Set() };
}

/** A FROM, and the instructions of its stage. */
type Head = Pick<
  Stage,
  'index' | 'name' | 'base' | 'baseRange' | 'baseStage' | 'platform' | 'unresolved' | 'blanks'
> & {
  readonly body: Instruction[];
};

function readFrom(instruction: Instruction, global: GlobalScope, before: readonly Head[]): Head | undefined {
  const { flags, end } = flagsOf(instruction.rest);
  const [image, as, name] = wordsOf(instruction.rest, end);
  if (!image) return undefined;
  const { text: base, unresolved } = expand(image.text, global.escapeToken, global.lookup);
  // Names of stages are kept in lower case and the base is looked up as written: `FROM Base` is an image.
  const baseStage = before.findLast((stage) => stage.name !== undefined && stage.name === base);
  const platform = flags.find((flag) => flag.name === 'platform')?.value;
  const blanks = unresolved ? blanksOf(image.text, global) : undefined;
  const baseRange: Range = instruction.place(image.start, image.end);
  return {
    index: before.length,
    base,
    baseRange,
    unresolved,
    body: [],
    ...(blanks ? { blanks } : {}),
    ...(as?.text.toUpperCase() === 'AS' && name ? { name: name.text.toLowerCase() } : {}),
    ...(baseStage && !unresolved ? { baseStage: baseStage.index } : {}),
    ...(platform === undefined ? {} : { platform }),
  };
}

/** What BuildKit makes of a base whose variables have no value; undefined where some get theirs in the build. */
function blanksOf(written: string, global: GlobalScope): Blanks | undefined {
  const undeclared = new Set<string>();
  const withoutValue = new Set<string>();
  const { text, unresolved } = expand(written, global.escapeToken, (name) => {
    const found = global.lookup(name);
    if (found.kind !== 'declared') return found;
    (global.declared.has(name) ? withoutValue : undeclared).add(name);
    return { kind: 'unset' };
  });
  if (unresolved) return undefined;
  return { base: text, undeclared: [...undeclared], withoutValue: [...withoutValue] };
}

function readStages(
  heads: readonly Head[],
  global: GlobalScope,
  faults: DockerfileFault[],
): readonly Stage[] {
  // Of two stages with one name, the later one is meant by `--from`.
  const names: StageNames = {
    count: heads.length,
    byName: new Map(heads.flatMap(({ name, index }) => (name === undefined ? [] : [[name, index]]))),
  };
  const scopes: StageScope[] = [];
  const held = heads.map(({ body }) => triggersOf(body));
  return heads.map(({ body, ...head }) => {
    const base = head.baseStage === undefined ? undefined : heads[head.baseStage];
    const inherited = base && scopes[base.index];
    const scope = new StageScope(global, inherited ?? (head.base === 'scratch' ? 'scratch' : 'image'));
    scopes.push(scope);
    const triggers = (base && held[base.index]) ?? [];
    return { ...head, ...readStage({ index: head.index, body, triggers, scope, names, faults }) };
  });
}

/**
 * Whether a `# syntax=` frontend reads the Dockerfile as BuildKit's own does: `docker/dockerfile:1`, its labs and
 * upstream builds, and mirrors of it.
 */
function readsDockerfiles(syntax: string): boolean {
  const image = syntax.trim().split(/[\s@]/, 1)[0] ?? '';
  const name = image.slice(image.lastIndexOf('/') + 1).split(':', 1)[0] ?? '';
  return name === 'dockerfile' || name === 'dockerfile-upstream';
}
