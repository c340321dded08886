/** What is wrong with the docker CLI and its plugins: pure, over what was seen of them and of the engine. */
import type { ApiRange, CliSeen, CliVerdict, PluginSeen } from './cli-model.ts';
import { isBelow } from './versions.ts';

export type CliQuestion = {
  readonly cli: CliSeen;
  /** What the engine speaks; undefined where none answers. */
  readonly api?: ApiRange;
  /** Whether the engine is Podman's own, for which its CLI is the right one. */
  readonly podmanEngine: boolean;
  /** Whether any engine answers or might: without one and without a CLI, Docker is simply not here. */
  readonly engineAnswers: boolean;
  /** Whether any service builds its image. */
  readonly builds: boolean;
};

/** From this version on, Compose hands builds to buildx (docker/compose 2.37.0); before, it builds by itself. */
const BAKES = '2.37.0';
/** From this version on, Compose refuses an older buildx (docker/compose #13295). */
const REFUSES_OLD_BUILDX = '2.40.2';
const OLDEST_BUILDX = '0.17.0';
/** The version in which a broken buildx no longer ends Compose itself, as far as that is known: never seen. */
const NOT_WATCHED = '5.0.0';

/** Every verdict that stands, the one that comes first of all alone: without a CLI there is nothing to say of plugins. */
export function judgeCli(question: CliQuestion): readonly CliVerdict[] {
  const { cli, podmanEngine, engineAnswers } = question;
  const [first] = cli.onPath;
  if (!first) {
    // Nothing of Docker is here: that no engine answers says it already, and a link into Docker Desktop's own disk
    // leads somewhere once that runs.
    const isDesktops = cli.dangling.some(({ target }) => target.startsWith('/mnt/wsl/docker-desktop'));
    const besides = cli.offPath !== undefined || cli.windowsPath !== undefined || cli.dangling.length > 0;
    if ((!engineAnswers && (!besides || isDesktops)) || cli.standalone?.version !== undefined) return [];
    return [{ verdict: 'cli-missing' }];
  }
  if (cli.client?.kind === 'broken') return [{ verdict: 'cli-broken', path: first.path, broken: cli.client }];
  if (cli.client?.kind === 'podman')
    return podmanEngine || !engineAnswers ? [] : [{ verdict: 'cli-is-podman', path: first.path }];
  return [...judgeCompose(cli, engineAnswers), ...judgeBuildx(question), ...judgeApi(question)];
}

/** What did not say who it is in time, as the end of a sentence; the subject is left open then. */
export function unheardOf({ cli, builds }: Pick<CliQuestion, 'cli' | 'builds'>): readonly {
  readonly part: 'docker' | 'buildx';
  readonly because: string;
}[] {
  const late = (plugin: PluginSeen | undefined) =>
    plugin?.state === 'broken' && plugin.why === 'timeout' ? plugin : undefined;
  const [compose, buildx] = [late(cli.compose), builds ? late(cli.buildx) : undefined];
  return [
    ...(cli.client?.kind === 'silent'
      ? [{ part: 'docker' as const, because: `${cli.onPath[0]?.path ?? 'docker'} ${cli.client.seen}` }]
      : []),
    ...(compose ? [{ part: 'docker' as const, because: `${compose.path} ${compose.seen}` }] : []),
    ...(buildx ? [{ part: 'buildx' as const, because: `${buildx.path} ${buildx.seen}` }] : []),
  ];
}

function judgeCompose({ compose, standalone, wsl }: CliSeen, engineAnswers: boolean): readonly CliVerdict[] {
  if (!compose || compose.state === 'works') return [];
  // What cannot be decided is not said: a plugin that takes too long works perhaps.
  if (compose.state === 'broken' && compose.why === 'timeout') return [];
  if (standalone?.version !== undefined) {
    const { path, version } = standalone;
    return [{ verdict: isBelow(version, '2.0.0') ? 'compose-v1' : 'compose-standalone', path, version }];
  }
  if (compose.state === 'broken') return [{ verdict: 'compose-broken', plugin: compose }];
  if (wsl && !engineAnswers && isLentByDesktop(compose)) return [];
  return [{ verdict: 'compose-missing', dangling: compose.dangling }];
}

/** Docker Desktop lends its plugins to WSL from a disk of its own, which is there only while it runs. */
function isLentByDesktop(plugin: PluginSeen): boolean {
  return (
    plugin.state === 'missing' &&
    plugin.dangling.some(({ target }) => target.startsWith('/mnt/wsl/docker-desktop'))
  );
}

function judgeBuildx({ cli, builds, engineAnswers }: CliQuestion): readonly CliVerdict[] {
  const { buildx, compose } = cli;
  if (!builds || !buildx || compose?.state !== 'works' || cli.buildsWithout) return [];
  if (isBelow(compose.version, BAKES)) return [];
  if (buildx.state === 'missing') {
    if (cli.wsl && !engineAnswers && isLentByDesktop(buildx)) return [];
    return [{ verdict: 'buildx-missing', dangling: buildx.dangling, compose: compose.version }];
  }
  if (buildx.state === 'broken') {
    if (buildx.why === 'timeout') return [];
    // A directory of that name is passed over like nothing at all.
    const stops = isBelow(compose.version, NOT_WATCHED) && buildx.why !== 'a-directory';
    return [{ verdict: 'buildx-broken', plugin: buildx, compose: compose.version, stops }];
  }
  if (!isBelow(buildx.version, OLDEST_BUILDX) || isBelow(compose.version, REFUSES_OLD_BUILDX)) return [];
  return [
    {
      verdict: 'buildx-too-old',
      path: buildx.path,
      version: buildx.version,
      compose: compose.version,
    },
  ];
}

/**
 * The API of client and engine. The CLI takes the engine's version where that is lower than its own, so only one that is
 * older than the engine's oldest is at fault; `DOCKER_API_VERSION` takes this freedom away.
 */
function judgeApi({ cli, api }: CliQuestion): readonly CliVerdict[] {
  const { pinned, client } = cli;
  if (pinned && pinned.version === undefined) return [{ verdict: 'pin-malformed' }];
  if (!api) return [];
  if (pinned?.version !== undefined) {
    if (api.min !== undefined && isBelow(pinned.version, api.min))
      return [{ verdict: 'pin-too-old', version: pinned.version, range: api }];
    if (isBelow(api.max, pinned.version))
      return [{ verdict: 'pin-too-new', version: pinned.version, range: api }];
    return [];
  }
  const own = client?.kind === 'docker' ? client.apiVersion : undefined;
  if (own === undefined || api.min === undefined || !isBelow(own, api.min)) return [];
  return [{ verdict: 'client-too-old', version: own, range: api }];
}
