import type { Bind } from '../../src/compose/model.ts';
import { placeOfPath } from '../../src/compose/within.ts';
import { isAbsolute, isOutside } from '../../src/paths.ts';
import { namesFile } from '../../src/repair/bind-kind.ts';
import { machinePath } from '../../src/repair/machine-path.ts';
import { repairPath } from '../../src/repair/path.ts';
import { shownPath } from '../../src/repair/steps.ts';
import { defineRule } from '../../src/rule.ts';
import { subject } from '../../src/subject.ts';

/** What every machine has that an engine runs on, its virtual machine among them, whatever this one has. */
const OF_THE_ENGINE =
  /^\/{1,2}(?:dev|proc|sys|run|var\/run|var\/lib\/docker|lib\/modules|lib\/firmware|usr\/src|var\/log|boot)(?:\/|$)/;

/** Endings of files that `namesFile` leaves out, since directories may have them too. */
const ALSO_FILES =
  /.\.(?:[cm]?[jt]s|rs|go|tf|hcl|db|sqlite3?|jar|war|zip|gz|tgz|tar|md|graphql|rules|tmpl|template|tpl|j2|list|exs?|vcl|acl|cert|bin|dat|lic|ps1|bat|service)$/i;

/** Where images look for what somebody put there. */
const EXPECTS_CONTENT =
  /initdb\.d|\/docker-entrypoint|^\/usr\/share\/nginx\/|^(?:\/usr\/local)?\/etc\/(?:nginx|apache2|haproxy|traefik|caddy|envoy|prometheus|alertmanager|grafana|loki|promtail|vector|fluent-bit)(?:\/|$)/;

export default defineRule({
  id: 'compose/bind-source-not-found',
  title: 'the source of a bind mount does not exist',
  severity: 'error',
  docs: `
Docker does not complain about a missing bind source in the short form: it creates an empty *directory* of that name,
as root. A service that expects a file there (\`nginx.conf\`, \`init.sql\`) fails later with \`not a directory\` or with
an empty configuration, and the directory stays behind. In the long form with \`create_host_path: false\` the container
is not even created (\`bind source path does not exist\`).

A source that is named like a file is an error. A directory is a warning where something is expected in it (it is mounted
read-only, or where images look for configuration), and a hint elsewhere: for data, an empty directory is what is wanted.
An absolute path of the host, or one below the home directory, is at most a warning: it may be there where the stack runs.
What every machine with an engine has (\`/var/run\`, \`/dev\`, \`/lib/modules\`) is not looked for.

**Tried before it is offered.** Files and directories that git renamed from this path or that differ in letter case
alone are safe fixes; others are only proposed.
`,
  async *check(facts) {
    for (const project of facts.projects) {
      for (const service of project.services.values()) {
        for (const bind of service.binds) {
          if (facts.files.stat(bind.source.path) || OF_THE_ENGINE.test(bind.source.path)) continue;
          // A path of somebody's machine is told by its own rule.
          if (machinePath(facts, bind.source)) continue;
          const source = shownPath(bind.source);
          const host = isAbsolute(bind.source.path) || source.startsWith('~') || isOutside(bind.source.path);
          const elsewhere = host || bind.source.scalar.parts !== undefined;
          const file = namesFile(bind.source.path) || ALSO_FILES.test(bind.source.path);
          const repair = elsewhere
            ? { fixes: [], evidence: [] }
            : await repairPath(facts, 'source', bind.source, file ? 'file' : 'directory');
          const refused = bind.form === 'long' && !bind.createHostPath;
          const certain = file || refused || repair.fixes.some(({ safety }) => safety === 'safe');
          const severity =
            !elsewhere && certain ? 'error' : host || certain || expectsContent(bind) ? 'warning' : 'info';
          // A directory for data is no other that happens to have its name.
          const fixes = severity === 'info' ? [] : repair.fixes;
          yield {
            subject: subject.service(project.id, service.name),
            severity,
            detail: bind.target,
            message: `Service "${service.name}" mounts ${source} at ${bind.target}, and nothing is there.`,
            at: placeOfPath(bind.source),
            evidence: severity === 'info' ? [] : repair.evidence,
            consequence: refused
              ? 'Docker will not create the container: bind source path does not exist.'
              : 'Docker will create an empty directory of that name, owned by root, and mount that.',
            ...(fixes.length === 0
              ? {
                  advice: host
                    ? 'Make sure that it exists where this stack runs.'
                    : 'Create it, or correct the path.',
                }
              : {}),
            ...(repair.cause && fixes.length > 0 ? { cause: repair.cause } : {}),
            fixes,
          };
        }
      }
    }
  },
});

function expectsContent({ readOnly, target }: Bind): boolean {
  return readOnly || EXPECTS_CONTENT.test(target);
}
