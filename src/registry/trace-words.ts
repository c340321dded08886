/** The verdict on one image reference in words, and what to do about it. Pure. */
import { nearest } from '../nearest.ts';
import { kindOfRegistry } from './advice.ts';
import { isLoopback } from './hosts.ts';
import type { ImageVerdict, RateLimit } from './model.ts';
import { DOCKER_HUB, fullName, parseReference, type Reference } from './reference.ts';
import { adviceForEngine } from './vantage.ts';

const KNOWN_HOSTS = ['docker.io', 'ghcr.io', 'quay.io', 'gcr.io', 'public.ecr.aws', 'mcr.microsoft.com'];

/** The full name for a sentence: nobody reads a whole digest. */
export function shortName(reference: Reference): string {
  return withoutLongDigests(fullName(reference));
}

/** A text with its digests cut to what tells them apart. */
export function withoutLongDigests(text: string): string {
  return text.replace(/\b(sha\d{3}:[0-9a-f]{12})[0-9a-f]{20,}/g, '$1…');
}

/** What a reader may not expect of how Docker reads a reference. */
export function readingNotes(text: string, { host, path, tag, digest }: Reference): readonly string[] {
  const notes: string[] = [];
  const first = text.split('/')[0] ?? '';
  if (host === DOCKER_HUB && !/^(?:index\.)?docker\.io\//.test(text)) {
    const port = /^library\/([^/]+)$/.exec(path)?.[1];
    if (port !== undefined && /^(?:localhost|[^/]*\..*)$/.test(port) && /^\d{2,5}$/.test(tag ?? ''))
      notes.push(
        `There is no slash behind ${first}, so Docker takes it for a repository and its tag, not for a registry and its port.`,
      );
    else if (!text.includes('/') && /[a-z]\.[a-z]/i.test(first.split(':')[0] ?? ''))
      notes.push(`There is no slash, so Docker looks for ${first.split(':')[0]} on Docker Hub.`);
  }
  if (host !== DOCKER_HUB && !/[.:]/.test(host) && host.toLowerCase() !== host)
    notes.push(
      `Its capital letters make Docker take ${host} for a registry; a namespace of Docker Hub is written in lower case.`,
    );
  if (isLoopback(host.replace(/:\d+$/, '')))
    notes.push(`To the engine, ${host} is the machine that it runs on itself, be it a virtual one.`);
  if (tag === 'latest' && digest === undefined && !/:latest$/.test(text))
    notes.push('Without a tag, Docker asks for latest.');
  if (tag !== undefined && digest !== undefined)
    notes.push('It has a digest, so Docker does not look at the tag.');
  return notes;
}

/** The verdict as one sentence with its full stop. */
export function verdictInWords(verdict: ImageVerdict, name: string): string {
  switch (verdict.verdict) {
    case 'exists':
      return verdict.by === 'engine'
        ? `${name} exists: the engine sees it, where this process could not tell.`
        : `${name} exists.`;
    case 'login-needed':
      return `${verdict.registry} wants a login for ${name}, and Docker has none for it.`;
    case 'login-refused':
      return verdict.expired
        ? `The login for ${verdict.registry} has expired.`
        : `${verdict.registry} refuses the login that Docker has for it.`;
    case 'no-such-repository':
      return verdict.maybePrivate
        ? `${verdict.registry} shows no repository for ${name}: it does not exist, or it is private.`
        : `${verdict.registry} has no repository for ${name}.`;
    case 'no-such-tag':
      return `${name} does not exist: ${verdict.registry} has the repository, and not this tag.`;
    case 'no-such-platform':
      return `${name} exists, and not for ${verdict.wanted}; it has ${verdict.platforms.join(', ')}.`;
    case 'not-an-image':
      return `${name} is no image that a container could be made of: its manifest says ${verdict.mediaType}.`;
    case 'rate-limited':
      return `${verdict.registry} limits how often you may ask, and the limit is reached.`;
    case 'cannot-reach':
      if (!verdict.engine) return `Whether ${name} exists could not be told: ${verdict.because}.`;
      return verdict.engine.why === verdict.why
        ? `Whether ${name} exists could not be told: ${verdict.because}; the engine finds the same.`
        : `Whether ${name} exists could not be told: ${verdict.because}, and the engine ${verdict.engine.because}.`;
    case 'invalid-reference':
      return `This is no image reference: ${verdict.because}.`;
  }
}

/** The same, where the engine does not get at what this process sees. */
export function butNotForTheEngine(name: string): string {
  return `${name} exists, and the engine cannot pull it as things stand.`;
}

/** What to do, the first thing first. */
export function adviceOn(verdict: ImageVerdict, text: string): readonly string[] {
  switch (verdict.verdict) {
    case 'exists':
      return [];
    case 'login-needed':
      return [verdict.advice ?? `Run \`docker login ${verdict.registry}\`.`];
    case 'login-refused':
      return [
        verdict.advice ??
          `Run \`docker logout ${verdict.registry}\` and \`docker login ${verdict.registry}\` with an account that may read it.`,
      ];
    case 'no-such-repository':
      return [verdict.advice ?? 'Correct the name.'];
    case 'no-such-tag':
      return verdict.near.length > 0
        ? [`The nearest tags are ${verdict.near.join(', ')}.`]
        : ['Name a tag that exists.'];
    case 'no-such-platform': {
      const system = verdict.wanted.split('/')[0];
      const similar = verdict.platforms.find((platform) => platform.split('/')[0] === system);
      return [
        similar === undefined
          ? `Name an image that has ${verdict.wanted}.`
          : `Name an image that has ${verdict.wanted}, or let it be emulated: --platform ${similar}.`,
      ];
    }
    case 'not-an-image':
      return ['Name the image that goes with it, or a newer tag.'];
    case 'rate-limited':
      return [
        ...(verdict.retryAfterSeconds === undefined
          ? []
          : [`Try again in ${duration(verdict.retryAfterSeconds)}.`]),
        verdict.advice ?? `Run \`docker login ${verdict.registry}\` for a higher limit.`,
      ];
    case 'cannot-reach': {
      const ofEngine = verdict.engine && adviceForEngine(verdict.engine, verdict.registry);
      // Each has a proxy of its own; else one advice is for both.
      const isOther = verdict.why === 'proxy' || verdict.engine?.why !== verdict.why;
      return [...(ofEngine && isOther ? [ofEngine] : []), ...adviceOnReach(verdict)];
    }
    case 'invalid-reference': {
      const lower = text.toLowerCase();
      const fixed = lower.replace(/^[a-z]+:\/\//, '').trim();
      return fixed !== text && !('invalid' in parseReference(fixed))
        ? [`Did you mean ${fixed}?`]
        : ['Correct the name.'];
    }
  }
}

function adviceOnReach(verdict: Extract<ImageVerdict, { verdict: 'cannot-reach' }>): readonly string[] {
  const { why, because, helper, registry } = verdict;
  switch (why) {
    case 'helper':
      if (helper?.fault === 'missing')
        return [`Install ${helper.program}, or take it out of Docker's config.json and log in again.`];
      return [
        `Put ${helper?.program ?? 'the credential helper'} in order, or take it out of Docker's config.json and log in again.`,
      ];
    case 'dns': {
      if (kindOfRegistry(registry))
        return ['Look at the network: a VPN, the name servers, a proxy that is needed.'];
      const near = nearest(registry, KNOWN_HOSTS);
      const slip = near === undefined || near === registry ? '' : ` The nearest registry is ${near}.`;
      return [`Correct the name of the registry, or look at the network: a VPN, the name servers.${slip}`];
    }
    case 'proxy':
      return ['Correct the proxy variables of this shell (HTTPS_PROXY, NO_PROXY).'];
    case 'tls':
      if (because.includes('no trusted authority'))
        return [
          `Put the certificate of its authority into /etc/docker/certs.d/${registry}/ca.crt where the engine runs, and for this process into SSL_CERT_FILE or NODE_EXTRA_CA_CERTS. If every site shows this, a proxy opens the encryption: install its authority.`,
        ];
      if (because.includes('client certificate'))
        return [
          `Put the certificate and its key into /etc/docker/certs.d/${registry}/ as client.cert and client.key, where the engine runs.`,
        ];
      if (because.includes('plain HTTP'))
        return [
          `Give the registry a certificate, or name ${registry} in "insecure-registries" of the engine's daemon.json, which gives up on knowing who answers.`,
        ];
      if (because.includes('not valid yet')) return ['Compare the clock of this machine with the time.'];
      if (because.includes('expired'))
        return ['Have the certificate renewed; look at the clock of this machine first.'];
      if (because.includes('another name'))
        return ['Use the name that the certificate is for, or have it issued for this one.'];
      return ['Look at what answers there: openssl s_client shows its certificate.'];
    case 'server-error':
      return ['Try again later; its operator has to look at it.'];
    case 'bad-answer':
      return because.includes('web page')
        ? [
            'Open a web page in a browser: a network that wants you to sign in, or a filter, answers in place of the registry.',
          ]
        : ['Look at what answers there: it is no registry, or something stands in between.'];
    case 'refused':
    case 'timeout':
    case 'failed':
      return ['Look whether the registry runs and a firewall, a VPN or a missing proxy stands in between.'];
  }
}

/** `76 of 100 pulls are left; each counts for 6 h`. */
export function limitInWords({ limit, remaining, windowSeconds }: RateLimit): string {
  const left =
    remaining === undefined
      ? `${limit} pulls are allowed`
      : `${remaining}${limit === undefined ? '' : ` of ${limit}`} pulls are left`;
  return windowSeconds === undefined ? left : `${left}; a pull counts for ${duration(windowSeconds)}`;
}

/** `45 s`, `2 min`, `6 h`. */
function duration(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
  return `${Math.round(seconds / 360) / 10} h`;
}
