import official from '../../src/data/official-images.json' with { type: 'json' };
import { buildersOf, type NeededImage, neededImages } from '../../src/needed-images.ts';
import { parseReference } from '../../src/registry/reference.ts';
import { defineRule } from '../../src/rule.ts';
import { subject } from '../../src/subject.ts';

/** Registries that give nothing but `latest` away, or whose tags name no versions. */
const WITHOUT_VERSIONS = ['gcr.io/distroless/', 'cgr.dev/chainguard/'];

export default defineRule({
  id: 'compose/unpinned-image',
  title: 'an image has no tag, or the tag latest',
  severity: 'info',
  docs: `
\`postgres\` and \`postgres:latest\` are whatever was newest when the image was pulled: two machines run two versions, and
one day a pull brings a major version that does not read the old data. A tag or a digest keeps what works.

Not told: images that this workspace builds, names of one word that are no official image (somebody builds them
elsewhere), values that come from a variable, and registries that have no version tags (distroless).
`,
  *check(facts) {
    for (const image of neededImages(facts)) {
      if (!isUnpinned(image) || buildersOf(facts, image).length > 0) continue;
      const tag = /:latest$/.test(image.reference) ? 'the tag latest' : 'no tag, which means latest';
      yield {
        subject: subject.image(image.project.id, image.key),
        at: image.at,
        message: `${image.key}, used by ${image.by}, has ${tag}.`,
        advice: 'Name the version that works for you.',
      };
    }
  },
});

function isUnpinned({ reference: text, service, base }: NeededImage): boolean {
  // What is never pulled is made by hand.
  if (!base && (service.image?.parts || ['never', 'build'].includes(service.pullPolicy?.text ?? '')))
    return false;
  const reference = parseReference(text);
  if ('invalid' in reference || reference.digest !== undefined) return false;
  if (reference.tag !== undefined && reference.tag !== 'latest') return false;
  if (WITHOUT_VERSIONS.some((prefix) => `${reference.host}/${reference.path}/`.startsWith(prefix)))
    return false;
  const name = /^library\/(.+)$/.exec(reference.path)?.[1];
  return reference.host !== 'docker.io' || name === undefined || official.names.includes(name);
}
