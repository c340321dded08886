import { replaceScalar } from '../../src/compose/edit.ts';
import { type Facts, Unavailable } from '../../src/facts.ts';
import { buildersOf, canBuild, type NeededImage, neededImages } from '../../src/needed-images.ts';
import { defineRule, type Finding } from '../../src/rule.ts';
import { subject } from '../../src/subject.ts';

export default defineRule({
  id: 'registry/image-not-built',
  title: 'an image that only a local build can make was not built',
  severity: 'error',
  docs: `
A name like \`app-alpine-test-backend\` stands for what a \`build:\` of this workspace makes; no registry has it. Where
that build cannot work, or stands in another compose file and never ran, Docker tries to pull the name and says \`pull
access denied for …, repository does not exist or may require 'docker login'\`: Docker's most misleading message. There
is nothing to log in to.

The same goes for an image that may not be pulled (\`pull_policy: never\`, or \`build\` without a \`build:\`) and that nothing
here builds: Compose makes the container, and the engine says \`No such image\`.

Reported only where the engine does not hold the image already. Where no engine answers, an image whose build cannot
work is reported all the same, and one that another compose file builds is left unverified.
`,
  async *check(facts) {
    const held = await facts.localImages().catch((error: unknown) => {
      if (error instanceof Unavailable) return error;
      throw error;
    });
    for (const image of neededImages(facts)) {
      const builders = buildersOf(facts, image);
      const [builder] = builders;
      if (!(held instanceof Unavailable) && held.has(image.reference)) continue;
      if (!builder) {
        // Only the engine knows what lies there.
        if (!(held instanceof Unavailable) && isKeptFromPulling(image)) yield notPulled(facts, image);
        continue;
      }
      const at = subject.image(image.project.id, image.key);
      const login =
        'Docker will try to pull it and say "pull access denied … may require \'docker login\'". No login is needed.';

      if (!builders.some((one) => canBuild(facts, one.service))) {
        yield {
          subject: at,
          at: image.at,
          message:
            builder.service === image.service
              ? `The image ${image.key} cannot be built.`
              : `The image ${image.key} of ${image.by} is made by the build of service "${builder.service.name}", and that build cannot work.`,
          evidence: [
            held instanceof Unavailable
              ? 'the engine could not be asked whether it holds it'
              : 'the engine does not hold it',
          ],
          consequence: login,
          advice: 'Mend the build; the image then comes by itself.',
        };
        continue;
      }
      // Compose builds for all services of one project what one of them builds; another project has to be built first.
      if (builder.project === image.project) continue;
      if (held instanceof Unavailable) {
        yield { unverified: at, because: held.because };
        continue;
      }
      const files = builder.project.files.flatMap((file) => ['-f', file]);
      yield {
        subject: at,
        at: image.at,
        message: `The image ${image.key} of ${image.by} is made only by the build of service "${builder.service.name}" in ${builder.project.id}, and that never ran here.`,
        evidence: ['the engine does not hold it', `${builder.project.id} builds it`],
        consequence: login,
        fixes: [
          {
            title: `build it: docker compose ${files.join(' ')} build ${builder.service.name}`,
            safety: 'unsafe',
            caveat: 'it runs the instructions of that Dockerfile',
            steps: [
              {
                kind: 'run',
                argv: ['docker', 'compose', ...files, 'build', builder.service.name],
                why: `build the image ${image.key}`,
              },
            ],
          },
        ],
      };
    }
  },
});

function isKeptFromPulling({ role, service }: NeededImage): boolean {
  const policy = service.pullPolicy?.text;
  return role === 'service' && (policy === 'never' || policy === 'build');
}

function notPulled(facts: Facts, image: NeededImage): Finding {
  const { service } = image;
  const policy = service.pullPolicy;
  const source = policy && facts.files.read(policy.at.file);
  const step = policy && source && 'text' in source ? replaceScalar(policy, source, 'missing') : undefined;
  return {
    subject: subject.image(image.project.id, image.key),
    at: image.at,
    message: `The image ${image.key} of ${image.by} may not be pulled (pull_policy: ${policy?.text}), nothing here builds it, and the engine does not hold it.`,
    evidence: ['the engine does not hold it'],
    consequence: 'Compose makes the container, and the engine says "No such image".',
    advice: `Build it or load it into the engine, give service "${service.name}" a \`build:\`, or let it be pulled.`,
    fixes: step
      ? [
          {
            title: `pull_policy: ${policy?.text} → missing`,
            safety: 'manual',
            caveat: 'it is then pulled from a registry, if there is one that has it',
            steps: [step],
          },
        ]
      : [],
  };
}
