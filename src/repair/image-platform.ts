/** What is said of an image that is not made for the platform that is wanted. */
import type { AskedImage } from '../asked-images.ts';
import type { Facts } from '../facts.ts';
import type { ImageVerdict } from '../registry/model.ts';
import type { Finding } from '../rule.ts';
import { bestToEmulate, emulationOf } from './emulation.ts';
import { platformFix } from './image-fixes.ts';

type NoPlatform = Extract<ImageVerdict, { verdict: 'no-such-platform' }>;

/** What comes of an image of one other platform, which Docker takes with a warning. */
const WARNED = {
  'built-in': 'Docker takes it with a warning and emulates it, several times slower.',
  'with-qemu':
    'Docker takes it with a warning, and without QEMU its programs do not start: "exec format error".',
  never: 'Docker takes it with a warning, and its programs do not start: "exec format error".',
};

/** @param needed the image, and who needs it */
export function noPlatform(
  facts: Facts,
  asked: AskedImage,
  verdict: NoPlatform,
  needed: string,
): Pick<Finding, 'message' | 'detail' | 'severity' | 'consequence' | 'advice' | 'fixes'> {
  const [image] = asked.images;
  const { wanted, platforms } = verdict;
  // An image of a single platform is taken with a warning: by BuildKit always, by Docker where the file insists on none.
  const warns = verdict.single === true && (image.platform === undefined || image.base);
  const best = bestToEmulate(platforms, wanted, facts.platform);
  const emulation = best === undefined ? 'never' : emulationOf(best, wanted, facts.platform);
  const run = {
    'built-in': `or say \`platform: ${best}\`: the engine emulates it, at a price in speed.`,
    'with-qemu': `or say \`platform: ${best}\`, where QEMU is set up to emulate it (\`docker run --privileged --rm tonistiigi/binfmt --install ${best?.split('/')[1]}\`).`,
    never: platforms.length > 0 ? 'nothing can emulate what it has.' : 'nobody has filled this one.',
  }[emulation];
  const fixes =
    best === undefined || warns
      ? []
      : platformFix(facts, asked.images, best, {
          safety: emulation === 'built-in' ? 'unsafe' : 'manual',
          caveat:
            emulation === 'built-in'
              ? 'it runs emulated, several times slower'
              : 'it runs only where QEMU is set up for it, and then several times slower',
        });
  return {
    message: `${wanted} is no platform of ${needed}; it has ${platforms.join(', ') || 'none'}.`,
    ...(image.platform === undefined ? {} : { detail: wanted }),
    ...(warns ? { severity: 'warning', consequence: WARNED[emulation] } : {}),
    advice: image.onlyBuild
      ? `Name an image that has ${wanted}, or take ${wanted} out of \`build.platforms\`; only \`docker compose build\` needs it.`
      : `Name an image that has ${wanted}${emulation === 'never' ? ';' : ','} ${run}`,
    fixes,
  };
}
