/** Where a Dockerfile may be besides the places where any file may be: by what `dockerfile` and its default mean. */
import { posix } from 'node:path';
import { shown } from '../compose/edit.ts';
import type { Build } from '../compose/model.ts';
import { isAbsolute, normalise } from '../compose/paths.ts';
import type { Facts } from '../facts.ts';
import { isOutside } from '../paths.ts';
import type { FilePath } from '../source.ts';
import type { Candidate } from './candidates.ts';

/** What is there under another name, and what the path would be if it did not start at the context. */
export function dockerfileCandidates(facts: Facts, build: Build): readonly Candidate[] {
  const fromProject = seenFromTheProject(facts, build);
  return [...(fromProject ? [fromProject] : []), ...variantsBeside(facts, build.dockerfilePath ?? '')];
}

/** Whether `dockerfile` names a file that is there as seen from the compose file, and not as seen from the context. */
export function repeatsContext(facts: Facts, build: Build): boolean {
  return seenFromTheProject(facts, build) !== undefined;
}

/** `context: ./api` with `dockerfile: api/Dockerfile`: there, if the path started where `context` does. */
function seenFromTheProject(facts: Facts, build: Build): Candidate | undefined {
  const { dockerfile, contextDirectory } = build;
  if (!dockerfile || contextDirectory === undefined || isAbsolute(dockerfile.written)) return undefined;
  const path = normalise(`${dockerfile.scalar.base}/${dockerfile.written}`);
  if (path === build.dockerfilePath || isOutside(path) || facts.files.stat(path)?.kind !== 'file')
    return undefined;
  const context = contextDirectory === '.' ? '. (the root)' : `${contextDirectory}/`;
  const evidence = `${shown(dockerfile.scalar)} is there as seen from the compose file, but it is looked up in the context ${context}`;
  return { path, reason: 'repeats-context', evidence };
}

/** `Containerfile`, `Dockerfile.dev`, `api.Dockerfile` where a `Dockerfile` is missing. */
function variantsBeside(facts: Facts, missing: FilePath): readonly Candidate[] {
  if (posix.basename(missing) !== 'Dockerfile') return [];
  const directory = posix.dirname(missing);
  return facts.files
    .list(directory)
    .filter((name) => /^(?:containerfile|dockerfile[.-].+|.+\.dockerfile)$/i.test(name))
    .filter((name) => !/\.(?:dockerignore|md|txt|orig|bak|swp|rej|j2|tmpl|tpl|erb)$|~$/i.test(name))
    .map((name) => ({ name, path: posix.join(directory, name) }))
    .filter(({ path }) => facts.files.stat(path)?.kind === 'file')
    .map(({ name, path }) => ({
      path,
      // Podman's name for the very same thing; a Dockerfile for one purpose is another matter.
      reason: /^containerfile$/i.test(name) ? ('same-kind' as const) : ('variant' as const),
      evidence: `${path} is beside it`,
    }));
}
