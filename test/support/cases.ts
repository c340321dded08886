/** Opens a case of a rule in a directory of its own, looks at it, mends it. Real files, real git, real journal. */
import { existsSync } from 'node:fs';
import {
  chmod,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  truncate,
  writeFile,
} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { parse } from 'yaml';
import { loadProjects } from '../../src/compose/load.ts';
import { createFacts } from '../../src/create-facts.ts';
import { type Diagnosis, diagnose } from '../../src/diagnose.ts';
import type { CliSeen } from '../../src/docker/cli-model.ts';
import { withoutHelper } from '../../src/docker/config-edit.ts';
import type { DaemonSeen } from '../../src/docker/daemon-model.ts';
import { realDisk } from '../../src/docker/environment.ts';
import type { EngineSeen } from '../../src/docker/health-model.ts';
import type { ComposeVerdict, EngineEndpoints } from '../../src/docker/model.ts';
import { type BuildVerdict, type Facts, type Files, Unavailable } from '../../src/facts.ts';
import { planFixes, selectFixes } from '../../src/fix/plan.ts';
import { type Repair, repair } from '../../src/fix/repair.ts';
import { snapshotOf } from '../../src/fix/snapshot.ts';
import { undoLast } from '../../src/fix/undo.ts';
import type { ImageVerdict } from '../../src/registry/model.ts';
import type { Rule } from '../../src/rule.ts';
import { lineText, locate } from '../../src/source.ts';
import { openWorkspace, type Workspace } from '../../src/workspace/workspace.ts';
import type { Shown } from './proofs.ts';

/** `case.yaml`: how to look at a project, and the live facts that this case is about, as data. */
type Settings = {
  /** Environment variables of the person who runs dockmedic. */
  readonly environment?: Record<string, string>;
  /** A git history of two commits: the first with these directories and files under their old names. */
  readonly history?: {
    /** Old path to new path. */
    readonly renamed?: Record<string, string>;
    /** Files that the second commit removed, with their text. */
    readonly removed?: Record<string, string>;
  };
  /** Files made at run time: names or bytes that a checkout would not keep. */
  readonly make?: Record<
    string,
    {
      readonly hex?: string;
      readonly text?: string;
      readonly link?: string;
      readonly size?: number;
      readonly executable?: boolean;
    }
  >;
  /** What asking for engines gives; without it, no engine is asked (`--no-engine`). */
  readonly endpoints?: EngineEndpoints;
  /** The images that the engine holds; without it, no engine answers. */
  readonly held?: readonly string[];
  readonly platform?: string;
  /** The platforms of held images that are not the engine's own. */
  readonly heldPlatforms?: Record<string, string>;
  /** Docker's configuration names a credential helper that is not there; it lies in `.docker/config.json` of the project. */
  readonly missingHelper?: string;
  /** What BuildKit says of every Dockerfile; without it, it is not asked. */
  readonly buildVerdict?: BuildVerdict;
  /** The date of the run; without it, 2026-11-22. */
  readonly today?: string;
  /** Directories made at run time: empty ones, which a checkout would not keep. */
  readonly empty?: readonly string[];
  /** A disk as macOS and Windows have it: a name is found in any letter case. */
  readonly ignoresCase?: boolean;
  /** What registries say of images; an image that is asked for and is not listed is an error of the case. */
  readonly images?: Record<string, ImageVerdict>;
  /** What is seen of the docker CLI, over that of a machine where all is well; without it, it is not looked at. */
  readonly cli?: Partial<CliSeen>;
  /** What is seen of the engine, over that of one on this machine that is well; without it, none answers. */
  readonly engine?: Partial<EngineSeen>;
  /** What is seen of a daemon that does not start. */
  readonly daemon?: DaemonSeen;
  /** What the docker CLI says of each project; without it, there is none. */
  readonly compose?: ComposeVerdict;
  /** How the fault shows with the real Compose: see proofs.ts. */
  readonly real?: Shown;
};

export type Case = {
  readonly root: string;
  readonly settings: Settings;
  /** Every file below a directory (the project's root if none is named) with its bytes as latin1. */
  bytes(directory?: string): Promise<Map<string, string>>;
  undo(): Promise<void>;
  readonly stateDirectory: string;
};

const opened: string[] = [];

export async function openCase(place: string): Promise<Case> {
  const temporary = await realpath(await mkdtemp(path.join(os.tmpdir(), 'dockmedic-case-')));
  opened.push(temporary);
  const root = path.join(temporary, 'project');
  const stateDirectory = path.join(temporary, 'state');
  await mkdir(root);
  if (existsSync(path.join(place, 'project')))
    await cp(path.join(place, 'project'), root, { recursive: true });
  const file = path.join(place, 'case.yaml');
  const settings: Settings = existsSync(file) ? (parse(await readFile(file, 'utf8')) ?? {}) : {};
  for (const [name, { hex, text, link, size, executable }] of Object.entries(settings.make ?? {})) {
    await mkdir(path.dirname(path.join(root, name)), { recursive: true });
    if (link !== undefined)
      await import('node:fs/promises').then(({ symlink }) => symlink(link, path.join(root, name)));
    else if (size !== undefined) {
      // Holes: as large as it says, and nothing on the disk.
      await writeFile(path.join(root, name), '');
      await truncate(path.join(root, name), size);
    } else await writeFile(path.join(root, name), hex === undefined ? (text ?? '') : Buffer.from(hex, 'hex'));
    if (executable) await chmod(path.join(root, name), 0o755);
  }
  if (settings.history) await makeHistory(root, settings.history);
  for (const name of settings.empty ?? []) await mkdir(path.join(root, name), { recursive: true });
  return {
    root,
    settings,
    stateDirectory,
    bytes: (directory = root) => bytesBelow(directory),
    undo: async () => {
      const undone = await undoLast(root, stateDirectory, async () => ({ ok: true, output: '' }));
      if (undone.state !== 'restored') throw new Error(`undo: ${JSON.stringify(undone)}`);
    },
  };
}

/** Removes what `openCase` made. */
export async function disposeCases(): Promise<void> {
  await Promise.all(opened.splice(0).map((directory) => rm(directory, { recursive: true, force: true })));
}

/** Runs one rule over a case. */
export async function lookAt(opened: Case, rule: Rule): Promise<Diagnosis> {
  return diagnose([rule], factsOf(opened));
}

/** Runs all of these rules over a case, as a plain run would. */
export async function lookAtAll(opened: Case, rules: readonly Rule[]): Promise<Diagnosis> {
  return diagnose(rules, factsOf(opened));
}

/** Applies the safe fixes of one rule, or the unsafe ones too, with everything that guards them; `runs` their commands. */
export async function mend(
  opened: Case,
  rule: Rule,
  consent: { readonly unsafe: boolean; readonly runs?: boolean } = { unsafe: false },
): Promise<Repair<Diagnosis['findings'][number]>> {
  return repair({
    diagnose: async () => snapshotOf(await lookAt(opened, rule)),
    select: (findings) => selectFixes(findings, consent),
    root: opened.root,
    stateDirectory: opened.stateDirectory,
    version: '0.0.0',
    run: async (argv) => {
      const [program = 'true', ...args] = consent.runs ? argv : [];
      await execa(program, args, { cwd: opened.root });
      return { ok: true, output: '' };
    },
  });
}

/** What rules may ask of a case. */
export function factsOf({ root, settings }: Case): Facts {
  const environment = {
    env: { PATH: process.env.PATH, HOME: root, ...settings.environment },
    home: root,
    platform: 'linux',
    uid: 1000,
    disk: realDisk,
  };
  const real = openWorkspace(root, { files: [], envFiles: [], profiles: [] }, environment);
  const workspace = settings.ignoresCase ? onDiskWithoutCase(root, real, environment.env) : real;
  const facts = createFacts({
    ...workspace,
    root,
    environment,
    askEngine: false,
    askRegistries: false,
    timeoutMs: 5_000,
  });
  const { endpoints, held, platform, images, buildVerdict, compose, today = '2026-11-22' } = settings;
  const { heldPlatforms = {}, missingHelper } = settings;
  const { cli, engine, daemon } = settings;
  return {
    ...facts,
    today,
    ...(buildVerdict ? { buildVerdict: async () => buildVerdict } : {}),
    ...(endpoints ? { endpoints: async () => endpoints } : {}),
    ...(compose ? { composeVerdict: async () => compose } : {}),
    ...(cli ? { cli: async () => over(WELL.cli, cli) } : {}),
    ...(engine ? { engineHealth: async () => over(WELL.engine, engine) } : {}),
    ...(daemon ? { daemon: async () => daemon } : {}),
    localImages: async () => {
      if (!held)
        throw new Unavailable('blocked', 'no engine answers at unix:///var/run/docker.sock', 'engine');
      return {
        has: (reference) => held.includes(reference),
        platformOf: async (reference) => heldPlatforms[reference] ?? platform,
        ...(platform ? { platform } : {}),
      };
    },
    missingHelper: async () => {
      if (missingHelper === undefined) return undefined;
      const file = path.join(root, '.docker/config.json');
      const removal = withoutHelper(await readFile(file, 'utf8').catch(() => ''), missingHelper);
      return { program: `docker-credential-${missingHelper}`, file, ...(removal ? { removal } : {}) };
    },
    ...(images
      ? {
          image: async (reference: string) => {
            const verdict = images[reference];
            if (!verdict)
              throw new Error(`case.yaml does not say what the registry answers for ${reference}`);
            return verdict;
          },
        }
      : {}),
  };
}

/** One set of facts over another; null takes a fact away. */
function over<T extends object>(base: T, changes: Partial<T>): T {
  return Object.fromEntries(
    Object.entries({ ...base, ...changes }).filter(([, value]) => value !== null),
  ) as T;
}

/** A Linux machine on which nothing is wrong. */
const WELL: { readonly cli: CliSeen; readonly engine: EngineSeen } = {
  cli: {
    onPath: [{ path: '/usr/bin/docker' }],
    dangling: [],
    client: { kind: 'docker', version: '28.5.2', apiVersion: '1.51' },
    compose: {
      state: 'works',
      path: '/usr/libexec/docker/cli-plugins/docker-compose',
      version: '2.40.3',
    },
    buildx: { state: 'works', path: '/usr/libexec/docker/cli-plugins/docker-buildx', version: '0.29.1' },
    pluginDirectories: ['/home/ana/.docker/cli-plugins', '/usr/libexec/docker/cli-plugins'],
    ownPlugins: '/home/ana/.docker/cli-plugins',
    buildsWithout: false,
    system: 'debian',
    wsl: false,
    container: false,
  },
  engine: {
    host: 'unix:///var/run/docker.sock',
    api: { min: '1.24', max: '1.51' },
    version: '28.5.2',
    platform: 'linux/amd64',
    name: 'anas-laptop',
    kernel: '6.12.9-amd64',
    system: 'Debian GNU/Linux 13 (trixie)',
    dataRoot: '/var/lib/docker',
    storageDriver: 'overlay2',
    warnings: [],
    runtimes: ['io.containerd.runc.v2', 'runc'],
    defaultRuntime: 'runc',
    runcCommit: 'v1.3.0-0-g4ca628d1',
    clockAheadMs: 12,
    here: {
      name: 'anas-laptop',
      kernel: '6.12.9-amd64',
      platform: 'linux',
      container: false,
      home: '/home/ana',
      root: '/home/ana/shop',
    },
    disk: {
      path: '/var/lib/docker',
      freeBytes: 96_636_764_160,
      availableBytes: 91_268_055_040,
      inodes: { free: 14_000_000, total: 16_000_000 },
      readOnly: false,
    },
    emulated: [],
  },
};

/** The workspace as it would be seen on a disk that finds a name in any letter case. */
function onDiskWithoutCase(root: string, real: Workspace, environment: Record<string, string | undefined>) {
  const { files } = real;
  const found = (file: string): string =>
    file.split('/').reduce((parent, name) => {
      const names = files.list(parent === '' ? '.' : parent);
      const same = names.find((one) => one.toLowerCase() === name.toLowerCase());
      return path.posix.join(parent, names.includes(name) ? name : (same ?? name));
    }, '');
  const folding: Files = {
    ...files,
    stat: (file) => files.stat(found(file)),
    read: (file) => {
      const source = files.read(found(file));
      return 'text' in source ? { ...source, file } : source;
    },
    list: (directory) => files.list(found(directory)),
  };
  return { ...real, files: folding, projects: loadProjects({ files: folding, root, environment }).projects };
}

/** What was said, one block a finding, in words that a reader of the case can check. */
export function said(diagnosis: Diagnosis): string {
  const { facts } = diagnosis;
  const blocks = diagnosis.findings.map((finding) => {
    const lines = [`${finding.severity}: ${finding.message}`];
    const source = finding.at ? facts.files.read(finding.at.file) : undefined;
    if (finding.at && source && 'text' in source) {
      const { file, line, column, endLine, endColumn } = locate(source, finding.at);
      const text = lineText(source, line) ?? '';
      const end = endLine === line ? endColumn : text.length + 1;
      lines.push(
        `  at ${file}:${line}:${column}`,
        `     ${text}`,
        `     ${' '.repeat(column - 1)}${'^'.repeat(Math.max(1, end - column))}`,
      );
    }
    lines.push(`  on ${finding.subject}`);
    for (const seen of finding.evidence ?? []) lines.push(`  seen ${withoutCommits(seen)}`);
    if (finding.consequence) lines.push(`  so ${finding.consequence}`);
    if (finding.cause) lines.push(`  cause ${finding.cause.title}`);
    if (finding.advice) lines.push(`  do ${withoutCommits(finding.advice)}`);
    for (const fix of finding.fixes ?? []) {
      lines.push(`  fix (${fix.safety}) ${fix.title}${fix.caveat ? ` — ${fix.caveat}` : ''}`);
      const plan = planFixes(
        [{ finding: finding.id, fix }],
        facts.files.read,
        (file) => facts.files.stat(file) !== undefined,
        fix.steps.flatMap((step) =>
          step.kind === 'edit' && step.at.file.endsWith('.docker/config.json') ? [step.at.file] : [],
        ),
      );
      for (const refused of plan.refused) lines.push(`    refused: ${refused.reason}`);
      for (const step of fix.steps) if (step.kind === 'run') lines.push(`    run ${step.argv.join(' ')}`);
    }
    return lines.join('\n');
  });
  const open = diagnosis.leftOpen.map((one) => `not checked: ${one.subject}, because ${one.because}`);
  const ended = diagnosis.outcomes
    .filter(({ outcome }) => outcome === 'blocked')
    .map(({ outcome, reason }) => `${outcome}: ${reason}`);
  const all = [...blocks, ...open, ...ended];
  return all.length === 0 ? '' : `${all.join('\n')}\n`;
}

/** Commit ids differ with git's version and clock. */
function withoutCommits(text: string): string {
  return text.replace(/\b[0-9a-f]{7,12}\b/g, '<commit>');
}

async function bytesBelow(directory: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  if (!existsSync(directory)) return found;
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    const name = path.relative(directory, file).split(path.sep).join('/');
    if (entry.isFile() && !name.startsWith('.git/'))
      found.set(name, (await readFile(file)).toString('latin1'));
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

async function makeHistory(root: string, history: NonNullable<Settings['history']>): Promise<void> {
  const git = (...args: string[]) =>
    execa(
      'git',
      ['-c', 'core.hooksPath=/dev/null', '-c', 'commit.gpgSign=false', '-c', 'core.autocrlf=false', ...args],
      {
        cwd: root,
        env: {
          GIT_CONFIG_GLOBAL: '/dev/null',
          GIT_CONFIG_SYSTEM: '/dev/null',
          GIT_AUTHOR_NAME: 'A Developer',
          GIT_AUTHOR_EMAIL: 'developer@example.com',
          GIT_COMMITTER_NAME: 'A Developer',
          GIT_COMMITTER_EMAIL: 'developer@example.com',
          GIT_AUTHOR_DATE: '2026-11-10T12:00:00Z',
          GIT_COMMITTER_DATE: '2026-11-10T12:00:00Z',
        },
      },
    );
  const renamed = Object.entries(history.renamed ?? {});
  await git('init', '--quiet');
  for (const [from, to] of renamed) {
    await mkdir(path.dirname(path.join(root, from)), { recursive: true });
    await rename(path.join(root, to), path.join(root, from));
  }
  for (const [file, text] of Object.entries(history.removed ?? {})) {
    await mkdir(path.dirname(path.join(root, file)), { recursive: true });
    await writeFile(path.join(root, file), text);
  }
  await git('add', '--all');
  await git('commit', '--quiet', '--message', 'The old layout');
  for (const file of Object.keys(history.removed ?? {})) await rm(path.join(root, file));
  for (const [from, to] of renamed) {
    await mkdir(path.dirname(path.join(root, to)), { recursive: true });
    await rename(path.join(root, from), path.join(root, to));
    if (path.dirname(from) !== '.' && (await readdir(path.join(root, path.dirname(from)))).length === 0) {
      await rm(path.join(root, path.dirname(from)), { recursive: true });
    }
  }
  await git('add', '--all');
  await git('commit', '--quiet', '--message', 'The new layout');
}
