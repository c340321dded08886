/** Finds out whether a registry has an image, and where it has not, what it is that is missing. */
import { errorCodes, field, jsonOf, mediaType, type Stop, stopUnreached } from './answer.ts';
import { artefactOf, isFirstSchema } from './artefact.ts';
import { type Conversation, converse, type RegistryContext } from './client.ts';
import { startDeadline } from './deadline.ts';
import { badAnswer } from './failure.ts';
import type { ImageVerdict } from './model.ts';
import { nearTags } from './near-tags.ts';
import { normalisePlatform, type Platform, parsePlatform, platformText, runsOn } from './platform.ts';
import { DOCKER_HUB, type Reference } from './reference.ts';
import { listTags } from './tag-list.ts';
import type { HttpReply } from './transport.ts';

const INDEXES = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
];
const MANIFESTS = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
];
const ACCEPT = [...INDEXES, ...MANIFESTS, '*/*'].join(', ');

const MOST_PLATFORMS = 100;
const USUAL = 'linux/amd64';

/** What one inspection carries along. */
type Inspection = {
  readonly talk: Conversation;
  readonly reference: Reference;
  /** The tag, or the digest where there is one: that is what Docker asks by. */
  readonly version: string;
  readonly wanted?: Platform;
};

/** True for an answer that only something which knows manifests gives; a stray web server's 200 or 404 is none. */
function isManifest(reply: HttpReply): boolean {
  const type = mediaType(reply);
  return (
    reply.headers['docker-content-digest'] !== undefined ||
    type.startsWith('application/vnd.') ||
    type.endsWith('json')
  );
}

function oddAnswer(talk: Conversation, reply: HttpReply): Stop {
  const because = `${talk.registry} answers as no registry does (${reply.status})`;
  return stopUnreached(talk.registry, badAnswer(because, ''));
}

function platformOf(value: unknown): Platform | undefined {
  const [os, architecture, variant] = ['os', 'architecture', 'variant'].map((key) => field(value, key));
  if (typeof os !== 'string' || typeof architecture !== 'string') return undefined;
  return parsePlatform(`${os}/${architecture}`)
    ? normalisePlatform(
        os,
        architecture,
        typeof variant === 'string' && /^[\w.-]*$/.test(variant) ? variant : '',
      )
    : undefined;
}

/**
 * The platforms of an index. `complete` is false where an entry does not say its platform, or there are too many.
 * Entries for `unknown/unknown` are attestations, which are no images.
 */
function platformsOfIndex(index: unknown): {
  readonly platforms: readonly Platform[];
  readonly complete: boolean;
} {
  const entries = field(index, 'manifests');
  if (!Array.isArray(entries)) return { platforms: [], complete: false };
  const found = new Map<string, Platform>();
  let complete = entries.length <= MOST_PLATFORMS;
  for (const entry of entries.slice(0, MOST_PLATFORMS)) {
    const platform = platformOf(field(entry, 'platform'));
    if (!platform) complete = false;
    else if (platform.os !== 'unknown') found.set(platformText(platform), platform);
  }
  return { platforms: [...found.values()], complete };
}

/** Whether one of the platforms would do for the one that is wanted. */
export function judgePlatforms(
  wanted: Platform | undefined,
  platforms: readonly Platform[],
  single: boolean,
): Extract<Stop, { verdict: 'exists' | 'no-such-platform' }> {
  const names = platforms.map(platformText);
  if (!wanted || platforms.some((offered) => runsOn(offered, wanted)))
    return { verdict: 'exists', platforms: names };
  return {
    verdict: 'no-such-platform',
    wanted: platformText(wanted),
    platforms: names,
    ...(single ? { single } : {}),
  };
}

/** The platform of an image that is not an index stands in its configuration. */
async function inspectSingle({ talk, wanted }: Inspection, manifest: unknown): Promise<Stop> {
  const artefact = artefactOf(manifest);
  if (artefact) return { verdict: 'not-an-image', registry: talk.registry, ...artefact };
  const digest = field(field(manifest, 'config'), 'digest');
  // Without such a configuration, that the image is there is all that can be said.
  if (typeof digest !== 'string' || !/^sha(256|384|512):[a-f0-9]{64,128}$/.test(digest)) {
    return { verdict: 'exists', platforms: [] };
  }
  const reply = await talk.ask('GET', `blobs/${digest}`, '*/*');
  if ('verdict' in reply) return reply;
  const platform = reply.status === 200 ? platformOf(jsonOf(reply)) : undefined;
  return platform ? judgePlatforms(wanted, [platform], true) : { verdict: 'exists', platforms: [] };
}

/** The manifest is there: what is it for? */
async function inspectManifest(inspection: Inspection, head: HttpReply): Promise<Stop> {
  const { talk, reference, version, wanted } = inspection;
  const type = mediaType(head);
  const isIndex = INDEXES.includes(type);
  if (isFirstSchema(type))
    return { verdict: 'not-an-image', registry: talk.registry, what: 'schema-1', mediaType: type };
  // Docker Hub counts a GET of a manifest as a pull, and a HEAD not (Docker docs, "Pull usage and limits"). A pull of the
  // person's quota is spent where it may tell something: hardly an image there lacks linux/amd64.
  const isHub = reference.host === DOCKER_HUB;
  if (isHub && wanted && platformText(wanted) === USUAL) return { verdict: 'exists', platforms: [] };
  if (!wanted && (!isIndex || isHub)) return { verdict: 'exists', platforms: [] };
  const reply = await talk.ask('GET', `manifests/${version}`, ACCEPT);
  if ('verdict' in reply) return reply;
  if (reply.status !== 200) return oddAnswer(talk, reply);
  const manifest = jsonOf(reply);
  if (typeof manifest !== 'object' || manifest === null) {
    const because = `${talk.registry} gives a manifest that is no JSON`;
    return stopUnreached(talk.registry, badAnswer(because, ''));
  }
  if (isFirstSchema(mediaType(reply))) {
    return {
      verdict: 'not-an-image',
      registry: talk.registry,
      what: 'schema-1',
      mediaType: mediaType(reply),
    };
  }
  if (!isIndex && !INDEXES.includes(mediaType(reply))) return inspectSingle(inspection, manifest);
  const { platforms, complete } = platformsOfIndex(manifest);
  if (!complete) return { verdict: 'exists', platforms: platforms.map(platformText) };
  return judgePlatforms(wanted, platforms, false);
}

/**
 * A 404 on a manifest: is it the tag or the repository? The code of the error tells, or else the list of tags:
 * several registries answer MANIFEST_UNKNOWN for repositories that they do not have either.
 */
async function inspectAbsence({ talk, reference, version }: Inspection): Promise<Stop> {
  const { registry } = talk;
  const absent: Stop = { verdict: 'no-such-repository', registry, maybePrivate: false };
  const reply = await talk.ask('GET', `manifests/${version}`, ACCEPT);
  if ('verdict' in reply) return reply;
  if (reply.status !== 404) return oddAnswer(talk, reply);
  const codes = errorCodes(reply);
  if (codes.includes('NAME_UNKNOWN')) return absent;

  const { answer, tags, complete } = await listTags(talk);
  const listCodes = 'verdict' in answer ? [] : errorCodes(answer);
  if (listCodes.includes('NAME_UNKNOWN')) return absent;
  if (!tags) {
    // The list may be closed to us or not offered; what the manifest's error said stands.
    if (codes.includes('MANIFEST_UNKNOWN')) return { verdict: 'no-such-tag', registry, near: [] };
    if ('verdict' in answer) return answer;
    return answer.status === 404 && (codes.length > 0 || listCodes.length > 0)
      ? absent
      : oddAnswer(talk, answer);
  }
  if (reference.digest !== undefined) return { verdict: 'no-such-tag', registry, near: [] };
  const { near, slip } = nearTags(version, tags);
  return {
    verdict: 'no-such-tag',
    registry,
    near,
    ...(slip ? { slip } : {}),
    ...(complete ? {} : { partial: true }),
  };
}

async function inspect(inspection: Inspection, limits: RegistryContext['limits']): Promise<Stop> {
  const { talk, version } = inspection;
  const head = await talk.ask('HEAD', `manifests/${version}`, ACCEPT);
  if ('verdict' in head) return head;
  if (head.status === 404) return inspectAbsence(inspection);
  // A HEAD is answered beyond the limit, and a pull is not.
  const limit = limits.get(talk.registry);
  if (head.status === 200 && limit?.remaining === 0)
    return { verdict: 'rate-limited', registry: talk.registry, limit };
  if (head.status === 200 && isManifest(head)) return inspectManifest(inspection, head);
  return oddAnswer(talk, head);
}

/**
 * Asks the registry of a reference for the image. Never throws for anything that a registry, a proxy, a helper or the
 * network does; the verdict says it. Takes at most the time limit of the context, and that of a credential helper.
 *
 * @param platform `os/architecture[/variant]`; a text that is none is not asked about.
 */
export async function inspectImage(
  reference: Reference,
  platform: string | undefined,
  context: RegistryContext,
): Promise<ImageVerdict> {
  const { host } = reference;
  // The grammar of references lets through hosts that no URL can hold, such as 1.2.3.256.
  if (!URL.canParse(`https://${host}/`)) {
    const because = `${host} is no address that can be asked`;
    return { verdict: 'cannot-reach', registry: host, why: 'dns', because, seen: [] };
  }
  const deadline = startDeadline(context.timeoutMs, context.until);
  const talk = converse(reference, context, deadline);
  const wanted = platform === undefined ? undefined : parsePlatform(platform);
  const version = reference.digest ?? reference.tag ?? 'latest';
  try {
    const verdict = await inspect(
      { talk, reference, version, ...(wanted ? { wanted } : {}) },
      context.limits,
    );
    return { ...verdict, seen: [...talk.seen] };
  } finally {
    deadline.clear();
  }
}
