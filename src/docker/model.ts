/** What is known of Docker engines on this machine. */

/** An address that an engine may answer at, and how we came to know it. */
export type Endpoint = {
  /** `unix:///var/run/docker.sock`, `npipe:////./pipe/docker_engine`, `tcp://…`, `ssh://…`. */
  readonly host: string;
  /** Why it is considered, in words: `DOCKER_HOST`, `context "colima"`, `the default socket`. */
  readonly from: string;
  /** The docker context that stands for it, if any; what `docker context use` takes. */
  readonly context?: string;
  /** The provider that owns it, where that is known from its address or its context. */
  readonly provider?: ProviderId;
  /** Present where the connection is to use TLS (a `tcp://` address only). */
  readonly tls?: EndpointTls;
};

/** Where TLS material lies; the files are read when the endpoint is asked, so that no key is carried about. */
export type EndpointTls = {
  /** Absolute paths; one that is absent is left out, except `ca`, which Docker insists on where it is named. */
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  /** False where the server's certificate is taken as it comes (`SkipTLSVerify`, `DOCKER_TLS`). */
  readonly verify: boolean;
  /** What asked for TLS: `DOCKER_TLS_VERIFY`, `context "staging"`. */
  readonly from: string;
};

export type ProviderId =
  | 'docker-desktop'
  | 'docker-engine'
  | 'docker-rootless'
  | 'colima'
  | 'orbstack'
  | 'rancher-desktop'
  | 'podman'
  | 'lima';

/** What asking an endpoint for a ping gave. */
export type Ping =
  | {
      readonly answer: 'up';
      readonly apiVersion: string;
      readonly serverVersion?: string;
      readonly os?: string;
      /** What the engine calls itself: `Docker Engine - Community`, `Docker Desktop 4.40.0`, `Podman Engine`. */
      readonly product?: string;
    }
  | {
      readonly answer: 'down';
      /** The look-alikes, told apart by the errno or the answer. */
      readonly why:
        | 'missing' // ENOENT: no socket
        | 'refused' // ECONNREFUSED: nobody listens
        | 'denied' // EACCES
        | 'not-a-socket'
        | 'timeout'
        | 'unknown-host'
        | 'bad-answer'
        | 'unsupported' // ssh:// and the like, which we do not ask ourselves
        | 'failed';
      /** What was seen, ends a sentence: `ENOENT: /var/run/docker.sock does not exist`. */
      readonly seen: string;
    };

export type AskedEndpoint = Endpoint & { readonly ping: Ping };

export type EngineEndpoints = {
  /** The one that the docker CLI would use. */
  readonly chosen: AskedEndpoint;
  /** Where the choice itself is at fault: an unknown context, a DOCKER_HOST that is no address. */
  readonly fault?: {
    readonly kind: 'context-unknown' | 'host-malformed' | 'config-unreadable';
    readonly message: string;
  };
  readonly others: readonly AskedEndpoint[];
  /** Providers that are installed here, with the command that would start each. */
  readonly startable: readonly Provider[];
};

export type Provider = {
  readonly id: ProviderId;
  readonly name: string;
  /** How we know that it is installed: `/usr/bin/colima`, `systemd unit docker.service`. */
  readonly seen: string;
  /** The command that starts it; argv, never a shell string. */
  readonly start: readonly string[];
  readonly stop?: readonly string[];
  /** The endpoint that answers once it runs. */
  readonly host: string;
  /** True where starting needs rights that this process does not have. */
  readonly needsPrivilege: boolean;
};

export type LocalImages = {
  /** Whether the engine holds an image by this reference, as Docker would resolve it. */
  has(reference: string): boolean;
  /** `linux/amd64`: what containers run as. */
  readonly platform?: string;
};

/** What the docker CLI's compose plugin says of a project. */
export type ComposeVerdict =
  | { readonly answer: 'accepts' }
  /** `said` is its own words, without warnings; values of variables may be in it. */
  | { readonly answer: 'refuses'; readonly said: string }
  /** There is no such program here. */
  | { readonly answer: 'absent'; readonly because: string }
  /** It came to no verdict. */
  | { readonly answer: 'none'; readonly because: string };
