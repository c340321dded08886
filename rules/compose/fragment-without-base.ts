import { posix } from 'node:path';
import { classify } from '../../src/compose/classify.ts';
import { normalise } from '../../src/compose/paths.ts';
import type { Facts } from '../../src/facts.ts';
import { defineRule } from '../../src/rule.ts';
import type { FilePath, Source } from '../../src/source.ts';
import { subject } from '../../src/subject.ts';

export default defineRule({
  id: 'compose/fragment-without-base',
  title: 'a compose file that completes another is started alone',
  severity: 'warning',
  docs: `
A file whose services have neither image nor build only completes another one. Started alone, as
\`docker compose -f compose.prod.yaml up\`, Compose refuses it: \`service "api" has neither an image nor a build context
specified: invalid compose project\`. The base goes before it: \`-f compose.yaml -f compose.prod.yaml\`.

It speaks where a Makefile, a justfile, a package.json, a shell script or a CI file holds such a command with that file
as the only \`-f\`; in a README it is only a hint, since what surrounds it is prose.
`,
  *check(facts) {
    const fragments = fragmentsOf(facts);
    if (fragments.size === 0) return;
    for (const file of facts.files.index().files) {
      if (!SCRIPTS.test(file)) continue;
      const source = facts.files.read(file);
      if (!('text' in source) || source.text.length > LONGEST) continue;
      for (const command of commandsIn(source)) {
        const fragment = fragments.get(command.path);
        if (!fragment) continue;
        const { base, services, project } = fragment;
        const plural = services.length > 1;
        yield {
          subject: subject.project(project),
          detail: `${command.path}:${command.start}`,
          severity: /\.md$/i.test(file) ? 'info' : 'warning',
          at: { file, start: command.start, end: command.end },
          message: `${file} starts ${command.path} alone, and its service${plural ? 's' : ''} ${services.join(', ')} ${plural ? 'have' : 'has'} neither image nor build there.`,
          evidence: [`${base} has what ${plural ? 'they need' : 'it needs'}`],
          consequence: `Compose refuses it: service "${services[0]}" has neither an image nor a build context specified.`,
          advice: `Put the base before it: -f ${base} -f ${command.path}.`,
        };
      }
    }
  },
});

/** Longer scripts are not written by hand. In characters. */
const LONGEST = 200_000;

const SCRIPTS =
  /(?:^|\/)(?:(?:GNU)?[Mm]akefile|[Jj]ustfile|\.justfile|Taskfile\.ya?ml|package\.json|composer\.json|README(?:\.\w+)?|\.gitlab-ci\.yml|Jenkinsfile|azure-pipelines\.yml|[^/]+\.(?:mk|sh))$|(?:^|\/)\.github\/workflows\/[^/]+\.ya?ml$|(?:^|\/)\.circleci\/config\.yml$/;

type Fragment = { readonly base: FilePath; readonly services: readonly string[]; readonly project: string };

/** The files that go over another one and have services without image and build, by their path. */
function fragmentsOf(facts: Facts): ReadonlyMap<FilePath, Fragment> {
  const found = new Map<FilePath, Fragment>();
  for (const { files, id } of facts.projects) {
    const [base, ...others] = files;
    for (const file of others) {
      if (base === undefined) continue;
      const services = classify(facts.files, file).incomplete.map((name) => name.slice('services.'.length));
      if (services.length > 0) found.set(file, { base, services, project: id });
    }
  }
  return found;
}

type Command = { readonly path: FilePath; readonly start: number; readonly end: number };

/** Where a script's commands run, as far as that is plain: CI files at the root, a Makefile where it lies. */
function startOf(file: FilePath, text: string): FilePath | undefined {
  const directory = posix.dirname(file);
  if (directory === '.') return '.';
  if (/^\.(?:github|circleci)\//.test(file)) return text.includes('working-directory') ? undefined : '.';
  return /(?:^|\/)(?:GNU)?[Mm]akefile$|\.md$|package\.json$/.test(file) ? directory : undefined;
}

/** `docker compose … -f FILE … up` with one file alone. */
function* commandsIn({ file, text }: Source): Generator<Command> {
  const start = startOf(file, text);
  if (start === undefined) return;
  const pattern =
    /\bdocker(?: |-)compose([ \t][^\n;|&`#]{0,500}?)[ \t](?:up|run|build|config|create|start)(?=[\s"'`]|$)/g;
  for (const match of text.matchAll(pattern)) {
    const options = match[1] ?? '';
    const before = text.slice(text.lastIndexOf('\n', match.index - 1) + 1, match.index);
    if (options.includes('$') || /--project-directory/.test(options) || /\bcd\s|\bCOMPOSE_FILE=/.test(before))
      continue;
    const files = [...options.matchAll(/(?:^|\s)(?:-f|--file)(?:[ \t]+|=)(["']?)([^\s"']+)\1/g)];
    const [only] = files;
    if (files.length !== 1 || only?.[2] === undefined) continue;
    const path = normalise(`${start}/${only[2]}`);
    yield { path, start: match.index, end: match.index + match[0].length };
  }
}
