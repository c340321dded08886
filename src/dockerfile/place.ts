/** Places in a Dockerfile, which may be a file or stand in the compose file. */
import type { Build } from '../compose/model.ts';
import { placeInText } from '../compose/within.ts';
import type { Facts } from '../facts.ts';
import type { Place } from '../source.ts';
import type { Range } from './model.ts';

/** The place of a range of the Dockerfile of a build. */
export function placeInDockerfile({ files }: Pick<Facts, 'files'>, build: Build, range: Range): Place {
  const { dockerfileInline: inline, dockerfilePath: file } = build;
  if (!inline) return file === undefined ? build.at : { file, start: range.start, end: range.end };
  const source = files.read(inline.at.file);
  return 'text' in source ? placeInText(inline, source, range.start, range.end) : inline.at;
}

/** A line without its indentation and line break; lines count from 1. */
export function rangeOfLine(text: string, line: number): Range {
  let start = 0;
  for (let at = 1; at < line; at++) {
    const next = text.indexOf('\n', start);
    if (next < 0) break;
    start = next + 1;
  }
  const [content = '', indent = ''] = /^([ \t]*)[^\r\n]*/.exec(text.slice(start)) ?? [];
  return { start: start + indent.length, end: start + content.trimEnd().length };
}
