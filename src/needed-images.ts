/** Which images a workspace needs, who builds each, and which have to come from a registry. Pure over facts. */
import { canonical, imageOf, madeBy } from './compose/images.ts';
import { lookUp } from './compose/interpolate.ts';
import type { Project, ScalarNode, Service } from './compose/model.ts';
import { childAt } from './compose/tree.ts';
import { imagesOfBuild, type UsedImage } from './dockerfile/bases.ts';
import { placeInDockerfile } from './dockerfile/place.ts';
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
  /** An image that a build takes, rather than the one that a service runs. */
  readonly base: boolean;
  readonly role: 'service' | UsedImage['role'];
  /** The value of a compose file that says it; undefined where a Dockerfile does. */
  readonly scalar?: ScalarNode;
  /** `linux/arm64`, where the file asks for one. */
  readonly platform?: string;
  /** Its platform is that of a variable which only the build knows. */
  readonly anyPlatform?: true;
  /** `docker compose build` needs it for this platform, and `up` does not. */
  readonly onlyBuild?: true;
  /** It is asked for although the engine holds it (`pull_policy: always`, `build.pull`). */
  readonly always?: true;
};

/**
 * Every image that the services run and that their builds take; one entry for each place that names it and each
 * platform that it is needed for.
 */
export function neededImages(facts: Facts): readonly NeededImage[] {
  const known = needed.get(facts);
  if (known) return known;
  const images = facts.projects.flatMap((project) =>
    [...project.services.values()].flatMap((service) => [
      ...runBy(project, service),
      ...builtFrom(facts, project, service),
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
  const platform = service.platform?.text.trim() || defaultPlatform(project);
  return [
    {
      project,
      service,
      reference: image.reference,
      key: image.key,
      at: image.scalar?.at ?? service.build?.at ?? service.at,
      by: `service "${service.name}"`,
      base: false,
      role: 'service',
      ...(image.scalar ? { scalar: image.scalar } : {}),
      ...(platform ? { platform } : {}),
      ...(service.pullPolicy?.text === 'always' ? { always: true } : {}),
    },
  ];
}

/** Compose takes it, from the environment or an env file, for every service that names none. */
function defaultPlatform(project: Project): string | undefined {
  return lookUp(project.variables, 'DOCKER_DEFAULT_PLATFORM')?.text.trim() || undefined;
}

function builtFrom(facts: Facts, project: Project, service: Service): NeededImage[] {
  const { build } = service;
  if (!build) return [];
  const pull = build.node.kind === 'map' ? childAt(build.node, 'pull') : undefined;
  const always = pull?.kind === 'scalar' && pull.text === 'true';
  return imagesOfBuild(facts, project, build).flatMap((image) => {
    const { range, scalar } = image;
    const inFile = range && placeInDockerfile(facts, build, range);
    return platformsOf(project, service, image).map(
      (platform): NeededImage => ({
        project,
        service,
        reference: image.reference,
        key: image.key,
        at: scalar?.at ?? inFile ?? build.dockerfileInline?.at ?? build.at,
        by: `the build of service "${service.name}"`,
        base: true,
        role: image.role,
        ...(scalar ? { scalar } : {}),
        ...platform,
        ...(always ? { always } : {}),
      }),
    );
  });
}

type WantedPlatform = Pick<NeededImage, 'platform' | 'anyPlatform' | 'onlyBuild'>;

/**
 * The platforms that a build takes an image for. `up` builds for the service's platform, or the only one of
 * `build.platforms`, or the engine's own; `docker compose build` for all of `build.platforms` (compose,
 * `applyPlatforms`).
 */
function platformsOf(project: Project, service: Service, image: UsedImage): readonly WantedPlatform[] {
  if (image.role === 'frontend') return [{}];
  const flag = image.platform?.trim().replace(/^["']|["']$/g, '');
  if (flag !== undefined && /^\$(?:BUILDPLATFORM|\{BUILDPLATFORM\})$/.test(flag)) return [{}];
  const isTarget =
    flag === undefined || flag === '' || /^\$(?:TARGETPLATFORM|\{TARGETPLATFORM\})$/.test(flag);
  if (!isTarget) return flag.includes('$') ? [{ anyPlatform: true }] : [{ platform: flag }];
  const all = service.build?.platforms.map(({ text }) => text.trim()) ?? [];
  const chosen =
    service.platform?.text.trim() || defaultPlatform(project) || (all.length === 1 ? all[0] : undefined);
  const others = all.filter((platform) => platform !== chosen && platform !== '');
  return [
    chosen ? { platform: chosen } : {},
    ...others.map((platform): WantedPlatform => ({ platform, onlyBuild: true })),
  ];
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
