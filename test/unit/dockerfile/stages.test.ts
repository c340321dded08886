import { describe, expect, it } from 'vitest';
import { parseDockerfile } from '../../../src/dockerfile/parse.ts';
import { stagesOf } from '../../../src/dockerfile/stages.ts';

const TEXT = `FROM node:22 AS base
FROM base AS deps
FROM alpine AS tools
FROM base AS Test
COPY --from=deps /a /a
FROM nginx
RUN --mount=type=bind,from=tools,target=/t true
COPY --from=1 /a /a
FROM unused
`;

function indexes(text: string, target?: string) {
  return stagesOf(parseDockerfile(text), target)?.map((stage) => stage.index);
}

describe('stagesOf', () => {
  it('takes the last stage where no target is given', () => {
    expect(indexes(TEXT)).toEqual([5]);
  });

  it('follows bases, COPY --from and RUN --mount', () => {
    expect(indexes(TEXT.replace('FROM unused\n', ''))).toEqual([0, 1, 2, 4]);
  });

  it('finds a target in any case', () => {
    expect(indexes(TEXT, 'TEST')).toEqual([0, 1, 3]);
  });

  it('knows no target by number, and none that is not there', () => {
    expect(indexes(TEXT, '0')).toBeUndefined();
    expect(indexes(TEXT, 'prod')).toBeUndefined();
    expect(indexes('', 'prod')).toBeUndefined();
  });

  it('follows what ONBUILD of the base takes', () => {
    expect(indexes('FROM a AS x\nFROM b AS y\nONBUILD COPY --from=x / /\nFROM y\n')).toEqual([0, 1, 2]);
  });

  it('is empty for a file without stages or for another frontend', () => {
    expect(indexes('# nothing\n')).toEqual([]);
    expect(indexes('# syntax=other/frontend\nFROM a\n', 'x')).toEqual([]);
  });
});
