import { type AskedImage, askedImages } from '../../src/asked-images.ts';
import type { SharedFinding } from '../../src/repair/image-finding.ts';
import { defineRule } from '../../src/rule.ts';
import { subject } from '../../src/subject.ts';

export default defineRule({
  id: 'registry/image-unavailable',
  title: 'an image cannot be pulled',
  severity: 'error',
  docs: `
Docker words very different faults alike. Each image that has to be pulled is asked for at its registry, read-only, with
the credentials that Docker itself would use (config file, \`credsStore\`, \`credHelpers\`), and gets one verdict: it
exists · a login is needed · the login was refused · no such repository · no such tag · no such platform · no image at
all (a Helm chart, Docker's first format) · rate limited · the registry cannot be reached. "Cannot be reached" is *not
checked*, never "does not exist".

Asked for are the images of the services and all that their builds take: \`FROM\`, \`COPY --from\`, \`RUN --mount=from\`,
\`# syntax=\` and additional contexts, for each platform that they are needed for. Images that the engine holds already are
not asked for, unless \`pull_policy: always\` or \`build.pull\` says so or it holds them for another platform, and neither
are images that a build of this workspace makes. Docker Hub gives the same answer for a private repository and for none;
the message says so. Its images are taken to have linux/amd64: looking would cost the person a pull of their quota.
\`--offline\` leaves registries alone.

Where this process cannot tell, the engine is asked to look the image up from where it is, with its own mirrors, proxies
and certificates: it is the one that pulls. What it sees decides. Where neither gets through, and it is a certificate or
a proxy that keeps the engine from it, that is a fault. Where this process sees the image, the engine is asked once for
each registry but Docker Hub, where a look counts as a pull. \`dockmedic image <ref>\` shows the whole way.

Where a tag is missing, the nearest ones are read from the registry's own list: the same variant, as much of the same
version as there is, the newest first. Where a repository is missing, the name may be a slip for one that is built here or
for an official image, or its makers have moved it. A login is left to \`docker login\` in your terminal.
`,
  async *check(facts) {
    const asked = await askedImages(facts);
    if (asked.length === 0) return;
    // Their words are many, and most runs need none of them.
    const { findingOf, unknownOf } = await import('../../src/repair/image-finding.ts');
    const said = await Promise.all(asked.map((one) => findingOf(facts, one)));
    const shared = sharedCauses(said);
    for (const [index, finding] of said.entries()) {
      if (!finding) {
        const one = asked[index];
        const because = one && unknownOf(one);
        if (one && because !== undefined) yield unverified(one, because);
        continue;
      }
      const { shares, ...rest } = finding;
      yield shares && shared.has(shares.id) ? { ...rest, cause: shares } : rest;
    }
  },
});

/** The ids of the causes that more than one finding has. */
function sharedCauses(said: readonly (SharedFinding | undefined)[]): ReadonlySet<string> {
  const ids = said.flatMap((one) => (one?.shares ? [one.shares.id] : []));
  return new Set(ids.filter((id, index) => ids.indexOf(id) !== index));
}

function unverified({ images: [image] }: AskedImage, because: string) {
  return { unverified: subject.image(image.project.id, image.key), because };
}
