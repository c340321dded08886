import type { Project, Service } from '../../src/compose/model.ts';
import { isLeftOpen, isWhole } from '../../src/compose/references.ts';
import { refusedFor } from '../../src/compose/refused.ts';
import type { Facts } from '../../src/facts.ts';
import { defineRule } from '../../src/rule.ts';
import { nearName } from '../../src/slip.ts';

export default defineRule({
  id: 'compose/no-image-no-build',
  title: 'a service has neither an image nor a build',
  severity: 'error',
  docs: `
A service runs an \`image\`, or what its \`build\` makes (or is handed to a \`provider\`). Compose refuses the project
otherwise: \`service "…" has neither an image nor a build context specified\`. Often a key is indented wrongly, or a file
that completes another was started without it.

**When to ignore it.** Where another file beside this one completes the service, the two may be meant to be run together:
that is a warning. So is a service that no chosen profile starts: Compose does not look at it before.
`,
  *check(facts) {
    for (const project of facts.projects) {
      if (!isWhole(project)) continue;
      for (const service of project.services.values()) {
        if (isComplete(service)) continue;
        const beside = completedBy(facts, project, service.name);
        const keys = [...service.node.entries.keys()];
        yield {
          ...refusedFor(project, service),
          detail: service.name,
          at: service.image?.at ?? service.at,
          ...(beside ? { severity: 'warning' } : {}),
          message: `Service "${service.name}" has neither an image nor a build.`,
          evidence: [keys.length === 0 ? 'it says nothing at all' : `it says only ${keys.join(', ')}`],
          advice: beside
            ? `${beside.files.join(', ')} completes it: run the files together, each with its own -f.`
            : 'Give it an `image` or a `build`, or start it together with the file that does.',
        };
      }
    }
  },
});

function isComplete({ image, build, node }: Service): boolean {
  if (build || node.entries.has('provider')) return true;
  // What could not be resolved, and what is of the wrong kind, is reported as that.
  if (node.entries.has('extends') || (node.entries.has('image') && !image)) return true;
  if (node.entries.has('build')) return true;
  // So is a slip of the pen: `imagee`.
  if ([...node.entries.keys()].some((key) => nearName(key, ['image', 'build'])?.sure)) return true;
  return image !== undefined && (image.text.trim() !== '' || isLeftOpen(image));
}

function completedBy(facts: Facts, project: Project, name: string): Project | undefined {
  return facts.projects.find((other) => {
    const service = other.services.get(name);
    return other !== project && other.directory === project.directory && service && isComplete(service);
  });
}
