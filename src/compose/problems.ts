/** The faults met while loading, over all projects: a file that several projects read is named once. Pure. */
import type { LoadProblem, Project } from './model.ts';

type ProblemOf<Kind extends LoadProblem['kind']> = Extract<LoadProblem, { kind: Kind }>;

/** Problems of one kind, each once, in the order of discovery. */
export function problemsOf<Kind extends LoadProblem['kind']>(
  projects: readonly Project[],
  kind: Kind,
): readonly ProblemOf<Kind>[] {
  const found = new Map<string, ProblemOf<Kind>>();
  for (const project of projects) {
    for (const problem of project.problems) {
      if (problem.kind === kind) found.set(JSON.stringify(problem), problem as ProblemOf<Kind>);
    }
  }
  return [...found.values()];
}
