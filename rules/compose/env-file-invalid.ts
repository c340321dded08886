import { parseEnvFile } from '../../src/compose/env-file.ts';
import type { EnvFile, Project, Service } from '../../src/compose/model.ts';
import { readRawEnvFile } from '../../src/compose/raw-env-file.ts';
import { refusedFor } from '../../src/compose/refused.ts';
import { unmetIn, unmetInLabels } from '../../src/compose/required-in-env-files.ts';
import { childAt, itemsOf, scalarAt } from '../../src/compose/tree.ts';
import type { Facts } from '../../src/facts.ts';
import { defineRule, type Finding } from '../../src/rule.ts';
import { type FilePath, type Place, positionAt, type Source } from '../../src/source.ts';
import { subject } from '../../src/subject.ts';

/** Faults of one file that are told; a file that is no env file at all has one on every line. */
const MOST = 10;

export default defineRule({
  id: 'compose/env-file-invalid',
  title: 'a line of an env file cannot be parsed',
  severity: 'error',
  docs: `
Compose reads \`.env\`, every \`env_file\` and every \`label_file\` before it does anything else, and one line that it cannot parse stops every
command: \`failed to read …/.env: line 3: key cannot contain a space\`, \`unexpected character "/" in variable name\`,
\`unterminated quoted value\`. \`//\` comments, a pasted sentence, JSON or a quote that is not closed are
the usual reasons. A byte order mark and CRLF line ends are fine. A \`\${NAME:?}\` in an \`env_file\` stops it too, unless
the environment, \`.env\`, the service's own \`environment\` or an earlier env file sets the variable; in a \`label_file\`
nothing but the file itself can.

A file that is not UTF-8 is accepted by Compose, but its values reach the container as something else; a file with NUL
bytes (UTF-16, as PowerShell's \`>\` writes it) is refused. The text of a line is never shown: it may be a secret.
`,
  *check(facts) {
    for (const project of facts.projects) {
      yield* ofTheProject(facts, project);
      for (const service of project.services.values()) {
        const on = refusedFor(project, service);
        for (const found of ofTheService(facts, project, service)) {
          yield service.active ? { ...found, subject: on.subject } : { ...found, ...on };
        }
      }
    }
  },
});

type Found = Omit<Finding, 'subject'>;

/** The files that a service names: those of its environment, each read with what the others say, and its labels. */
function* ofTheService(facts: Facts, project: Project, service: Service): Generator<Found> {
  for (const envFile of service.envFiles) {
    if (isRaw(service, envFile)) yield* inRawFile(facts, envFile.path.path);
    else yield* inFile(facts, envFile.path.path);
  }
  for (const { file, name, at } of unmetIn(facts.files, project, service)) yield unmet(facts, file, name, at);
  for (const { path } of service.labelFiles) {
    yield* inFile(facts, path);
    for (const { name, at } of unmetInLabels(facts.files, path)) {
      const advice = `Write the value of ${name} there: a label file does not see what is set elsewhere.`;
      yield { ...unmet(facts, path, name, at), advice };
    }
  }
}

/** What stood in the way when the variables of the project were read. */
function* ofTheProject(facts: Facts, project: Project): Generator<Finding> {
  const on = subject.project(project.id);
  for (const problem of project.problems) {
    if (problem.kind !== 'env-file') continue;
    const { at, unread } = problem;
    if (unread) {
      yield {
        subject: on,
        at,
        severity: unread === 'other' ? 'warning' : 'error',
        message: `${at.file} cannot be read: ${problem.message}.`,
        ...(unread === 'other'
          ? {
              consequence:
                'Its variables are not known here, and may reach the containers as something else.',
            }
          : { consequence: 'Compose stops every command of the project.' }),
        advice: 'Save it as UTF-8 text that you may read.',
      };
      continue;
    }
    const source = facts.files.read(at.file);
    const required = /^the required variable `([^`]+)`/.exec(problem.message)?.[1];
    if (required !== undefined) yield { subject: on, ...unmet(facts, at.file, required, at) };
    else if ('text' in source && !isMark(source.text, at))
      yield { subject: on, ...finding(source, at, problem.message) };
    for (const found of inFile(facts, at.file)) yield { subject: on, ...found };
  }
}

function* inFile(facts: Facts, file: FilePath): Generator<Found> {
  const source = facts.files.read(file);
  if (!('text' in source)) return;
  let { text } = source;
  for (let count = 0; count < MOST; count++) {
    const { fault } = parseEnvFile({ file, text }, { environment: {}, envFile: {} });
    if (!fault) return;
    // What a variable of the surroundings would be is not known here; git's marks are a fault of the whole file.
    if (!fault.message.startsWith('the required variable') && !isMark(text, fault.at))
      yield finding(source, fault.at, fault.message);
    // What follows a quote that is not closed may belong to the value.
    if (fault.message.includes('not closed')) return;
    const { start, end } = lineAt(text, fault.at.start);
    text = `${text.slice(0, start)}${' '.repeat(end - start)}${text.slice(end)}`;
  }
}

/** `format: raw` has rules of its own, and its first fault ends the reading. */
function* inRawFile(facts: Facts, file: FilePath): Generator<Found> {
  const source = facts.files.read(file);
  const fault = 'text' in source ? readRawEnvFile(source, {}).fault : undefined;
  if ('text' in source && fault) yield finding(source, fault.at, fault.message);
}

/** A `${NAME:?}` in an env file whose variable nobody sets. */
function unmet(facts: Facts, file: FilePath, name: string, at: Place): Found {
  const source = facts.files.read(file);
  const line = 'text' in source ? positionAt(source, at.start).line : 0;
  return {
    detail: `line ${line}`,
    at: 'text' in source ? nameOn(source, at) : at,
    confidential: true,
    message: `Line ${line} of ${file} cannot do without \`${name}\`, which is not set or empty.`,
    consequence: 'Compose stops every command of the project with "required variable … is missing a value".',
    advice: `Set ${name}, or give it a default: \${${name}:-…}.`,
  };
}

function finding(source: Source, at: Place, message: string): Found {
  const line = lineAt(source.text, at.start);
  const written = source.text.slice(line.start, line.end);
  const number = positionAt(source, at.start).line;
  return {
    detail: `line ${number}`,
    at: nameOn(source, at),
    confidential: true,
    message: `Line ${number} of ${source.file} cannot be parsed: ${withoutValue(message)}.`,
    consequence: 'Compose stops every command of the project with "failed to read".',
    advice: adviceFor(written, message),
  };
}

/** Only the name is pointed at: what comes after it is a value. */
function nameOn(source: Source, at: Place): Place {
  const line = lineAt(source.text, at.start);
  const name = /^\uFEFF?\s*(?:export\s+)?([^=:\s]*)/.exec(source.text.slice(line.start, line.end));
  const from = line.start + (name ? name[0].length - (name[1]?.length ?? 0) : 0);
  const end = Math.max(from + (name?.[1]?.length ?? 0), from + 1);
  return { file: source.file, start: from, end: Math.min(end, source.text.length) };
}

function withoutValue(message: string): string {
  return message.endsWith('is no valid variable expression')
    ? 'its value holds a ${…} that is no valid variable expression'
    : message;
}

function adviceFor(line: string, message: string): string {
  if (/^\s*(?:\/\/|;|--\s)/.test(line)) return 'Begin the comment with #.';
  if (/^\s*(?:set|setx|let|declare)\s/i.test(line)) return 'Write NAME=value, without a command in front.';
  if (message.includes('not closed')) return 'Close the quote on this line, or take it out.';
  if (message.endsWith('is no valid variable expression'))
    return 'Write $$ for a plain dollar sign, or put the value in single quotes.';
  return 'Write NAME=value, or begin the line with # if it is a comment.';
}

/** A line that git left of a merge conflict: `<<<<<<< HEAD`. */
function isMark(text: string, at: Place): boolean {
  const { start, end } = lineAt(text, at.start);
  return /^(?:<{7}|\|{7}|>{7})(?=\s|$)/.test(text.slice(start, end));
}

function lineAt(text: string, at: number): { readonly start: number; readonly end: number } {
  const end = text.indexOf('\n', at);
  return { start: text.lastIndexOf('\n', at - 1) + 1, end: end < 0 ? text.length : end };
}

/** `format: raw` has rules of its own. */
function isRaw(service: Service, envFile: EnvFile): boolean {
  return itemsOf(childAt(service.node, 'env_file')).some(
    (item) => scalarAt(item, 'path') === envFile.path.scalar && scalarAt(item, 'format') !== undefined,
  );
}
