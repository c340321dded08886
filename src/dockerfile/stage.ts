/** What one stage takes: from the build context, from other stages and from images. */
import { expand } from './expand.ts';
import { argumentsOf } from './faults.ts';
import type { Instruction } from './instructions.ts';
import type { Command, Copy, CopySource, DockerfileFault, Mount, Stage, StageStep } from './model.ts';
import type { StageScope } from './scope.ts';
import { simpleCommands } from './shell.ts';
import { type Flag, flagsOf, heredocOpener, stringsOfJson, type Word, wordsOf } from './words.ts';

export type StageNames = {
  readonly count: number;
  /** Lower case. */
  readonly byName: ReadonlyMap<string, number>;
};

/** Every stage on a base runs all of its triggers; a file that multiplies them by hundreds is an attack. */
const MOST_TRIGGERS = 100;

type Input = {
  readonly index: number;
  readonly body: readonly Instruction[];
  /** What ONBUILD of the base stage runs here, before the stage's own instructions. */
  readonly triggers: readonly Instruction[];
  readonly scope: StageScope;
  readonly names: StageNames;
  readonly faults: DockerfileFault[];
};

/** Walks the instructions of a stage in order, since each may change the variables of the next. */
export function readStage(
  input: Input,
): Pick<Stage, 'steps' | 'copies' | 'mounts' | 'stagesUsed' | 'imagesUsed' | 'healthcheck'> {
  const { scope } = input;
  const steps: StageStep[] = [];
  const copies: Copy[] = [];
  const mounts: Mount[] = [];
  const stagesUsed = new Set<number>();
  const imagesUsed = new Set<string>();
  let healthcheck: Stage['healthcheck'];
  for (const instruction of [...input.triggers, ...input.body]) {
    const { keyword } = instruction;
    if (keyword === 'ARG') scope.arg(instruction);
    else if (keyword === 'ENV') scope.env(instruction);
    else if (keyword === 'SHELL') steps.push({ kind: 'shell' });
    else if (keyword === 'WORKDIR') {
      const { text, unresolved } = expanded(instruction.rest, input);
      steps.push({ kind: 'workdir', path: text, unresolved });
    } else if (keyword === 'RUN' || keyword === 'CMD' || keyword === 'ENTRYPOINT') {
      if (keyword === 'RUN') mounts.push(...mountsOf(instruction, input));
      const kind = ({ RUN: 'run', CMD: 'cmd', ENTRYPOINT: 'entrypoint' } as const)[keyword];
      steps.push({ kind, command: readCommand(instruction) });
    } else if (keyword === 'HEALTHCHECK') {
      healthcheck = /^\s*none\s*$/i.test(instruction.rest) ? 'none' : 'set';
    } else if (keyword === 'COPY' || keyword === 'ADD') {
      const copy = readCopy(instruction, keyword, input);
      if (!copy) continue;
      copies.push(copy);
      steps.push({ kind: 'copy', copy });
    }
  }
  for (const { from, fromStage } of [...copies, ...mounts]) {
    if (from === undefined) continue;
    if (fromStage !== undefined) stagesUsed.add(fromStage);
    else if (isImage(from, input.names)) imagesUsed.add(from);
  }
  return {
    steps,
    copies,
    mounts,
    stagesUsed: [...stagesUsed].sort((a, b) => a - b),
    imagesUsed: [...imagesUsed],
    ...(healthcheck && { healthcheck }),
  };
}

function isImage(from: string, names: StageNames): boolean {
  return (
    !/^[+-]?\d+$|\$/.test(from) && from !== '' && from !== 'scratch' && !names.byName.has(from.toLowerCase())
  );
}

/**
 * The instructions that a stage's ONBUILD holds. They do nothing in the stage itself, but BuildKit runs them at the start
 * of each stage that is built on it in the same file (checked with engine 28.5).
 */
export function triggersOf(body: readonly Instruction[]): readonly Instruction[] {
  const held = body.filter(({ keyword }) => keyword === 'ONBUILD');
  return held.slice(0, MOST_TRIGGERS).flatMap(triggerOf);
}

function triggerOf(instruction: Instruction): readonly Instruction[] {
  const { rest, place } = instruction;
  const [word] = wordsOf(rest.slice(0, 64));
  if (!word) return [];
  let start = word.end;
  while (start < rest.length && /\s/.test(rest[start] as string)) start++;
  return [
    {
      ...instruction,
      keyword: word.text.toUpperCase(),
      rest: rest.slice(start),
      place: (from, to) => place(start + from, start + to),
    },
  ];
}

function readCopy(instruction: Instruction, keyword: Copy['instruction'], input: Input): Copy | undefined {
  const { flags } = flagsOf(instruction.rest);
  const words = argumentsOf(instruction);
  if (words === 'not-strings' || words.length < 2) return undefined;
  const from = keyword === 'COPY' ? flags.find((flag) => flag.name === 'from')?.value : undefined;
  const parents = flags.some((flag) => flag.name === 'parents' && flag.value !== 'false');
  const last = words.at(-1) as Word;
  const destination = expanded(last.text, input);
  const sources = withoutHeredocs(words.slice(0, -1), instruction)
    .map((word) => sourceOf(word, instruction, input, parents))
    .filter((source) => keyword === 'COPY' || !isRemote(source.path));
  const known: Copy = {
    instruction: keyword,
    sources,
    destination: destination.text,
    destinationRange: instruction.place(last.start, last.end),
    destinationUnresolved: destination.unresolved,
    flags: flags.map((flag) => flag.name),
    more: sources.length < words.length - 1,
    range: instruction.range,
  };
  if (from === undefined || from === '') return known;
  const fault = faultOfFrom(from, input.names);
  if (fault) input.faults.push({ message: fault, line: instruction.line, range: instruction.range });
  const fromStage = earlierStage(from, input, true);
  return { ...known, from, ...(fromStage === undefined ? {} : { fromStage }) };
}

function sourceOf(word: Word, instruction: Instruction, input: Input, parents: boolean): CopySource {
  const { text, unresolved } = expanded(word.text, input);
  const range = instruction.place(word.start, word.end);
  // With --parents, `**` crosses directories, as it does nowhere else in COPY.
  const crossing = parents && /[*?[]/.test(text);
  // Where the escape character is a backtick, backslashes separate directories: a build for Windows containers.
  const windows = input.scope.global.escapeToken === '`' && text.includes('\\');
  return { path: text, range, unresolved: unresolved || crossing || windows };
}

function expanded(word: string, { scope }: Input) {
  return expand(word, scope.global.escapeToken, scope.lookup);
}

function withoutHeredocs(words: readonly Word[], instruction: Instruction): readonly Word[] {
  if (!words.some((word) => word.text.includes('<<'))) return words;
  const spaced = new Set(instruction.heredocs.filter((one) => one.spaced).map((one) => one.name));
  return words.filter((word, at) => {
    const opener = heredocOpener(word.text);
    if (opener) return opener.name === '' && !spaced.has(words[at + 1]?.text ?? '');
    const before = heredocOpener(words[at - 1]?.text ?? '');
    return !(before?.name === '' && spaced.has(word.text));
  });
}

function readCommand(instruction: Instruction): Command {
  const { rest, place, range, heredocs } = instruction;
  const { end } = flagsOf(instruction.keyword === 'RUN' ? rest : '');
  const json = stringsOfJson(rest, end);
  if (json.kind === 'strings') {
    const words = json.words.map(({ text, start, end: to }) => ({
      text,
      range: place(start, to),
      // The exec form knows no variables of a shell.
      literal: true,
    }));
    return { form: 'exec', words, range };
  }
  const text = rest.slice(end);
  const found = heredocs.length > 0 ? undefined : simpleCommands(text);
  const commands = found?.map(({ words, decides }) => ({
    decides,
    words: words.map((word) => ({
      text: word.text,
      literal: word.literal,
      range: place(end + word.start, end + word.end),
    })),
  }));
  return {
    form: 'shell',
    words: text === '' ? [] : [{ text, range: place(end, rest.length), literal: false }],
    range,
    ...(commands ? { commands } : {}),
  };
}

/** Sources that ADD fetches: `https://…`, `git@host:…`, `ssh://…` (Dockerfile reference, ADD). */
function isRemote(path: string): boolean {
  return /^(?:https?|git|ssh):\/\/|^[\w.-]{1,100}@[\w.-]{1,255}:/i.test(path);
}

function mountsOf(instruction: Instruction, input: Input): readonly Mount[] {
  const { flags } = flagsOf(instruction.rest);
  return flags.filter((flag) => flag.name === 'mount').map((flag) => readMount(flag, instruction, input));
}

function readMount(flag: Flag, instruction: Instruction, input: Input): Mount {
  const options = new Map<string, string>();
  for (const option of flag.value.split(',')) {
    const equals = option.indexOf('=');
    const name = (equals < 0 ? option : option.slice(0, equals)).trim().toLowerCase();
    // `required` by itself means true.
    options.set(name, equals < 0 ? 'true' : option.slice(equals + 1).trim());
  }
  const range = instruction.place(flag.start, flag.end);
  const from = options.get('from');
  const source = options.get('source') ?? options.get('src');
  // A number means no stage here, other than in COPY.
  const fromStage = from === undefined ? undefined : earlierStage(from, input, false);
  const type = options.get('type') ?? 'bind';
  const target = options.get('target') ?? options.get('dst') ?? options.get('destination');
  // As BuildKit names them where nothing else does.
  const id = options.get('id') || (type === 'ssh' ? 'default' : (source ?? target)?.split('/').at(-1));
  return {
    type,
    required: ['true', '1', 't'].includes(options.get('required')?.toLowerCase() ?? ''),
    range,
    ...(id === undefined || (type !== 'secret' && type !== 'ssh') ? {} : { id }),
    ...(from === undefined || from === '' ? {} : { from }),
    ...(fromStage === undefined ? {} : { fromStage }),
    ...(source === undefined ? {} : { source: { path: source, range, unresolved: /[$\\]/.test(source) } }),
  };
}

/** A stage can take from those above it; a later one of that name makes the build of this one fail. */
function earlierStage(from: string, { index, names }: Input, numbers: boolean): number | undefined {
  const found = numbers && /^\+?\d{1,9}$/.test(from) ? Number(from) : names.byName.get(from.toLowerCase());
  return found !== undefined && found < index ? found : undefined;
}

/** BuildKit looks these up for every stage, built or not. */
function faultOfFrom(from: string, names: StageNames): string | undefined {
  if (from.includes('$')) {
    return `COPY --from=${from.slice(0, 60)} holds a variable, and BuildKit expands none there.`;
  }
  if (!/^[+-]?\d+$/.test(from) || (Number(from) >= 0 && Number(from) < names.count)) return undefined;
  const last = names.count - 1;
  return `COPY --from=${from.slice(0, 60)} names no stage: they are numbered from 0 to ${last}.`;
}
