/** Which images a service's build takes from outside of it. */
import type { Build, Project } from '../compose/model.ts';
import type { Facts } from '../facts.ts';
import type { DockerfileModel, Stage } from './model.ts';
import { mistakenStage } from './stage-names.ts';
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

/** The image references of `FROM` and `--from=` in the stages that a service builds; sorted, each once. */
export function baseImagesOf(facts: Facts, project: Project, service: string): readonly string[] {
  const build = project.services.get(service)?.build;
  const model = build && dockerfileOf(facts, build);
  if (!build || !model) return [];
  const images = new Set<string>();
  const isStage = (stage: Stage, name: string, isBase: boolean) =>
    mistakenStage(model, stage.index, name, isBase, { project, build }) !== undefined;
  for (const stage of stagesOfBuild(model, build)) {
    if (stage.baseStage === undefined && !stage.unresolved && stage.base !== 'scratch') {
      if (!build.additionalContexts.has(stage.base) && !isStage(stage, stage.base, true))
        images.add(stage.base);
    }
    for (const image of stage.imagesUsed) {
      if (!build.additionalContexts.has(image) && !isStage(stage, image, false)) images.add(image);
    }
  }
  return [...images].sort();
}
