/**
 * What dockmedic knows of a compose project: the resolved values, each with the place it was written at.
 *
 * The model is made in the order of Compose itself: parse each file, interpolate, resolve `extends` and `include`,
 * merge the files over each other, then read the typed parts that rules ask for. A fault on the way becomes a
 * `LoadProblem`; it never stops the other services or the other files.
 */
import type { FilePath, Place } from '../source.ts';
import type { Variables } from './interpolate.ts';

/** A node of a compose file after anchors, merge keys and interpolation, and after merging over other files. */
export type Node = ScalarNode | ListNode | MapNode;

export type ScalarNode = {
  readonly kind: 'scalar';
  /** The value by the YAML 1.2 core schema, after interpolation (an interpolated scalar is a string). */
  readonly value: string | number | boolean | null;
  /** The value as text, as Compose would pass it on: `''` for null. */
  readonly text: string;
  /** The whole scalar as written, quotes included. For an alias, the place of the anchored node. */
  readonly at: Place;
  readonly style: 'plain' | 'single' | 'double' | 'block';
  /** Written plain, with a `!!str` that makes it a text whatever it looks like. */
  readonly tagged?: boolean;
  /** What interpolation made of it, in order; undefined where nothing was interpolated. */
  readonly parts?: readonly InterpolationPart[];
  /** The directory against which a relative path in this value is resolved. */
  readonly base: FilePath;
  readonly merge?: MergeTag;
};

/** `!reset` and `!override`: how this value is merged over an earlier file (Compose Specification, Merge). */
export type MergeTag = 'reset' | 'override';

/** A run of a scalar: literal text, or what a variable became. `at` is its place in the file. */
export type InterpolationPart =
  | { readonly kind: 'literal'; readonly text: string; readonly at: Place }
  | {
      readonly kind: 'variable';
      readonly name: string;
      /** What it became. Never printed: it may be a secret. */
      readonly text: string;
      readonly from: 'environment' | 'env-file' | 'default' | 'unset';
      readonly at: Place;
      /** Where an env file gives the value. */
      readonly origin?: Place;
    };

export type ListNode = {
  readonly kind: 'list';
  readonly items: readonly Node[];
  readonly at: Place;
  readonly merge?: MergeTag;
};

export type MapNode = {
  readonly kind: 'map';
  readonly entries: ReadonlyMap<string, MapEntry>;
  readonly at: Place;
  readonly merge?: MergeTag;
  /** `NAME: value` that Compose turned into `NAME=value` while it merged this with another. */
  readonly listed?: true;
};

export type MapEntry = { readonly key: Place; readonly value: Node };

/** A compose project as one `docker compose` call with these files would see it. */
export type Project = {
  /** The files that define it, root-relative, joined by `+`: `compose.yaml`, `compose.yaml+compose.test.yaml`. */
  readonly id: string;
  /** The project name that Compose would give it (top-level `name:`, COMPOSE_PROJECT_NAME, the directory). */
  readonly name: string;
  /** Why Compose takes no such name, where that is so. */
  readonly nameFault?: NameFault;
  /** The project directory: what relative paths of the main files are resolved against. */
  readonly directory: FilePath;
  /** The files given to Compose, in order (`-f` each). */
  readonly files: readonly FilePath[];
  /** Files pulled in by `include` and `extends`. */
  readonly alsoRead: readonly FilePath[];
  /** The paths of `include` and `extends` that led to them. */
  readonly pulledIn: readonly PathRef[];
  /** How these files came to be one project, in words: `compose.yaml, with its override file`. */
  readonly taken: string;
  /** The whole merged document. */
  readonly document: MapNode;
  readonly services: ReadonlyMap<string, Service>;
  /** Top-level `secrets` and `configs` that name a `file`. */
  readonly secrets: ReadonlyMap<string, FileResource>;
  readonly configs: ReadonlyMap<string, FileResource>;
  readonly problems: readonly LoadProblem[];
  /** What its files were interpolated with. Values are never printed. */
  readonly variables: Variables;
  /** What `include` and `extends` would fetch from elsewhere: not read here, so services may be missing. */
  readonly remote?: readonly ScalarNode[];
  /** The names of the variables that its env files set; their values are nobody's business. */
  readonly envFileNames: readonly string[];
};

/** A project name that Compose refuses. */
export type NameFault = {
  /** `given` names have to be clean; of what is `written` in a file, or of the `directory`, nothing is left. */
  readonly kind: 'given' | 'written' | 'directory';
  /** Who gave it. */
  readonly by: '-p' | 'COMPOSE_PROJECT_NAME' | 'name' | 'directory';
  readonly text: string;
  /** Where a compose file or an env file gives it. */
  readonly at?: Place;
  readonly scalar?: ScalarNode;
};

export type Service = {
  readonly name: string;
  /** Where its name is written. */
  readonly at: Place;
  readonly image?: ScalarNode;
  readonly build?: Build;
  readonly platform?: ScalarNode;
  readonly pullPolicy?: ScalarNode;
  readonly envFiles: readonly EnvFile[];
  readonly labelFiles: readonly PathRef[];
  readonly binds: readonly Bind[];
  /** Names of services that must be there first (`depends_on`, short or long form). */
  readonly dependsOn: readonly { readonly name: string; readonly at: Place; readonly required: boolean }[];
  readonly profiles: readonly string[];
  /** False where a profile that is not chosen keeps it from starting. It is checked all the same. */
  readonly active: boolean;
  /** The directory that its relative paths start at where it names none; its file's, where it is included. */
  readonly directory: FilePath;
  readonly node: MapNode;
};

/** A path written in a compose file. */
export type PathRef = {
  readonly scalar: ScalarNode;
  /** The path as written, after interpolation. */
  readonly written: string;
  /** What it stands for: root-relative, normalised (or absolute). `~` is expanded, as Compose does. */
  readonly path: FilePath;
};

export type Build = {
  /** Its context in the short form, the key `build` in the long one. */
  readonly at: Place;
  /** `build: ./dir`, `build.context`, or undefined for the default `.` of the long form. */
  readonly context?: PathRef;
  /** The build context directory; undefined where the context is remote (a git URL, an archive, `docker-image://`). */
  readonly contextDirectory?: FilePath;
  /** `build.dockerfile` as written; undefined for the default. */
  readonly dockerfile?: PathRef;
  /** The Dockerfile that will be read (the default `Dockerfile` included); undefined where inline or remote. */
  readonly dockerfilePath?: FilePath;
  readonly dockerfileInline?: ScalarNode;
  readonly target?: ScalarNode;
  readonly args: ReadonlyMap<string, ScalarNode | undefined>;
  /** `additional_contexts`: a name for `COPY --from`. */
  readonly additionalContexts: ReadonlyMap<string, ScalarNode>;
  readonly tags: readonly ScalarNode[];
  readonly platforms: readonly ScalarNode[];
  readonly node: MapNode | ScalarNode;
};

export type EnvFile = {
  readonly path: PathRef;
  /** `required: false` makes a missing file fine (Compose Specification, services › env_file). */
  readonly required: boolean;
};

export type Bind = {
  readonly source: PathRef;
  readonly target: string;
  readonly form: 'short' | 'long';
  readonly readOnly: boolean;
  /** Long form: `bind.create_host_path`, true unless said otherwise. The short form always creates. */
  readonly createHostPath: boolean;
};

export type FileResource = { readonly name: string; readonly at: Place; readonly file: PathRef };

/** Something that kept a file from being read whole. Rules of the compose layer report these. */
export type LoadProblem =
  | {
      readonly kind: 'invalid-yaml';
      readonly file: FilePath;
      readonly at?: Place;
      /** What is wrong, a sentence without location: `a mapping value is not allowed here`. */
      readonly message: string;
    }
  | {
      readonly kind: 'duplicate-key';
      readonly at: Place;
      readonly key: string;
      readonly first: Place;
      /** The dotted path of the mapping it stands in: `services.api`. */
      readonly inside: string;
    }
  | {
      /** `*name` where no anchor before it has that name. */
      readonly kind: 'undefined-alias';
      readonly at: Place;
      readonly name: string;
      /** The anchors before it in the same document. */
      readonly known: readonly string[];
    }
  | {
      readonly kind: 'two-merge-keys';
      /** The keys `<<` of one mapping, and what each of them takes in. */
      readonly keys: readonly Place[];
      readonly values: readonly Place[];
      /** The dotted path of the mapping. */
      readonly inside: string;
      /** What more than one of them brings, with different values: there the order counts. */
      readonly contested: readonly string[];
    }
  | {
      readonly kind: 'conflict-markers';
      readonly file: FilePath;
      /** The marks of each conflict. */
      readonly conflicts: readonly (readonly Place[])[];
    }
  | { readonly kind: 'include-not-found'; readonly path: PathRef }
  | {
      readonly kind: 'extends-not-found';
      readonly service: string;
      /** The file named, if any; undefined where the service is sought in the same file. */
      readonly path?: PathRef;
      /** Set where the file is there and the service in it is not. */
      readonly missingService?: {
        readonly name: string;
        readonly at: Place;
        readonly known: readonly string[];
      };
    }
  | {
      readonly kind: 'cycle';
      readonly what: 'include' | 'extends';
      readonly at: Place;
      readonly chain: readonly string[];
    }
  | { readonly kind: 'interpolation'; readonly at: Place; readonly message: string }
  /** A fault of a `.env` file, or of one that an include names; `unread` where it could not be read at all. */
  | {
      readonly kind: 'env-file';
      readonly at: Place;
      readonly message: string;
      readonly unread?: 'denied' | 'binary' | 'other';
    }
  | {
      /**
       * A value that Compose refuses: of the wrong kind (`image: [a]`), no duration where one is expected, or another
       * shape that it does not take: a key that is no string, a service that an include defines a second time.
       */
      readonly kind: 'wrong-type';
      readonly at: Place;
      readonly message: string;
      /** New texts for places of the file that would put it right, as far as the specification goes. */
      readonly repairs?: readonly { readonly at: Place; readonly text: string }[];
      /** The list or the mapping is of the wrong kind altogether: what stands in it is of no interest yet. */
      readonly whole?: true;
      /** Compose itself, where nothing else is said. */
      readonly refusedBy?: 'engine';
    }
  | {
      /** A key that Compose does not know in the mapping it stands in. */
      readonly kind: 'unknown-key';
      readonly at: Place;
      readonly key: string;
      /** The mapping it stands in, in words: "in `build` of `api`". */
      readonly inside: string;
      /** The one known key that it is but for a slip, and under which its value would be right. */
      readonly rename?: string;
      /** A known key that is near enough to be named. */
      readonly meant?: string;
      /** Where it would be known, as the end of a sentence. */
      readonly belongs?: string;
      /** Compose passes over it instead of refusing the file. */
      readonly ignored?: boolean;
    };
