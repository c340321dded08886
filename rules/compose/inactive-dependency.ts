import { buildsOnOf, dependenciesOf } from '../../src/compose/dependencies.ts';
import type { Service } from '../../src/compose/model.ts';
import { isWhole } from '../../src/compose/references.ts';
import { defineRule } from '../../src/rule.ts';
import { subject } from '../../src/subject.ts';

export default defineRule({
  id: 'compose/inactive-dependency',
  title: 'a service needs one that its profile keeps from starting',
  severity: 'error',
  docs: `
A service without profiles always starts; one with profiles only when one of them is chosen. Where the first needs the
second, Compose refuses the project and says, misleadingly, that the second is not defined: \`service "…" depends on
undefined service "…"\`. The same goes for a build that takes the second as one of its \`additional_contexts\`.

Only the profiles chosen for this run count: \`--profile\`, else \`COMPOSE_PROFILES\`.

**When to ignore it.** Where the project is always run with the profile: choose it for dockmedic too.
`,
  *check(facts) {
    for (const project of facts.projects) {
      if (!isWhole(project)) continue;
      for (const service of project.services.values()) {
        if (!service.active) continue;
        for (const { name, label, by, at, required } of [
          ...dependenciesOf(service),
          ...buildsOnOf(service),
        ]) {
          const needed = project.services.get(name);
          if (!needed || needed.active || !required) continue;
          const profile = needed.profiles[0] ?? '';
          yield {
            subject: subject.project(project.id),
            detail: `${service.name}:${by}:${label}`,
            at,
            message: `Service "${service.name}" needs service "${label}" (${by}), which starts only with the ${profilesOf(needed)}.`,
            consequence: `Compose refuses the whole project and says that "${label}" is undefined.`,
            advice: `Choose the profile (\`--profile ${profile}\`), give "${service.name}" the same profile${by === 'depends_on' ? ', or say `required: false` where the service works without the other' : ''}.`,
          };
        }
      }
    }
  },
});

function profilesOf({ profiles }: Service): string {
  const named = profiles.map((profile) => `"${profile}"`).join(' or ');
  return `${profiles.length === 1 ? 'profile' : 'profiles'} ${named}`;
}
