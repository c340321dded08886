/** What a registry says of an image. */

export type ImageVerdict =
  /** `platforms` is empty where nothing was asked that would tell them. */
  | {
      readonly verdict: 'exists';
      readonly platforms: readonly string[];
      /** Present where this process could not tell and the engine saw it. */
      readonly by?: 'engine';
      /** What the engine says where it does not get to the registry, although this process does. */
      readonly engine?: EngineOutOfReach;
      readonly seen: readonly string[];
    }
  /** The registry wants a login, and Docker has none for it. `advice` is there where the registry is of a known kind. */
  | {
      readonly verdict: 'login-needed';
      readonly registry: string;
      readonly advice?: string;
      readonly seen: readonly string[];
    }
  /** A login was sent and refused. */
  | {
      readonly verdict: 'login-refused';
      readonly registry: string;
      readonly credentials: string;
      /** True where the registry says that the login is out of date. */
      readonly expired?: boolean;
      readonly advice?: string;
      readonly seen: readonly string[];
    }
  /** For Docker Hub this also covers a private repository: Hub does not tell them apart. */
  | {
      readonly verdict: 'no-such-repository';
      readonly registry: string;
      readonly maybePrivate: boolean;
      readonly advice?: string;
      readonly seen: readonly string[];
    }
  | {
      readonly verdict: 'no-such-tag';
      readonly registry: string;
      /** Tags that it has and that come nearest, the best first; empty for a digest. */
      readonly near: readonly string[];
      /** True where the first of them is but a slip of the pen away, and the only one. */
      readonly slip?: boolean;
      /** True where the registry has more tags than were read. */
      readonly partial?: boolean;
      readonly seen: readonly string[];
    }
  | {
      readonly verdict: 'no-such-platform';
      readonly wanted: string;
      readonly platforms: readonly string[];
      /** True for an image of one platform: Docker pulls it with no more than a warning where none was asked for. */
      readonly single?: boolean;
      readonly seen: readonly string[];
    }
  /** It is there, and it is nothing that a container could be made of. */
  | {
      readonly verdict: 'not-an-image';
      readonly registry: string;
      /** Docker's first format, which engines no longer read; a plugin of the engine; a chart or another artefact. */
      readonly what: 'schema-1' | 'plugin' | 'artefact';
      /** What the manifest says that it is. */
      readonly mediaType: string;
      readonly seen: readonly string[];
    }
  | {
      readonly verdict: 'rate-limited';
      readonly registry: string;
      readonly retryAfterSeconds?: number;
      readonly limit?: RateLimit;
      readonly advice?: string;
      readonly seen: readonly string[];
    }
  | {
      readonly verdict: 'cannot-reach';
      readonly registry: string;
      readonly why: WhyUnreached;
      /** Ends the sentence "not checked, because …"; names no secret. */
      readonly because: string;
      /** The credential helper at fault, where `why` is `helper` and one was asked. */
      readonly helper?: {
        readonly program: string;
        readonly fault: 'missing' | 'failed' | 'bad-answer' | 'timeout';
      };
      /** What the engine says, where it was asked as well and cannot reach the registry either. */
      readonly engine?: EngineOutOfReach;
      readonly seen: readonly string[];
    }
  | { readonly verdict: 'invalid-reference'; readonly because: string; readonly seen: readonly string[] };

/** Why the engine does not get to a registry; `because` ends the sentence "the engine …". */
export type EngineOutOfReach = {
  readonly why: WhyUnreached;
  readonly because: string;
  readonly advice?: string;
};

export type WhyUnreached =
  | 'dns'
  | 'refused'
  | 'proxy'
  | 'tls'
  | 'timeout'
  | 'server-error'
  | 'bad-answer'
  | 'helper'
  | 'failed';

/** How many pulls a registry still allows, as its headers tell (Docker docs, "Pull usage and limits"). */
export type RateLimit = {
  readonly limit?: number;
  readonly remaining?: number;
  /** The window in which pulls are counted, in seconds. */
  readonly windowSeconds?: number;
};

/**
 * What the engine says of an image: the second vantage point. It asks as `docker pull` does, from where the engine
 * is, with the engine's mirrors, proxies, insecure registries and certificates.
 */
export type EngineView =
  | { readonly view: 'exists'; readonly platforms: readonly string[]; readonly seen: readonly string[] }
  | { readonly view: 'no-such-repository' | 'no-such-tag'; readonly seen: readonly string[] }
  | { readonly view: 'denied' | 'login-needed' | 'rate-limited'; readonly seen: readonly string[] }
  | {
      readonly view: 'cannot-reach';
      readonly why: WhyUnreached;
      /** Goes on after "the engine": `finds no address for registry.test (DNS)`. In our own words. */
      readonly because: string;
      readonly seen: readonly string[];
    }
  /** It was not asked or gave no answer that tells; ends the sentence "the engine was not asked, because …". */
  | { readonly view: 'unknown'; readonly because: string; readonly seen: readonly string[] };
