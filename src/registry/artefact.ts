/** Manifests that are no images: what they say they are. Pure. */
import { field } from './answer.ts';
import type { ImageVerdict } from './model.ts';

type NotAnImage = Extract<ImageVerdict, { verdict: 'not-an-image' }>;

const PLUGIN = 'application/vnd.docker.plugin.v1+json';

/**
 * The kinds of configuration that the engine takes, each with its subtypes; old images have the last ones (moby,
 * `distribution/registry.go`). With anything else it says "unsupported media type".
 */
const IMAGE_CONFIGS = [
  'application/vnd.oci.image',
  'application/vnd.docker',
  'application/octet-stream',
  'application/json',
  'text/html',
];

/** Docker's first manifests: removed in engine 28 ("no longer supported"). */
export function isFirstSchema(mediaType: string): boolean {
  return /^application\/vnd\.docker\.distribution\.manifest\.v1\+(?:json|prettyjws)$/.test(mediaType);
}

/** What a manifest is, if it is no image; undefined where it may well be one. */
export function artefactOf(manifest: unknown): Pick<NotAnImage, 'what' | 'mediaType'> | undefined {
  const type = field(field(manifest, 'config'), 'mediaType');
  if (typeof type !== 'string' || type === '') return undefined;
  const mediaType = type.toLowerCase();
  if (!/^[\w.+/-]{1,200}$/.test(mediaType)) return undefined;
  if (mediaType === PLUGIN) return { what: 'plugin', mediaType };
  const isKnown = IMAGE_CONFIGS.some((known) => mediaType === known || mediaType.startsWith(`${known}.`));
  return isKnown ? undefined : { what: 'artefact', mediaType };
}
