/**
 * All that rules may ask. Facts are lazy and memoised: what nobody asks for is not looked up, what several rules
 * ask for is looked up once. Facts of the tree are plain values; live facts are promises, each with a time limit.
 */
import type { Build, Project } from './compose/model.ts';
import type { CliSeen } from './docker/cli-model.ts';
import type { DaemonSeen } from './docker/daemon-model.ts';
import type { EngineSeen } from './docker/health-model.ts';
import type { ComposeVerdict, EngineEndpoints, LocalImages } from './docker/model.ts';
import type { DockerfileModel } from './dockerfile/model.ts';
import type { ImageVerdict } from './registry/model.ts';
import type { FilePath, Source } from './source.ts';
import type { Subject } from './subject.ts';

/**
 * Thrown by a fact that cannot be had. It ends the rule that asked: `blocked` by a fault reported elsewhere,
 * `unverified` where nobody could know, `skipped` where the person took it out of the question.
 */
export class Unavailable extends Error {
  override readonly name = 'Unavailable';
  constructor(
    readonly outcome: 'blocked' | 'unverified' | 'skipped',
    /** Ends the sentence "not checked, because …". */
    readonly because: string,
    readonly on: Subject,
  ) {
    super(because);
  }
}

export type FileStat = {
  readonly kind: 'file' | 'directory' | 'other';
  /** In bytes. */
  readonly size: number;
  /** Permission bits, as of `chmod`. */
  readonly mode: number;
};

/** Why a file could not be read as text. */
export type ReadFailure = {
  readonly failure: 'missing' | 'not-a-file' | 'denied' | 'too-large' | 'not-text' | 'failed';
  /** Ends the sentence "cannot be read: …". */
  readonly because: string;
};

/** Build arguments with a value, as the compose file gives them. */
export type BuildArguments = ReadonlyMap<string, string | undefined>;

/** The tree, read-only and memoised. Paths are root-relative with forward slashes, or absolute. */
export type Files = {
  /** Follows links; undefined where nothing is there. */
  stat(file: FilePath): FileStat | undefined;
  read(file: FilePath): Source | ReadFailure;
  /** Names in a directory, sorted; empty where it is none. */
  list(directory: FilePath): readonly string[];
  /** Every file of the workspace (version control and dependency directories left out), sorted. Bounded. */
  index(): FileIndex;
};

export type FileIndex = {
  readonly files: readonly FilePath[];
  /** True where the bound was reached and files are left out. */
  readonly truncated: boolean;
  /** Files by the last part of their path, lower case. */
  byName(name: string): readonly FilePath[];
};

/** What git remembers of paths; every answer is empty where there is no git or no history. */
export type History = {
  /** Renames below the root, newest first. `from` and `to` are files, root-relative. */
  renames(): Promise<readonly Rename[]>;
  /** The commit that removed a file last, if git ever knew it. */
  removal(file: FilePath): Promise<Commit | undefined>;
};

export type Commit = {
  /** Abbreviated to seven digits or more. */
  readonly id: string;
  /** Date of the commit, ISO 8601, UTC: `2026-11-10`. */
  readonly date: string;
};
export type Rename = { readonly from: FilePath; readonly to: FilePath; readonly commit: Commit };

export type Facts = {
  /** Every compose project of the workspace, in the order of discovery. */
  readonly projects: readonly Project[];
  readonly files: Files;
  readonly history: History;
  /** As of `process.platform`: `linux`, `darwin`, `win32`. */
  readonly platform: string;
  /** The date of the run, ISO 8601, UTC: `2026-11-10`. */
  readonly today: string;
  /** A Dockerfile, parsed; undefined where it cannot be read (the caller then says so). */
  dockerfile(file: FilePath, args?: BuildArguments): DockerfileModel | undefined;
  /** An inline Dockerfile, parsed. */
  inlineDockerfile(text: string, args?: BuildArguments): DockerfileModel;
  /**
   * The paths of a build context that `COPY` can see: resolves one COPY/ADD source pattern against the context
   * directory and the `.dockerignore` that counts for this Dockerfile.
   */
  contextMatch(contextDirectory: FilePath, dockerfile: FilePath | undefined, pattern: string): ContextMatch;
  /**
   * What these sources of COPY and ADD make a build send of its context. The walk is bounded; `complete` says whether
   * it saw everything.
   */
  contextSize(
    contextDirectory: FilePath,
    dockerfile: FilePath | undefined,
    sources: readonly string[],
  ): ContextSize;
  /** What BuildKit says of a Dockerfile without building it. Throws `Unavailable` where it cannot be asked. */
  buildVerdict(build: Build): Promise<BuildVerdict>;
  /** The endpoint that the docker CLI would use and the others on this machine, each asked once. */
  endpoints(): Promise<EngineEndpoints>;
  /** The docker CLI and its plugins. Throws `Unavailable` where the CLI is not to be asked. */
  cli(): Promise<CliSeen>;
  /** What the engine says of itself, and what is seen of its disk and clock. Throws `Unavailable` where none answers. */
  engineHealth(): Promise<EngineSeen>;
  /** What keeps the engine of this machine from starting; undefined where it answers, or is not of this machine. */
  daemon(): Promise<DaemonSeen | undefined>;
  /** The images that the engine holds. Throws `Unavailable` where no engine answers. */
  localImages(): Promise<LocalImages>;
  /**
   * What the docker CLI's compose plugin says of a project. Throws `Unavailable` where it is not to be asked or not
   * there.
   */
  composeVerdict(project: Project): Promise<ComposeVerdict>;
  /** What the registry says of an image reference. Throws `Unavailable` where registries are not to be asked. */
  image(reference: string, platform?: string): Promise<ImageVerdict>;
  /** The credential helper that Docker's configuration names for an image's registry, if it is not there. */
  missingHelper(reference: string): Promise<MissingHelper | undefined>;
};

/** A program that Docker's configuration names and that is not on PATH. */
export type MissingHelper = {
  readonly program: string;
  /** Docker's `config.json`, absolute; it holds secrets and is never shown. */
  readonly file: string;
  /** What takes its name out of that file; undefined where that is not clear. */
  readonly removal?: readonly { readonly start: number; readonly end: number; readonly text: string }[];
};

export type ContextSize = {
  /** What was seen until the walk ended. */
  readonly bytes: number;
  readonly files: number;
  readonly complete: boolean;
  /** Directories that tools make and builds seldom need, relative to the context, the largest first. */
  readonly heavy: readonly { readonly path: string; readonly bytes: number }[];
};

export type BuildVerdict =
  | { readonly rejected: false }
  /** BuildKit's own words, and the line of the Dockerfile that they are about, counted from 1. */
  | { readonly rejected: true; readonly message: string; readonly line?: number };

export type ContextMatch =
  | { readonly found: true }
  /** It is on disk, and `.dockerignore` takes it out: `line` counts from 1. */
  | { readonly found: false; readonly why: 'ignored'; readonly ignoreFile: FilePath; readonly line: number }
  | { readonly found: false; readonly why: 'outside' }
  | { readonly found: false; readonly why: 'missing' };
