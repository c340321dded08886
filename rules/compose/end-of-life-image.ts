import alpine from '../../src/data/alpine-releases.json' with { type: 'json' };
import { neededImages } from '../../src/needed-images.ts';
import { parseReference } from '../../src/registry/reference.ts';
import { defineRule } from '../../src/rule.ts';
import { subject } from '../../src/subject.ts';

const endOfLife: Readonly<Record<string, string>> = alpine.endOfLife;

export default defineRule({
  id: 'compose/end-of-life-image',
  title: 'an image rests on a release of Alpine that is no longer supported',
  severity: 'info',
  docs: `
\`alpine:3.12\`, \`postgres:15-alpine3.12\`: about two years after its release a branch of Alpine gets no more security
fixes, and the images built on it are no longer rebuilt. They still pull, and what is known against them stays in them.
Asked are the date of the run and the dates of https://alpinelinux.org/releases/, which \`npm run update-data\` brings up
to date. A tag that names no release (\`node:22-alpine\`) is not judged.

**When to ignore it.** An image that is kept for the sake of its age: to reproduce a fault, or to test against.
`,
  *check(facts) {
    for (const image of neededImages(facts)) {
      const release = releaseOf(image.reference);
      const end = release === undefined ? undefined : endOfLife[release];
      if (release === undefined || end === undefined || end > facts.today) continue;
      yield {
        subject: subject.image(image.project.id, image.key),
        at: image.at,
        message: `${image.key} rests on Alpine ${release}, which has had no security fixes since ${end}.`,
        evidence: [`Alpine ${release} was supported until ${end} (${alpine.source})`],
        advice: `Choose a tag of a newer release${newest(facts.today)}.`,
      };
    }
  },
});

/** `3.19` of `alpine:3.19.1` and of `node:20-alpine3.19`. */
function releaseOf(text: string): string | undefined {
  const reference = parseReference(text);
  if ('invalid' in reference || reference.tag === undefined) return undefined;
  const own = reference.path === 'library/alpine' ? /^v?(3\.\d+)(?:\.\d+)?(?:$|[-_])/ : undefined;
  return (own?.exec(reference.tag) ??
    /(?:^|[-_.])alpine-?(3\.\d+)(?:\.\d+)?(?:$|[-_])/.exec(reference.tag))?.[1];
}

function newest(today: string): string {
  const supported = Object.keys(endOfLife).filter((release) => (endOfLife[release] ?? '') > today);
  const last = supported.at(-1);
  return last === undefined ? '' : `: Alpine ${last} is supported until ${endOfLife[last]}`;
}
