/** The trace of one image reference: what `dockmedic image` prints. Its JSON is described in `docs/image.schema.json`. */

import type { EngineView, ImageVerdict, RateLimit } from './model.ts';
import type { Disagreement } from './vantage.ts';

export type ImageTrace = {
  /** The text that was given. */
  readonly asked: string;
  /** How Docker reads it; null where it does not. */
  readonly reference: {
    /** With everything that short names leave out: `docker.io/library/alpine:latest`. */
    readonly full: string;
    readonly registry: string;
    readonly repository: string;
    readonly tag: string | null;
    readonly digest: string | null;
    /** What a reader may not expect of this reading, in sentences. */
    readonly notes: readonly string[];
  } | null;
  /** `os/architecture[/variant]` that was asked for. */
  readonly platform: string | null;
  /** The way to the registry; null where the reference is none. */
  readonly way: {
    /** The address that is asked: `https://registry-1.docker.io`. */
    readonly address: string;
    /** Mirrors of the engine, which it asks first. */
    readonly mirrors: readonly string[];
    /** Why no valid certificate is needed; null where one is. */
    readonly insecure: string | null;
    readonly proxy: {
      readonly process: string | null;
      readonly engine: string | null;
      /** The file whose proxies are handed to containers and builds, and do not count for pulling. */
      readonly containers: string | null;
    };
    readonly certificates: {
      /** Files of authorities in `certs.d` of this registry. */
      readonly authorities: readonly string[];
      readonly client: string | null;
      /** Other files of authorities that this process needed to trust the registry. */
      readonly needed: readonly string[];
      readonly faults: readonly string[];
    };
  } | null;
  /** The login that Docker would send; never the secret. */
  readonly credentials: {
    readonly kind: 'none' | 'password' | 'identity-token' | 'registry-token' | 'failed';
    readonly source: string;
    readonly user: string | null;
    /** Why there is none, where Docker could not get at it. */
    readonly because: string | null;
    readonly notes: readonly string[];
  } | null;
  /** What this process was told, with every request and its answer. */
  readonly process: { readonly verdict: ImageVerdict['verdict']; readonly requests: readonly string[] };
  /** What the engine was told. */
  readonly engine: {
    readonly endpoint: string | null;
    /** Whether it told its mirrors, proxies and insecure registries. */
    readonly settings: 'known' | 'unknown';
    readonly view: EngineView['view'];
    readonly because: string | null;
    readonly requests: readonly string[];
  };
  readonly rateLimit: RateLimit | null;
  /** What is known of registries of this kind. */
  readonly kind: {
    readonly name: string;
    readonly facts: readonly string[];
    readonly sources: readonly string[];
  } | null;
  readonly verdict: ImageVerdict;
  /** The verdict as a sentence. */
  readonly says: string;
  readonly disagreement: Disagreement | null;
  /** What to do, in sentences. */
  readonly advice: readonly string[];
};
