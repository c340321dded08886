import { shown } from '../../src/compose/edit.ts';
import { type Mount, mountConflicts } from '../../src/compose/mounts.ts';
import { isLeftOpen } from '../../src/compose/references.ts';
import { refusedFor } from '../../src/compose/refused.ts';
import type { Facts } from '../../src/facts.ts';
import { defineRule } from '../../src/rule.ts';
import { locate } from '../../src/source.ts';

export default defineRule({
  id: 'compose/mount-conflict',
  title: 'two mounts on one directory of a container',
  severity: 'error',
  docs: `
One place of a container holds one mount. Compose refuses a service whose \`tmpfs\` and \`volumes\` name the same target,
or two entries of the long form that only differ in a slash: \`services.api.volumes[1]: target /data already mounted as
services.api.volumes[0]\`. It cleans the targets of volumes first (\`/data/\` and \`/x/../data\` are \`/data\`). Two volumes
of the short form with one target are no fault: the later takes the place of the earlier, which is how override files
work.

**When to ignore it.** A service that only a profile starts gets a warning: Compose does not look at it before.
`,
  *check(facts) {
    for (const project of facts.projects) {
      for (const service of project.services.values()) {
        for (const [first, second] of mountConflicts(service)) {
          // There the variable is the fault, and not the mount.
          if (isLeftOpen(first.scalar) || isLeftOpen(second.scalar)) continue;
          yield {
            ...refusedFor(project, service),
            detail: `${service.name}:${second.key}:${second.scalar.at.start}`,
            at: second.scalar.at,
            message: `Service "${service.name}" mounts ${mount(second)} where ${mount(first)} is mounted already.`,
            evidence: whereIs(facts, first),
            advice: 'Take one of them out, or mount it elsewhere.',
          };
        }
      }
    }
  },
});

function mount({ key, scalar }: Mount): string {
  return `\`${shown(scalar)}\` (${key})`;
}

function whereIs(facts: Facts, { key, scalar: { at } }: Mount): string[] {
  const source = facts.files.read(at.file);
  return 'text' in source ? [`the first stands at ${at.file}:${locate(source, at).line} (${key})`] : [];
}
