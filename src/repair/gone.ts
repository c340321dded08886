/** What is known of a path for which no candidate is left: when git saw it last, and what a person can do. */
import type { Facts } from '../facts.ts';
import type { FilePath } from '../source.ts';

export type Gone = {
  /** Whether git ever knew it. */
  readonly known: boolean;
  readonly evidence: readonly string[];
  readonly advice: string;
};

/** `otherwise` ends the advice: `or remove the service`. */
export async function lastSeen(facts: Facts, file: FilePath, otherwise: string): Promise<Gone> {
  const removal = await facts.history.removal(file);
  if (!removal) {
    return {
      known: false,
      evidence: ['no file of that name is in the workspace'],
      advice: `Create ${file}, ${otherwise}.`,
    };
  }
  return {
    known: true,
    evidence: [
      `git removed it in ${removal.id} (${removal.date})`,
      'no file of that name is left in the workspace',
    ],
    advice: `Bring it back with \`git checkout ${removal.id}^ -- ${file}\`, ${otherwise}.`,
  };
}
