import type { ApiRange } from '../../src/docker/cli-model.ts';
import { type Facts, Unavailable } from '../../src/facts.ts';
import { defineRule } from '../../src/rule.ts';
import { subject } from '../../src/subject.ts';

export default defineRule({
  id: 'engine/cli-unusable',
  title: 'the docker CLI or one of its plugins cannot be used',
  severity: 'error',
  docs: `
An engine that answers is of no use without a CLI that can ask it. dockmedic looks at every \`docker\` on PATH (a shim of
Podman, a link that leads nowhere, a program for another processor), asks the first one for its version, and looks for the
plugins where the CLI does: \`cliPluginsExtraDirs\`, \`~/.docker/cli-plugins\`, the system's directories. The first file of
a name counts, also when it is broken and a good one lies behind it. Docker words all of this alike: "unknown command:
docker compose", or "unknown shorthand flag: 'f' in -f". Before a plugin is called missing, the CLI itself is asked.

Buildx counts where a service is built by a Compose that hands builds to it (2.37 and later): a missing one is a warning,
because Compose then builds without it; a broken one makes Compose crash, and one older than 0.17 is refused.

\`DOCKER_API_VERSION\` keeps CLI and engine from agreeing on a version: outside of what the engine speaks, every command
fails with "client version … is too old" or "too new". A CLI whose newest version is below the engine's oldest fails alike.

**When to ignore it.** Where the stack is run from elsewhere. In a container without a CLI it is only a warning, and
\`--no-engine\` leaves the CLI alone.
`,
  async *check(facts) {
    const cli = await facts.cli();
    const { judgeCli, unheardOf } = await import('../../src/docker/cli-verdict.ts');
    const engine = await engineOf(facts);
    const builds = facts.projects.some((project) =>
      [...project.services.values()].some((service) => service.build !== undefined && service.active),
    );
    for (const { part, because } of unheardOf({ cli, builds }))
      yield { unverified: part === 'buildx' ? subject.buildx : subject.cli, because };
    const verdicts = judgeCli({ cli, builds, ...engine });
    if (verdicts.length === 0) return;
    const { tellCli } = await import('../../src/docker/cli-words.ts');
    for (const verdict of verdicts) {
      const { part, ...told } = tellCli(verdict, cli);
      yield { subject: part === 'buildx' ? subject.buildx : subject.cli, detail: verdict.verdict, ...told };
    }
  },
});

async function engineOf(
  facts: Facts,
): Promise<{ engineAnswers: boolean; podmanEngine: boolean; api?: ApiRange }> {
  const endpoints = await facts.endpoints().catch(quietly);
  if (!endpoints) return { engineAnswers: false, podmanEngine: false };
  const { chosen } = endpoints;
  const up = chosen.ping.answer === 'up' ? chosen.ping : undefined;
  const seen = up && (await facts.engineHealth().catch(quietly));
  const isPodman = /podman/i.test(up?.product ?? '') || chosen.provider === 'podman';
  // One that hangs or denies us is there all the same.
  const isThere =
    up !== undefined || (chosen.ping.answer === 'down' && ['timeout', 'denied'].includes(chosen.ping.why));
  return { engineAnswers: isThere, podmanEngine: isPodman, ...(seen?.api && { api: seen.api }) };
}

function quietly(error: unknown): undefined {
  if (error instanceof Unavailable) return undefined;
  throw error;
}
