/** The verdicts on the docker CLI and its plugins in words, and what can be done about each. */
import type { Finding, Fix, Severity } from '../rule.ts';
import type { CliSeen, CliVerdict, DanglingLink } from './cli-model.ts';

export type Told = Pick<Finding, 'message' | 'evidence' | 'consequence' | 'advice' | 'fixes'> & {
  readonly severity: Severity;
  /** The part of the CLI that is at fault. */
  readonly part: 'docker' | 'buildx';
};

type Part = 'docker' | 'compose' | 'buildx';

/** How each part is installed, by system; the first name is that of Docker's own packages. */
const INSTALL: Readonly<Record<CliSeen['system'], Readonly<Record<Part, string>>>> = {
  debian: {
    docker: 'Install `docker-ce-cli` from the repository of Docker, or `docker.io` of the distribution.',
    compose:
      'Install `docker-compose-plugin` from the repository of Docker, or `docker-compose-v2` (Ubuntu) or `docker-compose` (Debian 13).',
    buildx:
      'Install `docker-buildx-plugin` from the repository of Docker, or `docker-buildx` of the distribution.',
  },
  fedora: {
    docker: 'Install `docker-ce-cli` from the repository of Docker.',
    compose: 'Install `docker-compose-plugin` from the repository of Docker.',
    buildx: 'Install `docker-buildx-plugin` from the repository of Docker.',
  },
  arch: {
    docker: 'Install it: `pacman -S docker`.',
    compose: 'Install it: `pacman -S docker-compose`.',
    buildx: 'Install it: `pacman -S docker-buildx`.',
  },
  alpine: {
    docker: 'Install it: `apk add docker-cli`.',
    compose: 'Install it: `apk add docker-cli-compose`.',
    buildx: 'Install it: `apk add docker-cli-buildx`.',
  },
  macos: {
    docker: 'Start Docker Desktop, which puts it on PATH, or install it: `brew install docker`.',
    compose:
      'Start Docker Desktop, which puts it back, or install it: `brew install docker-compose`, which says how Docker finds it.',
    buildx:
      'Start Docker Desktop, which puts it back, or install it: `brew install docker-buildx`, which says how Docker finds it.',
  },
  windows: {
    docker: 'Install Docker Desktop, or open a new terminal where it was installed just now.',
    compose: 'Repair or update Docker Desktop, which brings it.',
    buildx: 'Repair or update Docker Desktop, which brings it.',
  },
  other: {
    docker: 'Install the docker CLI (https://docs.docker.com/engine/install/).',
    compose: 'Install the Compose plugin (https://docs.docker.com/compose/install/).',
    buildx: 'Install Buildx (https://github.com/docker/buildx).',
  },
};

/** Says a verdict. */
export function tellCli(verdict: CliVerdict, cli: CliSeen): Told {
  const install = INSTALL[cli.system];
  const looked = `looked for plugins in ${cli.pluginDirectories.join(', ')}`;
  // In a container a stack is often only looked at; what runs it is elsewhere.
  const strict: Severity = cli.container ? 'warning' : 'error';
  const inContainer = cli.container ? ['this is a container: the stack may be run from elsewhere'] : [];
  const docker = (said: Omit<Told, 'part'>): Told => ({ part: 'docker', ...said });
  const buildx = (said: Omit<Told, 'part'>): Told => ({ part: 'buildx', ...said });
  switch (verdict.verdict) {
    case 'cli-missing':
      return docker(missingCli(cli, strict, inContainer));
    case 'cli-broken':
      return docker({
        severity: strict,
        message: `The docker that PATH finds first, ${verdict.path}, ${verdict.broken.seen}.`,
        evidence: [...dockersOf(cli), ...inContainer],
        consequence: 'No docker command works in this environment.',
        advice:
          cli.onPath.length > 1
            ? `Remove it, so that PATH finds ${cli.onPath[1]?.path}.`
            : `Remove it. ${install.docker}`,
      });
    case 'cli-is-podman':
      return docker({
        severity: 'warning',
        message: `\`docker\` is Podman here: ${verdict.path} runs it, and an engine of Docker answers besides.`,
        evidence: dockersOf(cli),
        consequence:
          '`docker` commands go to Podman, with images, containers and networks of its own, and know no docker contexts.',
        advice: `To use the engine of Docker, remove \`podman-docker\`. ${install.docker}`,
      });
    case 'compose-missing':
      return docker({
        severity: strict,
        message: 'The docker CLI has no Compose plugin: `docker compose` is an unknown command.',
        evidence: [...linksOf(verdict.dangling), looked, ...dockersOf(cli), ...inContainer],
        consequence:
          'Docker says "unknown command: docker compose", or "unknown shorthand flag" where a flag follows.',
        advice: `${removalOf(verdict.dangling)}${install.compose}`,
      });
    case 'compose-broken': {
      const { plugin } = verdict;
      return docker({
        severity: strict,
        message: `The Compose plugin cannot be used: ${plugin.path} ${plugin.seen}.`,
        evidence: [
          ...(plugin.behind ? [`${plugin.behind} is not reached: the first file of that name counts`] : []),
          ...dockersOf(cli),
          ...inContainer,
        ],
        consequence: 'Docker says "unknown command: docker compose", as if there were none.',
        advice:
          plugin.behind === undefined
            ? `Remove it, or replace it with one for this machine. ${install.compose}`
            : `Remove it, so that ${plugin.behind} is used.`,
        fixes: executableFixes(plugin.path, plugin.why, cli),
      });
    }
    case 'compose-standalone':
      return docker({
        severity: 'warning',
        message: `\`docker compose\` does not work here, and \`docker-compose\` ${verdict.version} does.`,
        evidence: [...pluginOf(cli), `${verdict.path} says ${verdict.version}`, looked],
        consequence: 'What calls `docker compose` (scripts, Makefiles, editors) fails.',
        advice: 'Call `docker-compose`, or let the CLI know it as a plugin.',
        fixes: linkFixes(verdict.path, cli),
      });
    case 'compose-v1':
      return docker({
        severity: 'warning',
        message: `The only Compose here is version ${verdict.version} of \`docker-compose\`, which has come to its end in 2023.`,
        evidence: [...pluginOf(cli), `${verdict.path} says ${verdict.version}`, looked],
        consequence:
          'It refuses what today’s files may hold (`name`, `include`, `develop`, long forms), and what dockmedic says is about `docker compose`.',
        advice: `Use \`docker compose\` instead of \`docker-compose\`. ${install.compose}`,
      });
    case 'buildx-missing':
      return buildx({
        severity: 'warning',
        message: `Buildx is not installed, and Compose ${verdict.compose} wants to build with it.`,
        evidence: [...linksOf(verdict.dangling), looked],
        consequence:
          'Compose builds in an older way and warns, or with the legacy builder, which knows no `RUN --mount`, `COPY --chmod` or here-documents.',
        advice: `${removalOf(verdict.dangling)}${install.buildx}`,
      });
    case 'buildx-broken': {
      const { plugin } = verdict;
      return buildx({
        severity: verdict.stops ? 'error' : 'warning',
        message: `Buildx cannot be used: ${plugin.path} ${plugin.seen}.`,
        evidence: [
          `Compose ${verdict.compose} hands builds to it`,
          ...(plugin.behind ? [`${plugin.behind} is not reached: the first file of that name counts`] : []),
        ],
        consequence: verdict.stops
          ? 'Compose itself crashes with a Go panic when it builds.'
          : '`docker build` and `docker buildx` fail.',
        advice:
          plugin.behind === undefined
            ? `Remove it, or replace it with one for this machine. ${install.buildx}`
            : `Remove it, so that ${plugin.behind} is used.`,
        fixes: executableFixes(plugin.path, plugin.why, cli),
      });
    }
    case 'buildx-too-old':
      return buildx({
        severity: 'error',
        message: `Buildx is version ${verdict.version}, and Compose ${verdict.compose} builds with 0.17 or later only.`,
        evidence: [`${verdict.path} says ${verdict.version}`],
        consequence: 'Compose says "compose build requires buildx 0.17 or later".',
        advice: install.buildx,
      });
    case 'client-too-old':
      return docker({
        severity: 'error',
        message: `The docker CLI is too old for the engine: it speaks API ${verdict.version} at most, and the engine ${spoken(verdict.range)}.`,
        evidence: dockersOf(cli),
        consequence: `Docker says "client version ${verdict.version} is too old".`,
        advice:
          cli.onPath.length > 1
            ? `Update it, or remove it where ${cli.onPath[1]?.path} is newer. ${install.docker}`
            : `Update it. ${install.docker}`,
      });
    case 'pin-too-old':
    case 'pin-too-new': {
      const how = verdict.verdict === 'pin-too-old' ? 'too old' : 'too new';
      return docker({
        severity: 'error',
        message: `DOCKER_API_VERSION is ${verdict.version}, and the engine speaks ${spoken(verdict.range)}.`,
        evidence: ['without the variable, the CLI and the engine agree on a version by themselves'],
        consequence: `Every docker command ends with "client version ${verdict.version} is ${how}".`,
        advice: unsetting('DOCKER_API_VERSION', cli),
      });
    }
    case 'pin-malformed':
      return docker({
        severity: 'error',
        message: 'DOCKER_API_VERSION is set to something that is no version, such as 1.44.',
        evidence: ['without the variable, the CLI and the engine agree on a version by themselves'],
        consequence: 'Every docker command ends with "page not found".',
        advice: unsetting('DOCKER_API_VERSION', cli),
      });
  }
}

function missingCli(cli: CliSeen, severity: Severity, inContainer: readonly string[]): Omit<Told, 'part'> {
  const { offPath, windowsPath, dangling } = cli;
  const advice =
    offPath !== undefined
      ? `Add ${offPath.replace(/[\\/][^\\/]*$/, '')} to PATH.`
      : windowsPath !== undefined
        ? 'Switch on the WSL integration of this distribution: Docker Desktop, Settings, Resources, WSL integration.'
        : `${removalOf(dangling)}${INSTALL[cli.system].docker}`;
  return {
    severity,
    message: 'There is no docker CLI on PATH.',
    evidence: [
      ...(offPath ? [`${offPath} is there, in a directory that PATH does not name`] : []),
      ...(windowsPath ? [`${windowsPath} is there, a program of Windows`] : []),
      ...linksOf(dangling),
      ...inContainer,
    ],
    consequence: 'The shell says "docker: command not found".',
    advice,
  };
}

function spoken({ min, max }: { readonly min?: string; readonly max: string }): string {
  return min === undefined ? `${max} at most` : `${min} to ${max}`;
}

function dockersOf({ onPath, client }: CliSeen): readonly string[] {
  const version = client?.kind === 'docker' && client.version ? ` (version ${client.version})` : '';
  return onPath.map(
    ({ path, real }, index) =>
      `${index === 0 ? 'PATH finds' : 'behind it'} ${path}${real ? ` → ${real}` : ''}${index === 0 ? version : ''}`,
  );
}

function linksOf(links: readonly DanglingLink[]): readonly string[] {
  return links.map(({ path, target }) => `${path} is a link to ${target}, which does not exist`);
}

function pluginOf({ compose }: CliSeen): readonly string[] {
  if (compose?.state === 'missing') return linksOf(compose.dangling);
  return compose?.state === 'broken' ? [`${compose.path} ${compose.seen}`] : [];
}

function removalOf(links: readonly DanglingLink[]): string {
  const [link] = links;
  return link ? `Remove the link ${link.path}, which Docker Desktop may have left behind. ` : '';
}

function unsetting(name: string, { system }: CliSeen): string {
  return system === 'windows'
    ? `Unset it: \`Remove-Item Env:${name}\` for this PowerShell, \`setx ${name} ""\` for good.`
    : `Unset it: \`unset ${name}\` for this shell, and take it out of the profile or the job that sets it.`;
}

/** The rights are all that is missing, so far as can be seen; a fresh look tells whether that was it. */
function executableFixes(path: string, why: string, { system }: CliSeen): readonly Fix[] {
  if (why !== 'not-executable' || system === 'windows') return [];
  return [
    {
      title: `make it executable: chmod +x ${path}`,
      safety: 'unsafe',
      caveat: 'it is a program outside of the workspace, and Docker will run it',
      steps: [
        {
          kind: 'run',
          argv: ['chmod', '+x', path],
          undo: ['chmod', '-x', path],
          why: 'let Docker run the plugin',
        },
      ],
    },
  ];
}

function linkFixes(program: string, { ownPlugins, system, compose }: CliSeen): readonly Fix[] {
  const link = `${ownPlugins}/docker-compose`;
  // Something is there already, and it is not ours to replace.
  const taken = compose?.state === 'missing' ? compose.dangling.some(({ path }) => path === link) : true;
  if (system === 'windows' || taken) return [];
  return [
    {
      title: `let the CLI know it as a plugin: ln -s ${program} ${link}`,
      safety: 'unsafe',
      caveat: 'it makes a link outside of the workspace',
      steps: [
        { kind: 'run', argv: ['mkdir', '-p', ownPlugins], why: 'the directory of this user’s own plugins' },
        {
          kind: 'run',
          argv: ['ln', '-s', program, link],
          undo: ['rm', link],
          why: '`docker compose` finds it there',
        },
      ],
    },
  ];
}
