/**
 * Mends the paths of a build: which Dockerfile and which context would work. Every candidate is tried in the model:
 * is the Dockerfile there, does it parse, has it the target, do its COPY sources exist in that context?
 */
import path from 'node:path';
import { shown } from '../compose/edit.ts';
import type { Build, Project, Service } from '../compose/model.ts';
import { dockerfileOf, stagesOfBuild } from '../dockerfile/bases.ts';
import type { Facts } from '../facts.ts';
import { ancestorsOf, isOutside } from '../paths.ts';
import type { Cause, Fix, Step } from '../rule.ts';
import type { FilePath } from '../source.ts';
import { type Candidate, candidatesFor, isStrong } from './candidates.ts';
import { dockerfileCandidates } from './dockerfile-candidates.ts';
import { addDockerfile, movedDirectory, pointTo, writtenAs } from './steps.ts';

/** What trying a Dockerfile against a context gave. */
export type Trial = {
  /** COPY and ADD sources that can be judged, and how many of them are there. */
  readonly sources: number;
  readonly found: number;
};

/** One way in which the build's paths would work. */
type Way = {
  readonly context: FilePath;
  readonly dockerfile: FilePath;
  readonly trial: Trial;
  readonly candidate?: Candidate;
  readonly proven: boolean;
};

export type Repair = {
  readonly fixes: readonly Fix[];
  readonly evidence: readonly string[];
  readonly cause?: Cause;
};

/** Tries a Dockerfile against a context; undefined where BuildKit could not even read it or lacks the target. */
export function tryBuild(
  facts: Facts,
  build: Build,
  context: FilePath,
  dockerfile: FilePath,
): Trial | undefined {
  const model = dockerfileOf(facts, { ...build, dockerfilePath: dockerfile });
  if (!model || model.faults.length > 0) return undefined;
  // Another language than that of Dockerfiles: nothing in it can be judged, and nothing speaks against it.
  if (model.foreign) return { sources: 0, found: 0 };
  const stages = stagesOfBuild(model, build);
  if (stages.length === 0) return undefined;
  const matches = stages
    .flatMap((stage) => stage.copies)
    .filter((copy) => copy.from === undefined)
    .flatMap((copy) => copy.sources)
    .filter((source) => !source.unresolved)
    .map((source) => facts.contextMatch(context, dockerfile, source.path).found);
  return { sources: matches.length, found: matches.filter(Boolean).length };
}

/** Ways to mend a build whose Dockerfile is not where it is said to be. */
export async function repairDockerfile(facts: Facts, project: Project, service: Service): Promise<Repair> {
  const build = service.build;
  if (!build?.contextDirectory || !build.dockerfilePath) return { fixes: [], evidence: [] };
  const context = build.contextDirectory;
  const ways: Way[] = [];
  const candidates = new Map<FilePath, Candidate>();
  for (const candidate of [
    ...(await candidatesFor(facts, build.dockerfilePath, 'file')),
    ...dockerfileCandidates(facts, build),
  ]) {
    const known = candidates.get(candidate.path);
    if (!known || !isStrong(known)) candidates.set(candidate.path, candidate);
  }
  for (const candidate of candidates.values()) {
    if (candidate.reason === 'same-name' && !isTelling(build, candidate.path)) continue;
    ways.push(...waysWith(facts, project, build, candidate.path, [context], candidate));
  }
  return repairFrom(facts, build, ways);
}

/** Ways to mend a build whose context directory does not exist. */
export async function repairContext(facts: Facts, service: Service): Promise<Repair> {
  const build = service.build;
  if (!build?.contextDirectory) return { fixes: [], evidence: [] };
  const written = build.dockerfile?.written ?? 'Dockerfile';
  const ways: Way[] = [];
  for (const candidate of await candidatesFor(facts, build.contextDirectory, 'directory')) {
    const dockerfile = path.posix.join(candidate.path, written);
    if (build.dockerfileInline) continue;
    if (facts.files.stat(dockerfile)?.kind !== 'file') continue;
    const trial = tryBuild(facts, build, candidate.path, dockerfile);
    if (!trial || trial.found < trial.sources) continue;
    ways.push({
      context: candidate.path,
      dockerfile,
      trial,
      candidate,
      proven: isStrong(candidate) || trial.sources > 0,
    });
  }
  return repairFrom(facts, build, ways);
}

/** Ways to mend a build whose Dockerfile is there and whose COPY sources lie outside of its context. */
export function repairSources(facts: Facts, project: Project, service: Service): Repair {
  const build = service.build;
  if (!build?.contextDirectory || !build.dockerfilePath || build.dockerfileInline)
    return { fixes: [], evidence: [] };
  const now = tryBuild(facts, build, build.contextDirectory, build.dockerfilePath);
  if (!now) return { fixes: [], evidence: [] };
  const ways = waysWith(facts, project, build, build.dockerfilePath, [], undefined).map((way) => ({
    ...way,
    // One file of that name further up may be another one; several that were all missing here are no accident.
    proven: now.found === 0 && way.trial.sources > 1,
  }));
  return repairFrom(facts, build, ways);
}

/** The contexts with which a Dockerfile finds all its sources; the given ones first, others only if those fail. */
function waysWith(
  facts: Facts,
  project: Project,
  build: Build,
  dockerfile: FilePath,
  given: readonly FilePath[],
  candidate: Candidate | undefined,
): Way[] {
  const attempt = (context: FilePath): Way | undefined => {
    if (facts.files.stat(context)?.kind !== 'directory') return undefined;
    const trial = tryBuild(facts, build, context, dockerfile);
    if (!trial) return undefined;
    // Another purpose is another image, however well it would build.
    const likely = candidate !== undefined && candidate.reason !== 'variant';
    const proven = likely && (isStrong(candidate) || trial.sources > 0);
    return { context, dockerfile, trial, proven, ...(candidate ? { candidate } : {}) };
  };
  const complete = (way: Way | undefined): way is Way =>
    way !== undefined && way.trial.found === way.trial.sources;

  const kept = given.map(attempt).filter((way) => way !== undefined);
  if (kept.some(complete)) return kept.filter(complete);
  const others = new Set([
    ...ancestorsOf(dockerfile),
    ...project.files.flatMap(ancestorsOf),
    ...siblingContexts(project),
  ]);
  for (const context of given) others.delete(context);
  if (build.contextDirectory !== undefined) others.delete(build.contextDirectory);
  const changed = [...others]
    .map(attempt)
    .filter(complete)
    .filter((way) => way.trial.sources > 0);
  if (changed.length > 0) return changed;
  // The Dockerfile is found and some of its sources are not: still worth naming, never worth writing unasked.
  return kept.map((way) => ({ ...way, proven: false }));
}

/**
 * Whether a name that was found elsewhere tells one Dockerfile from another. Every service may have a `Dockerfile`
 * that copies a `package.json`; `backend.alpine.Dockerfile` or `backend/Dockerfile` is the one that was meant.
 */
function isTelling(build: Build, dockerfile: FilePath): boolean {
  const shared = movedDirectory(build.dockerfilePath ?? '', dockerfile);
  const kept = shared && build.dockerfilePath ? build.dockerfilePath.slice(shared.from.length + 1) : '';
  return kept !== '' && kept.toLowerCase() !== 'dockerfile';
}

function siblingContexts(project: Project): FilePath[] {
  return [...project.services.values()].flatMap((service) => {
    const context = service.build?.contextDirectory;
    return context === undefined || isOutside(context) ? [] : [context];
  });
}

function repairFrom(facts: Facts, build: Build, ways: readonly Way[]): Repair {
  const best = strongest(ways);
  const evidence = [...new Set(best.flatMap(evidenceOf))];
  const fixes = best.flatMap((way) => {
    const steps = stepsFor(facts, build, way);
    if (!steps) return [];
    const complete = way.trial.found === way.trial.sources;
    const safety = best.length > 1 ? 'manual' : way.proven && complete ? 'safe' : 'unsafe';
    const fix: Fix = {
      title: titleOf(build, way),
      safety,
      steps,
      ...(complete ? {} : { caveat: `${missingSources(way.trial)} in that context` }),
      ...(complete && safety === 'unsafe' ? { caveat: caveatOf(way) } : {}),
    };
    return [fix];
  });
  const [only] = best;
  const cause = best.length === 1 && only ? causeOf(facts, build, only) : undefined;
  return { fixes, evidence, ...(cause ? { cause } : {}) };
}

function caveatOf({ candidate, dockerfile }: Way): string {
  return candidate?.reason === 'variant'
    ? `${path.posix.basename(dockerfile)} may be meant for another purpose`
    : 'it is the only candidate, and nothing but its name speaks for it';
}

/** One proven by git outweighs likenesses; what finds all its sources outweighs what does not. */
function strongest(ways: readonly Way[]): readonly Way[] {
  const tiers: ((way: Way) => boolean)[] = [
    (way) => way.trial.found === way.trial.sources,
    (way) => way.candidate !== undefined && isStrong(way.candidate),
    (way) => way.candidate?.reason === 'renamed',
    (way) => way.proven,
  ];
  return tiers.reduce<readonly Way[]>((left, holds) => {
    const better = left.filter(holds);
    return better.length > 0 ? better : left;
  }, ways);
}

function evidenceOf(way: Way): string[] {
  const { sources, found } = way.trial;
  const tried =
    sources === 0
      ? `${way.dockerfile} exists and copies nothing from its context`
      : found === sources
        ? `${way.dockerfile} exists; its ${sources} COPY ${sources === 1 ? 'source is' : 'sources are'} in the context ${dir(way.context)}`
        : `${way.dockerfile} exists; ${missingSources(way.trial)} in the context ${dir(way.context)}`;
  return way.candidate && isStrong(way.candidate) ? [way.candidate.evidence, tried] : [tried];
}

function missingSources({ sources, found }: Trial): string {
  return `${sources - found} of its ${sources} COPY sources ${sources - found === 1 ? 'is' : 'are'} missing`;
}

function dir(directory: FilePath): string {
  return directory === '.' ? '. (the root)' : `${directory}/`;
}

function stepsFor(facts: Facts, build: Build, way: Way): readonly Step[] | undefined {
  const steps: Step[] = [];
  if (way.context !== build.contextDirectory) {
    const step = build.context && pointTo(facts, build.context, way.context);
    if (!step) return undefined;
    steps.push(step);
  }
  const written = build.dockerfile?.written ?? 'Dockerfile';
  if (path.posix.join(way.context, written) !== way.dockerfile) {
    const target = writtenAs(written, way.context, way.dockerfile);
    if (target === undefined) return undefined;
    const step = build.dockerfile
      ? pointTo(facts, build.dockerfile, way.dockerfile, way.context)
      : addDockerfile(facts, build, target);
    if (!step) return undefined;
    steps.push(step);
  }
  return steps.length > 0 ? steps : undefined;
}

function titleOf(build: Build, way: Way): string {
  const parts: string[] = [];
  if (way.context !== build.contextDirectory && build.context) {
    const to = writtenAs(build.context.written, build.context.scalar.base, way.context) ?? way.context;
    parts.push(`context: ${shown(build.context.scalar)} → ${to}`);
  }
  const written = build.dockerfile?.written ?? 'Dockerfile';
  const to = writtenAs(written, way.context, way.dockerfile) ?? way.dockerfile;
  if (to !== written) {
    parts.push(`dockerfile: ${build.dockerfile ? shown(build.dockerfile.scalar) : 'Dockerfile'} → ${to}`);
  }
  return parts.join(', ');
}

/** What several builds have in common that need the same mending. */
function causeOf(facts: Facts, build: Build, way: Way): Cause | undefined {
  // The directory in a cause's title would be the value of an environment variable.
  if (build.context?.scalar.parts || build.dockerfile?.scalar.parts) return undefined;
  if (way.context !== build.contextDirectory && build.context && build.contextDirectory !== undefined) {
    if (facts.files.stat(build.contextDirectory) === undefined)
      return goneCause(build.contextDirectory, way.context);
    const { file } = build.context.scalar.at;
    return {
      id: `context:${file}:${build.contextDirectory}->${way.context}`,
      title: `the build contexts of ${file} point to ${dir(build.contextDirectory)}, and what its builds need is in ${dir(way.context)}`,
    };
  }
  return build.dockerfilePath === undefined
    ? undefined
    : moveCause(facts, build.dockerfilePath, way.dockerfile);
}

/** The directory that is gone, where a path's move shows one. */
export function moveCause(facts: Facts, from: FilePath, to: FilePath): Cause | undefined {
  const moved = movedDirectory(from, to);
  if (!moved || facts.files.stat(moved.from) !== undefined) return undefined;
  return goneCause(moved.from, moved.to);
}

function goneCause(from: FilePath, to: FilePath): Cause {
  return { id: `moved:${from}->${to}`, title: `${from}/ no longer exists, and paths still point into it` };
}
