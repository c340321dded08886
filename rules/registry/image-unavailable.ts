import { Unavailable } from '../../src/facts.ts';
import { buildersOf, type NeededImage, neededImages } from '../../src/needed-images.ts';
import type { ImageVerdict } from '../../src/registry/model.ts';
import { defineRule, type Finding, type Fix, type Unverified } from '../../src/rule.ts';
import { subject } from '../../src/subject.ts';

export default defineRule({
  id: 'registry/image-unavailable',
  title: 'an image cannot be pulled',
  severity: 'error',
  docs: `
Docker words very different faults alike. Each image that has to be pulled is asked for at its registry, read-only, with
the credentials that Docker itself would use (config file, \`credsStore\`, \`credHelpers\`), and gets one verdict: it
exists · a login is needed · the login was refused · no such repository · no such tag · no such platform · rate limited ·
the registry cannot be reached. "Cannot be reached" is *not checked*, never "does not exist".

Images that the engine holds already are not asked for, unless \`pull_policy: always\` says so, and neither are images
that a build of this workspace makes. Docker Hub gives the same answer for a private repository and for none; the
message says so. \`--offline\` leaves registries alone.
`,
  async *check(facts) {
    const held = await facts.localImages().catch((error: unknown) => {
      if (error instanceof Unavailable) return undefined;
      throw error;
    });
    const pulled = neededImages(facts).filter((image) => {
      if (buildersOf(facts, image).length > 0) return false;
      const policy = image.service.pullPolicy?.text;
      if (!image.base && (policy === 'never' || policy === 'build')) return false;
      return (!image.base && policy === 'always') || !held?.has(image.reference);
    });
    // All are asked at once; a slow registry costs its time limit once, not once an image.
    const asked = pulled.map((image) => ({
      image,
      verdict: facts.image(image.reference, image.platform ?? held?.platform),
    }));
    // The first that throws ends the loop; the others must not end the process.
    for (const { verdict } of asked) verdict.catch(() => {});
    for (const { image, verdict } of asked) {
      const said = findingOf(image, await verdict);
      if (said) yield said;
    }
  },
});

function findingOf(image: NeededImage, verdict: ImageVerdict): Finding | Unverified | undefined {
  const on = subject.image(image.project.id, image.key);
  const finding = (message: string, rest: Partial<Finding> = {}): Finding => ({
    subject: on,
    at: image.at,
    message,
    evidence: verdict.seen,
    ...rest,
  });
  const needed = `${image.key}, needed by ${image.by}`;
  switch (verdict.verdict) {
    case 'exists':
      return undefined;
    case 'cannot-reach':
      if (verdict.helper?.fault !== 'missing') return { unverified: on, because: verdict.because };
      // `docker pull` goes on without a login; Compose and BuildKit stop, even for images that everybody may read.
      return finding(`Docker cannot ask for ${needed}: ${verdict.because.replace(/\.$/, '')}.`, {
        consequence: 'Compose and builds stop with "error getting credentials", even for public images.',
        advice: `Install ${verdict.helper.program}, or take it out of Docker's config.json and log in again.`,
        cause: {
          id: `helper:${verdict.helper.program}`,
          title: `Docker's configuration names the credential helper ${verdict.helper.program}, which is not installed`,
        },
      });
    case 'invalid-reference':
      return finding(`The image name ${needed}, is not valid: ${verdict.because.replace(/\.$/, '')}.`, {
        advice: 'Correct the name.',
      });
    case 'login-needed':
      return finding(`${verdict.registry} wants a login for ${needed}, and Docker has none for it.`, {
        advice: `Run \`docker login ${verdict.registry}\`.`,
      });
    case 'login-refused':
      return finding(`${verdict.registry} refused the login for ${needed}.`, {
        evidence: [`the login came from ${verdict.credentials}`, ...verdict.seen],
        advice: `Run \`docker logout ${verdict.registry}\` and \`docker login ${verdict.registry}\` with an account that may read it.`,
      });
    case 'no-such-repository':
      return finding(
        verdict.maybePrivate
          ? `${verdict.registry} shows no repository for ${needed}: it does not exist, or it is private.`
          : `${verdict.registry} has no repository for ${needed}.`,
        {
          consequence: `Docker will say "pull access denied … may require 'docker login'".`,
          advice: verdict.maybePrivate
            ? 'Correct the name; if it is private, run `docker login`. If it was meant to be built here, give its service a `build:`.'
            : 'Correct the name. If it was meant to be built here, give its service a `build:`.',
        },
      );
    case 'no-such-tag':
      return finding(`${needed}, does not exist: ${verdict.registry} has the repository, and not this tag.`, {
        ...(verdict.near.length > 0
          ? { advice: `The nearest tags are ${verdict.near.join(', ')}.` }
          : { advice: 'Name a tag that exists.' }),
        fixes: tagFixes(image, verdict.near),
      });
    case 'no-such-platform': {
      // An image of a single platform is pulled with a warning where the file does not insist on another.
      const warns = verdict.single === true && image.platform === undefined;
      return finding(
        `${verdict.wanted} is no platform of ${needed}; it has ${verdict.platforms.join(', ')}.`,
        {
          advice: `Name an image that has ${verdict.wanted}, or say \`platform: ${verdict.platforms[0] ?? 'linux/amd64'}\` where emulation will do.`,
          ...(warns ? { severity: 'warning' } : {}),
        },
      );
    }
    case 'rate-limited':
      return finding(
        `${verdict.registry} limits how often you may ask, and the limit is reached for ${needed}.`,
        {
          advice: `${verdict.retryAfterSeconds === undefined ? 'Wait' : `Wait ${verdict.retryAfterSeconds} s`}, or run \`docker login ${verdict.registry}\` for a higher limit.`,
        },
      );
  }
}

/** Nearest tags are a person's choice: each changes what is run. Only where the reference is written literally. */
function tagFixes(image: NeededImage, near: readonly string[]): Fix[] {
  const scalar = image.base ? undefined : image.service.image;
  const start = image.reference.lastIndexOf(':');
  if (start < image.reference.lastIndexOf('/') || start < 0) return [];
  if (!image.base && (!scalar || scalar.parts !== undefined || scalar.style !== 'plain')) return [];
  if (image.base && image.at.end - image.at.start !== image.reference.length) return [];
  const name = image.reference.slice(0, start);
  return near.map((tag) => ({
    title: `image: ${image.key} → ${name}:${tag}`,
    safety: 'manual' as const,
    caveat: 'another tag is another program',
    steps: [{ kind: 'edit' as const, at: image.at, text: `${name}:${tag}` }],
  }));
}
