/** The builds of a workspace whose Dockerfile can be read, as rules look at them. */
import type { Build, Project, Service } from '../compose/model.ts';
import type { Facts } from '../facts.ts';
import type { FilePath, Place } from '../source.ts';
import { dockerfileOf, stagesOfBuild } from './bases.ts';
import type { DockerfileModel, Range, Stage } from './model.ts';
import { placeInDockerfile } from './place.ts';

export type ReadBuild = {
  readonly project: Project;
  readonly service: Service;
  readonly build: Build;
  readonly model: DockerfileModel;
  /** The stages that the service really builds; empty where it names a target that is not there. */
  readonly stages: readonly Stage[];
  /** Undefined where the Dockerfile stands in the compose file. */
  readonly file: FilePath | undefined;
  /** The directory of the context; undefined where it is remote or not there. */
  readonly context: FilePath | undefined;
  /** A place of the Dockerfile; of an inline one, in the compose file. */
  placeOf(range: Range): Place;
  /** What stands there, to the letter; undefined for an inline Dockerfile. */
  textOf(range: Range): string | undefined;
};

/** Dockerfiles that BuildKit could not read, or that another frontend reads, are left out. */
export function* readBuilds(facts: Facts): Iterable<ReadBuild> {
  for (const project of facts.projects) {
    for (const service of project.services.values()) {
      const { build } = service;
      const model = build && dockerfileOf(facts, build);
      if (!build || !model || model.foreign || model.faults.length > 0) continue;
      const file = build.dockerfileInline ? undefined : build.dockerfilePath;
      const directory = build.contextDirectory;
      const there = directory !== undefined && facts.files.stat(directory)?.kind === 'directory';
      yield {
        project,
        service,
        build,
        model,
        stages: stagesOfBuild(model, build),
        file,
        context: there ? directory : undefined,
        placeOf: (range) => placeInDockerfile(facts, build, range),
        textOf: ({ start, end }) => {
          const source = file === undefined ? undefined : facts.files.read(file);
          return source && 'text' in source ? source.text.slice(start, end) : undefined;
        },
      };
    }
  }
}

/** A stage and the stages it is built on, the lowest first. */
export function chainOf(model: DockerfileModel, stage: Stage): readonly Stage[] {
  const chain: Stage[] = [];
  for (let at: Stage | undefined = stage; at && !chain.includes(at); ) {
    chain.unshift(at);
    at = at.baseStage === undefined ? undefined : model.stages[at.baseStage];
  }
  return chain;
}

/** The image or `scratch` that a stage rests on in the end; undefined where that is not known. */
export function rootImageOf(model: DockerfileModel, build: Build, stage: Stage): string | undefined {
  const [lowest] = chainOf(model, stage);
  if (!lowest || lowest.unresolved || lowest.baseStage !== undefined) return undefined;
  // A named context of that name stands in for the image.
  const replaced = [...build.additionalContexts.keys()].some((name) => {
    const short = (image: string) => image.replace(/^docker\.io\/(?:library\/)?/, '').replace(/:latest$/, '');
    return short(name).toLowerCase() === short(lowest.base).toLowerCase();
  });
  return replaced ? undefined : lowest.base;
}
