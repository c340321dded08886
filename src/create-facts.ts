/** Makes the facts of one run: each looked up when first asked for, the live ones under one common time limit. */
import type { Project } from './compose/model.ts';
import type { CliSeen } from './docker/cli-model.ts';
import type { ComposeCall } from './docker/compose-cli.ts';
import type { DaemonSeen } from './docker/daemon-model.ts';
import { type DockerEnvironment, dockerDirectory } from './docker/environment.ts';
import type { EngineSeen } from './docker/health-model.ts';
import type { AskedEndpoint, ComposeVerdict, EngineEndpoints, LocalImages } from './docker/model.ts';
import { matchInContext } from './dockerfile/context.ts';
import { createMeasure } from './dockerfile/context-size.ts';
import type { DockerfileModel } from './dockerfile/model.ts';
import { parseDockerfile } from './dockerfile/parse.ts';
import { type BuildArguments, type Facts, type Files, type History, Unavailable } from './facts.ts';
import type { AskEngine, RegistryClient } from './registry/registries.ts';
import { type Subject, subject } from './subject.ts';
import { entriesBelow } from './workspace/entries.ts';

export type FactsOptions = {
  readonly projects: readonly Project[];
  /** The workspace, absolute. */
  readonly root: string;
  readonly files: Files;
  readonly history: History;
  readonly environment: DockerEnvironment;
  /** What is said to Compose where it is asked; it is not asked where this is left out. */
  readonly call?: ComposeCall;
  /** False for `--no-engine`: what only an engine or the docker CLI knows is out of the question. */
  readonly askEngine: boolean;
  /** False for `--offline`: what only a registry knows is out of the question. */
  readonly askRegistries: boolean;
  /** For all live facts together, in milliseconds, counted from now. */
  readonly timeoutMs: number;
};

/** How long an engine may take to answer a ping, in milliseconds; within the common limit. */
const PING_MS = 2_000;

/** How long the engine may take to look an image up, in milliseconds; within the common limit. */
const ENGINE_MS = 5_000;

/** How long one `docker compose config` may take, in milliseconds; within the common limit. */
const COMPOSE_MS = 10_000;
/** How many of them run at once. */
const COMPOSE_AT_ONCE = 2;

export function createFacts(options: FactsOptions): Facts {
  const { files, environment } = options;
  const end = Date.now() + options.timeoutMs;
  const limit = createLimit(options.timeoutMs, end);
  const dockerfiles = new Map<string, DockerfileModel | undefined>();

  const endpoints = once(async (): Promise<EngineEndpoints> => {
    if (!options.askEngine)
      throw new Unavailable('skipped', 'the engine is left out (--no-engine)', subject.engine);
    const { askEndpoints } = await import('./docker/engine.ts');
    // Below the common limit, so that a silent engine is told apart from one that nobody had the time to ask.
    const left = Math.max(100, end - Date.now());
    const most = Math.round(left * 0.8);
    const limits = { timeoutMs: Math.min(PING_MS, most), sshTimeoutMs: most };
    return limit(askEndpoints(environment, limits), 'the engine did not answer', subject.engine);
  });

  const left = () => Math.max(0, end - Date.now());

  const cli = once(async (): Promise<CliSeen> => {
    if (!options.askEngine)
      throw new Unavailable('skipped', 'the docker CLI is left out (--no-engine)', subject.cli);
    const { lookAtCli } = await import('./docker/cli-seen.ts');
    return limit(lookAtCli(environment, left), 'the docker CLI did not answer', subject.cli);
  });

  const engineHealth = once(async (): Promise<EngineSeen> => {
    const { chosen } = await endpoints();
    if (chosen.ping.answer === 'down')
      throw new Unavailable('blocked', `no engine answers at ${chosen.host}`, subject.engine);
    const { lookAtEngine } = await import('./docker/health-seen.ts');
    const seen = lookAtEngine(chosen, environment, options.root, left()).catch((error: unknown) => {
      const told = error instanceof Error ? error.message : 'unknown error';
      throw new Unavailable('unverified', `the engine did not say how it is (${told})`, subject.engine);
    });
    return limit(seen, 'the engine did not say how it is', subject.engine);
  });

  const daemon = once(async (): Promise<DaemonSeen | undefined> => {
    const { chosen } = await endpoints();
    if (chosen.ping.answer === 'up') return undefined;
    const { lookAtDaemon } = await import('./docker/daemon-seen.ts');
    return limit(
      lookAtDaemon(chosen, environment, left),
      'the daemon could not be looked at',
      subject.engine,
    );
  });

  const images = once(async (): Promise<LocalImages> => {
    const { chosen } = await endpoints();
    if (chosen.ping.answer === 'down') {
      throw new Unavailable('blocked', `no engine answers at ${chosen.host}`, subject.engine);
    }
    return limit(
      listImages(chosen, environment, left()),
      'the engine did not list its images',
      subject.engine,
    );
  });

  const registries = once(async () => {
    if (!options.askRegistries) {
      throw new Unavailable('skipped', 'registries are left out (--offline)', subject.registry('*'));
    }
    return createClient(environment, options.timeoutMs, end, async (reference, login) => {
      const { chosen } = await endpoints().catch(() => ({ chosen: undefined }));
      const { askEngineAbout } = await import('./registry/engine-view.ts');
      return askEngineAbout(chosen, reference, login, Math.min(ENGINE_MS, end - Date.now()));
    });
  });

  const helpers = once(async () => {
    const { createHelperCheck } = await import('./docker/missing-helper.ts');
    return createHelperCheck(environment);
  });

  const buildChecks = once(async () => {
    const skip = (because: string) => new Unavailable('skipped', because, subject.engine);
    // BuildKit looks base images up, too.
    if (!options.askRegistries)
      throw skip('registries are left out (--offline), and BuildKit would ask them');
    const { chosen } = await endpoints();
    if (chosen.ping.answer === 'down') throw skip(`no engine answers at ${chosen.host}`);
    const { createBuildCheck } = await import('./docker/build-check.ts');
    return createBuildCheck({
      root: options.root,
      files,
      environment,
      timeoutMs: Math.min(5_000, left()),
    });
  });

  const turn = createTurns(COMPOSE_AT_ONCE);
  const verdicts = new Map<Project, Promise<ComposeVerdict>>();
  // Where it is not there, it is looked for once.
  let absent: string | undefined;
  const askCompose = async (project: Project): Promise<ComposeVerdict> => {
    const on = subject.project(project.id);
    const { call } = options;
    if (!options.askEngine || !call)
      throw new Unavailable('skipped', 'the docker CLI is left out (--no-engine)', on);
    const { askCompose: ask } = await import('./docker/compose-cli.ts');
    const verdict = await turn(async (): Promise<ComposeVerdict> => {
      if (absent !== undefined) return { answer: 'absent', because: absent };
      const most = Math.min(COMPOSE_MS, left());
      if (most <= 0) return { answer: 'none', because: 'no time was left to ask docker compose (--timeout)' };
      return ask(project, call, environment, most);
    });
    if (verdict.answer !== 'absent') return verdict;
    absent = verdict.because;
    throw new Unavailable('skipped', verdict.because, on);
  };
  const composeVerdict = (project: Project): Promise<ComposeVerdict> => {
    const known = verdicts.get(project) ?? askCompose(project);
    verdicts.set(project, known);
    return known;
  };

  const parsed = (key: string, args: BuildArguments | undefined, text: () => string | undefined) => {
    const full = JSON.stringify([key, ...(args ?? [])]);
    if (!dockerfiles.has(full)) {
      const found = text();
      dockerfiles.set(full, found === undefined ? undefined : parseDockerfile(found, args));
    }
    return dockerfiles.get(full);
  };

  return {
    projects: options.projects,
    files,
    history: options.history,
    platform: environment.platform,
    today: new Date().toISOString().slice(0, 10),
    dockerfile: (file, args) =>
      parsed(`file:${file}`, args, () => {
        const source = files.read(file);
        return 'text' in source ? source.text : undefined;
      }),
    inlineDockerfile: (text, args) => parsed(`text:${text}`, args, () => text) as DockerfileModel,
    contextSize: createMeasure(files, entriesBelow(options.root)),
    buildVerdict: async (build) => {
      const ask = await buildChecks();
      return ask(build);
    },
    contextMatch: (context, dockerfile, pattern) => matchInContext(files, context, dockerfile, pattern),
    endpoints,
    cli,
    engineHealth,
    daemon,
    localImages: images,
    composeVerdict,
    missingHelper: async (reference) => {
      const ask = await helpers();
      return ask(reference);
    },
    image: async (reference, platform) => {
      const client = await registries();
      const late = 'the registry did not answer';
      // Each image that is left open is named: what is late is a verdict on this one, and ends no rule.
      return limit(client.image(reference, platform), late, subject.registry('*')).catch((error: unknown) => {
        if (!(error instanceof Unavailable)) throw error;
        return {
          verdict: 'cannot-reach',
          registry: '',
          why: 'timeout',
          because: error.because,
          seen: [],
        } as const;
      });
    },
  };
}

async function listImages(
  endpoint: AskedEndpoint,
  environment: DockerEnvironment,
  timeoutMs: number,
): Promise<LocalImages> {
  const { localImages } = await import('./docker/images.ts');
  const answer = await localImages(endpoint, environment, { timeoutMs });
  if ('because' in answer) throw new Unavailable('unverified', answer.because, subject.engine);
  return answer;
}

/** What is kept back of the common limit, in milliseconds, so that answers that say "no answer" come before it ends. */
const KEPT_BACK_MS = 200;

/** `end`: when everything has to be over, as of `Date.now()`. */
async function createClient(
  environment: DockerEnvironment,
  timeoutMs: number,
  end: number,
  engine: AskEngine,
): Promise<RegistryClient> {
  const [{ createRegistryClient }, { readDockerConfig }] = await Promise.all([
    import('./registry/registries.ts'),
    import('./docker/config.ts'),
  ]);
  const { config, fault } = readDockerConfig(environment);
  return createRegistryClient({
    config,
    ...(fault ? { configFault: fault.message } : {}),
    configDirectory: dockerDirectory(environment),
    environment: environment.env,
    timeoutMs: Math.min(5_000, timeoutMs),
    helperTimeoutMs: Math.min(3_000, timeoutMs),
    engine,
    until: end - Math.min(KEPT_BACK_MS, timeoutMs * 0.1),
  });
}

type Limit = <T>(answer: Promise<T>, otherwise: string, on: Subject) => Promise<T>;

/** One limit for all: what is asked late has less time, so that a run ends when it was told to. */
function createLimit(timeoutMs: number, end: number): Limit {
  return (answer, otherwise, on) => {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      const because = `${otherwise} within ${timeoutMs / 1000} s (--timeout)`;
      timer = setTimeout(
        () => reject(new Unavailable('unverified', because, on)),
        Math.max(0, end - Date.now()),
      );
    });
    return Promise.race([answer, late]).finally(() => clearTimeout(timer));
  };
}

/** Lets so many run at once; the others wait. */
function createTurns(most: number): <T>(run: () => Promise<T>) => Promise<T> {
  const lanes: Promise<unknown>[] = Array.from({ length: most }, () => Promise.resolve());
  let next = 0;
  return (run) => {
    const lane = next++ % most;
    const result = (lanes[lane] ?? Promise.resolve()).then(run);
    lanes[lane] = result.catch(() => undefined);
    return result;
  };
}

/** Asked for by several rules, looked up once; a failure is remembered like an answer. */
function once<T>(ask: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined;
  return () => {
    answer ??= ask();
    return answer;
  };
}
