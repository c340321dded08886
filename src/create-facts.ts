/** Makes the facts of one run: each looked up when first asked for, the live ones under one common time limit. */
import type { Project } from './compose/model.ts';
import { type DockerEnvironment, dockerDirectory } from './docker/environment.ts';
import type { AskedEndpoint, EngineEndpoints, LocalImages } from './docker/model.ts';
import { matchInContext } from './dockerfile/context.ts';
import type { DockerfileModel } from './dockerfile/model.ts';
import { parseDockerfile } from './dockerfile/parse.ts';
import { type BuildArguments, type Facts, type Files, type History, Unavailable } from './facts.ts';
import type { RegistryClient } from './registry/registries.ts';
import { type Subject, subject } from './subject.ts';

export type FactsOptions = {
  readonly projects: readonly Project[];
  readonly files: Files;
  readonly history: History;
  readonly environment: DockerEnvironment;
  /** False for `--no-engine`: what only an engine knows is out of the question. */
  readonly askEngine: boolean;
  /** False for `--offline`: what only a registry knows is out of the question. */
  readonly askRegistries: boolean;
  /** For all live facts together, in milliseconds, counted from now. */
  readonly timeoutMs: number;
};

/** How long an engine may take to answer a ping, in milliseconds; within the common limit. */
const PING_MS = 2_000;

export function createFacts(options: FactsOptions): Facts {
  const { files, environment } = options;
  const limit = createLimit(options.timeoutMs);
  const dockerfiles = new Map<string, DockerfileModel | undefined>();

  const endpoints = once(async (): Promise<EngineEndpoints> => {
    if (!options.askEngine)
      throw new Unavailable('skipped', 'the engine is left out (--no-engine)', subject.engine);
    const { askEndpoints } = await import('./docker/engine.ts');
    // Below the common limit, so that a silent engine is told apart from one that nobody had the time to ask.
    const timeoutMs = Math.min(PING_MS, options.timeoutMs * 0.8);
    return limit(askEndpoints(environment, { timeoutMs }), 'the engine did not answer', subject.engine);
  });

  const images = once(async (): Promise<LocalImages> => {
    const { chosen } = await endpoints();
    if (chosen.ping.answer === 'down') {
      throw new Unavailable('blocked', `no engine answers at ${chosen.host}`, subject.engine);
    }
    return limit(
      listImages(chosen, environment, options.timeoutMs),
      'the engine did not list its images',
      subject.engine,
    );
  });

  const registries = once(async () => {
    if (!options.askRegistries) {
      throw new Unavailable('skipped', 'registries are left out (--offline)', subject.registry('*'));
    }
    return createClient(environment, options.timeoutMs);
  });

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
    dockerfile: (file, args) =>
      parsed(`file:${file}`, args, () => {
        const source = files.read(file);
        return 'text' in source ? source.text : undefined;
      }),
    inlineDockerfile: (text, args) => parsed(`text:${text}`, args, () => text) as DockerfileModel,
    contextMatch: (context, dockerfile, pattern) => matchInContext(files, context, dockerfile, pattern),
    endpoints,
    localImages: images,
    image: async (reference, platform) => {
      const client = await registries();
      return limit(client.image(reference, platform), 'the registry did not answer', subject.registry('*'));
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

async function createClient(environment: DockerEnvironment, timeoutMs: number): Promise<RegistryClient> {
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
  });
}

type Limit = <T>(answer: Promise<T>, otherwise: string, on: Subject) => Promise<T>;

/** One limit for all: what is asked late has less time, so that a run ends when it was told to. */
function createLimit(timeoutMs: number): Limit {
  const end = Date.now() + timeoutMs;
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

/** Asked for by several rules, looked up once; a failure is remembered like an answer. */
function once<T>(ask: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined;
  return () => {
    answer ??= ask();
    return answer;
  };
}
