/** What a registry says of an image. */

export type ImageVerdict =
  /** `platforms` is empty where nothing was asked that would tell them. */
  | { readonly verdict: 'exists'; readonly platforms: readonly string[]; readonly seen: readonly string[] }
  /** The registry wants a login, and Docker has none for it. */
  | { readonly verdict: 'login-needed'; readonly registry: string; readonly seen: readonly string[] }
  /** A login was sent and refused. */
  | {
      readonly verdict: 'login-refused';
      readonly registry: string;
      readonly credentials: string;
      readonly seen: readonly string[];
    }
  /** For Docker Hub this also covers a private repository: Hub does not tell them apart. */
  | {
      readonly verdict: 'no-such-repository';
      readonly registry: string;
      readonly maybePrivate: boolean;
      readonly seen: readonly string[];
    }
  | {
      readonly verdict: 'no-such-tag';
      readonly registry: string;
      readonly near: readonly string[];
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
  | {
      readonly verdict: 'rate-limited';
      readonly registry: string;
      readonly retryAfterSeconds?: number;
      readonly seen: readonly string[];
    }
  | {
      readonly verdict: 'cannot-reach';
      readonly registry: string;
      readonly why:
        | 'dns'
        | 'refused'
        | 'proxy'
        | 'tls'
        | 'timeout'
        | 'server-error'
        | 'bad-answer'
        | 'helper'
        | 'failed';
      /** Ends the sentence "not checked, because …"; names no secret. */
      readonly because: string;
      /** The credential helper at fault, where `why` is `helper` and one was asked. */
      readonly helper?: {
        readonly program: string;
        readonly fault: 'missing' | 'failed' | 'bad-answer' | 'timeout';
      };
      readonly seen: readonly string[];
    }
  | { readonly verdict: 'invalid-reference'; readonly because: string; readonly seen: readonly string[] };
