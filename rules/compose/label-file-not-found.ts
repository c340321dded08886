import { shown } from '../../src/compose/edit.ts';
import { refusedFor } from '../../src/compose/refused.ts';
import { repairPath } from '../../src/repair/path.ts';
import { defineRule } from '../../src/rule.ts';

export default defineRule({
  id: 'compose/label-file-not-found',
  title: 'a label_file of a service does not exist',
  severity: 'error',
  docs: `
Compose reads every \`label_file\` of the services that are to start before it does anything else, and a missing one
stops every command of the project: \`label file … not found: stat …: no such file or directory\`. There is no
\`required: false\` for it.

**Tried before it is offered.** A file that git renamed from this path, or that differs in letter case alone, is a safe
fix. A file of the same name elsewhere is only proposed.

**When to ignore it.** A file that a step before the start writes. A service that only a profile starts gets a warning.
`,
  async *check(facts) {
    for (const project of facts.projects) {
      for (const service of project.services.values()) {
        for (const ref of service.labelFiles) {
          const stat = ref.written === '' ? undefined : facts.files.stat(ref.path);
          if (stat && stat.kind !== 'directory') continue;
          const written = ref.written === '' ? 'an empty path' : shown(ref.scalar);
          const { fixes, evidence, cause } = await repairPath(facts, 'label_file', ref, 'file');
          yield {
            ...refusedFor(project, service),
            detail: `${service.name}:${written}`,
            at: ref.scalar.at,
            message: `Service "${service.name}" reads labels from ${written}, which ${stat ? 'is a directory' : 'does not exist'}.`,
            evidence,
            ...(fixes.length === 0 ? { advice: 'Create the file, or take the entry out.' } : {}),
            ...(cause ? { cause } : {}),
            fixes,
          };
        }
      }
    }
  },
});
