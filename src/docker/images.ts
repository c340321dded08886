/** The images that an engine holds, found by whatever name Docker would find them by. */
import { parseReference } from '../registry/reference.ts';
import type { DockerEnvironment } from './environment.ts';
import { isObject } from './json.ts';
import type { Endpoint, LocalImages } from './model.ts';
import { type Connection, connect } from './transport.ts';

export type LocalImagesOptions = {
  /** In milliseconds, for both calls. 10 000 unless told: an engine with thousands of images takes its time. */
  readonly timeoutMs?: number;
};

/** Why the images are not known; ends the sentence "not checked, because …". */
export type ImagesUnknown = { readonly because: string };

const answerBytes = 64 * 1024 * 1024;

/** Lists the images of an engine that answers and asks for its platform; never throws. */
export async function localImages(
  endpoint: Endpoint,
  environment: DockerEnvironment,
  { timeoutMs = 10_000 }: LocalImagesOptions = {},
): Promise<LocalImages | ImagesUnknown> {
  let connection: Connection | undefined;
  let timer: NodeJS.Timeout | undefined;
  let over = false;
  const ask = async (): Promise<LocalImages | ImagesUnknown> => {
    try {
      connection = await connect(endpoint, answerBytes, { environment, seconds: timeoutMs / 1_000 });
      if (over) connection.close();
      const { docker } = connection;
      const [list, version] = await Promise.all([
        docker.listImages(),
        docker.version().catch(() => undefined),
      ]);
      if (!Array.isArray(list))
        return { because: 'the engine answered its list of images with something else' };
      const images = imagesOf(list, platformOf(version));
      return { ...images, platformOf: (reference) => heldPlatform(endpoint, reference, timeoutMs) };
    } catch (error) {
      const told = error instanceof Error ? error.message : 'unknown error';
      return { because: `the engine did not list its images (${told})` };
    }
  };
  const limit = new Promise<ImagesUnknown>((resolve) => {
    timer = setTimeout(
      () => resolve({ because: `the engine did not list its images within ${timeoutMs / 1000} s` }),
      timeoutMs,
    );
  });
  try {
    return await Promise.race([ask(), limit]);
  } finally {
    over = true;
    clearTimeout(timer);
    connection?.close();
  }
}

/** The platform of an image by `GET /images/{name}/json`; undefined where the engine does not say it in time. */
async function heldPlatform(
  endpoint: Endpoint,
  reference: string,
  timeoutMs: number,
): Promise<string | undefined> {
  let connection: Connection | undefined;
  let timer: NodeJS.Timeout | undefined;
  const ask = async () => {
    connection = await connect(endpoint, answerBytes);
    const { Os, Architecture, Variant } = await connection.docker.getImage(reference).inspect();
    return platformOf({ Os, Arch: Architecture }, Variant);
  };
  const limit = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, timeoutMs, undefined);
  });
  try {
    return await Promise.race([ask(), limit]);
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
    connection?.close();
  }
}

/**
 * The images of a `GET /images/json` answer. A tag or digest is found under its full name, whatever form either
 * side uses; an image ID by any part from its start that no other image shares (moby, `daemon/images`).
 */
export function imagesOf(list: readonly unknown[], platform?: string): LocalImages {
  const names = new Set<string>();
  const ids: string[] = [];
  for (const image of list) {
    if (!isObject(image)) continue;
    if (typeof image.Id === 'string') ids.push(hexOf(image.Id));
    for (const name of [...strings(image.RepoTags), ...strings(image.RepoDigests)]) {
      const full = fullName(name);
      if (full !== undefined) names.add(full);
    }
  }
  return {
    has(reference) {
      const full = fullName(reference);
      if (full !== undefined && names.has(full)) return true;
      const hex = hexOf(reference);
      if (!/^[0-9a-f]{1,64}$/.test(hex)) return false;
      return new Set(ids.filter((id) => id.startsWith(hex))).size === 1;
    },
    ...(platform && { platform }),
  };
}

/** `docker.io/library/alpine:latest`; with a digest, Docker does not look at the tag. `<none>:<none>` is no name. */
function fullName(reference: string): string | undefined {
  const parsed = parseReference(reference);
  if ('invalid' in parsed) return undefined;
  const { host, path, tag, digest } = parsed;
  return digest === undefined ? `${host}/${path}:${tag}` : `${host}/${path}@${digest}`;
}

function hexOf(id: string): string {
  return id.replace(/^sha256:/, '');
}

function strings(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}

/** `linux/amd64`, from `GET /version`, whose names are Go's and so the ones that images use. */
function platformOf(version: unknown, variant?: unknown): string | undefined {
  if (!isObject(version)) return undefined;
  const { Os: os, Arch: arch } = version;
  if (typeof os !== 'string' || typeof arch !== 'string') return undefined;
  if (!/^[a-z0-9]+$/.test(os) || !/^[a-z0-9_]+$/.test(arch)) return undefined;
  const ending = typeof variant === 'string' && /^[a-z0-9]+$/.test(variant) ? `/${variant}` : '';
  return `${os}/${arch}${ending}`;
}
