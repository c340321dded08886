import type { Service } from '../../src/compose/model.ts';
import { dockerfileOf, stagesOfBuild } from '../../src/dockerfile/bases.ts';
import type { Stage } from '../../src/dockerfile/model.ts';
import type { Facts } from '../../src/facts.ts';
import { type Check, checkOf, isWithoutShell, missingIn } from '../../src/repair/health.ts';
import { defineRule } from '../../src/rule.ts';
import { subject } from '../../src/subject.ts';

export default defineRule({
  id: 'compose/healthcheck-program-missing',
  title: 'a healthcheck calls a program that the image does not have',
  severity: 'warning',
  docs: `
The check runs inside the container. Alpine has no \`curl\` and no \`bash\` (it has \`wget\`), Debian, Ubuntu and the slim
images have neither \`curl\` nor \`wget\`, distroless and scratch have no shell. Then the service works and is called
\`unhealthy\`, and what waits for it with \`service_healthy\` never starts: \`dependency failed to start: container … is
unhealthy\`. \`docker inspect\` shows \`exec: "curl": executable file not found in $PATH\`.

Known are some official images, and builds that start from one and whose Dockerfile never names the program. A check
through a shell (\`CMD-SHELL\`, or a plain string) in an image without one is an error, the rest a warning: a command of
the service may install the program first.
`,
  *check(facts) {
    for (const project of facts.projects) {
      for (const service of project.services.values()) {
        const check = checkOf(service);
        const image = check && imageOf(facts, service, check);
        if (!check || image === undefined) continue;
        const common = {
          subject: subject.service(project.id, service.name),
          at: check.at,
          consequence: 'The service is called unhealthy, and what waits for it does not start.',
        };
        if (needsShell(check) && isWithoutShell(image)) {
          yield {
            ...common,
            severity: 'error',
            detail: 'shell',
            message: `The healthcheck of service "${service.name}" needs a shell, and ${image === 'scratch' ? 'an image made from scratch' : image} has none.`,
            advice: 'Call a program of the image without a shell: test: ["CMD", "/app", "--health"].',
          };
          continue;
        }
        const missing = check.program === undefined ? undefined : missingIn(image, check.program);
        if (!missing) continue;
        const instead = check.program === 'bash' ? 'sh' : missing.instead;
        yield {
          ...common,
          detail: check.program ?? '',
          message: `The healthcheck of service "${service.name}" calls ${check.program}, which ${image} does not have.`,
          evidence: [`known from ${missing.source}`],
          advice: instead
            ? `Use ${instead}, which is there, or install ${check.program} in the image.`
            : `Install ${check.program} in the image, or check with a program that is there.`,
        };
      }
    }
  },
});

/** `CMD-SHELL`, and a `CMD` that calls a shell itself. */
function needsShell({ shell, program }: Check): boolean {
  return shell || ['sh', 'ash', 'bash'].includes(program ?? '');
}

/** The image that the check runs in, as far as it is known: the one that is pulled, or the base of one that is built. */
function imageOf(facts: Facts, service: Service, check: Check): string | undefined {
  const { program } = check;
  if (!service.build) return service.image?.parts ? undefined : service.image?.text.trim();
  const { build } = service;
  const model = dockerfileOf(facts, build);
  const stages = model ? stagesOfBuild(model, build) : [];
  const text = textOf(facts, service);
  if (!model || text === undefined) return undefined;
  const own: Stage[] = [];
  for (let stage = finalStage(service, stages); stage; ) {
    own.push(stage);
    const below: number | undefined = stage.baseStage;
    stage = below === undefined ? undefined : model.stages[below];
  }
  const last = own.at(-1);
  if (!last || last.unresolved) return undefined;
  if (needsShell(check) && isWithoutShell(last.base)) return bringsNoShell(own, text) ? last.base : undefined;
  // Whatever installs it says its name; a script may do so elsewhere.
  if (
    program === undefined ||
    mentions(text, program) ||
    /\.sh\b|\bmake\b|\bansible|<<|--mount=/.test(runsOf(text))
  )
    return undefined;
  return last.base;
}

function finalStage({ build }: Service, stages: readonly Stage[]): Stage | undefined {
  const target = build?.target?.text.trim().toLowerCase();
  if (!target) return stages.at(-1);
  return stages.find((stage) => stage.name === target || String(stage.index) === target);
}

function textOf(facts: Facts, { build }: Service): string | undefined {
  if (build?.dockerfileInline) return build.dockerfileInline.text;
  const source = build?.dockerfilePath === undefined ? undefined : facts.files.read(build.dockerfilePath);
  return source && 'text' in source ? source.text : undefined;
}

function mentions(text: string, program: string): boolean {
  const lines = text.split('\n').filter((line) => !/^\s*(?:#|HEALTHCHECK\b)/i.test(line));
  return lines.some((line) => line.includes(program));
}

function runsOf(text: string): string {
  return [...text.matchAll(/^[ \t]*(?:RUN|COPY|ADD)\b(?:.*\\\r?\n)*.*$/gim)].map(([run]) => run).join('\n');
}

/** Whether nothing is copied to where a shell would lie; a directory or an archive at the root may hold anything. */
function bringsNoShell(stages: readonly Stage[], text: string): boolean {
  if (/^\s*SHELL\b/im.test(text)) return false;
  return stages
    .flatMap((stage) => stage.copies)
    .every(({ destination, instruction, sources }) => {
      if (
        instruction === 'ADD' &&
        sources.some(({ path }) => /\.(?:tar|tgz|tbz|txz|t?[gbx]z2?|zst)\b/i.test(path))
      )
        return false;
      return /^\/[\w.-]/.test(destination) && !/^\/(?:usr|s?bin)(?:\/|$)/.test(destination);
    });
}
