import type { ReadBuild } from '../../src/dockerfile/builds.ts';
import { readBuilds } from '../../src/dockerfile/builds.ts';
import { ignoreFileOf } from '../../src/dockerfile/dockerignore.ts';
import type { ContextSize, Facts } from '../../src/facts.ts';
import { listed } from '../../src/listed.ts';
import { defineRule, type Fix } from '../../src/rule.ts';
import { subject } from '../../src/subject.ts';

/** From here on it is felt in every build. In bytes. */
const LARGE = 100 * 1024 * 1024;

/** What a build installs itself need not be sent: a directory, and the commands that make it. */
const MADE_BY: Readonly<Record<string, RegExp>> = {
  node_modules: /\b(?:npm|yarn|pnpm|bun)\b/,
  bower_components: /\bbower\b/,
  '.venv': /\b(?:pip3?|poetry|uv|pipenv)\b/,
  venv: /\b(?:pip3?|poetry|uv|pipenv)\b/,
  target: /\b(?:cargo|mvnw?|maven|sbt)\b/,
};

export default defineRule({
  id: 'build/context-too-large',
  title: 'a build sends far more than it needs',
  severity: 'warning',
  docs: `
\`COPY . .\` sends everything below the context that \`.dockerignore\` does not leave out: \`.git\`, \`node_modules\`, caches.
That takes time in every build, makes images large, and each commit invalidates the cache.

Measured is what the \`COPY\` and \`ADD\` instructions make BuildKit send, up to 20,000 files; said from 100 MB on, and
only where directories of that kind are a good part of it.

**When to ignore it.** The build needs them: it reads the history of git, or copies installed packages on purpose.
`,
  *check(facts) {
    for (const read of readBuilds(facts)) {
      const { project, service, build, context, file } = read;
      if (context === undefined) continue;
      const copies = read.stages.flatMap((stage) => stage.copies).filter((copy) => copy.from === undefined);
      const sources = copies.flatMap((copy) => copy.sources);
      if (sources.length === 0 || sources.some((source) => source.unresolved)) continue;
      const size = facts.contextSize(
        context,
        file,
        [...new Set(sources.map((source) => source.path))].sort(),
      );
      const heavy = notNeeded(read, size);
      const wasted = heavy.reduce((sum, { bytes }) => sum + bytes, 0);
      if (size.bytes < LARGE || wasted * 4 < size.bytes) continue;
      const ignoreFile = ignoreFileOf(facts.files, context, file);
      const bound = size.complete ? '' : 'at least ';
      yield {
        subject: subject.build(project.id, service.name),
        at: build.context?.scalar.at ?? build.at,
        message: `The build of service "${service.name}" sends ${bound}${megabytes(size.bytes)} of its context, ${bound}${megabytes(wasted)} of it in ${listed(heavy.map(({ path }) => `${path}/`))}.`,
        evidence: [
          ...(size.complete ? [] : [`the look ended after ${size.files} files`]),
          ignoreFile === undefined ? 'there is no .dockerignore' : `${ignoreFile} does not leave them out`,
        ],
        fixes: exclude(facts, context, ignoreFile, heavy),
      };
    }
  },
});

/** Directories that the build makes itself, or nothing in it asks for. */
function notNeeded({ stages }: ReadBuild, size: ContextSize): ContextSize['heavy'] {
  const runs = stages
    .flatMap((stage) => stage.steps)
    .flatMap((step) => (step.kind === 'run' ? step.command.words.map(({ text }) => text) : []))
    .join('\n');
  return size.heavy
    .filter(({ path, bytes }) => {
      const name = path.split('/').at(-1) ?? path;
      const maker = Object.hasOwn(MADE_BY, name) ? MADE_BY[name] : undefined;
      if (maker) return maker.test(runs) && bytes > 0;
      return bytes > 0 && !(name === '.git' && /\bgit\b/.test(runs));
    })
    .slice(0, 5);
}

function exclude(
  facts: Facts,
  context: string,
  ignoreFile: string | undefined,
  heavy: ContextSize['heavy'],
): readonly Fix[] {
  const lines = heavy.map(({ path }) => path);
  // A name that would be read as a pattern.
  if (lines.some((line) => /[*?[\]\\!#]|^\s|\s$/.test(line))) return [];
  const caveat = 'the build no longer sees these directories';
  if (ignoreFile === undefined) {
    const file = context === '.' ? '.dockerignore' : `${context}/.dockerignore`;
    return [
      {
        title: `create ${file} with ${listed(lines)}`,
        safety: 'unsafe',
        caveat,
        steps: [{ kind: 'create', file, text: `${lines.join('\n')}\n` }],
      },
    ];
  }
  const source = facts.files.read(ignoreFile);
  if (!('text' in source)) return [];
  const end = source.text.length;
  const gap = source.text === '' || source.text.endsWith('\n') ? '' : '\n';
  return [
    {
      title: `${ignoreFile}: add ${listed(lines)}`,
      safety: 'unsafe',
      caveat,
      steps: [
        { kind: 'edit', at: { file: ignoreFile, start: end, end }, text: `${gap}${lines.join('\n')}\n` },
      ],
    },
  ];
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1024 / 1024)} MB`;
}
