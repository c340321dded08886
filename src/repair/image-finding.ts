/** Words, and ways out, for each verdict on an image. */
import type { AskedImage } from '../asked-images.ts';
import { type Facts, Unavailable } from '../facts.ts';
import type { EngineOutOfReach, ImageVerdict } from '../registry/model.ts';
import { DOCKER_HUB, parseReference } from '../registry/reference.ts';
import type { Cause, Finding, Fix } from '../rule.ts';
import { subject } from '../subject.ts';
import { supportedFirst } from './alpine.ts';
import { helperFix, loginFix, renameFix, withTag } from './image-fixes.ts';
import { noPlatform } from './image-platform.ts';
import { meantWay, movedWay } from './image-ways.ts';

/** What is said of an image besides where it stands. `shares` is the cause that others may have too. */
type Said = Omit<Finding, 'subject' | 'at'> & { readonly shares?: Cause };

type Of<V extends ImageVerdict['verdict']> = {
  readonly asked: AskedImage;
  readonly verdict: Extract<ImageVerdict, { verdict: V }>;
};

/** A finding with the cause that others may have too. */
export type SharedFinding = Finding & { readonly shares?: Cause };

/** The finding on an image; undefined where there is nothing to say, or nothing that is known (see `unknownOf`). */
export async function findingOf(facts: Facts, asked: AskedImage): Promise<SharedFinding | undefined> {
  const said = await saidOf(facts, asked);
  if (!said) return undefined;
  const [image] = asked.images;
  const { evidence = [], ...rest } = said;
  const seen = 'seen' in asked.verdict ? asked.verdict.seen : [];
  return {
    ...rest,
    ...(image.onlyBuild ? { severity: 'warning' as const } : {}),
    subject: subject.image(image.project.id, image.key),
    at: image.at,
    evidence: [...evidence, ...seen],
  };
}

/** Why nothing is known of an image; undefined where something is. */
export function unknownOf({ verdict }: AskedImage): string | undefined {
  if ('unverified' in verdict) return verdict.unverified;
  return verdict.verdict === 'cannot-reach' ? verdict.because : undefined;
}

async function saidOf(facts: Facts, asked: AskedImage): Promise<Said | undefined> {
  const { verdict, helper } = asked;
  if (helper) return saidOfHelper(asked, helper.program, helperFix(helper));
  if ('unverified' in verdict) return undefined;
  switch (verdict.verdict) {
    case 'exists':
      return (
        verdict.engine &&
        engineOutOfReach(asked, verdict.engine, ['this process reaches it, and sees the image'])
      );
    case 'cannot-reach':
      return unreached(facts, { asked, verdict });
    case 'invalid-reference':
      return {
        message: `The image name ${needed(asked)}, is not valid: ${verdict.because.replace(/\.$/, '')}.`,
        advice: 'Correct the name.',
      };
    case 'login-needed':
      return {
        message: `${verdict.registry} wants a login for ${needed(asked)}, and Docker has none for it.`,
        advice: verdict.advice ?? `Run \`${loginOf(verdict.registry)}\`.`,
        shares: cause(
          'login',
          verdict.registry,
          `${verdict.registry} wants a login, and Docker has none for it`,
        ),
        fixes: loginFixes(verdict, false),
      };
    case 'login-refused':
      return {
        message: verdict.expired
          ? `The login for ${verdict.registry} has expired, so ${needed(asked)}, cannot be pulled.`
          : `${verdict.registry} refused the login for ${needed(asked)}.`,
        evidence: [`the login came from ${verdict.credentials}`],
        advice:
          verdict.advice ??
          `Run \`${loginOf(verdict.registry, 'logout')}\` and \`${loginOf(verdict.registry)}\` with an account that may read it.`,
        shares: cause(
          'login-refused',
          verdict.registry,
          `${verdict.registry} refuses the login that Docker has for it`,
        ),
        fixes: loginFixes(verdict, true),
      };
    case 'no-such-repository':
      return noRepository(facts, { asked, verdict });
    case 'no-such-tag':
      return noTag(facts, { asked, verdict });
    case 'no-such-platform':
      return {
        ...noPlatform(facts, asked, verdict, needed(asked)),
        shares: cause(
          'platform',
          asked.images[0].key,
          `${asked.images[0].key} is not made for ${verdict.wanted}`,
        ),
      };
    case 'not-an-image':
      return notAnImage(facts, { asked, verdict });
    case 'rate-limited': {
      const wait = verdict.retryAfterSeconds === undefined ? 'Wait' : `Wait ${verdict.retryAfterSeconds} s`;
      return {
        message: `${verdict.registry} limits how often you may ask, and the limit is reached for ${needed(asked)}.`,
        advice: verdict.advice
          ? `${wait}. ${verdict.advice}`
          : `${wait}, or run \`${loginOf(verdict.registry)}\` for a higher limit.`,
        shares: cause(
          'rate',
          verdict.registry,
          `${verdict.registry} limits how often you may ask, and the limit is reached`,
        ),
      };
    }
  }
}

/** Where another program makes the password, `docker login` alone would only ask for what nobody knows. */
function loginFixes(
  { registry, advice }: { registry: string; advice?: string },
  hasLogin: boolean,
): readonly Fix[] {
  return advice?.includes('--password-stdin') ? [] : [loginFix(registry, hasLogin)];
}

function cause(kind: string, what: string, title: string): Cause {
  return { id: `${kind}:${what}`, title };
}

function loginOf(registry: string, verb = 'login'): string {
  return registry === DOCKER_HUB ? `docker ${verb}` : `docker ${verb} ${registry}`;
}

/** `alpine:3.91, needed by service "a", service "b" and 10 more`. */
function needed({ images }: AskedImage): string {
  const [{ key }] = images;
  const by = [...new Set(images.map((image) => image.by))];
  const named = by.length > 3 ? [...by.slice(0, 2), `${by.length - 2} more`] : by;
  const list = named.length > 1 ? `${named.slice(0, -1).join(', ')} and ${named.at(-1)}` : named.join('');
  return `${key}, needed by ${list}`;
}

/** `docker pull` goes on without a helper that fails; Compose and BuildKit stop, even for images that all may read. */
function saidOfHelper(asked: AskedImage, program: string, fixes: readonly Fix[], because?: string): Said {
  const why = because ?? `${program}, which Docker's configuration names for logins, is not on PATH`;
  return {
    message: `Docker cannot ask for ${needed(asked)}: ${why.replace(/\.$/, '')}.`,
    consequence: 'Compose and builds stop with "error getting credentials", even for public images.',
    advice: `Install ${program}, or take it out of Docker's config.json and log in again.`,
    cause: {
      id: `helper:${program}`,
      title: `Docker's configuration names the credential helper ${program}, which is not installed`,
    },
    fixes,
  };
}

function saidOfBrokenHelper(asked: AskedImage, program: string, because: string): Said {
  return {
    ...saidOfHelper(asked, program, [], because),
    advice: `Put ${program} in order (unlock the keychain, initialise the store), or take it out of Docker's config.json and log in again.`,
    cause: {
      id: `helper:${program}`,
      title: `Docker's configuration names the credential helper ${program}, which does not work`,
    },
  };
}

async function unreached(facts: Facts, { asked, verdict }: Of<'cannot-reach'>): Promise<Said | undefined> {
  const [image] = asked.images;
  if (verdict.helper?.fault === 'missing') {
    const missing = await facts.missingHelper(image.reference);
    return saidOfHelper(asked, verdict.helper.program, missing ? helperFix(missing) : [], verdict.because);
  }
  // One that gives no answer in time may still give it to Docker, which waits without a limit.
  if (verdict.helper && verdict.helper.fault !== 'timeout')
    return saidOfBrokenHelper(asked, verdict.helper.program, verdict.because);
  // Both vantage points agree, and it is a setting that has to be put right: waiting for a network mends nothing.
  const { engine } = verdict;
  if (engine && (engine.why === 'tls' || engine.why === 'proxy')) {
    return engineOutOfReach(asked, engine, [`this process: ${verdict.because}`]);
  }
  // Podman calls what it builds so. Docker takes it for a registry on this machine, and none answers.
  if (verdict.registry !== 'localhost' || verdict.why !== 'refused' || !asked.engineAsked) return undefined;
  if (!(await isEngineHere(facts))) return undefined;
  return {
    message: `${needed(asked)}, would come from a registry on this very machine, and none answers on localhost.`,
    consequence: 'Docker says "connection refused".',
    advice:
      'Podman puts localhost/ before what it builds itself. With Docker, build the image here and leave localhost/ out.',
  };
}

function engineOutOfReach(
  asked: AskedImage,
  { because, advice }: EngineOutOfReach,
  evidence: readonly string[],
): Said {
  const [{ reference }] = asked.images;
  const read = parseReference(reference);
  const host = 'invalid' in read ? reference : read.host;
  return {
    message: `The engine cannot pull ${needed(asked)}: it ${because}.`,
    evidence,
    consequence: 'The engine is the one that pulls, from where it is and with settings of its own.',
    advice: advice ?? 'Put right what stands between the engine and the registry.',
    cause: { id: `unreachable:${host}`, title: `The engine cannot reach ${host}: it ${because}` },
  };
}

/** Whether the engine's localhost is ours. */
async function isEngineHere(facts: Facts): Promise<boolean> {
  if (facts.platform !== 'linux') return false;
  const { chosen } = await facts.endpoints().catch((error: unknown) => {
    if (error instanceof Unavailable) return { chosen: undefined };
    throw error;
  });
  return chosen?.host.startsWith('unix://') === true && chosen.provider !== 'docker-desktop';
}

async function noRepository(facts: Facts, { asked, verdict }: Of<'no-such-repository'>): Promise<Said> {
  const [image] = asked.images;
  const { registry, maybePrivate } = verdict;
  const reference = parseReference(image.reference);
  const isOfficial =
    !('invalid' in reference) && registry === DOCKER_HUB && /^library\//.test(reference.path);
  const way = (await movedWay(facts, asked)) ?? (await meantWay(facts, asked, maybePrivate));
  // Everybody may read official images: none of them is private.
  const message = !maybePrivate
    ? `${registry} has no repository for ${needed(asked)}.`
    : isOfficial
      ? `${registry} shows no repository for ${needed(asked)}: there is no official image of that name.`
      : `${registry} shows no repository for ${needed(asked)}: it does not exist, or it is private.`;
  const built = 'If it was meant to be built here, give its service a `build:`.';
  const login =
    maybePrivate && !isOfficial
      ? `Correct the name; if it is private, run \`${loginOf(registry)}\`.`
      : 'Correct the name.';
  return {
    message,
    consequence: `Docker will say "pull access denied … may require 'docker login'".`,
    advice: [
      way?.advice,
      way ? undefined : verdict.advice,
      // Where a way out is known, it is said alone, unless a login may be one too.
      way && (!maybePrivate || isOfficial) ? '' : image.base ? login : `${login} ${built}`,
    ]
      .filter(Boolean)
      .join(' '),
    evidence: way?.evidence ?? [],
    shares: cause(
      'repository',
      withoutTag(image.key),
      `${registry} has no repository ${withoutTag(image.key)}`,
    ),
    fixes: way?.fixes ?? [],
  };
}

function withoutTag(key: string): string {
  return key.replace(/(?::[^/:@]*)?(?:@.*)?$/, '');
}

async function noTag(facts: Facts, { asked, verdict }: Of<'no-such-tag'>): Promise<Said> {
  const [image] = asked.images;
  const { registry } = verdict;
  const reference = parseReference(image.reference);
  const { tag = '', path = '' } = 'invalid' in reference ? {} : reference;
  const isDigest = !('invalid' in reference) && reference.digest !== undefined;
  const { near, evidence } = supportedFirst(path, tag, verdict.near, facts.today);
  const way = await movedWay(facts, asked);
  const tags = near.map((name, index) =>
    renameFix(facts, asked.images, {
      reference: ({ reference: old }) => withTag(old, name),
      shown: withTag(image.key, name),
      // A release that has ended was no slip.
      safety: index === 0 && verdict.slip && evidence.length === 0 ? 'unsafe' : 'manual',
      caveat: 'another tag is another program',
    }),
  );
  const not = tags.find((fix) => 'because' in fix);
  const generic = isDigest ? 'Name a tag or a digest that exists.' : 'Name a tag that exists.';
  const among = verdict.partial ? ' of those that were read' : '';
  const advice = [
    way?.advice,
    near.length > 0 ? nearestSaid(near, among) : way ? undefined : generic,
    not && 'because' in not ? `The value is not changed from here: ${not.because}.` : undefined,
  ];
  return {
    message: `${needed(asked)}, does not exist: ${registry} has the repository, and not this ${isDigest ? 'digest' : 'tag'}.`,
    advice: advice.filter(Boolean).join(' '),
    evidence: [...evidence, ...(way?.evidence ?? [])],
    shares: cause('tag', image.key, `${image.key} does not exist`),
    fixes: [...(way?.fixes ?? []), ...tags.flatMap((fix) => ('because' in fix ? [] : [fix]))],
  };
}

function nearestSaid(near: readonly string[], among: string): string {
  return near.length === 1
    ? `The nearest tag${among} is ${near[0]}.`
    : `The nearest tags${among} are ${near.join(', ')}.`;
}

async function notAnImage(facts: Facts, { asked, verdict }: Of<'not-an-image'>): Promise<Said> {
  const { what, mediaType } = verdict;
  const evidence = [`its manifest says ${mediaType}`];
  if (what === 'schema-1') {
    const version = await engineVersion(facts);
    return {
      message: `${needed(asked)}, is in Docker's first image format, which engines no longer read since version 28.`,
      ...(version !== undefined && version < 28 ? { severity: 'warning' } : {}),
      evidence,
      advice: 'Name a newer tag, or have it pushed again by a current Docker.',
    };
  }
  const kind =
    what === 'plugin'
      ? 'a plugin of the engine'
      : mediaType.includes('helm')
        ? 'a Helm chart'
        : 'another kind of artefact';
  return {
    message: `${needed(asked)}, is no image that a container could be made of: it is ${kind}.`,
    evidence,
    consequence: `Docker says "unsupported media type ${mediaType}".`,
    advice: 'Name the image that goes with it; this is for another program.',
  };
}

/** The first number of it; undefined where no engine says it. */
async function engineVersion(facts: Facts): Promise<number | undefined> {
  const { chosen } = await facts.endpoints().catch((error: unknown) => {
    if (error instanceof Unavailable) return { chosen: undefined };
    throw error;
  });
  const version =
    chosen?.ping.answer === 'up' ? Number.parseInt(chosen.ping.serverVersion ?? '', 10) : Number.NaN;
  return Number.isNaN(version) ? undefined : version;
}
