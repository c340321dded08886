import { rootImageOf } from '../../src/dockerfile/builds.ts';
import { mayBringPrograms } from '../../src/dockerfile/image-files.ts';
import { knownImage } from '../../src/dockerfile/known-images.ts';
import type { StageStep } from '../../src/dockerfile/model.ts';
import { type ScriptRun, scriptsRun } from '../../src/dockerfile/scripts.ts';
import { defineRule, type Finding } from '../../src/rule.ts';
import { subject } from '../../src/subject.ts';

export default defineRule({
  id: 'build/script-interpreter',
  title: 'a script names no interpreter, or one that the image does not have',
  severity: 'error',
  docs: `
The kernel starts a script by its first line. Without \`#!\` there, \`ENTRYPOINT ["/start.sh"]\` ends in \`exec format
error\` (a shell form would read it as a script of its own). With \`#!/bin/bash\` on Alpine, which has no bash, it is
\`exec /start.sh: no such file or directory\`, although the file is there.

bash is looked for on official Alpine variants that have none, where no step can have brought it. Where packages are
installed that may pull it in, this is a warning.

**When to ignore it.** A package that you install brings bash along.
`,
  *check(facts) {
    for (const run of scriptsRun(facts)) {
      const source = facts.files.read(run.file);
      if (!('text' in source)) continue;
      const { text } = source;
      const mark = text.startsWith('\uFEFF#!');
      if (text.startsWith('#!')) {
        const first = text.split('\n', 1)[0]?.trimEnd() ?? '';
        const missing = /^#!\s*(?:\/usr)?\/bin\/(?:env\s+)?bash(?:\s|$)/.test(first)
          ? withoutBash(run)
          : undefined;
        if (missing) yield missingBash(run, first, missing);
      } else if (!run.byShell) yield noInterpreter(run, text, mark);
    }
  },
});

function noInterpreter({ read, file, by, inImage }: ScriptRun, text: string, mark: boolean): Finding {
  const length = /^[^\r\n]*/.exec(text)?.[0].length ?? 0;
  return {
    subject: subject.build(read.project.id, read.service.name),
    detail: file,
    at: { file, start: 0, end: length },
    message: mark
      ? `${by} of service "${read.service.name}" starts ${file}, whose first line has a byte order mark before its #!.`
      : `${by} of service "${read.service.name}" starts ${file}, whose first line names no interpreter.`,
    evidence: [`it is copied to ${inImage}, and started without a shell`],
    consequence: `The kernel says "exec ${inImage}: exec format error".`,
    ...(mark || !file.endsWith('.sh')
      ? {
          advice: mark
            ? 'Save the file without a byte order mark.'
            : 'Write the interpreter in the first line, or start the file with it.',
        }
      : {
          fixes: [
            {
              title: `${file}: add #!/bin/sh`,
              safety: 'unsafe',
              caveat: 'it may be written for another shell',
              steps: [{ kind: 'edit', at: { file, start: 0, end: 0 }, text: '#!/bin/sh\n' }],
            },
          ],
        }),
  };
}

function missingBash(
  { read, file, by, inImage }: ScriptRun,
  first: string,
  { image, certain }: { readonly image: string; readonly certain: boolean },
): Finding {
  return {
    subject: subject.build(read.project.id, read.service.name),
    detail: file,
    severity: certain ? 'error' : 'warning',
    at: { file, start: 0, end: first.length },
    message: `${by} of service "${read.service.name}" starts ${file} with bash, which ${image} does not have.`,
    evidence: [
      `its first line is ${first.slice(0, 80)}; it is copied to ${inImage}`,
      certain ? 'no step installs bash' : 'no step installs bash by name',
    ],
    consequence: '"no such file or directory", although the file is there: it means the interpreter.',
    advice: 'Install it (`RUN apk add --no-cache bash`), or write the script for /bin/sh.',
  };
}

/** Packages that do not pull in bash (Alpine 3.12 to 3.22). */
const WITHOUT_BASH =
  /^(?:curl|wget|ca-certificates|tzdata|git|openssl|openssh-client|tini|su-exec|dumb-init|jq|make|gcc|g\+\+|musl-dev|libc-dev|build-base|python3|py3-pip|nodejs|npm|libc6-compat|libstdc\+\+|zlib|libpq|gcompat|--.*|-[a-zA-Z]+)$/;

function withoutBash(run: ScriptRun): { readonly image: string; readonly certain: boolean } | undefined {
  const { read, stage, steps } = run;
  const image = rootImageOf(read.model, read.build, stage);
  if (image === undefined || !knownImage(image)?.withoutBash) return undefined;
  if (steps.some((step) => mayBringPrograms(step) || mentionsBash(step) || installsByVariable(step)))
    return undefined;
  return { image, certain: steps.every(bringsNoBash) };
}

function mentionsBash(step: StageStep): boolean {
  return step.kind === 'run' && step.command.words.some(({ text }) => text.includes('bash'));
}

/** `apk add $PACKAGES`: bash may well be one of them. */
function installsByVariable(step: StageStep): boolean {
  if (step.kind !== 'run') return false;
  return (step.command.commands ?? []).some(
    ({ words }) => words[0]?.text === 'apk' && words.some(({ literal }) => !literal),
  );
}

function bringsNoBash(step: StageStep): boolean {
  if (step.kind !== 'run') return true;
  const { commands } = step.command;
  if (!commands) return false;
  return commands.every(({ words: [program, ...others] }) => {
    if (program?.text !== 'apk') {
      return /^(?:mkdir|echo|adduser|addgroup|chown|chmod|touch|set|npm|yarn|pnpm|pip3?|go|rm|ln)$/.test(
        program?.text ?? '',
      );
    }
    return others.every(
      ({ text, literal }) =>
        ['add', 'update', 'upgrade'].includes(text) || (literal && WITHOUT_BASH.test(text)),
    );
  });
}
