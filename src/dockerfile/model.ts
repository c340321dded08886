/** A Dockerfile as far as rules ask: its stages, and what each takes from the build context. */

export type DockerfileModel = {
  /** Faults that keep BuildKit from reading it (`no FROM`, unknown instruction); empty where it parses. */
  readonly faults: readonly DockerfileFault[];
  readonly stages: readonly Stage[];
  /** `ARG` before the first `FROM`, with its value: the build argument, else the default, else undefined. */
  readonly globalArgs: ReadonlyMap<string, string | undefined>;
  /** The names of all `ARG`, before the first `FROM` and in any stage. */
  readonly argNames: ReadonlySet<string>;
  /** `# syntax=`, as written. */
  readonly syntax?: string;
  /**
   * `# syntax=` names a frontend that does not read Dockerfiles as BuildKit's own does: nothing is known of the file,
   * and `faults` and `stages` are empty.
   */
  readonly foreign?: true;
};

export type DockerfileFault = {
  /** One sentence, without the place. */
  readonly message: string;
  /** Counted from 1. */
  readonly line: number;
  /** What is at fault; undefined where it is the file as a whole. */
  readonly range?: Range;
};

/** Offsets are in the Dockerfile's own text. */
export type Range = { readonly start: number; readonly end: number };

export type Stage = {
  readonly index: number;
  /** `AS name`, lower case. */
  readonly name?: string;
  /** The base as written and after build arguments' defaults: an image reference, an earlier stage, or `scratch`. */
  readonly base: string;
  readonly baseRange: Range;
  /** Set where the base is an earlier stage. */
  readonly baseStage?: number;
  /** `--platform` of FROM, as written. */
  readonly platform?: string;
  /** Whether `base` still holds a variable without a value. */
  readonly unresolved: boolean;
  /** Set where variables of `FROM` have no value here: BuildKit puts nothing in their place. */
  readonly blanks?: Blanks;
  /** What it copies, runs and sets, in order; what the base stage's `ONBUILD` holds comes first. */
  readonly steps: readonly StageStep[];
  /** `COPY` and `ADD`, in order; those of the base stage's `ONBUILD` come first, since they run here. */
  readonly copies: readonly Copy[];
  /** `RUN --mount`, in order. */
  readonly mounts: readonly Mount[];
  /** Stages that `COPY --from` and `RUN --mount=from=` need, besides the base; sorted, each once. */
  readonly stagesUsed: readonly number[];
  /** What else they name: an image or a named context, in order, each once. Without `scratch`. */
  readonly imagesUsed: readonly string[];
  /** What the last `HEALTHCHECK` of the stage says; undefined where it has none. */
  readonly healthcheck?: 'set' | 'none';
};

/** Variables of a `FROM` without a value. */
export type Blanks = {
  /** What is left of the image's name. */
  readonly base: string;
  /** No `ARG` before the first `FROM` declares them: they stay empty whatever is given. */
  readonly undeclared: readonly string[];
  /** Declared without a default, and not given. */
  readonly withoutValue: readonly string[];
};

/** An instruction that changes what a later one, or the container, finds. */
export type StageStep =
  | { readonly kind: 'copy'; readonly copy: Copy }
  | { readonly kind: 'run'; readonly command: Command }
  | { readonly kind: 'cmd'; readonly command: Command }
  | { readonly kind: 'entrypoint'; readonly command: Command }
  | { readonly kind: 'workdir'; readonly path: string; readonly unresolved: boolean }
  /** `SHELL`: from here on, shell forms are read by another shell. */
  | { readonly kind: 'shell' };

/** What RUN, CMD or ENTRYPOINT start. */
export type Command = {
  readonly form: 'exec' | 'shell';
  /** The exec form's strings; the shell form's text as the one word. */
  readonly words: readonly CommandWord[];
  /** The simple commands of a shell form, in order; undefined where it holds more than a plain list of them. */
  readonly commands?: readonly SimpleCommand[];
  readonly range: Range;
};

export type CommandWord = {
  /** Without quotes. */
  readonly text: string;
  readonly range: Range;
  /** False where a variable or a wildcard is left in it. */
  readonly literal: boolean;
};

export type SimpleCommand = {
  /** Never empty; assignments before the command and redirections are left out. */
  readonly words: readonly CommandWord[];
  /** Whether the whole list fails where this one does. */
  readonly decides: boolean;
};

export type Copy = {
  readonly instruction: 'COPY' | 'ADD';
  /** Sources only: flags, destination and heredocs left out. Remote sources of ADD (URLs, git) are left out too. */
  readonly sources: readonly CopySource[];
  readonly destination: string;
  /** The destination as written; in the JSON form without quotes. */
  readonly destinationRange: Range;
  /** A variable without a known value is left in the destination. */
  readonly destinationUnresolved: boolean;
  /** Names of its flags, `from` and `chmod` among them. */
  readonly flags: readonly string[];
  /** It also writes what no source names: a heredoc, a URL. */
  readonly more: boolean;
  /** `--from=`: a stage's name or number, an image or a named context; undefined for the build context. */
  readonly from?: string;
  /** Set where `from` is an earlier stage. */
  readonly fromStage?: number;
  readonly range: Range;
};

export type CopySource = {
  /** After variables with a known value. */
  readonly path: string;
  /** As written, with quotes; in the JSON form without them. */
  readonly range: Range;
  /** A variable without a known value is left in it, or its wildcards follow other rules: cannot be judged. */
  readonly unresolved: boolean;
};

/** One `RUN --mount=...`. */
export type Mount = {
  /** `bind` where none is written. */
  readonly type: string;
  /** `from=`: a stage's name, an image or a named context; undefined for the build context (of a bind). */
  readonly from?: string;
  /** Set where `from` is an earlier stage. */
  readonly fromStage?: number;
  /** `source=`; its range is that of the whole flag. */
  readonly source?: CopySource;
  /** `id=` of a secret or an SSH agent; for a secret without one, the last part of its target. */
  readonly id?: string;
  /** `required`: the build fails where it is not given. */
  readonly required: boolean;
  readonly range: Range;
};
