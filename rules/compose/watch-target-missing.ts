import { shown } from '../../src/compose/edit.ts';
import { refusedFor } from '../../src/compose/refused.ts';
import { childAt, itemsOf, mapAt, scalarAt } from '../../src/compose/tree.ts';
import { defineRule } from '../../src/rule.ts';

/** What copies files into the container, and so needs to know where. */
const COPYING = ['sync', 'sync+restart', 'sync+exec'];

export default defineRule({
  id: 'compose/watch-target-missing',
  title: 'develop.watch copies files and does not say where to',
  severity: 'error',
  docs: `
Each entry of \`develop.watch\` whose action copies files (\`sync\`, \`sync+restart\`, \`sync+exec\`) needs a \`target\`: the
path in the container. Compose refuses the project otherwise, with every command and not only with \`watch\`:
\`services.api.develop.watch: target is required for non-rebuild actions\`. \`rebuild\` and \`restart\` need none.

**When to ignore it.** A service that only a profile starts gets a warning: Compose does not look at it before.
`,
  *check(facts) {
    for (const project of facts.projects) {
      for (const service of project.services.values()) {
        for (const item of itemsOf(childAt(mapAt(service.node, 'develop'), 'watch'))) {
          const action = scalarAt(item, 'action');
          if (!action || !COPYING.includes(action.text)) continue;
          const target = scalarAt(item, 'target');
          // An empty key is told as that.
          if ((target && target.text !== '') || (!target && childAt(item, 'target'))) continue;
          const path = scalarAt(item, 'path');
          yield {
            ...refusedFor(project, service),
            detail: `${service.name}:${action.at.start}`,
            at: target?.at ?? action.at,
            message: `Service "${service.name}" watches ${path ? `\`${shown(path)}\`` : 'a path'} to copy it into the container (\`action: ${shown(action)}\`), and no \`target\` says where to.`,
            advice: 'Give it a `target`: the path in the container, which the Dockerfile copies it to.',
          };
        }
      }
    }
  },
});
