import type { MapEntry } from '../../src/compose/model.ts';
import { parseFile } from '../../src/compose/parse.ts';
import { speaksForSwarm } from '../../src/compose/swarm.ts';
import { defineRule, type Fix } from '../../src/rule.ts';
import type { FilePath, Place, Source } from '../../src/source.ts';
import { subject } from '../../src/subject.ts';

export default defineRule({
  id: 'compose/obsolete-version',
  title: 'a compose file has a version',
  severity: 'warning',
  docs: `
Compose 2 ignores the top-level \`version\`, says so with every command (\`the attribute \\\`version\\\` is obsolete\`) and
checks the file by the current specification whatever the number is. A version without quotes (\`version: 3.8\`) is worse:
Compose refuses the file with \`version must be a string\`.

The line is taken out by a safe fix, with the blank line that it leaves at the top. Where the file has keys that only
Swarm reads, it is a hint, and merely proposed: an older \`docker stack deploy\` insists on a version.
`,
  *check(facts) {
    const seen = new Set<FilePath>();
    for (const project of facts.projects) {
      for (const file of project.files) {
        const source = facts.files.read(file);
        if (seen.has(file) || !('text' in source)) continue;
        seen.add(file);
        for (const document of parseFile(source).documents) {
          const entry = document.entries.get('version');
          if (entry?.value.kind !== 'scalar') continue;
          const isString = typeof entry.value.value === 'string';
          const swarm = speaksForSwarm(document);
          const line = lineOf(source, entry);
          const fix: Fix | undefined = line && {
            title: `remove ${source.text.slice(entry.key.start, entry.value.at.end).trim()}`,
            safety: swarm ? 'unsafe' : 'safe',
            ...(swarm ? { caveat: 'an older `docker stack deploy` insists on a version' } : {}),
            steps: [{ kind: 'edit', at: line, text: '' }],
          };
          yield {
            subject: subject.file(file),
            at: entry.key,
            // A stack for Swarm may be deployed by what wants one.
            ...(isString ? (swarm ? { severity: 'info' as const } : {}) : { severity: 'error' as const }),
            message: isString
              ? `${file} has a \`version\`, which Compose ignores.`
              : `${file} has a \`version\` that is no string.`,
            consequence: isString
              ? 'Compose warns that it is obsolete, with every command.'
              : 'Compose refuses the whole file: `version must be a string`.',
            ...(fix ? {} : { advice: 'Remove it.' }),
            fixes: fix ? [fix] : [],
          };
        }
      }
    }
  },
});

/** The line of an entry; a comment behind it stays. Undefined where something else stands on it. */
function lineOf({ text, file }: Source, { key, value }: MapEntry): Place | undefined {
  const before = text.slice(text.lastIndexOf('\n', key.start - 1) + 1, key.start).replace(/^\uFEFF/, '');
  const end = Math.max(value.at.end, key.end + 1);
  const written = text.slice(key.end, end);
  if (before !== '' || value.at.file !== file || value.at.start < key.start || /[\n&]/.test(written))
    return undefined;
  const rest = /^[ \t]*(#[^\r\n]*)?(\r?\n|$)/.exec(text.slice(end));
  if (!rest) return undefined;
  if (rest[1] !== undefined) return { file, start: key.start, end: end + rest[0].indexOf('#') };
  const next = end + rest[0].length;
  // The blank line that set it apart goes with it, where there was nothing or another one before.
  const above = text.slice(0, key.start).replace(/^\uFEFF/, '');
  const blank =
    above === '' || /\n[ \t]*\r?\n$/.test(above) ? /^[ \t]*\r?\n/.exec(text.slice(next)) : undefined;
  return { file, start: key.start, end: next + (blank?.[0].length ?? 0) };
}
