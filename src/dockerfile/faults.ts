/** What makes BuildKit refuse a Dockerfile before it builds anything, whatever the target. */
import { distance } from 'fastest-levenshtein';
import type { Instruction } from './instructions.ts';
import type { DockerfileFault } from './model.ts';
import { flagsOf, quotedWordsOf, stringsOfJson, type Word, wordsOf } from './words.ts';

/** Every instruction of the Dockerfile reference. */
const KEYWORDS = [
  'ADD',
  'ARG',
  'CMD',
  'COPY',
  'ENTRYPOINT',
  'ENV',
  'EXPOSE',
  'FROM',
  'HEALTHCHECK',
  'LABEL',
  'MAINTAINER',
  'ONBUILD',
  'RUN',
  'SHELL',
  'STOPSIGNAL',
  'USER',
  'VOLUME',
  'WORKDIR',
];
const KNOWN = new Set(KEYWORDS);

/** `^[a-z][a-z0-9-_.]*$` after lower-casing, as BuildKit asks of a stage's name. */
const STAGE_NAME = /^[a-z][a-z0-9\-_.]*$/;

/** The faults of one instruction by itself. */
export function faultsOf(
  instruction: Instruction,
  anyStage: boolean,
  escapeToken: string,
): readonly DockerfileFault[] {
  const fault = (message: string): DockerfileFault[] => [
    { message, line: instruction.line, range: instruction.range },
  ];
  const { keyword } = instruction;
  if (!KNOWN.has(keyword)) return fault(unknownInstruction(keyword));
  if (keyword === 'FROM') return faultsOfFrom(instruction).flatMap(fault);
  if (!anyStage && keyword !== 'ARG') return fault(`${keyword} stands before the first FROM.`);
  if (keyword === 'ENV' || keyword === 'LABEL') return faultsOfPairs(instruction, escapeToken).flatMap(fault);
  if (keyword !== 'COPY' && keyword !== 'ADD') return [];
  const found = argumentsOf(instruction);
  if (found === 'not-strings')
    return fault(`The JSON array of ${keyword} holds something other than strings.`);
  if (found.length >= 2) return [];
  const has = found.length === 0 ? 'nothing' : `only ${shown(found[0]?.text ?? '')}`;
  return fault(`${keyword} needs a source and a destination, and has ${has}.`);
}

/** The words of COPY or ADD after its flags, the destination last. */
export function argumentsOf(instruction: Instruction): readonly Word[] | 'not-strings' {
  const { end } = flagsOf(instruction.rest);
  const json = stringsOfJson(instruction.rest, end);
  if (json.kind === 'not-strings') return 'not-strings';
  return json.kind === 'strings' ? json.words : wordsOf(instruction.rest, end);
}

function faultsOfFrom(instruction: Instruction): readonly string[] {
  const words = wordsOf(instruction.rest, flagsOf(instruction.rest).end);
  const [image, as, name] = words.map((word) => word.text);
  if (image === undefined) return ['FROM names no image.'];
  if (as === undefined) return [];
  if (words.length !== 3 || as.toUpperCase() !== 'AS' || name === undefined) {
    return [`FROM takes an image, or an image and "AS name", and has ${shown(instruction.rest)}.`];
  }
  if (STAGE_NAME.test(name.toLowerCase())) return [];
  return [
    `${shown(name)} is no name for a stage: it must start with a letter, then letters, digits, "-", "_", ".".`,
  ];
}

/** `NAME=value ...`, or `NAME value` for a single one. Values may be secrets and are not shown. */
function faultsOfPairs({ keyword, rest }: Instruction, escapeToken: string): readonly string[] {
  const [first, ...others] = quotedWordsOf(rest, escapeToken);
  if (first === undefined) return [`${keyword} needs a name and a value.`];
  if (!first.includes('=')) return others.length > 0 ? [] : [`${keyword} gives ${shown(first)} no value.`];
  if (others.every((word) => word.includes('='))) return [];
  return [`${keyword} has a word without "=" after the first pair; a value with spaces needs quotes.`];
}

function unknownInstruction(keyword: string): string {
  const is = `${shown(keyword)} is not an instruction of a Dockerfile`;
  // A word of one or two letters is near to everything; half of its letters must be right.
  const nearest = KEYWORDS.map((known) => ({ known, off: distance(keyword.slice(0, 20), known) }))
    .sort((a, b) => a.off - b.off)
    .find(({ known, off }) => off <= 3 && off * 2 <= known.length);
  if (nearest) return `${is}; the nearest is ${nearest.known}.`;
  return `${is}; where it goes on with the instruction above, that line must end with the escape character.`;
}

/** Text of the file for a message: short, and without characters that a terminal would act on. */
function shown(text: string): string {
  const short = text.length > 60 ? `${text.slice(0, 60)}…` : text;
  const visible = short.replace(
    /[\p{C}\u00a0\u2000-\u200f\u2028\u2029]/gu,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
  return `"${visible}"`;
}
