/** Fixes for images that cannot be had: another name, a platform, a login, a helper that is taken out. */

import { replaceScalar } from '../compose/edit.ts';
import type { Facts, MissingHelper } from '../facts.ts';
import type { NeededImage } from '../needed-images.ts';
import { DOCKER_HUB } from '../registry/reference.ts';
import type { Fix, Safety } from '../rule.ts';
import { askFor } from './image-value.ts';
import { addBelow } from './steps.ts';

/** A reference, or how it is shown, with another tag. */
export function withTag(reference: string, tag: string): string {
  return `${reference.replace(/(?::[^/:@]*)?(?:@.*)?$/, '')}:${tag}`;
}

/** How a place writes an image: `image: x`, `FROM x`. */
const WRITTEN: Readonly<Record<NeededImage['role'], string>> = {
  service: 'image: ',
  base: 'FROM ',
  copy: '--from=',
  frontend: 'syntax=',
  context: 'docker-image://',
};

export type Renaming = {
  /** What the places are to ask for, and how it is shown. */
  readonly reference: (image: NeededImage) => string;
  readonly shown: string;
  readonly safety: Safety;
  readonly caveat?: string;
};

/** One fix that makes all places ask for another image, or why there is none. */
export function renameFix(
  facts: Facts,
  images: readonly [NeededImage, ...NeededImage[]],
  { reference, shown, safety, caveat }: Renaming,
): Fix | { readonly because: string } {
  const places = [...new Map(images.map((image) => [`${image.at.file}:${image.at.start}`, image])).values()];
  const edits = places.map((image) => askFor(facts, image, reference(image)));
  const not = edits.find((edit) => 'because' in edit);
  if (not && 'because' in not) return not;
  const [{ role, key }] = images;
  return {
    title: `${WRITTEN[role]}${key} → ${shown}`,
    safety,
    ...(caveat === undefined ? {} : { caveat }),
    steps: edits.flatMap((edit) => ('step' in edit ? [edit.step] : [])),
  };
}

/** `platform:` of the services that run the image; none where one of them has no plain place for it. */
export function platformFix(
  facts: Facts,
  images: readonly [NeededImage, ...NeededImage[]],
  platform: string,
  kind: { readonly safety: Safety; readonly caveat: string },
): readonly Fix[] {
  const steps = images.map(({ role, service }) => {
    if (role !== 'service') return undefined;
    const written = service.platform;
    if (!written) {
      const entry = service.node.entries.get('image');
      return entry && addBelow(facts, entry, 'platform', platform);
    }
    const source = facts.files.read(written.at.file);
    return 'text' in source ? replaceScalar(written, source, platform) : undefined;
  });
  if (steps.some((step) => step === undefined)) return [];
  return [{ title: `platform: ${platform}`, ...kind, steps: steps.filter((step) => step !== undefined) }];
}

/** `docker login`, which talks to the person itself. */
export function loginFix(registry: string, hasLogin: boolean): Fix {
  const host = registry === DOCKER_HUB ? [] : [registry];
  const argv = ['docker', 'login', ...host];
  return {
    title: `log in: ${argv.join(' ')}`,
    safety: 'unsafe',
    caveat: `${registry} gets the name and password that you type there; dockmedic does not see them`,
    steps: [
      {
        kind: 'run',
        argv,
        // A login that was there before does not come back.
        ...(hasLogin ? {} : { undo: ['docker', 'logout', ...host] }),
        why: `a login for ${registry}`,
        terminal: true,
      },
    ],
  };
}

/** Takes the name of a program that is not there out of Docker's configuration. */
export function helperFix({ program, file, removal }: MissingHelper): readonly Fix[] {
  if (!removal) return [];
  return [
    {
      title: `take ${program} out of Docker's config.json`,
      safety: 'unsafe',
      caveat:
        'the file lies outside of this directory and counts for all that Docker does; without a helper, docker login keeps passwords in it unencrypted',
      steps: removal.map(({ start, end, text }) => ({
        kind: 'edit',
        at: { file, start, end },
        text,
        verbatim: true,
        confidential: true,
      })),
    },
  ];
}
