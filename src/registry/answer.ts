/** Reads what registries and token servers answer. All of it is untrusted. */

import { badAnswer, type Unreached } from './failure.ts';
import type { ImageVerdict, RateLimit } from './model.ts';
import type { HttpReply } from './transport.ts';

type WithoutSeen<T> = T extends unknown ? Omit<T, 'seen'> : never;

/** A verdict that ends the inspection, before what was seen is put to it. */
export type Stop = WithoutSeen<ImageVerdict>;

/** The verdict on a registry that could not be asked. */
export function stopUnreached(registry: string, { unreached, because }: Unreached): Stop {
  return { verdict: 'cannot-reach', registry, why: unreached, because };
}

/** The body as JSON; undefined where it is none. */
export function jsonOf(reply: HttpReply): unknown {
  try {
    return JSON.parse(reply.body.toString('utf8'));
  } catch {
    return undefined;
  }
}

/** A field of an untrusted JSON value. */
export function field(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined;
}

/**
 * The error codes of an answer (OCI distribution specification, "Error Codes"). Only codes: registries put account
 * names into their messages.
 */
export function errorCodes(reply: HttpReply): readonly string[] {
  const errors = field(jsonOf(reply), 'errors');
  if (!Array.isArray(errors)) return [];
  const codes = errors.slice(0, 5).map((error) => field(error, 'code'));
  return codes.filter((code): code is string => typeof code === 'string' && /^[A-Z][A-Z_]{0,39}$/.test(code));
}

/** The media type without parameters, lower case; empty where there is none. */
export function mediaType(reply: HttpReply): string {
  return (reply.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
}

/** Registries say in many words that a login is out of date (Amazon's: "Your authorization token has expired"). */
export function saysExpired(reply: HttpReply): boolean {
  return /\b(?:token|credentials?|password|session)\b[^.]{0,40}\bexpired\b/i.test(
    reply.body.subarray(0, 4_096).toString('utf8'),
  );
}

/** The headers by which Docker Hub tells its limit: `ratelimit-remaining: 76;w=21600`, in pulls and seconds. */
export function rateLimitOf(reply: HttpReply): RateLimit | undefined {
  const read = (name: string) =>
    /^(\d{1,9})(?:;w=(\d{1,9}))?$/.exec(String(reply.headers[name] ?? '').trim());
  const limit = read('ratelimit-limit');
  const remaining = read('ratelimit-remaining');
  if (!limit && !remaining) return undefined;
  const window = limit?.[2] ?? remaining?.[2];
  return {
    ...(limit ? { limit: Number(limit[1]) } : {}),
    ...(remaining ? { remaining: Number(remaining[1]) } : {}),
    ...(window ? { windowSeconds: Number(window) } : {}),
  };
}

/** `Retry-After` in seconds from now (RFC 9110 §10.2.3): a number, or a date. */
function retryAfterSeconds(reply: HttpReply): number | undefined {
  const value = reply.headers['retry-after']?.trim() ?? '';
  if (/^\d{1,9}$/.test(value)) return Number(value);
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, Math.ceil((date - Date.now()) / 1000));
}

/**
 * Ends the inspection where an answer is none that a registry or token server gives about an image: too many
 * requests, a fault of the server, a web page. `name` is how the sentence calls the server.
 */
export function stopAtOddAnswer(registry: string, name: string, reply: HttpReply): Stop | undefined {
  const { status } = reply;
  if (status === 429) {
    const seconds = retryAfterSeconds(reply);
    const limit = rateLimitOf(reply);
    return {
      verdict: 'rate-limited',
      registry,
      ...(limit ? { limit } : {}),
      ...(seconds === undefined ? {} : { retryAfterSeconds: seconds }),
    };
  }
  if (status >= 500) {
    const because = `${name} has a fault of its own (${status})`;
    return stopUnreached(registry, { unreached: 'server-error', because, seen: '' });
  }
  // Web servers in front of a registry put a page beside their own challenge, which is as good as any.
  const challenge = status === 401 && reply.headers['www-authenticate'] !== undefined;
  if (mediaType(reply) === 'text/html' && !challenge) {
    return stopUnreached(registry, badAnswer(`${name} answers with a web page (${status})`, ''));
  }
  return undefined;
}
