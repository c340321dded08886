import { type Conflict, conflictsIn } from '../../src/compose/conflict-markers.ts';
import { problemsOf } from '../../src/compose/problems.ts';
import type { Facts } from '../../src/facts.ts';
import { defineRule, type Finding } from '../../src/rule.ts';
import { type FilePath, positionAt } from '../../src/source.ts';
import { type Subject, subject } from '../../src/subject.ts';

export default defineRule({
  id: 'compose/conflict-markers',
  title: 'a file holds an unsettled merge conflict',
  severity: 'error',
  docs: `
Where git could not merge two changes it leaves both, between lines of \`<<<<<<<\`, \`=======\` and \`>>>>>>>\`. Compose
then says \`could not find expected ':'\`, BuildKit \`unknown instruction: <<<<<<<\` and an env file \`unexpected
character "<" in variable name\`. Looked at are compose files, Dockerfiles and env files that are used; the rest of such
a file is read as if the first side had been chosen. Only a person can settle it.
`,
  *check(facts) {
    const told = new Set<FilePath>();
    for (const { file, conflicts } of problemsOf(facts.projects, 'conflict-markers')) {
      told.add(file);
      yield* findings(facts, subject.file(file), file, conflicts);
    }
    for (const project of facts.projects) {
      for (const service of project.services.values()) {
        for (const { path } of service.envFiles) {
          if (told.has(path.path)) continue;
          const on = service.active ? subject.project(project.id) : subject.service(project.id, service.name);
          for (const found of findings(facts, on, path.path))
            yield service.active ? found : { ...found, severity: 'warning' };
        }
        const file = service.build?.dockerfileInline ? undefined : service.build?.dockerfilePath;
        if (file === undefined || (facts.dockerfile(file)?.faults.length ?? 0) === 0) continue;
        yield* findings(facts, subject.build(project.id, service.name), file);
      }
    }
  },
});

function* findings(
  facts: Facts,
  on: Subject,
  file: FilePath,
  known?: readonly Conflict[],
): Generator<Finding> {
  if (facts.files.stat(file)?.kind !== 'file') return;
  const source = facts.files.read(file);
  if (!('text' in source)) return;
  const conflicts = known ?? conflictsIn(source.text, file);
  const [first] = conflicts[0] ?? [];
  if (!first) return;
  const lines = conflicts.map((marks) => marks.map(({ start }) => positionAt(source, start).line));
  yield {
    subject: on,
    detail: file,
    hides: true,
    at: first,
    message: `${file} holds ${conflicts.length === 1 ? 'an unsettled merge conflict' : `${conflicts.length} unsettled merge conflicts`}.`,
    evidence: lines.map(
      (marks) => `git's marks on ${marks.length === 1 ? 'line' : 'lines'} ${marks.join(', ')}`,
    ),
    consequence: 'It cannot be read as it is, and the error that Docker prints does not say why.',
    advice:
      'Keep what is meant of each side and remove the marks, or take the merge back (`git merge --abort`).',
  };
}
