/** A Dockerfile as far as rules ask: its stages, and what each takes from the build context. */

export type DockerfileModel = {
  /** Faults that keep BuildKit from reading it (`no FROM`, unknown instruction); empty where it parses. */
  readonly faults: readonly DockerfileFault[];
  readonly stages: readonly Stage[];
  /** `ARG` before the first `FROM`, with its value: the build argument, else the default, else undefined. */
  readonly globalArgs: ReadonlyMap<string, string | undefined>;
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
  /** `COPY` and `ADD`, in order; those of the base stage's `ONBUILD` come first, since they run here. */
  readonly copies: readonly Copy[];
  /** `RUN --mount`, in order. */
  readonly mounts: readonly Mount[];
  /** Stages that `COPY --from` and `RUN --mount=from=` need, besides the base; sorted, each once. */
  readonly stagesUsed: readonly number[];
  /** What else they name: an image or a named context, in order, each once. Without `scratch`. */
  readonly imagesUsed: readonly string[];
};

export type Copy = {
  readonly instruction: 'COPY' | 'ADD';
  /** Sources only: flags, destination and heredocs left out. Remote sources of ADD (URLs, git) are left out too. */
  readonly sources: readonly CopySource[];
  readonly destination: string;
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
  readonly range: Range;
};
