/** Takes one source of COPY or ADD back into a build context that an ignore file leaves it out of. */
import path from 'node:path';
import { matchInContext } from '../dockerfile/context.ts';
import { hasWildcard } from '../dockerfile/glob.ts';
import type { Facts, Files } from '../facts.ts';
import type { Fix } from '../rule.ts';
import type { FilePath } from '../source.ts';

/** Names that are left out on purpose wherever they are: secrets, version control, what tools put there. */
const DELIBERATE =
  /(?:^|\/)(?:\.env(?:\..*)?|\.git|\.ssh|\.aws|\.npmrc|\.netrc|node_modules|vendor|\.venv|venv|__pycache__|id_[a-z0-9]+|[^/]*\.(?:pem|key|p12|pfx|jks|kdbx))(?:\/|$)/i;

/**
 * The fix that writes `!path` below the line that leaves it out; undefined where that would not bring it back, or the
 * source is a pattern, whose answer would be a guess.
 */
export function exceptSource(
  facts: Facts,
  context: FilePath,
  dockerfile: FilePath | undefined,
  written: string,
  { ignoreFile, line }: { readonly ignoreFile: FilePath; readonly line: number },
): Fix | undefined {
  const source = facts.files.read(ignoreFile);
  // `/a`, `./a` and `../a` are all `a` of the context.
  const wanted = path.posix.join('/', written).replace(/^\/|\/$/g, '');
  if (!('text' in source) || wanted === '') return undefined;
  // In an ignore file these would be read as a pattern or a comment, or trimmed.
  if (hasWildcard(wanted) || /[\\\r\n]/.test(wanted) || wanted.trim() !== wanted) return undefined;

  const exception = `!${wanted}`;
  const after = endOfLine(source.text, line);
  const lineBreak = source.text.includes('\r\n') ? '\r\n' : '\n';
  const added = `${lineBreak}${exception}`;
  const text = source.text.slice(0, after) + added + source.text.slice(after);
  const files: Files = {
    ...facts.files,
    read: (file) => (file === ignoreFile ? { file, text } : facts.files.read(file)),
  };
  const match = matchInContext(files, context, dockerfile, written);
  if (!match.found || match.nothing) return undefined;
  const deliberate = DELIBERATE.test(wanted);
  return {
    title: `${ignoreFile}: add ${exception}`,
    safety: deliberate ? 'unsafe' : 'safe',
    steps: [{ kind: 'edit', at: { file: ignoreFile, start: after, end: after }, text: added }],
    ...(deliberate
      ? {
          caveat:
            'such files are mostly left out on purpose: secrets and what tools make do not belong in an image',
        }
      : {}),
  };
}

/** The offset behind the last character of a line, its line break left out; lines count from 1. */
function endOfLine(text: string, line: number): number {
  let start = 0;
  for (let at = 1; at < line; at++) start = text.indexOf('\n', start) + 1;
  const feed = text.indexOf('\n', start);
  const end = feed < 0 ? text.length : feed;
  return text[end - 1] === '\r' ? end - 1 : end;
}
