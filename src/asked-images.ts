/** Which images have to come from a registry, for which platform, and what the registries say. Over facts. */

import type { LocalImages } from './docker/model.ts';
import { type Facts, type MissingHelper, Unavailable } from './facts.ts';
import { buildersOf, type NeededImage, neededImages } from './needed-images.ts';
import type { ImageVerdict } from './registry/model.ts';
import { parsePlatform } from './registry/platform.ts';

/** The places of one file of one project that ask for one image, and the one verdict on it. */
export type AskedImage = {
  readonly images: readonly [NeededImage, ...NeededImage[]];
  readonly verdict: ImageVerdict | { readonly unverified: string };
  /** Compose would ask this program before it pulls, and it is not there. */
  readonly helper?: MissingHelper;
  /** Whether it is known that the engine does not hold it. */
  readonly engineAsked: boolean;
};

/**
 * Asks for every image that has to be pulled, all at once: a slow registry costs its time limit once, not once an image.
 *
 * @throws Unavailable where registries are not to be asked
 */
export async function askedImages(facts: Facts): Promise<readonly AskedImage[]> {
  const held = await facts.localImages().catch((error: unknown) => {
    if (error instanceof Unavailable) return undefined;
    throw error;
  });
  const needed = neededImages(facts);
  const pulled = await Promise.all(needed.map((image) => isPulled(facts, image, held)));
  const questions = needed
    .filter((_, index) => pulled[index])
    .map(async (image) => {
      const [verdict, helper] = await Promise.all([
        verdictOn(facts, image, held),
        // BuildKit asks it only where a registry wants a login, and the verdict says that.
        image.role === 'service' ? facts.missingHelper(image.reference) : undefined,
      ]);
      return { image, verdict, ...(helper ? { helper } : {}) };
    });
  const groups = new Map<string, { images: [NeededImage, ...NeededImage[]] } & Omit<AskedImage, 'images'>>();
  for (const { image, verdict, ...rest } of await Promise.all(questions)) {
    const of = [
      image.project.id,
      image.key,
      image.at.file,
      image.onlyBuild ?? false,
      verdict,
      rest.helper ?? null,
    ];
    const key = JSON.stringify(of);
    const known = groups.get(key);
    if (known) known.images.push(image);
    else groups.set(key, { images: [image], verdict, engineAsked: held !== undefined, ...rest });
  }
  return [...groups.values()];
}

async function verdictOn(
  facts: Facts,
  image: NeededImage,
  held: LocalImages | undefined,
): Promise<AskedImage['verdict']> {
  const platform = image.anyPlatform ? undefined : (image.platform ?? held?.platform);
  try {
    return await facts.image(image.reference, platform);
  } catch (error) {
    // The time was up for this one; others may have been answered.
    if (error instanceof Unavailable && error.outcome === 'unverified') return { unverified: error.because };
    throw error;
  }
}

/** Whether Docker would go to a registry for an image. */
async function isPulled(facts: Facts, image: NeededImage, held: LocalImages | undefined): Promise<boolean> {
  if (buildersOf(facts, image).length > 0) return false;
  const policy = image.service.pullPolicy?.text;
  if (!image.base && (policy === 'never' || policy === 'build')) return false;
  if (image.always || !held?.has(image.reference)) return true;
  if (image.platform === undefined) return false;
  // Compose and BuildKit act as if an image of another platform were not there.
  const own = parsePlatform((await held.platformOf?.(image.reference)) ?? '');
  const wanted = parsePlatform(image.platform);
  if (!own || !wanted) return false;
  const isVariant = !own.variant || !wanted.variant || own.variant === wanted.variant;
  return own.os !== wanted.os || own.architecture !== wanted.architecture || !isVariant;
}
