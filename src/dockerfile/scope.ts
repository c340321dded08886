/** What variables are worth at a place of a Dockerfile: ARG before FROM, and ARG and ENV within a stage. */
import { expand, type Lookup } from './expand.ts';
import type { Instruction } from './instructions.ts';
import { quotedWordsOf } from './words.ts';

/** Build arguments with a value: they win over an ARG's default. */
export type BuildArguments = ReadonlyMap<string, string | undefined>;

/** A value that only the build knows. */
const UNKNOWN = Symbol('unknown');
type Value = string | typeof UNKNOWN;

/** Arguments that BuildKit defines by itself (Dockerfile reference, "Automatic platform ARGs in the global scope"). */
const PREDEFINED = [
  'TARGETPLATFORM',
  'TARGETOS',
  'TARGETARCH',
  'TARGETVARIANT',
  'TARGETSTAGE',
  'BUILDPLATFORM',
  'BUILDOS',
  'BUILDARCH',
  'BUILDVARIANT',
];

/** The scope of FROM: what `ARG` before the first FROM declares, and the predefined arguments. */
export class GlobalScope {
  readonly #values = new Map<string, Value>();
  readonly declared = new Map<string, string | undefined>();
  /** Every ARG of the file, those of stages too. */
  readonly names = new Set<string>();

  constructor(
    readonly args: BuildArguments,
    readonly escapeToken: string,
  ) {
    for (const name of PREDEFINED) this.#values.set(name, args.get(name) ?? UNKNOWN);
  }

  /** Takes an `ARG` that stands before the first FROM. */
  arg(instruction: Instruction): void {
    for (const { name, value } of assignments(instruction, this.escapeToken)) {
      this.names.add(name);
      const given = this.args.get(name) ?? this.#valueOf(value);
      if (given !== undefined) this.#values.set(name, given);
      this.declared.set(name, given === UNKNOWN ? undefined : given);
    }
  }

  get(name: string): Value | undefined {
    return this.#values.get(name);
  }

  /** In FROM nothing else has a value, but whoever builds may give an argument one. */
  readonly lookup = (name: string): Lookup => {
    const value = this.#values.get(name);
    if (value === UNKNOWN) return { kind: 'unknown' };
    return value === undefined ? { kind: 'declared' } : { kind: 'value', value };
  };

  #valueOf(written: string | undefined): Value | undefined {
    if (written === undefined) return undefined;
    const { text, unresolved } = expand(written, this.escapeToken, this.lookup);
    return unresolved ? UNKNOWN : text;
  }
}

/** The scope of one stage; behind its own variables stand those that its base stage had at its end. */
export class StageScope {
  readonly #values = new Map<string, Value>();
  readonly #declared = new Set<string>();
  readonly #base: StageScope | undefined;
  readonly #onScratch: boolean;

  constructor(
    readonly global: GlobalScope,
    base: StageScope | 'scratch' | 'image',
  ) {
    this.#base = base instanceof StageScope ? base : undefined;
    // An image may set any variable; scratch sets none.
    this.#onScratch = base instanceof StageScope ? base.#onScratch : base === 'scratch';
  }

  /** Takes an `ARG` of the stage: the build argument, else its default, else what the file's head says. */
  arg(instruction: Instruction): void {
    const { escapeToken, args } = this.global;
    for (const { name, value } of assignments(instruction, escapeToken)) {
      this.global.names.add(name);
      const given =
        args.get(name) ?? (value === undefined ? this.global.get(name) : this.#valueOf(value, this.lookup));
      if (given === undefined) this.#declared.add(name);
      else this.#values.set(name, given);
    }
  }

  /** Takes an `ENV`. All its values see the variables as they were before it. */
  env(instruction: Instruction): void {
    const pairs = isOldForm(instruction, this.global.escapeToken)
      ? [oldForm(instruction)]
      : assignments(instruction, this.global.escapeToken);
    const values = pairs.map(({ value = '' }) => this.#valueOf(value, this.lookup));
    for (const [at, { name }] of pairs.entries()) this.#values.set(name, values[at] ?? UNKNOWN);
  }

  readonly lookup = (name: string): Lookup => {
    let declared = false;
    for (let scope: StageScope | undefined = this; scope; scope = scope.#base) {
      const value = scope.#values.get(name);
      if (value === UNKNOWN) return { kind: 'unknown' };
      if (value !== undefined) return { kind: 'value', value };
      declared ||= scope.#declared.has(name);
    }
    if (declared) return { kind: 'declared' };
    return { kind: this.#onScratch ? 'unset' : 'unknown' };
  };

  #valueOf(written: string, lookup: (name: string) => Lookup): Value {
    const { text, unresolved } = expand(written, this.global.escapeToken, lookup);
    return unresolved ? UNKNOWN : text;
  }
}

type Assignment = { readonly name: string; readonly value: string | undefined };

function assignments(instruction: Instruction, escapeToken: string): readonly Assignment[] {
  return quotedWordsOf(instruction.rest, escapeToken).map((word) => {
    const equals = word.indexOf('=');
    if (equals < 0) return { name: word, value: undefined };
    return { name: word.slice(0, equals), value: word.slice(equals + 1) };
  });
}

/** `ENV NAME the whole rest`. */
function isOldForm(instruction: Instruction, escapeToken: string): boolean {
  return quotedWordsOf(instruction.rest.slice(0, 4096), escapeToken)[0]?.includes('=') === false;
}

function oldForm(instruction: Instruction): Assignment {
  const [name = ''] = instruction.rest.split(/[\t\v\f\r ]/, 1);
  return { name, value: instruction.rest.slice(name.length).trimStart() };
}
