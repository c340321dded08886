/** Whether a service has a health check, as far as the files tell. Pure over facts. */
import { imageOf } from './compose/images.ts';
import type { Build, Project, Service } from './compose/model.ts';
import { childAt, itemsOf, mapAt, scalarAt } from './compose/tree.ts';
import { dockerfileOf } from './dockerfile/bases.ts';
import type { DockerfileModel, Stage } from './dockerfile/model.ts';
import type { Facts } from './facts.ts';
import { buildersOf } from './needed-images.ts';
import type { Place } from './source.ts';

export type HealthcheckState =
  | { readonly has: 'one' }
  /** Turned off, at this place. */
  | { readonly has: 'none'; readonly because: 'disabled'; readonly at: Place }
  /** The Dockerfile turns it off, or starts from nothing and never sets one. */
  | { readonly has: 'none'; readonly because: 'dockerfile' }
  /** Nothing in the files sets one; the image, or the base of the build, may. */
  | { readonly has: 'unknown'; readonly base?: string };

export function healthcheckOf(facts: Facts, project: Project, service: Service): HealthcheckState {
  const written = mapAt(service.node, 'healthcheck');
  const disable = scalarAt(written, 'disable');
  if (disable?.text === 'true') return { has: 'none', because: 'disabled', at: disable.at };
  const test = childAt(written, 'test');
  const [first] = itemsOf(test);
  if (test?.kind === 'list' && first?.kind === 'scalar' && first.text === 'NONE')
    return { has: 'none', because: 'disabled', at: test.at };
  if (first) return { has: 'one' };
  if (service.build) return ofBuild(facts, service.build);
  const image = imageOf(project, service);
  const builder = image && buildersOf(facts, { project, reference: image.reference })[0];
  return builder?.service.build ? ofBuild(facts, builder.service.build) : { has: 'unknown' };
}

/** The stage that is built and those that it starts from, until one says something. */
function ofBuild(facts: Facts, build: Build): HealthcheckState {
  const model = dockerfileOf(facts, build);
  if (!model || model.faults.length > 0) return { has: 'unknown' };
  const chain = chainOf(model, build.target?.text.trim().toLowerCase() || undefined);
  const says = chain.find(({ healthcheck }) => healthcheck !== undefined)?.healthcheck;
  if (says === 'set') return { has: 'one' };
  if (says === 'none') return { has: 'none', because: 'dockerfile' };
  const last = chain.at(-1);
  if (!last || last.unresolved || build.additionalContexts.has(last.base)) return { has: 'unknown' };
  return last.base === 'scratch'
    ? { has: 'none', because: 'dockerfile' }
    : { has: 'unknown', base: last.base };
}

/** A stage and the stages that it starts from, in that order. */
function chainOf({ stages }: DockerfileModel, target: string | undefined): readonly Stage[] {
  const chain: Stage[] = [];
  let stage = target === undefined ? stages.at(-1) : stages.findLast(({ name }) => name === target);
  while (stage) {
    chain.push(stage);
    stage = stage.baseStage === undefined ? undefined : stages[stage.baseStage];
  }
  return chain;
}
