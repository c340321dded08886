import { mapAt, scalarAt } from '../../src/compose/tree.ts';
import type { Facts } from '../../src/facts.ts';
import { defineRule } from '../../src/rule.ts';
import { subject } from '../../src/subject.ts';

export default defineRule({
  id: 'engine/unhealthy',
  title: 'the engine answers, and is not well',
  severity: 'error',
  docs: `
An engine that answers may still be unable to start a container. dockmedic reads what it says of itself (\`/info\`,
\`/version\`), and, where it runs on this very machine (the same host name over the same kernel), asks the file system under
its data for room: bytes and inodes. Docker words a lack of either alike, "no space left on device", in whichever step
comes first. The disk of a virtual machine cannot be seen from here, and nothing is said of it.

**Errors**: less than 32 MiB or 64 inodes free under its data; its data on a disk that is mounted read-only; a default
runtime that it does not know. **Warnings**: less than 1 GiB or 20 000 inodes; a clock that is more than 5 minutes off,
which breaks TLS and logins; IP forwarding switched off; a disk formatted without \`d_type\`; an API that is open to the
network without TLS; Docker from snap, which does not see where the project lies. What it merely lacks on this kernel (a
limit for swap, say) is left unsaid.

**Fixes.** Removing the build cache, on consent; what else is unused, only by your own choice.
`,
  async *check(facts) {
    const seen = await facts.engineHealth();
    const { judgeHealth } = await import('../../src/docker/health.ts');
    const verdicts = judgeHealth(seen, asksForLimits(facts));
    if (verdicts.length === 0) return;
    const { tellHealth } = await import('../../src/docker/health-words.ts');
    for (const verdict of verdicts)
      yield { subject: subject.engine, detail: verdict.verdict, ...tellHealth(verdict, seen) };
  },
});

function asksForLimits({ projects }: Facts): boolean {
  return projects.some(({ services }) =>
    [...services.values()].some(
      ({ node }) =>
        scalarAt(node, 'mem_limit') !== undefined ||
        mapAt(mapAt(mapAt(node, 'deploy'), 'resources'), 'limits') !== undefined,
    ),
  );
}
