import {
  type Contradiction,
  contradictionsOf,
  networksBesideMode,
  platformNotBuilt,
} from '../../src/compose/contradictions.ts';
import { replaceScalar, shown } from '../../src/compose/edit.ts';
import type { Project, ScalarNode, Service } from '../../src/compose/model.ts';
import { refusedFor } from '../../src/compose/refused.ts';
import type { Facts } from '../../src/facts.ts';
import { defineRule, type Finding, type Fix } from '../../src/rule.ts';
import { locate, type Place } from '../../src/source.ts';

export default defineRule({
  id: 'compose/contradicting-values',
  title: 'a service says two things that do not go together',
  severity: 'error',
  docs: `
Some things can be said in two places of a service, and Compose only takes them where both say the same:

- \`scale\` and \`deploy.replicas\`;
- \`cpus\`, \`mem_limit\` and \`pids_limit\` with \`deploy.resources.limits\`, and \`mem_reservation\` with
  \`deploy.resources.reservations\`. As soon as there are limits, each of these keys has to be among them: a limit that
  is not written there counts as zero;
- \`platform\`, which has to be one of \`build.platforms\`, to the letter (\`linux/arm64\` is not \`linux/arm64/v8\`).

\`network_mode\` and \`networks\` exclude each other. Often one of the two stands in an override file or in a service that
is extended. Compose names the service and no line: \`can't set distinct values on 'cpus' and
'deploy.resources.limits.cpus'\`.

Which of the two is meant is for a person to say: both ways are offered.

**When to ignore it.** A service that only a profile starts gets a warning: Compose does not look at it before.
`,
  *check(facts) {
    for (const project of facts.projects) {
      for (const service of project.services.values()) {
        for (const found of contradictionsOf(service)) yield different(facts, project, service, found);
        const built = platformNotBuilt(service);
        if (built && service.platform) yield notBuilt(facts, project, service, service.platform, built);
        const both = networksBesideMode(service);
        if (!both) continue;
        const { mode, networks } = both;
        yield {
          ...refusedFor(project, service),
          detail: `${service.name}:network_mode`,
          at: mode.at,
          message: `Service "${service.name}" has \`network_mode: ${shown(mode)}\` and \`networks\`; Compose takes one of them.`,
          evidence: alsoAt(facts, 'networks', networks.at),
          advice:
            'Take one of them out; where the other stands in an earlier file, with `networks: !reset null` in this one.',
        };
      }
    }
  },
});

function different(
  facts: Facts,
  project: Project,
  service: Service,
  { own, key, other, against }: Contradiction,
): Finding {
  const on = { ...refusedFor(project, service), detail: `${service.name}:${key}`, at: own.at };
  const mine = `\`${key}: ${shown(own)}\``;
  if (!against) {
    const [, last = ''] = /([^.]+)$/.exec(other) ?? [];
    const above = other.slice(0, -last.length - 1);
    return {
      ...on,
      message: `Service "${service.name}" has ${mine}, and \`${above}\` without \`${last}\`, which counts as another value.`,
      advice: `Write \`${last}: ${shown(own)}\` into \`${above}\`, and take \`${key}\` out or leave both.`,
    };
  }
  return {
    ...on,
    message: `Service "${service.name}" has ${mine} and \`${other}: ${shown(against)}\`; Compose takes them only where they are the same.`,
    evidence: alsoAt(facts, other, against.at),
    ...eitherWay([
      put(facts, key, own, shown(against), against),
      put(facts, other, against, shown(own), own),
    ]),
  };
}

function notBuilt(
  facts: Facts,
  project: Project,
  service: Service,
  platform: ScalarNode,
  built: readonly ScalarNode[],
): Finding {
  const names = built.map((one) => `\`${shown(one)}\``).join(', ');
  return {
    ...refusedFor(project, service),
    detail: `${service.name}:platform`,
    at: platform.at,
    message: `Service "${service.name}" runs on \`${shown(platform)}\`, and its build makes images for ${names} only.`,
    evidence: alsoAt(facts, 'build.platforms', built[0]?.at),
    ...eitherWay(built.map((one) => put(facts, 'platform', platform, shown(one), one))),
    advice: `Add ${shown(platform)} to \`build.platforms\`, or name one that is built.`,
  };
}

/** The fixes that can be made; a person picks one of them. */
function eitherWay(fixes: readonly (Fix | undefined)[]): Pick<Finding, 'fixes' | 'advice'> {
  const made = fixes.filter((fix) => fix !== undefined);
  return made.length > 0 ? { fixes: made } : { advice: 'Let both say the same, or take one of them out.' };
}

/** Writes what one key says to the other, where neither comes from a variable. */
function put(facts: Facts, key: string, scalar: ScalarNode, text: string, from: ScalarNode): Fix | undefined {
  const source = facts.files.read(scalar.at.file);
  if (!('text' in source) || scalar.parts || from.parts) return undefined;
  const step = replaceScalar(scalar, source, text);
  return step && { title: `${key}: ${shown(scalar)} → ${text}`, safety: 'manual', steps: [step] };
}

function alsoAt(facts: Facts, key: string, at: Place | undefined): string[] {
  const source = at && facts.files.read(at.file);
  return source && 'text' in source ? [`\`${key}\` stands at ${at.file}:${locate(source, at).line}`] : [];
}
