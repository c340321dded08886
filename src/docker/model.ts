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
        | 'tls' // the two sides do not agree on TLS
        | 'ssh' // the way to the engine leads over ssh, and it ends before the engine
        | 'unsupported' // an engine of another machine, which is not asked merely to look around
        | 'failed';
      /** What was seen, ends a sentence: `ENOENT: /var/run/docker.sock does not exist`. */
      readonly seen: string;
      /** What the verdict rests on beyond that. */
      readonly detail?: DownDetail;
    };

/** The data of an endpoint that is down, by what was looked at. */
export type DownDetail =
  | AccessDetail
  | {
      readonly kind: 'missing';
      /** Where the path is a link: where that leads. */
      readonly link?: string;
    }
  | { readonly kind: 'in-its-place'; readonly found: 'directory' | 'file' | 'other' }
  | {
      readonly kind: 'silence';
      /** Whether a connection stood when the time was up. */
      readonly connected: boolean;
      /** The process that listens on the socket, where this user may see it. */
      readonly holder?: SocketHolder;
    }
  | {
      readonly kind: 'answer';
      /** The HTTP status; left out where it is no HTTP. */
      readonly status?: number;
      /** Whether it has the `Api-Version` header that every engine sends. */
      readonly ofEngine: boolean;
      /** Present where the connection was closed instead. */
      readonly closed?: true;
      /** The start of what it says, on one line. */
      readonly text?: string;
      /** The `Server` header: what a web server calls itself. */
      readonly server?: string;
    }
  | { readonly kind: 'tls'; readonly fault: TlsFault; readonly about?: string }
  | { readonly kind: 'ssh'; readonly fault: SshFault; readonly target: string };

/** Why this user may not use a socket. */
export type AccessDetail = {
  readonly kind: 'access';
  readonly path: string;
  /** Whether it is the socket that is closed to this user, or a directory on the way to it. */
  readonly at: 'socket' | 'directory' | 'pipe';
  /** Of the socket. */
  readonly owner?: { readonly uid: number; readonly gid: number; readonly mode: number };
  /** The group that owns the socket and what this user is to it; left out where the socket is closed to its group, too. */
  readonly group?: {
    readonly gid: number;
    /** Left out where no group of this machine has the number. */
    readonly name?: string;
    /** `listed`: in the group file, and not in this session, which began before. */
    readonly membership: 'none' | 'listed' | 'in-session';
  };
  /** This user's name, where it is known. */
  readonly user?: string;
};

/** A process that has a socket open. */
export type SocketHolder = {
  readonly pid: number;
  readonly name: string;
  /** As the kernel says: `T` stopped by a signal, `D` waiting for a disk and deaf to signals. */
  readonly state: string;
};

export type TlsFault =
  | 'material-missing'
  | 'material-unreadable'
  | 'material-unusable'
  | 'server-expired'
  | 'server-not-yet-valid'
  | 'unknown-authority'
  | 'wrong-name'
  | 'client-certificate-wanted'
  | 'client-certificate-expired'
  | 'client-certificate-refused'
  | 'server-wants-tls'
  | 'server-is-plain'
  | 'failed';

export type SshFault =
  | 'ssh-missing'
  | 'host-unknown'
  | 'refused'
  | 'unreachable'
  | 'host-key-unknown'
  | 'host-key-changed'
  | 'key-refused'
  /** The server takes the key or a password, and ssh would have to ask the person for it. */
  | 'would-ask'
  | 'docker-missing'
  | 'docker-too-old'
  | 'engine-denied'
  | 'engine-down'
  | 'failed';

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
  /** What else a verdict rests on; without it, nothing of the machine is known. */
  readonly surroundings?: EngineSurroundings;
};

/** What of this machine tells look-alikes apart. */
export type EngineSurroundings = {
  /** As of `process.platform`. */
  readonly platform: string;
  /** Whether systemd is the init of this Linux; left out elsewhere. */
  readonly systemd?: boolean;
  /** Whether this runs in a container itself. */
  readonly container?: boolean;
  /** `/usr/bin/dockerd`: an engine that no service manager starts. */
  readonly dockerd?: string;
  /** Whether `sudo` is there. */
  readonly sudo?: boolean;
  /** Below Windows: which distribution this is, and how far Docker Desktop reaches into it. */
  readonly wsl?: {
    readonly distribution?: string;
    /** `running`: its own distribution shares files with this one. */
    readonly desktop: 'absent' | 'installed' | 'running';
    /** Whether the docker CLI of this distribution is the one that Docker Desktop puts there. */
    readonly integrated: boolean;
  };
  readonly desktop?: DesktopState;
  /** The variable that made the choice. */
  readonly variable?: ChoosingVariable;
};

export type DesktopState = {
  /** What `docker desktop status` says: `running`, `starting`, `stopped`, `paused`. */
  readonly status?: string;
  /** Organisations that it wants a sign-in of, and the file that says so. */
  readonly signIn?: { readonly organisations: readonly string[]; readonly file: string };
  /** The file of its settings, where that says that the terms are not accepted. */
  readonly termsOpen?: string;
};

export type ChoosingVariable = {
  readonly name: 'DOCKER_HOST' | 'DOCKER_CONTEXT';
  /** Files that set it for good: `/home/ana/.bashrc:12`. */
  readonly setAt: readonly string[];
  /** The endpoint that docker would ask without it. */
  readonly without?: AskedEndpoint;
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
  /** The platform of an image that it holds, which need not be its own; undefined where it does not say. */
  platformOf?(reference: string): Promise<string | undefined>;
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
