/** Which images a service's build takes from outside of it. */
import { shown } from '../compose/edit.ts';
import type { Build, Project, ScalarNode } from '../compose/model.ts';
import type { Facts } from '../facts.ts';
import type { DockerfileModel, Range, Stage } from './model.ts';
import { mistakenStage, rangeOfFrom } from './stage-names.ts';
import { stagesOf } from './stages.ts';

/** The Dockerfile of a build, with its build arguments; undefined where it is remote or cannot be read. */
export function dockerfileOf(facts: Facts, build: Build): DockerfileModel | undefined {
  const args = new Map<string, string | undefined>();
  for (const [name, value] of build.args) {
    // An argument without a value in an environment that lacks it leaves the Dockerfile's default in force.
    if (value && value.value !== null) args.set(name, value.text);
  }
  if (build.dockerfileInline) return facts.inlineDockerfile(build.dockerfileInline.text, args);
  return build.dockerfilePath === undefined ? undefined : facts.dockerfile(build.dockerfilePath, args);
}

/** The stages that the build really makes: its target and what that rests on. Empty where there is no such target. */
export function stagesOfBuild(model: DockerfileModel, build: Build): readonly Stage[] {
  const target = build.target?.text.trim();
  return stagesOf(model, target === '' ? undefined : target) ?? [];
}

/** An image that a build takes from a registry or the engine. */
export type UsedImage = {
  /** `FROM`, `--from=`, the frontend of `# syntax=`, or an additional context that one of the others names. */
  readonly role: 'base' | 'copy' | 'frontend' | 'context';
  readonly reference: string;
  /** Its name in subjects and messages. */
  readonly key: string;
  /** Where the Dockerfile says it; undefined for a context. */
  readonly range?: Range;
  /** The value of `additional_contexts` that says it. */
  readonly scalar?: ScalarNode;
  /** `--platform` of the `FROM`, as written. */
  readonly platform?: string;
};

/** How an additional context names an image (Compose Build Specification, additional_contexts). */
export const CONTEXT_IMAGE = 'docker-image://';

/** The images that the stages of a build need, in the order of the Dockerfile; one that is used twice is there twice. */
export function imagesOfBuild(facts: Facts, project: Project, build: Build): readonly UsedImage[] {
  const model = dockerfileOf(facts, build);
  if (!model) return [];
  const text = textOf(facts, build);
  const textAt = ({ start, end }: Range) => text?.slice(start, end);
  const isStage = (stage: Stage, name: string, isBase: boolean) =>
    mistakenStage(model, stage.index, name, isBase, { project, build }) !== undefined;
  const used = stagesOfBuild(model, build).flatMap((stage): UsedImage[] => {
    const { base, baseRange, platform } = stage;
    const own = stage.baseStage === undefined && !stage.unresolved && base !== 'scratch';
    const bases: UsedImage[] =
      own && !isStage(stage, base, true)
        ? [
            {
              role: 'base',
              reference: base,
              key: base,
              range: baseRange,
              ...(platform === undefined ? {} : { platform }),
            },
          ]
        : [];
    const copied = [...stage.copies, ...stage.mounts].flatMap(({ from, range }): UsedImage[] =>
      from !== undefined && stage.imagesUsed.includes(from) && !isStage(stage, from, false)
        ? [{ role: 'copy', reference: from, key: from, range: rangeOfFrom(textAt(range), range, from) }]
        : [],
    );
    return [...bases, ...copied];
  });
  const frontend = frontendOf(facts, build, model);
  return [...(frontend ? [frontend] : []), ...used.flatMap((image) => behindContext(image, build))];
}

/**
 * A named context stands in for the image of its name (`FROM`, `--from=`); where it is an image itself, that one is
 * needed. BuildKit looks at no context that nothing names.
 */
function behindContext(image: UsedImage, build: Build): readonly UsedImage[] {
  const scalar = [...build.additionalContexts].find(([name]) => short(name) === short(image.reference))?.[1];
  if (!scalar) return [image];
  const reference = scalar.text.trim();
  if (!reference.startsWith(CONTEXT_IMAGE)) return [];
  return [
    {
      role: 'context',
      reference: reference.slice(CONTEXT_IMAGE.length),
      key: shown(scalar).trim().replace(CONTEXT_IMAGE, ''),
      scalar,
    },
  ];
}

function short(image: string): string {
  return image
    .replace(/^docker\.io\/(?:library\/)?/, '')
    .replace(/:latest$/, '')
    .toLowerCase();
}

/** `# syntax=docker/dockerfile:1`: BuildKit asks for it before it reads the rest. */
function frontendOf(facts: Facts, build: Build, model: DockerfileModel): UsedImage | undefined {
  const reference = model.syntax?.trim().split(/\s/, 1)[0];
  if (!reference || reference.includes('$')) return undefined;
  const line = /^[ \t]*(?:#|\/\/)[ \t]*syntax[ \t]*=[ \t]*(\S+)/im.exec(textOf(facts, build) ?? '');
  const end = line && line[1] === reference ? line.index + line[0].length : undefined;
  return {
    role: 'frontend',
    reference,
    key: reference,
    ...(end === undefined ? {} : { range: { start: end - reference.length, end } }),
  };
}

function textOf(facts: Facts, build: Build): string | undefined {
  if (build.dockerfileInline) return build.dockerfileInline.text;
  const source = build.dockerfilePath === undefined ? undefined : facts.files.read(build.dockerfilePath);
  return source && 'text' in source ? source.text : undefined;
}

/** The names, as in subjects, of the images that a service's build needs; sorted, each once. */
export function baseImagesOf(facts: Facts, project: Project, service: string): readonly string[] {
  const build = project.services.get(service)?.build;
  if (!build) return [];
  return [...new Set(imagesOfBuild(facts, project, build).map(({ key }) => key))].sort();
}
