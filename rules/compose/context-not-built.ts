import { buildsOnOf } from '../../src/compose/dependencies.ts';
import { replaceScalar, shown } from '../../src/compose/edit.ts';
import type { ScalarNode, Service } from '../../src/compose/model.ts';
import { isWhole } from '../../src/compose/references.ts';
import { refusedFor } from '../../src/compose/refused.ts';
import type { Facts } from '../../src/facts.ts';
import { defineRule, type Fix } from '../../src/rule.ts';

export default defineRule({
  id: 'compose/context-not-built',
  title: 'a build takes a service as a context that has no build',
  severity: 'error',
  docs: `
\`additional_contexts: {base: "service:base"}\` gives a build what the build of another service makes. A service that only
has an \`image\` makes nothing, and Compose refuses the project: \`service "api" declares non-buildable service "base" as
additional contexts base\`, without a line. An image is named as \`docker-image://alpine:3.22\`.

**Tried before it is offered.** The image of the named service in that form, where the context is written as a mapping.

**When to ignore it.** A service that only a profile starts gets a warning: Compose does not look at it before.
`,
  *check(facts) {
    for (const project of facts.projects) {
      if (!isWhole(project)) continue;
      for (const service of project.services.values()) {
        for (const { name, label, at, scalar } of buildsOnOf(service)) {
          const needed = project.services.get(name);
          if (!needed?.active || needed.build) continue;
          const fix = scalar && asImage(facts, scalar, needed);
          yield {
            ...refusedFor(project, service),
            detail: `${service.name}:${label}`,
            at,
            message: `Service "${service.name}" builds with what the build of "${label}" makes (additional_contexts), and "${label}" has no build.`,
            ...(fix
              ? { fixes: [fix] }
              : { advice: 'Give that service a `build`, or name an image: `docker-image://NAME`.' }),
          };
        }
      }
    }
  },
});

function asImage(facts: Facts, scalar: ScalarNode, { image }: Service): Fix | undefined {
  const source = facts.files.read(scalar.at.file);
  if (!image || image.text === '' || image.parts || scalar.parts || !('text' in source)) return undefined;
  const text = `docker-image://${image.text}`;
  const step = replaceScalar(scalar, source, text);
  if (!step) return undefined;
  const caveat = 'the service may have been meant to have a build';
  return { title: `${shown(scalar)} → ${text}`, safety: 'unsafe', caveat, steps: [step] };
}
