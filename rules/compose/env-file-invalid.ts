import { parseEnvFile } from '../../src/compose/env-file.ts';
import type { EnvFile, Project, Service } from '../../src/compose/model.ts';
import { childAt, itemsOf, scalarAt } from '../../src/compose/tree.ts';
import type { Facts } from '../../src/facts.ts';
import { defineRule, type Finding } from '../../src/rule.ts';
import { type FilePath, type Place, positionAt, type Source } from '../../src/source.ts';
import { type Subject, subject } from '../../src/subject.ts';

/** Faults of one file that are told; a file that is no env file at all has one on every line. */
const MOST = 10;

export default defineRule({
  id: 'compose/env-file-invalid',
  title: 'a line of an env file cannot be parsed',
  severity: 'error',
  docs: `
Compose reads \`.env\` and every \`env_file\` before it does anything else, and one line that it cannot parse stops every
command: \`failed to read …/.env: line 3: key cannot contain a space\`, \`unexpected character "/" in variable name\`,
\`unterminated quoted value\`. \`//\` comments, a pasted sentence, JSON or a quote that is not closed are
the usual reasons. A byte order mark and CRLF line ends are fine.

A file that is not UTF-8 is accepted by Compose, but its values reach the container as something else; a file with NUL
bytes (UTF-16, as PowerShell's \`>\` writes it) is refused. The text of a line is never shown: it may be a secret.
`,
  *check(facts) {
    for (const project of facts.projects) {
      yield* ofTheProject(facts, project);
      for (const service of project.services.values()) {
        for (const envFile of service.envFiles) {
          if (isRaw(service, envFile)) continue;
          const on = service.active ? subject.project(project.id) : subject.service(project.id, service.name);
          yield* inFile(facts, envFile.path.path, on);
        }
      }
    }
  },
});

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
    if ('text' in source && !isMark(source.text, at)) yield finding(source, at, problem.message, on);
    yield* inFile(facts, at.file, on);
  }
}

function* inFile(facts: Facts, file: FilePath, on: Subject): Generator<Finding> {
  const source = facts.files.read(file);
  if (!('text' in source)) return;
  let { text } = source;
  for (let count = 0; count < MOST; count++) {
    const { fault } = parseEnvFile({ file, text }, { environment: {}, envFile: {} });
    if (!fault) return;
    // What a variable of the surroundings would be is not known here; git's marks are a fault of the whole file.
    if (!fault.message.startsWith('the required variable') && !isMark(text, fault.at))
      yield finding(source, fault.at, fault.message, on);
    // What follows a quote that is not closed may belong to the value.
    if (fault.message.includes('not closed')) return;
    const { start, end } = lineAt(text, fault.at.start);
    text = `${text.slice(0, start)}${' '.repeat(end - start)}${text.slice(end)}`;
  }
}

function finding(source: Source, at: Place, message: string, on: Subject): Finding {
  const line = lineAt(source.text, at.start);
  const written = source.text.slice(line.start, line.end);
  // Only the name is pointed at: what comes after it is a value.
  const name = /^\uFEFF?\s*(?:export\s+)?([^=:\s]*)/.exec(written);
  const from = line.start + (name ? name[0].length - (name[1]?.length ?? 0) : 0);
  const end = Math.max(from + (name?.[1]?.length ?? 0), from + 1);
  const number = positionAt(source, at.start).line;
  return {
    subject: on,
    detail: `line ${number}`,
    at: { file: source.file, start: from, end: Math.min(end, source.text.length) },
    confidential: true,
    message: `Line ${number} of ${source.file} cannot be parsed: ${withoutValue(message)}.`,
    consequence: 'Compose stops every command of the project with "failed to read".',
    advice: adviceFor(written, message),
  };
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
