import { dependenciesOf } from '../../src/compose/dependencies.ts';
import { shown } from '../../src/compose/edit.ts';
import type { Service } from '../../src/compose/model.ts';
import { isWhole } from '../../src/compose/references.ts';
import { isOfficial } from '../../src/dockerfile/known-images.ts';
import { type HealthcheckState, healthcheckOf } from '../../src/healthcheck.ts';
import { parseReference } from '../../src/registry/reference.ts';
import { defineRule, type Finding } from '../../src/rule.ts';
import { locate } from '../../src/source.ts';
import { subject } from '../../src/subject.ts';

export default defineRule({
  id: 'compose/healthcheck-missing',
  title: 'a service waits for the health of one that has no health check',
  severity: 'error',
  docs: `
\`condition: service_healthy\` waits for a health check of the other service: its \`healthcheck\` in the compose file, or
a \`HEALTHCHECK\` of its image. Where there is none, \`docker compose up\` starts the other service and then ends with
\`dependency failed to start: container … has no healthcheck configured\`.

An error where it is certain: the health check is turned off (\`disable: true\`, \`test: ["NONE"]\`), or the Dockerfile
starts from \`scratch\` or turns it off. A warning where only the image could have one, and it is one of Docker's official
images (\`postgres\`, \`mysql\`, \`redis\`), which have none; a hint for all others.

**When to ignore it.** Where the image is known to have a health check of its own.
`,
  *check(facts) {
    for (const project of facts.projects) {
      if (!isWhole(project)) continue;
      for (const service of project.services.values()) {
        for (const { name, required, condition, at } of dependenciesOf(service)) {
          const needed = project.services.get(name);
          if (!needed || !required || condition?.text !== 'service_healthy') continue;
          if (needed.node.entries.has('provider') || needed.node.entries.has('extends')) continue;
          const state = healthcheckOf(facts, project, needed);
          if (state.has === 'one') continue;
          const off = state.has === 'none' && state.because === 'disabled' ? state.at : undefined;
          const source = off && facts.files.read(off.file);
          const where =
            off && source && 'text' in source
              ? [`turned off at ${off.file}:${locate(source, off).line}`]
              : [];
          yield {
            subject: subject.container(project.id, service.name),
            detail: name,
            at: condition.at.file === at.file ? condition.at : at,
            message: `Service "${service.name}" waits until "${name}" is healthy, and ${whatIsMissing(needed, state)}.`,
            ...(state.has === 'unknown'
              ? { severity: isWithout(state.base ?? needed.image?.text) ? 'warning' : 'info' }
              : {}),
            evidence: where,
            consequence: `${state.has === 'unknown' ? 'Where it has none, ' : ''}\`docker compose up\` ends with \`dependency failed to start: container … has no healthcheck configured\`.`,
            advice: `Give "${name}" a \`healthcheck\`, or wait for \`service_started\`.`,
          } satisfies Finding;
        }
      }
    }
  },
});

/** Docker's official images have no health check, by their own rules; of others nothing is known. */
function isWithout(image: string | undefined): boolean {
  const reference = image === undefined ? undefined : parseReference(image.trim());
  if (!reference || 'invalid' in reference || reference.host !== 'docker.io') return false;
  return reference.path.startsWith('library/') && isOfficial(reference.path.slice('library/'.length));
}

function whatIsMissing({ name, image }: Service, state: HealthcheckState): string {
  if (state.has === 'none')
    return state.because === 'disabled'
      ? `the health check of "${name}" is turned off`
      : `the Dockerfile of "${name}" leaves it without one`;
  if (state.has === 'unknown' && state.base !== undefined)
    return `neither the file nor its Dockerfile gives "${name}" a health check (its base ${state.base} may have one)`;
  return image
    ? `"${name}" has no health check here (the image ${shown(image)} may have one)`
    : `"${name}" has no health check here`;
}
