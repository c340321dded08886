/** What brings an engine back: starting it, another context, a variable less, a group more. Pure. */
import { elsewhere, variableIn } from '../docker/engine-words.ts';
import { addressOf, withoutPassword } from '../docker/host.ts';
import { type EngineVerdict, meantProvider, switchesItself } from '../docker/judge.ts';
import type { EngineEndpoints, Provider } from '../docker/model.ts';
import type { Fix } from '../rule.ts';

/** The fixes of a verdict, the likeliest first. */
export function engineFixes(verdict: EngineVerdict, endpoints: EngineEndpoints): readonly Fix[] {
  switch (verdict.verdict) {
    case 'answers':
    case 'answers-as-podman':
    case 'answers-for-windows':
      return [];
    case 'socket-missing':
    case 'nobody-listens':
    case 'provider-absent':
    case 'desktop-stopped':
    case 'wsl-desktop-stopped':
      return [...unsetFixes(endpoints), ...startFixes(endpoints), ...switchFixes(endpoints)];
    case 'desktop-paused':
    case 'desktop-engine-down':
      return [...restartFixes(endpoints), ...switchFixes(endpoints)];
    case 'hangs':
      return [...continueFixes(verdict, endpoints), ...restartFixes(endpoints), ...switchFixes(endpoints)];
    case 'not-in-group':
      return [...groupFixes(verdict, endpoints), ...unsetFixes(endpoints), ...switchFixes(endpoints)];
    default:
      return [...unsetFixes(endpoints), ...switchFixes(endpoints)];
  }
}

/**
 * Starting is offered for the provider that is meant; else each that is installed and does not answer already is named,
 * and none is started unasked.
 */
function startFixes(endpoints: EngineEndpoints): Fix[] {
  const { chosen, others, startable } = endpoints;
  if (addressOf(chosen.host).kind === 'tcp') return [];
  const meant = meantProvider(endpoints);
  if (meant) return [startFix(meant, endpoints), ...serviceFixes(endpoints)];
  const answers = new Set(others.flatMap(({ host, ping }) => (ping.answer === 'up' ? [host] : [])));
  const idle = startable.filter(({ host }) => !answers.has(host));
  return idle.map((provider) => {
    const other = 'docker asks another endpoint: it may take `docker context use` afterwards';
    const isOther = provider.host !== chosen.host && !switchesItself.includes(provider.id);
    const caveats = [provider.needsPrivilege ? rights(endpoints) : '', isOther ? other : ''];
    const caveat = caveats.filter((text) => text !== '').join('; ');
    const { caveat: _, ...fix } = startFix(provider, endpoints);
    return { ...fix, safety: 'manual', ...(caveat && { caveat }) };
  });
}

function rights({ surroundings }: EngineEndpoints): string {
  return `it needs the rights of ${surroundings?.platform === 'win32' ? 'an administrator' : 'root'}`;
}

function startFix(provider: Provider, endpoints: EngineEndpoints): Fix {
  return {
    title: `start ${provider.name}: ${provider.start.join(' ')}`,
    safety: provider.needsPrivilege ? 'unsafe' : 'safe',
    ...(provider.needsPrivilege ? { caveat: rights(endpoints) } : {}),
    steps: [
      {
        kind: 'run',
        argv: provider.start,
        ...(provider.stop ? { undo: provider.stop } : {}),
        why: `start ${provider.name} (found: ${provider.seen})`,
        untilEngineAnswers: provider.host,
      },
    ],
  };
}

/** Docker Desktop on Windows rests on a service, which only an administrator starts. */
function serviceFixes({ chosen, startable, surroundings }: EngineEndpoints): Fix[] {
  const desktop = startable.find(({ id }) => id === 'docker-desktop');
  if (surroundings?.platform !== 'win32' || !desktop) return [];
  const argv = ['net', 'start', 'com.docker.service'];
  return [
    {
      title: `where it says that its service is not running: ${argv.join(' ')}`,
      safety: 'manual',
      caveat: 'it needs the rights of an administrator',
      steps: [
        {
          kind: 'run',
          argv,
          undo: ['net', 'stop', 'com.docker.service'],
          why: 'start the service of Docker Desktop',
          untilEngineAnswers: chosen.host,
        },
      ],
    },
  ];
}

function restartFixes(endpoints: EngineEndpoints): Fix[] {
  const { chosen, startable, surroundings } = endpoints;
  const desktop = startable.find(({ id }) => id === 'docker-desktop');
  const engine = startable.find(({ id, host }) => id === 'docker-engine' && host === chosen.host);
  const restart = (name: string, argv: readonly string[], caveat: string): Fix => ({
    title: `restart ${name}: ${argv.join(' ')}`,
    safety: 'manual',
    caveat,
    steps: [{ kind: 'run', argv, why: `restart ${name}`, untilEngineAnswers: chosen.host }],
  });
  const stops = 'it stops every container';
  if (engine && surroundings?.systemd && engine.start.includes('systemctl')) {
    const argv = engine.start.map((word) => (word === 'start' ? 'restart' : word));
    return [restart(engine.name, argv, engine.needsPrivilege ? `${stops}; ${rights(endpoints)}` : stops)];
  }
  if (desktop?.start.at(-2) !== 'desktop' || (engine && chosen.provider !== 'docker-desktop')) return [];
  return [restart(desktop.name, [...desktop.start.slice(0, -1), 'restart'], stops)];
}

/** A process that was stopped by a signal goes on with another. */
function continueFixes(
  { holder }: Extract<EngineVerdict, { verdict: 'hangs' }>,
  { chosen }: EngineEndpoints,
): Fix[] {
  if (holder?.state !== 'T') return [];
  const send = (signal: string) => ['kill', `-${signal}`, String(holder.pid)];
  return [
    {
      title: `let the engine go on: ${send('CONT').join(' ')}`,
      safety: 'unsafe',
      caveat: 'somebody stopped it, perhaps on purpose',
      steps: [
        {
          kind: 'run',
          argv: send('CONT'),
          undo: send('STOP'),
          why: `the process ${holder.pid} (${holder.name}) is stopped`,
          untilEngineAnswers: chosen.host,
        },
      ],
    },
  ];
}

/**
 * Another engine holds other images and volumes, so switching is never done unasked. Only engines of this machine were
 * asked, so only they are offered.
 */
function switchFixes({ chosen, others, fault }: EngineEndpoints): Fix[] {
  // These variables win over the current context: switching it would change nothing.
  if (variableIn(chosen.from) === 'DOCKER_HOST' || variableIn(chosen.from) === 'DOCKER_CONTEXT') return [];
  const up = others.filter(({ ping, context }) => ping.answer === 'up' && context !== undefined);
  return up.flatMap((other): Fix[] => {
    if (other.context === undefined) return [];
    // A context that does not exist cannot be taken back.
    const back = fault?.kind === 'context-unknown' ? undefined : (chosen.context ?? 'default');
    return [
      {
        title: `use the engine that answers: docker context use ${other.context}`,
        safety: up.length > 1 ? 'manual' : 'unsafe',
        caveat: 'another engine has other images, containers and volumes',
        steps: [
          {
            kind: 'run',
            argv: ['docker', 'context', 'use', other.context],
            ...(back !== undefined && { undo: ['docker', 'context', 'use', back] }),
            why: `an engine answers at ${withoutPassword(other.host)}`,
            untilEngineAnswers: other.host,
          },
        ],
      },
    ];
  });
}

/**
 * A variable of the shell that started this program: nobody but that shell can unset it, so this is for the person to
 * do, with the commands of each shell.
 */
function unsetFixes(endpoints: EngineEndpoints): Fix[] {
  const variable = endpoints.surroundings?.variable;
  const other = elsewhere(endpoints);
  if (!variable || !other?.ofVariable) return [];
  const { name, setAt } = variable;
  const windows = endpoints.surroundings?.platform === 'win32';
  const commands = windows
    ? `PowerShell: \`Remove-Item Env:${name}\`; cmd: \`set ${name}=\``
    : `bash and zsh: \`unset ${name}\`; fish: \`set -e ${name}\``;
  const good =
    setAt.length > 0
      ? `it is set in ${setAt.join(', ')}`
      : windows
        ? `for good: \`[Environment]::SetEnvironmentVariable('${name}', $null, 'User')\``
        : 'for good: take it out of the file that sets it (a shell profile, .envrc, the settings of the CI)';
  const once = windows ? '' : ` For one command: \`env -u ${name} docker compose up\`.`;
  return [
    {
      title: `unset ${name}; then docker asks ${withoutPassword(other.host)} (${other.from}), where an engine answers`,
      safety: 'manual',
      caveat: `${commands}; ${good}.${once}`,
      steps: [],
    },
  ];
}

/** Membership is as good as root; a session that began before does not have it. */
function groupFixes(
  { access }: Extract<EngineVerdict, { verdict: 'not-in-group' | 'not-in-session' }>,
  { surroundings }: EngineEndpoints,
): Fix[] {
  const { user, group } = access;
  // The group of root, or a person's own, is no door that was meant for others.
  if (!user || !group.name || group.gid === 0 || surroundings?.platform !== 'linux') return [];
  const as = surroundings.sudo ? ['sudo'] : [];
  const argv = [...as, 'usermod', '-aG', group.name, user];
  return [
    {
      title: `add ${user} to the group ${group.name}: ${argv.join(' ')}`,
      safety: 'unsafe',
      caveat: `whoever is in the group ${group.name} is as good as root on this machine; it counts from the next log-in on`,
      steps: [
        {
          kind: 'run',
          argv,
          undo: [...as, 'gpasswd', '-d', user, group.name],
          why: `the socket ${access.path} is for the group ${group.name}`,
        },
      ],
    },
  ];
}
