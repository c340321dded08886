/** Every command, argument and option as data: what is typed is read by it (`parse.ts`), and the help is made of it. */
import { SEVERITIES } from '../rule.ts';

export type Option = {
  /** One letter that stands for it, after one dash. */
  readonly short?: string;
  /** What its value is called in the help; an option without has no value. */
  readonly takes?: string;
  readonly choices?: readonly string[];
  readonly default?: string;
  /** It may be given several times; `listed`: each value may itself be several, between commas. */
  readonly many?: 'repeated' | 'listed';
  /** What it does; an option without can only be switched off. */
  readonly says?: string;
  /** What it does with `--no-` before its name; an option without cannot be switched off. */
  readonly without?: string;
};

export type Command = {
  readonly says: string;
  /** The one argument that it takes; one without a default has to be given. */
  readonly argument?: { readonly name: string; readonly says: string; readonly default?: string };
  /** By name, in camel case. An option takes a value in every command that has it, or in none. */
  readonly options: Readonly<Record<string, Option>>;
  readonly status?: string;
};

const DIRECTORY = { name: 'dir', says: 'the directory to look at', default: '.' } as const;
const COLOR = { says: 'colour even where it would not be used', without: 'no colour' } as const;
const ENV_FILE = {
  takes: 'file',
  many: 'repeated',
  says: 'take variables from this file instead of .env; may be repeated',
} as const;
const PROFILE = { takes: 'name', many: 'repeated', says: 'a profile to switch on; may be repeated' } as const;

const TEXT_OR_JSON = ['text', 'json'] as const;
const PRINTED = { takes: 'format', choices: TEXT_OR_JSON, default: 'text', says: 'how to print it' } as const;

/** What runs where no command is named. Its own name cannot be typed: that would be a directory. */
export const UNNAMED = 'diagnose';

export const COMMANDS = {
  diagnose: {
    says: 'Finds out why a Docker stack does not come up, and repairs what it can prove it repaired.',
    argument: DIRECTORY,
    options: {
      file: {
        short: 'f',
        takes: 'file',
        many: 'repeated',
        says: 'a compose file to take, as `docker compose -f`; may be repeated',
      },
      projectDirectory: { takes: 'dir', says: 'what relative paths are resolved against, as in Compose' },
      envFile: ENV_FILE,
      profile: PROFILE,
      fix: { says: 'apply the safe fixes, check each, and report what remains' },
      unsafe: { says: 'with --fix: the unsafe ones too, after asking' },
      yes: { short: 'y', says: 'with --unsafe: do not ask' },
      dryRun: {
        says: 'print what --fix would change as a diff that `git apply` takes, and change nothing',
      },
      only: {
        takes: 'rules',
        many: 'listed',
        says: 'run only these rules or layers (compose, compose/dockerfile-not-found)',
      },
      skip: { takes: 'rules', many: 'listed', says: 'leave these rules or layers out' },
      failOn: {
        takes: 'severity',
        choices: [...SEVERITIES, 'never'],
        default: 'error',
        says: 'exit with 1 from this severity on',
      },
      offline: { says: 'ask no registry' },
      engine: { without: 'ask no Docker engine, and not the docker CLI' },
      timeout: {
        takes: 'seconds',
        default: '10',
        says: 'for everything that is asked of engines and registries together',
      },
      format: {
        takes: 'format',
        choices: TEXT_OR_JSON,
        says: 'how to report (default: the screen on a terminal, else text)',
      },
      verbose: { says: 'list every place of a fault' },
      color: COLOR,
    },
    status: '0 nothing wrong, 1 findings, 2 not run as asked, 3 something could not be checked.',
  },
  explain: {
    says: 'say what a rule looks for, why it matters and when to ignore it',
    argument: { name: 'rule', says: 'compose/dockerfile-not-found' },
    options: {},
  },
  rules: {
    says: 'list the rules',
    options: { format: { ...PRINTED, says: 'how to list them' } },
  },
  config: {
    says: 'print what Compose makes of the files, and where each value comes from',
    argument: DIRECTORY,
    options: {
      file: { short: 'f', takes: 'file', many: 'repeated', says: 'a compose file to take; may be repeated' },
      projectDirectory: { takes: 'dir', says: 'what relative paths are resolved against' },
      envFile: ENV_FILE,
      profile: PROFILE,
      values: { says: 'print the values of environment variables, which may be secret' },
      format: PRINTED,
    },
  },
  engine: {
    says: 'say which engine docker asks, what answers there, and why every other endpoint lost',
    options: {
      timeout: { takes: 'seconds', default: '5', says: 'for each endpoint; all are asked at once' },
      format: PRINTED,
      color: COLOR,
    },
  },
  image: {
    says: 'follow one image reference as Docker would: registry, way, login, every answer, the verdict',
    argument: { name: 'reference', says: 'alpine:3.22, ghcr.io/acme/api@sha256:…' },
    options: {
      platform: { takes: 'platform', says: 'os/architecture[/variant] that is wanted' },
      engine: { without: 'ask no Docker engine' },
      timeout: { takes: 'seconds', default: '10', says: 'for everything that is asked together' },
      format: PRINTED,
      color: COLOR,
    },
    status:
      '0 it exists, 1 Docker cannot pull it as things stand, 2 not run as asked, 3 it could not be told.',
  },
  undo: {
    says: 'take back what the last --fix changed',
    argument: { name: 'dir', says: 'the directory that was fixed', default: '.' },
    options: {},
  },
} as const satisfies Record<string, Command>;

export type CommandName = keyof typeof COMMANDS;

/** One way in which an option can be typed. */
export type Spelling = {
  /** Without the dashes before it. */
  readonly long: string;
  readonly short?: string | undefined;
  readonly says: string;
  /** What giving it means where it takes no value. */
  readonly sets: boolean;
  readonly key: string;
  readonly option: Option;
};

/** The options of a command as they are typed: `dryRun` is `--dry-run`, and what can be switched off has a `--no-`. */
export function spellingsOf(command: Command): Spelling[] {
  const spellings: Spelling[] = [];
  for (const [key, option] of Object.entries(command.options)) {
    const { short, says, without } = option;
    const long = key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    if (says !== undefined) spellings.push({ long, short, says, sets: true, key, option });
    if (without !== undefined)
      spellings.push({ long: `no-${long}`, says: without, sets: false, key, option });
  }
  return spellings;
}

/** How a command is called, as a person types it. */
export function callOf(name: CommandName): string {
  return name === UNNAMED ? 'dockmedic' : `dockmedic ${name}`;
}

type ValueOf<O> = O extends { many: string }
  ? readonly string[]
  : O extends { choices: readonly (infer Choice)[] }
    ? Choice
    : O extends { takes: string }
      ? string
      : O extends { without: string }
        ? boolean
        : true;

/** Whether an option has a value without being given: its default, or what `--no-` takes away. */
type IsAlwaysSet<O> = O extends { default: string } ? true : O extends { says: string } ? false : true;

type ValuesOf<T> = {
  readonly [K in keyof T as IsAlwaysSet<T[K]> extends true ? K : never]: ValueOf<T[K]>;
} & { readonly [K in keyof T as IsAlwaysSet<T[K]> extends true ? never : K]?: ValueOf<T[K]> };

/** What a command is told: the options that were given, and those that have a value without. */
export type OptionsOf<N extends CommandName> = ValuesOf<(typeof COMMANDS)[N]['options']>;

export type ArgumentOf<N extends CommandName> = (typeof COMMANDS)[N] extends { argument: object }
  ? string
  : undefined;
