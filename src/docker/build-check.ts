/** BuildKit's own opinion of a Dockerfile: `docker buildx build --call=check`, which builds nothing. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Build } from '../compose/model.ts';
import type { BuildVerdict, Files } from '../facts.ts';
import type { DockerEnvironment } from './environment.ts';
import { ask as askProgram } from './programs.ts';

type Options = {
  /** Absolute. */
  readonly root: string;
  readonly files: Files;
  readonly environment: DockerEnvironment;
  /** For all questions together, in milliseconds, counted from now. */
  readonly timeoutMs: number;
};

/** Dockerfiles asked about in one run, and how many at once: each question is a program of its own. */
const MOST = 12;
const AT_ONCE = 2;

const NONE: BuildVerdict = { rejected: false };

/** Not said of the Dockerfile, but of what it needs from elsewhere: others look after that. */
const ELSEWHERE =
  /failed to (?:resolve|do request|fetch|authorize|copy|load|get|solve with frontend)|pull access denied|insufficient_scope|no match for platform|deadline|canceled|context deadline|connection|timeout|denied|unauthorized|too many requests|certificate|no such host|dial tcp|not found: not found|unavailable/i;

/** Answers for the same Dockerfile with the same arguments are one question; one that comes too late is no verdict. */
export function createBuildCheck(options: Options): (build: Build) => Promise<BuildVerdict> {
  const known = new Map<string, Promise<BuildVerdict>>();
  const end = Date.now() + options.timeoutMs;
  let asked = 0;
  let running = 0;
  const waiting: (() => void)[] = [];
  const inTurn = async (question: Question): Promise<BuildVerdict> => {
    if (running >= AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
    running++;
    try {
      const left = end - Date.now();
      return left > 0 ? await ask(question, options, left) : NONE;
    } finally {
      running--;
      waiting.shift()?.();
    }
  };
  return (build) => {
    const question = questionOf(build);
    if (!question) return Promise.resolve(NONE);
    const key = JSON.stringify(question);
    const answer = known.get(key) ?? (asked++ < MOST ? inTurn(question) : Promise.resolve(NONE));
    known.set(key, answer);
    return answer;
  };
}

type Question = {
  readonly context: string;
  readonly dockerfile?: string;
  readonly inline?: string;
  readonly target?: string;
  readonly args: Readonly<Record<string, string>>;
};

/** Undefined where the question would not be the one that Compose asks. */
function questionOf(build: Build): Question | undefined {
  const context = build.contextDirectory;
  if (context === undefined || build.additionalContexts.size > 0) return undefined;
  const args: Record<string, string> = {};
  for (const [name, value] of build.args) {
    // Values travel as environment variables, where nobody sees them; these would change the program itself.
    if (
      /^(?:PATH|HOME|USERPROFILE|TMPDIR|TEMP|TMP|SystemRoot|(?:DOCKER|BUILDX|BUILDKIT|COMPOSE|OTEL|GO|LD|DYLD)_?.*)$/i.test(
        name,
      )
    )
      return undefined;
    if (value && value.value !== null) args[name] = value.text;
  }
  const target = build.target?.text.trim();
  const inline = build.dockerfileInline?.text;
  if (inline === undefined && build.dockerfilePath === undefined) return undefined;
  return {
    context,
    args,
    ...(inline === undefined ? { dockerfile: build.dockerfilePath ?? '' } : { inline }),
    ...(target ? { target } : {}),
  };
}

async function ask(
  question: Question,
  { root, files, environment }: Options,
  timeoutMs: number,
): Promise<BuildVerdict> {
  const { dockerfile, inline, target, args } = question;
  if (files.stat(question.context)?.kind !== 'directory') return NONE;
  const text = inline ?? textOf(files, dockerfile ?? '');
  if (text === undefined || hasForeignFrontend(text)) return NONE;
  // buildx remembers what it did in its own directory; a look leaves no trace.
  const scratch = await mkdtemp(path.join(os.tmpdir(), 'dockmedic-buildx-'));
  try {
    const ran = await askProgram(
      'docker',
      [
        ...['buildx', 'build', '--call=check,format=json', '--progress=quiet'],
        ...(target === undefined ? [] : ['--target', target]),
        ...Object.keys(args).flatMap((name) => ['--build-arg', name]),
        ...['--file', dockerfile === undefined ? '-' : path.resolve(root, dockerfile)],
        path.resolve(root, question.context),
      ],
      { ...environment.env, ...args, BUILDX_CONFIG: scratch, DOCKER_CLI_HINTS: 'false' },
      timeoutMs,
      {
        cwd: path.resolve(root),
        longest: 8 * 1024 * 1024,
        ...(inline === undefined ? {} : { input: inline }),
      },
    );
    return 'why' in ran ? NONE : verdictOf(ran.stdout);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

function textOf(files: Files, file: string): string | undefined {
  const source = files.read(file);
  return 'text' in source ? source.text : undefined;
}

/**
 * Whether a Dockerfile names a frontend that is not Docker's own: BuildKit would fetch that image and run it, to check
 * as well as to build (BuildKit, `DetectSyntax`: a comment of `#` or `//` at the top, or a JSON document).
 */
function hasForeignFrontend(text: string): boolean {
  if (/^\uFEFF?\s*\{/.test(text)) return true;
  // Counted wherever it stands: one too many is only not asked about.
  return [...text.matchAll(/^[ \t]*(?:#|\/\/)[ \t]*syntax[ \t]*=[ \t]*(\S*)/gim)].some(
    ([, image = '']) => !/^(?:docker\.io\/)?docker\/dockerfile(?:-upstream)?(?:[:@]|$)/.test(image),
  );
}

/** Reads what `--call=check,format=json` prints; anything else is no verdict. */
function verdictOf(stdout: string): BuildVerdict {
  let report: unknown;
  try {
    report = JSON.parse(stdout);
  } catch {
    return NONE;
  }
  const fault = fieldOf(report, 'buildError');
  const message = fieldOf(fault, 'message');
  if (typeof message !== 'string' || message === '' || ELSEWHERE.test(message)) return NONE;
  const ranges = fieldOf(fieldOf(fault, 'location'), 'ranges');
  const line = Array.isArray(ranges) ? fieldOf(fieldOf(ranges[0], 'start'), 'line') : undefined;
  return { rejected: true, message, ...(typeof line === 'number' && line > 0 ? { line } : {}) };
}

function fieldOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
}
