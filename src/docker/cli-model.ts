/** What is seen of the docker CLI and its plugins, and what may be said of it. */

/** Why a program that is there cannot be run; `seen` ends the sentence "the file …". */
export type Broken = {
  readonly why:
    | 'not-executable' // no permission to run it
    | 'wrong-architecture' // a program for another processor
    | 'no-program' // a file that no system runs
    | 'no-interpreter' // what its first line or its header names is not there
    | 'a-directory'
    | 'failed' // it runs, and is not what it should be
    | 'timeout';
  readonly seen: string;
};

/** A plugin as the CLI finds it: the first file of its name counts, also where a later one would work. */
export type PluginSeen =
  | { readonly state: 'works'; readonly path: string; readonly version: string }
  | { readonly state: 'missing'; readonly dangling: readonly DanglingLink[] }
  | ({ readonly state: 'broken'; readonly path: string; readonly behind?: string } & Broken);

export type DanglingLink = { readonly path: string; readonly target: string };

export type CliSeen = {
  /** Every `docker` on PATH, in its order, with where a link leads; the first is the one that runs. */
  readonly onPath: readonly { readonly path: string; readonly real?: string }[];
  /** Links called `docker` on PATH that lead nowhere. */
  readonly dangling: readonly DanglingLink[];
  /** A docker that is installed where PATH does not look. */
  readonly offPath?: string;
  /** `docker.exe` of Windows, seen from WSL. */
  readonly windowsPath?: string;
  /** What the first one is. */
  readonly client?:
    | { readonly kind: 'docker'; readonly version?: string; readonly apiVersion?: string }
    /** It did not say who it is; ends the sentence "the docker CLI …". */
    | { readonly kind: 'silent'; readonly seen: string }
    | { readonly kind: 'podman' }
    | ({ readonly kind: 'broken' } & Broken);
  /** Plugins, where the CLI is Docker's own. */
  readonly compose?: PluginSeen;
  readonly buildx?: PluginSeen;
  /** Where the CLI looks for plugins, in its order. */
  readonly pluginDirectories: readonly string[];
  /** The directory of this user's own plugins. */
  readonly ownPlugins: string;
  /** The program `docker-compose` on PATH; looked at only where the plugin does not work. */
  readonly standalone?: { readonly path: string; readonly version?: string };
  /** `DOCKER_API_VERSION`, where it is set; without a version where its value is none. */
  readonly pinned?: { readonly version?: string };
  /** `DOCKER_BUILDKIT` or `COMPOSE_BAKE` keeps Compose from handing builds to buildx. */
  readonly buildsWithout: boolean;
  /** By `/etc/os-release`, or the platform: which package manager has Docker's parts. */
  readonly system: 'debian' | 'fedora' | 'arch' | 'alpine' | 'macos' | 'windows' | 'other';
  readonly wsl: boolean;
  /** This process runs in a container: a CLI need not be where the stack is only looked at. */
  readonly container: boolean;
};

/** The versions of the API that an engine speaks. */
export type ApiRange = { readonly min?: string; readonly max: string };

export type CliVerdict =
  | { readonly verdict: 'cli-missing' }
  | { readonly verdict: 'cli-broken'; readonly path: string; readonly broken: Broken }
  | { readonly verdict: 'cli-is-podman'; readonly path: string }
  | { readonly verdict: 'compose-missing'; readonly dangling: readonly DanglingLink[] }
  | { readonly verdict: 'compose-broken'; readonly plugin: Extract<PluginSeen, { state: 'broken' }> }
  | { readonly verdict: 'compose-standalone'; readonly path: string; readonly version: string }
  | { readonly verdict: 'compose-v1'; readonly path: string; readonly version: string }
  | {
      readonly verdict: 'buildx-missing';
      readonly dangling: readonly DanglingLink[];
      readonly compose: string;
    }
  | {
      readonly verdict: 'buildx-broken';
      readonly plugin: Extract<PluginSeen, { state: 'broken' }>;
      readonly compose: string;
      /** Whether this Compose fails over it. */
      readonly stops: boolean;
    }
  | {
      readonly verdict: 'buildx-too-old';
      readonly path: string;
      readonly version: string;
      readonly compose: string;
    }
  | { readonly verdict: 'client-too-old'; readonly version: string; readonly range: ApiRange }
  | { readonly verdict: 'pin-too-old'; readonly version: string; readonly range: ApiRange }
  | { readonly verdict: 'pin-too-new'; readonly version: string; readonly range: ApiRange }
  | { readonly verdict: 'pin-malformed' };
