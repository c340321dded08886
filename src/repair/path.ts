/** Mends a path that stands for a file or directory of the project: an env file, a bind source, an included file. */
import type { PathRef } from '../compose/model.ts';
import type { Facts } from '../facts.ts';
import { isOutside } from '../paths.ts';
import type { Fix } from '../rule.ts';
import { moveCause, type Repair } from './build.ts';
import { type Candidate, candidatesFor, isStrong } from './candidates.ts';
import { pointTo, shownPath, writtenAs } from './steps.ts';

/** What must hold of a candidate beyond being there; says what was tried as a clause, or undefined if it fails. */
export type Trying = (candidate: Candidate) => string | undefined;

/**
 * Ways to mend a missing path. Safe only where one candidate is left and more than a likeness of names speaks for
 * it (git's history, letter case alone, or `tryIt` proving it by content).
 */
export async function repairPath(
  facts: Facts,
  key: string,
  ref: PathRef,
  kind: 'file' | 'directory',
  tryIt?: Trying,
): Promise<Repair> {
  if (isOutside(ref.path)) return { fixes: [], evidence: [] };
  const tried = (await candidatesFor(facts, ref.path, kind)).flatMap((candidate) => {
    const outcome = tryIt ? tryIt(candidate) : `${candidate.path} exists`;
    return outcome === undefined ? [] : [{ candidate, outcome }];
  });
  const strong = tried.filter(({ candidate }) => isStrong(candidate));
  const renamed = strong.filter(({ candidate }) => candidate.reason === 'renamed');
  const left = renamed.length === 1 ? renamed : strong.length > 0 ? strong : tried;
  const fixes = left.flatMap(({ candidate }): Fix[] => {
    const step = pointTo(facts, ref, candidate.path);
    if (!step) return [];
    const safety = left.length > 1 ? 'manual' : isStrong(candidate) ? 'safe' : 'unsafe';
    return [
      {
        title: `${key}: ${shownPath(ref)} → ${writtenAs(ref.written, ref.scalar.base, candidate.path) ?? candidate.path}`,
        safety,
        steps: [step],
        ...(safety === 'unsafe' ? { caveat: caveatOf(candidate) } : {}),
      },
    ];
  });
  const [only] = left;
  const cause =
    left.length === 1 && only && !ref.scalar.parts
      ? moveCause(facts, ref.path, only.candidate.path)
      : undefined;
  return {
    fixes,
    evidence: left.flatMap(({ candidate, outcome }) =>
      isStrong(candidate) ? [candidate.evidence, outcome] : [candidate.evidence],
    ),
    ...(cause ? { cause } : {}),
  };
}

function caveatOf(candidate: Candidate): string {
  return candidate.reason === 'typo'
    ? 'it is one letter away, and nothing else speaks for it'
    : 'it is the only candidate, and nothing but its name speaks for it';
}
