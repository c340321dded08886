/** Which stages a build makes. */
import type { DockerfileModel, Stage } from './model.ts';

/**
 * The stages that BuildKit builds for a target: the target, its base stages and the stages that `COPY --from` and
 * `RUN --mount=from=` name, and theirs in turn. All others are parsed, but never run.
 *
 * @param target a stage's name in any case, or undefined for the last stage. A number is no name: BuildKit does not
 *   find it (checked with engine 28.5).
 * @returns in the order of the file; undefined where no stage has that name. Empty where nothing is known of the file
 *   (a foreign frontend, or no stages at all and no target).
 */
export function stagesOf(model: DockerfileModel, target?: string): readonly Stage[] | undefined {
  if (model.foreign) return [];
  const last = model.stages.at(-1);
  // Of two stages with one name, the later one is meant.
  const goal =
    target === undefined ? last : model.stages.findLast((stage) => stage.name === target.toLowerCase());
  if (!goal) return target === undefined ? [] : undefined;
  const needed = new Set<number>();
  const open = [goal];
  for (let stage = open.pop(); stage; stage = open.pop()) {
    if (needed.has(stage.index)) continue;
    needed.add(stage.index);
    const uses = stage.baseStage === undefined ? stage.stagesUsed : [stage.baseStage, ...stage.stagesUsed];
    for (const index of uses) {
      const used = model.stages[index];
      if (used && !needed.has(index)) open.push(used);
    }
  }
  return model.stages.filter((stage) => needed.has(stage.index));
}
