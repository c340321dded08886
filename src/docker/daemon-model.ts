/** What is seen of a daemon of this machine that does not answer, and what may be said of it. */

export type DaemonSeen = {
  /** Where it would answer. */
  readonly host: string;
  /** Its program, where that is known. */
  readonly program?: string;
  readonly config: {
    /** Absolute. */
    readonly file: string;
    /** Undefined where there is none, or where this user may not read it. */
    readonly text?: string;
  };
  /** The unit of systemd that starts it, with the options that it gives. */
  readonly unit?: { readonly file: string; readonly flags: readonly string[] };
  /** What `dockerd --validate` says of the file and those options; undefined where it was not or could not be asked. */
  readonly validation?: string;
  /** The last lines of its log, and where they come from. */
  readonly log?: { readonly from: string; readonly text: string };
};

export type DaemonVerdict = ConfigVerdict | StartVerdict;

export type ConfigVerdict = {
  readonly verdict:
    | 'config-no-json'
    | 'config-wrong-type'
    | 'config-unknown-option'
    | 'config-given-twice'
    | 'config-refused';
  readonly file: string;
  /** What is at fault, as the end of the sentence "daemon.json …"; without values that may be secret. */
  readonly fault: string;
  /** Offsets of what is at fault. */
  readonly at?: { readonly start: number; readonly end: number };
  readonly unit?: string;
};

export type StartVerdict = {
  readonly verdict:
    | 'already-running'
    | 'listener'
    | 'iptables'
    | 'cgroup'
    | 'storage-driver'
    | 'containerd'
    | 'runtime'
    | 'disk-full'
    | 'read-only'
    | 'fd-limit'
    | 'data-root'
    | 'not-root'
    | 'rootless'
    | 'unknown-reason';
  /** Its own words, on one line. */
  readonly said: string;
  readonly from: string;
};
