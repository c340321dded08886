/** What one stage takes: from the build context, from other stages and from images. */
import { expand } from './expand.ts';
import { argumentsOf } from './faults.ts';
import type { Instruction } from './instructions.ts';
import type { Copy, CopySource, DockerfileFault, Mount, Stage } from './model.ts';
import type { StageScope } from './scope.ts';
import { type Flag, flagsOf, heredocOpener, type Word, wordsOf } from './words.ts';

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
export function readStage(input: Input): Pick<Stage, 'copies' | 'mounts' | 'stagesUsed' | 'imagesUsed'> {
  const { scope } = input;
  const copies: Copy[] = [];
  const mounts: Mount[] = [];
  const stagesUsed = new Set<number>();
  const imagesUsed = new Set<string>();
  for (const instruction of [...input.triggers, ...input.body]) {
    if (instruction.keyword === 'ARG') scope.arg(instruction);
    else if (instruction.keyword === 'ENV') scope.env(instruction);
    else if (instruction.keyword === 'RUN') mounts.push(...mountsOf(instruction, input));
    else if (instruction.keyword === 'COPY' || instruction.keyword === 'ADD') {
      const copy = readCopy(instruction, instruction.keyword, input);
      if (copy) copies.push(copy);
    }
  }
  for (const { from, fromStage } of [...copies, ...mounts]) {
    if (from === undefined) continue;
    if (fromStage !== undefined) stagesUsed.add(fromStage);
    else if (isImage(from, input.names)) imagesUsed.add(from);
  }
  return { copies, mounts, stagesUsed: [...stagesUsed].sort((a, b) => a - b), imagesUsed: [...imagesUsed] };
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
  const { text: destination } = expanded(words.at(-1)?.text ?? '', input);
  const sources = withoutHeredocs(words.slice(0, -1), instruction)
    .map((word) => sourceOf(word, instruction, input, parents))
    .filter((source) => keyword === 'COPY' || !isRemote(source.path));
  const known = { instruction: keyword, sources, destination, range: instruction.range };
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
  return { path: text, range, unresolved: unresolved || (parents && /[*?[]/.test(text)) };
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
    if (equals > 0)
      options.set(option.slice(0, equals).trim().toLowerCase(), option.slice(equals + 1).trim());
  }
  const range = instruction.place(flag.start, flag.end);
  const from = options.get('from');
  const source = options.get('source') ?? options.get('src');
  // A number means no stage here, other than in COPY.
  const fromStage = from === undefined ? undefined : earlierStage(from, input, false);
  return {
    type: options.get('type') ?? 'bind',
    range,
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
