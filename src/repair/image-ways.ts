/** Ways out where an image is not where it is looked for: its new place, or the name that was meant. */
import type { AskedImage } from '../asked-images.ts';
import { type Facts, Unavailable } from '../facts.ts';
import { parseReference } from '../registry/reference.ts';
import type { Fix } from '../rule.ts';
import { renameFix, withTag } from './image-fixes.ts';
import { deprecation, movedTo } from './moved.ts';
import { meantBy } from './repository.ts';

export type Way = {
  readonly advice?: string;
  readonly evidence: readonly string[];
  readonly fixes: readonly Fix[];
};

/** Where its makers have moved it, if they have; offered where the registry has it there. */
export async function movedWay(facts: Facts, asked: AskedImage): Promise<Way | undefined> {
  const [image] = asked.images;
  const reference = parseReference(image.reference);
  if ('invalid' in reference) return undefined;
  const given = deprecation(reference);
  if (given) {
    const advice = `Its makers have given it up (${given.since}); ${given.instead.join(' and ')} stand in for it.`;
    return { advice, evidence: [`announced in ${given.source}`], fixes: [] };
  }
  const moved = movedTo(reference);
  if (!moved) return undefined;
  const shown = withTag(moved.to, /:([^/:@]*)$/.exec(image.key)?.[1] ?? 'latest');
  const note = moved.note === undefined ? '' : ` ${moved.note}`;
  const advice = `Its makers have moved it to ${shown} (${moved.since}).${note}`;
  const evidence = [`announced in ${moved.source}`];
  const there = await existsThere(facts, asked, moved.to);
  if (there === false) return { advice: `${advice} This tag is not there.`, evidence, fixes: [] };
  const caveat = moved.note ?? 'it is another repository';
  const fix = renameFix(facts, asked.images, {
    reference: () => moved.to,
    shown,
    safety: there ? 'unsafe' : 'manual',
    caveat: there ? caveat : `${caveat.replace(/\.$/, '')}; whether the tag is there could not be checked`,
  });
  return {
    advice,
    evidence: [...evidence, ...(there ? [`${shown} exists`] : [])],
    fixes: 'because' in fix ? [] : [fix],
  };
}

/** Whether a registry has another image, for the same platform; undefined where that cannot be known. */
async function existsThere(
  facts: Facts,
  { images: [image] }: AskedImage,
  reference: string,
): Promise<boolean | undefined> {
  try {
    const { verdict } = await facts.image(reference, image.platform);
    if (verdict === 'exists') return true;
    return verdict === 'no-such-tag' || verdict === 'no-such-repository' ? false : undefined;
  } catch (error) {
    if (error instanceof Unavailable) return undefined;
    throw error;
  }
}

/** The image of another name that was meant: one that is built here, or an official one that exists. */
export async function meantWay(
  facts: Facts,
  asked: AskedImage,
  maybePrivate: boolean,
): Promise<Way | undefined> {
  const [image] = asked.images;
  // What a variable brought is not printed, and so neither is what is near to it.
  const meant = image.scalar?.parts ? undefined : meantBy(facts, image);
  if (!meant) return undefined;
  if (meant.by === 'hub' && (await existsThere(facts, asked, meant.reference)) !== true) return undefined;
  const fix = renameFix(facts, asked.images, {
    reference: () => meant.reference,
    shown: meant.reference,
    safety: !meant.sure ? 'manual' : meant.by === 'build' && !maybePrivate ? 'safe' : 'unsafe',
    ...(meant.sure && meant.by === 'build' && !maybePrivate
      ? {}
      : { caveat: 'it is the nearest name, and nothing else speaks for it' }),
  });
  const evidence = [
    meant.by === 'build'
      ? `the build of service "${meant.service}" makes ${meant.reference}`
      : `${meant.reference} exists`,
  ];
  const advice = `The nearest name is ${meant.reference}.`;
  return { advice, evidence, fixes: 'because' in fix ? [] : [fix] };
}
