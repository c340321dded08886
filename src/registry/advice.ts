/** What is known of registries of certain kinds, and what to do about their answers. Pure. */
import data from '../data/registries.json' with { type: 'json' };
import type { ImageVerdict } from './model.ts';

export type RegistryKind = {
  readonly id: string;
  readonly name: string;
  /** A regular expression for the host of a reference; its named groups may stand in the advice as `{group}`. */
  readonly host: string;
  /** One for the address of a token server, for kinds that people run themselves. */
  readonly realm?: string;
  /** How it differs from other registries, in sentences. */
  readonly facts: readonly string[];
  /** What to do about a verdict, in sentences. `{host}` stands for the host. */
  readonly loginNeeded?: string;
  readonly loginRefused?: string;
  readonly absent?: string;
  readonly rateLimited?: string;
  /** Where this is documented. */
  readonly sources: readonly string[];
};

const KINDS: readonly RegistryKind[] = data;

/** The kind of a registry, by its host or by the token server that its requests went to. */
export function kindOfRegistry(host: string, seen: readonly string[] = []): RegistryKind | undefined {
  return (
    KINDS.find((kind) => new RegExp(kind.host).test(host)) ??
    KINDS.find(({ realm }) => {
      if (realm === undefined) return false;
      const pattern = new RegExp(realm);
      return seen.some((line) => pattern.test(/^(?:GET|POST) (\S+) → /.exec(line)?.[1] ?? ''));
    })
  );
}

/** The verdict, with what to do where the registry is of a known kind. */
export function advised(verdict: ImageVerdict): ImageVerdict {
  switch (verdict.verdict) {
    case 'login-needed':
      return withAdvice(verdict, 'loginNeeded');
    case 'login-refused':
      return withAdvice(verdict, 'loginRefused');
    case 'no-such-repository':
      return withAdvice(verdict, 'absent');
    case 'rate-limited':
      return withAdvice(verdict, 'rateLimited');
    default:
      return verdict;
  }
}

type Advised = Extract<ImageVerdict, { advice?: string }>;
type Topic = 'loginNeeded' | 'loginRefused' | 'absent' | 'rateLimited';

function withAdvice<T extends Advised>(verdict: T, topic: Topic): T {
  const { registry } = verdict;
  const kind = kindOfRegistry(registry, verdict.seen);
  const text = kind?.[topic];
  if (kind === undefined || text === undefined) return verdict;
  const groups = new RegExp(kind.host).exec(registry)?.groups;
  const advice = text.replace(/\{(\w+)\}/g, (whole, name: string) =>
    name === 'host' ? registry : (groups?.[name] ?? whole),
  );
  return { ...verdict, advice };
}
