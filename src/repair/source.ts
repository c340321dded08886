/** Mends one COPY or ADD source of a Dockerfile. */
import path from 'node:path';
import type { CopySource } from '../dockerfile/model.ts';
import type { Facts } from '../facts.ts';
import { relativeTo } from '../paths.ts';
import type { Fix } from '../rule.ts';
import type { FilePath } from '../source.ts';
import type { Repair } from './build.ts';
import { type Candidate, candidatesFor, isStrong } from './candidates.ts';

/** Ways to mend a source that is missing from its context; none for patterns, whose answer would be a guess. */
export async function repairSource(
  facts: Facts,
  context: FilePath,
  dockerfile: FilePath,
  source: CopySource,
): Promise<Repair> {
  const none = { fixes: [], evidence: [] };
  if (/[*?[\]$]/.test(source.path)) return none;
  const missing = path.posix.join(context, source.path);
  const text = facts.files.read(dockerfile);
  // Only where the Dockerfile says the path literally can it be replaced there.
  if (!('text' in text) || text.text.slice(source.range.start, source.range.end) !== source.path) return none;

  const candidates = [
    ...(await candidatesFor(facts, missing, 'file')),
    ...(await candidatesFor(facts, missing, 'directory')),
  ];
  const tried = candidates.flatMap((candidate) => {
    const written = writtenIn(context, source.path, candidate.path);
    if (written === undefined || !facts.contextMatch(context, dockerfile, written).found) return [];
    return [{ candidate, written }];
  });
  const strong = tried.filter(({ candidate }) => isStrong(candidate));
  const left = strong.length > 0 ? strong : tried;
  // A word of its own, or a string of the JSON form: only there can a space stand in a path.
  const isString = text.text[source.range.start - 1] === '"' && text.text[source.range.end] === '"';
  const special = isString ? /["$\\*?[\]\r\n]/ : /[\s"'$\\*?[\]`]|^--|<</;
  const fixes = left.flatMap(({ candidate, written }): Fix[] => {
    if (special.test(written)) return [];
    const safety = left.length > 1 ? 'manual' : isStrong(candidate) ? 'safe' : 'unsafe';
    return [
      {
        title: `${source.path} → ${written}`,
        safety,
        steps: [{ kind: 'edit', at: { file: dockerfile, ...source.range }, text: written }],
        ...(safety === 'unsafe' ? { caveat: caveat(candidate) } : {}),
      },
    ];
  });
  return { fixes, evidence: left.map(({ candidate }) => candidate.evidence) };
}

function caveat(candidate: Candidate): string {
  return `${candidate.evidence}, and nothing else speaks for it`;
}

function writtenIn(context: FilePath, before: string, target: FilePath): string | undefined {
  const relative = relativeTo(context, target);
  if (relative === undefined || relative.startsWith('..')) return undefined;
  const lead = /^(?:\.\/|\/)/.exec(before)?.[0] ?? '';
  return `${lead}${relative}${before.endsWith('/') ? '/' : ''}`;
}
