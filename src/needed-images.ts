/** Which images a workspace needs, who builds each, and which have to come from a registry. Pure over facts. */
import { canonical, imageOf, madeBy } from './compose/images.ts';
import type { Project, Service } from './compose/model.ts';
import { dockerfileOf, stagesOfBuild } from './dockerfile/bases.ts';
import type { Range } from './dockerfile/model.ts';
import { mistakenStage } from './dockerfile/stage-names.ts';
import type { Facts } from './facts.ts';
import { tryBuild } from './repair/build.ts';
import type { Place } from './source.ts';

export type Builder = { readonly project: Project; readonly service: Service };

export type NeededImage = {
  readonly project: Project;
  /** What Docker is asked for; may hold values of environment variables. */
  readonly reference: string;
  /** How it is called in subjects and messages. */
  readonly key: string;
  readonly at: Place;
  /** `service "api"`, `the build of service "api"`. */
  readonly by: string;
  readonly service: Service;
  /** A base image of a build, rather than the image that a service runs. */
  readonly base: boolean;
  /** `linux/arm64`, where the file asks for one. */
  readonly platform?: string;
};

/** Every image that the services run and that their builds start from; one entry for each place that names it. */
export function neededImages(facts: Facts): readonly NeededImage[] {
  const known = needed.get(facts);
  if (known) return known;
  const images = facts.projects.flatMap((project) =>
    [...project.services.values()].flatMap((service) => [
      ...runBy(project, service),
      ...bases(facts, project, service),
    ]),
  );
  needed.set(facts, images);
  return images;
}

const needed = new WeakMap<Facts, readonly NeededImage[]>();

function runBy(project: Project, service: Service): NeededImage[] {
  const image = imageOf(project, service);
  // Left empty by an unset variable: Compose refuses that itself, there is nothing to look up.
  if (!image || (image.scalar && isUnset(image.scalar))) return [];
  const platform = service.platform?.text.trim();
  return [
    {
      project,
      service,
      reference: image.reference,
      key: image.key,
      at: image.scalar?.at ?? service.build?.at ?? service.at,
      by: `service "${service.name}"`,
      base: false,
      ...(platform ? { platform } : {}),
    },
  ];
}

function bases(facts: Facts, project: Project, service: Service): NeededImage[] {
  const { build } = service;
  const model = build && dockerfileOf(facts, build);
  if (!build || !model) return [];
  const file = build.dockerfileInline ? undefined : build.dockerfilePath;
  const needed = (reference: string, { start, end }: Range, platform?: string): NeededImage => ({
    project,
    service,
    reference,
    key: reference,
    at: file === undefined ? (build.dockerfileInline?.at ?? build.at) : { file, start, end },
    by: `the build of service "${service.name}"`,
    base: true,
    ...(platform && !platform.includes('$') ? { platform } : {}),
  });
  return stagesOfBuild(model, build)
    .flatMap((stage) => {
      const isStage = (name: string, isBase: boolean) =>
        mistakenStage(model, stage.index, name, isBase, { project, build }) !== undefined;
      const own =
        stage.baseStage === undefined &&
        !stage.unresolved &&
        stage.base !== 'scratch' &&
        !isStage(stage.base, true);
      const used = [...stage.copies, ...stage.mounts].flatMap(({ from, range }) =>
        from !== undefined && stage.imagesUsed.includes(from) && !isStage(from, false)
          ? [needed(from, range)]
          : [],
      );
      return [...(own ? [needed(stage.base, stage.baseRange, stage.platform)] : []), ...used];
    })
    .filter(({ reference }) => !build.additionalContexts.has(reference));
}

function isUnset(scalar: NonNullable<Service['image']>): boolean {
  return scalar.parts?.some((part) => part.kind === 'variable' && part.from === 'unset') ?? false;
}

/** The services, over all projects, whose build makes an image; those of the same project first. */
export function buildersOf(
  facts: Facts,
  image: Pick<NeededImage, 'project' | 'reference'>,
): readonly Builder[] {
  const all = buildersByImage(facts.projects).get(canonical(image.reference)) ?? [];
  const isOwn = ({ project }: Builder) => project === image.project;
  if (all.length < 2 || all.every(isOwn)) return all;
  return [...all.filter(isOwn), ...all.filter((builder) => !isOwn(builder))];
}

const builders = new WeakMap<readonly Project[], ReadonlyMap<string, readonly Builder[]>>();

function buildersByImage(projects: readonly Project[]): ReadonlyMap<string, readonly Builder[]> {
  const known = builders.get(projects);
  if (known) return known;
  const found = new Map<string, Builder[]>();
  for (const project of projects) {
    for (const service of project.services.values()) {
      for (const image of new Set(madeBy(project, service))) {
        const list = found.get(image);
        if (list) list.push({ project, service });
        else found.set(image, [{ project, service }]);
      }
    }
  }
  builders.set(projects, found);
  return found;
}

/** Whether a build's paths are in order: its Dockerfile is there and readable, and its sources are in the context. */
export function canBuild(facts: Facts, service: Service): boolean {
  const { build } = service;
  // What is elsewhere (a git context, an archive) cannot be judged from here; nothing speaks against it.
  if (!build || build.contextDirectory === undefined) return true;
  if (facts.files.stat(build.contextDirectory)?.kind !== 'directory') return false;
  if (build.dockerfileInline) return true;
  if (build.dockerfilePath === undefined) return true;
  const trial = tryBuild(facts, build, build.contextDirectory, build.dockerfilePath);
  return trial !== undefined && trial.found === trial.sources;
}
