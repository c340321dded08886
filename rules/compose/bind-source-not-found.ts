import path from 'node:path';
import { isAbsolute, isOutside } from '../../src/paths.ts';
import { machinePath } from '../../src/repair/machine-path.ts';
import { repairPath } from '../../src/repair/path.ts';
import { shownPath } from '../../src/repair/steps.ts';
import { defineRule } from '../../src/rule.ts';
import { subject } from '../../src/subject.ts';

/** Where the engine runs in a virtual machine these are there for containers, whatever this machine has. */
const ENGINE_SOCKETS = new Set(['/var/run/docker.sock', '/run/docker.sock', '//var/run/docker.sock']);

export default defineRule({
  id: 'compose/bind-source-not-found',
  title: 'the source of a bind mount does not exist',
  severity: 'error',
  docs: `
Docker does not complain about a missing bind source in the short form: it creates an empty *directory* of that name,
as root. A service that expects a file there (\`nginx.conf\`, \`init.sql\`) fails later with \`not a directory\` or with
an empty configuration, and the directory stays behind. In the long form with \`create_host_path: false\` the container
is not even created (\`bind source path does not exist\`).

A source that looks like a file is an error, one that looks like a directory a warning (an empty directory may be just
what is wanted, for data). An absolute path of the host, or one below the home directory, is at most a warning: it may
be there where the stack runs.

**Tried before it is offered.** Files and directories that git renamed from this path or that differ in letter case
alone are safe fixes; others are only proposed.
`,
  async *check(facts) {
    for (const project of facts.projects) {
      for (const service of project.services.values()) {
        for (const bind of service.binds) {
          if (facts.files.stat(bind.source.path) || ENGINE_SOCKETS.has(bind.source.path)) continue;
          // A path of somebody's machine is told by its own rule.
          if (machinePath(facts, bind.source)) continue;
          const source = shownPath(bind.source);
          const host = isAbsolute(source) || source.startsWith('~') || bind.source.scalar.parts !== undefined;
          const outside = host || isOutside(bind.source.path);
          const file = path.posix.extname(bind.source.path) !== '';
          const repair = outside
            ? { fixes: [], evidence: [] }
            : await repairPath(facts, 'source', bind.source, file ? 'file' : 'directory');
          const refused = bind.form === 'long' && !bind.createHostPath;
          yield {
            subject: subject.service(project.id, service.name),
            severity: !outside && (file || refused || repair.fixes.length > 0) ? 'error' : 'warning',
            detail: bind.target,
            message: `Service "${service.name}" mounts ${source} at ${bind.target}, and nothing is there.`,
            at: bind.source.scalar.at,
            evidence: repair.evidence,
            consequence: refused
              ? 'Docker will not create the container: bind source path does not exist.'
              : 'Docker will create an empty directory of that name, owned by root, and mount that.',
            ...(repair.fixes.length === 0
              ? {
                  advice: outside
                    ? 'Make sure that it exists where this stack runs.'
                    : 'Create it, or correct the path.',
                }
              : {}),
            ...(repair.cause ? { cause: repair.cause } : {}),
            fixes: repair.fixes,
          };
        }
      }
    }
  },
});
