import type { AskedEndpoint, EngineEndpoints } from '../../src/docker/model.ts';
import { defineRule, type Fix } from '../../src/rule.ts';
import { subject } from '../../src/subject.ts';

export default defineRule({
  id: 'engine/unreachable',
  title: 'no Docker engine answers where the CLI would ask',
  severity: 'error',
  docs: `
The docker CLI asks one endpoint: \`DOCKER_HOST\`, else the context of \`DOCKER_CONTEXT\`, else the current context of
its configuration, else the default socket. Whatever keeps that from answering, it says \`Cannot connect to the Docker
daemon … Is the docker daemon running?\`. dockmedic asks the same endpoint and tells apart: nothing is there, nobody
listens, you may not, it hangs, it is no engine. It also asks the other endpoints that it knows of on this machine, since
an engine that answers elsewhere means a wrong context rather than a stopped engine.

**Fixes.** Start the engine, where exactly one provider is installed, and wait until it answers; or switch the context to
an engine that does. Nothing is started where several are installed and none was chosen. Files are checked all the same:
a stopped engine hides no wrong path. \`--no-engine\` leaves the engine alone.
`,
  async *check(facts) {
    const endpoints = await facts.endpoints();
    const { chosen, fault, others } = endpoints;
    if (chosen.ping.answer === 'up' && !fault) return;
    const up = others.filter((other) => other.ping.answer === 'up');
    yield {
      subject: subject.engine,
      message: fault
        ? fault.message
        : `No Docker engine answers at ${chosen.host}, where the docker CLI looks (${chosen.from}).`,
      evidence: [
        ...(chosen.ping.answer === 'down' ? [chosen.ping.seen] : []),
        ...others.map((other) => `${other.host} (${other.from}): ${answerOf(other)}`),
      ],
      consequence: 'Nothing can be built or started, and nothing that the engine knows could be checked.',
      ...adviceFor(endpoints, up),
      fixes: [...startFixes(endpoints), ...switchFixes(endpoints, up)],
    };
  },
});

function answerOf(endpoint: AskedEndpoint): string {
  return endpoint.ping.answer === 'up' ? 'an engine answers' : endpoint.ping.seen;
}

function adviceFor(
  { chosen, startable }: EngineEndpoints,
  up: readonly AskedEndpoint[],
): { advice?: string } {
  if (chosen.ping.answer === 'down' && chosen.ping.why === 'denied') {
    return {
      advice:
        'Run this as a user of the group that owns the socket (usually `docker`; membership is as good as root), or with sudo.',
    };
  }
  const [other] = up;
  const variable = variableOf(chosen);
  if (other && variable) {
    return { advice: `An engine answers at ${other.host}: unset ${variable}, or point it there.` };
  }
  if (startable.length > 0 && !other && startFixes({ chosen, startable }).length === 0) {
    const commands = startable.map((provider) => `\`${provider.start.join(' ')}\` (${provider.name})`);
    const which = commands.length > 1 ? 'Start the one that you use' : 'Start it';
    return { advice: `${which}: ${commands.join(', ')}.` };
  }
  if (startable.length === 0 && !other) {
    return {
      advice:
        'No engine was found on this machine: install one, or set DOCKER_HOST to one that runs elsewhere.',
    };
  }
  return {};
}

/** The environment variable that chose an endpoint, if one did. */
function variableOf({ from }: AskedEndpoint): string | undefined {
  return /\bDOCKER_(?:HOST|CONTEXT)\b/.exec(from)?.[0];
}

/** Starting is offered for the provider of the chosen endpoint, or for the only one that is installed. */
function startFixes({ chosen, startable }: Pick<EngineEndpoints, 'chosen' | 'startable'>): Fix[] {
  if (chosen.ping.answer === 'up') return [];
  // Something is there and refuses us, or it is elsewhere: starting a second engine would mend nothing.
  if (['denied', 'unsupported', 'unknown-host', 'bad-answer'].includes(chosen.ping.why)) return [];
  const fitting = startable.filter((provider) => provider.host === chosen.host);
  const [provider, second] = fitting;
  if (!provider || second) return [];
  return [
    {
      title: `start ${provider.name}: ${provider.start.join(' ')}`,
      safety: provider.needsPrivilege ? 'unsafe' : 'safe',
      ...(provider.needsPrivilege ? { caveat: 'it needs the rights of root' } : {}),
      steps: [
        {
          kind: 'run',
          argv: provider.start,
          ...(provider.stop ? { undo: provider.stop } : {}),
          why: `start ${provider.name} (found: ${provider.seen})`,
          untilEngineAnswers: provider.host,
        },
      ],
    },
  ];
}

/** Another engine holds other images and volumes, so switching is never done unasked. */
function switchFixes({ chosen }: EngineEndpoints, up: readonly AskedEndpoint[]): Fix[] {
  // These variables win over the current context: switching it would change nothing.
  if (variableOf(chosen)) return [];
  return up.flatMap((other): Fix[] => {
    if (other.context === undefined) return [];
    return [
      {
        title: `use the engine that answers: docker context use ${other.context}`,
        safety: up.length > 1 ? 'manual' : 'unsafe',
        caveat: 'another engine has other images, containers and volumes',
        steps: [
          {
            kind: 'run',
            argv: ['docker', 'context', 'use', other.context],
            undo: ['docker', 'context', 'use', chosen.context ?? 'default'],
            why: `an engine answers at ${other.host}`,
            untilEngineAnswers: other.host,
          },
        ],
      },
    ];
  });
}
