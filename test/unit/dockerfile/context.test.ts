import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { matchInContext } from '../../../src/dockerfile/context.ts';
import type { Files } from '../../../src/facts.ts';
import { createFiles } from '../../../src/workspace/files.ts';

let scratch: string;
let number = 0;
beforeAll(() => {
  scratch = mkdtempSync(path.join(os.tmpdir(), 'dockmedic-context-'));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** A workspace with the files given; a name that ends in a slash is an empty directory. */
function workspace(...files: (string | readonly [string, string])[]): Files {
  const root = path.join(scratch, String(number++));
  mkdirSync(root);
  for (const file of files) {
    const [name, text] = typeof file === 'string' ? [file, ''] : file;
    mkdirSync(path.join(root, name.endsWith('/') ? name : path.dirname(name)), { recursive: true });
    if (!name.endsWith('/')) writeFileSync(path.join(root, name), text);
  }
  return createFiles(root);
}

const found = { found: true };
const missing = { found: false, why: 'missing' };
const outside = { found: false, why: 'outside' };
const nothing = { found: true, nothing: { why: 'missing' } };
function ignored(line: number, ignoreFile = '.dockerignore') {
  return { found: false, why: 'ignored', ignoreFile, line };
}

/** Every answer below was compared with docker build (engine 28.5). */
describe('a path in the context', () => {
  const files = () =>
    workspace('above', 'app/a', 'app/d/e', 'app/empty/', 'app/[id].ts', 'app/Readme', ['app/.hidden', 'x']);

  it.each([
    ['a', found],
    ['./a', found],
    ['/a', found],
    ['a/', found],
    ['d', found],
    ['d/', found],
    ['d/e', found],
    ['d/../a', found],
    ['nod/../a', found],
    ['empty', found],
    ['.', found],
    ['/', found],
    ['', found],
    ['..', found],
    ['../a', found],
    ['../../d/e', found],
    ['../above', outside],
    ['d/../../above', outside],
    ['/../above', missing],
    ['../nowhere', missing],
    ['b', missing],
    ['a/b', missing],
    ['d/x/e', missing],
    ['readme', missing],
    ['D/e', missing],
    ['d\\e', missing],
  ])('%j', (pattern, match) => {
    expect(matchInContext(files(), 'app', undefined, pattern)).toEqual(match);
  });

  it.each([
    ['*', found],
    ['.h*', found],
    ['?', found],
    ['[a-c]', found],
    ['[^a-c]', found],
    ['*/e', found],
    ['d/*', found],
    ['../d/*', found],
    ['*.nope', nothing],
    ['d/*.nope', nothing],
    ['empty/*', nothing],
    // Brackets are a class, and no file is called i.ts or d.ts.
    ['[id].ts', nothing],
    ['[[]id].ts', found],
    ['nod/*.js', missing],
    ['a[', missing],
    // Only one level, other than in .dockerignore.
    ['**/e', found],
    ['**/**/e', nothing],
  ])('%j, with wildcards', (pattern, match) => {
    expect(matchInContext(files(), 'app', undefined, pattern)).toEqual(match);
  });

  it('knows the root of the workspace as a context, and one outside of it', () => {
    const tree = workspace('a', 'sub/b');
    expect(matchInContext(tree, '.', undefined, 'sub/b')).toEqual(found);
    expect(matchInContext(tree, '', undefined, 'a')).toEqual(found);
    expect(matchInContext(tree, 'sub/..', undefined, 'a')).toEqual(found);
    expect(matchInContext(tree, 'not-there', undefined, 'a')).toEqual(missing);
  });
});

describe('what is ignored', () => {
  it.each([
    ['a', 'a', ignored(1)],
    ['*\n', 'a', ignored(1)],
    ['*\n', '.', found],
    ['d', 'd', ignored(1)],
    ['d', 'd/e', ignored(1)],
    ['d/*', 'd', found],
    ['d/**', 'd', found],
    ['d/*', 'd/e', ignored(1)],
    ['d\n!d/e', 'd', found],
    ['d\n!d/e', 'd/f', ignored(1)],
    ['d\n!d/zz', 'd', ignored(1)],
    ['# c\n\n*\n!d/g/h', 'd', found],
    ['# c\n\n*\n!d/g/h', 'd/g', found],
    ['# c\n\n*\n!d/g/h', 'a', ignored(3)],
    ['**\n!**/*.go', 'd', ignored(1)],
    ['Dockerfile', 'Dockerfile', ignored(1)],
    ['*.nope\n!', 'a', found],
    ['d', 'd/*', ignored(1)],
    ['d/*', 'd/*', { found: true, nothing: { why: 'ignored', ignoreFile: '.dockerignore', line: 1 } }],
    ['a', '[ab]', found],
    ['a\nb', '[ab]', { found: true, nothing: { why: 'ignored', ignoreFile: '.dockerignore', line: 1 } }],
    ['zzz', 'zzz', missing],
  ])('%j and COPY %j', (ignore, pattern, match) => {
    const tree = workspace('a', 'b', 'd/e', 'd/f', 'd/g/h', 'Dockerfile', ['.dockerignore', ignore]);
    expect(matchInContext(tree, '.', 'Dockerfile', pattern)).toEqual(match);
  });

  it('takes the ignore file of the Dockerfile before that of the context', () => {
    const tree = workspace(
      'app/a',
      'app/b',
      ['app/.dockerignore', 'a'],
      ['docker/X.Dockerfile.dockerignore', 'b'],
      ['docker/Y.Dockerfile.dockerignore', ''],
    );
    const x = 'docker/X.Dockerfile';
    expect(matchInContext(tree, 'app', x, 'a')).toEqual(found);
    expect(matchInContext(tree, 'app', x, 'b')).toEqual(ignored(1, `${x}.dockerignore`));
    expect(matchInContext(tree, 'app', 'docker/Y.Dockerfile', 'a')).toEqual(found);
    expect(matchInContext(tree, 'app', 'docker/Z.Dockerfile', 'a')).toEqual(ignored(1, 'app/.dockerignore'));
    expect(matchInContext(tree, 'app', undefined, 'a')).toEqual(ignored(1, 'app/.dockerignore'));
  });
});

describe('links', () => {
  it.skipIf(process.platform === 'win32')('follows them, and misses one that leads nowhere', () => {
    const root = path.join(scratch, 'links');
    mkdirSync(path.join(root, 'real'), { recursive: true });
    writeFileSync(path.join(root, 'real', 'f'), '');
    symlinkSync('real', path.join(root, 'link'));
    symlinkSync('nowhere', path.join(root, 'broken'));
    symlinkSync('..', path.join(root, 'real', 'up'));
    const tree = createFiles(root);
    expect(matchInContext(tree, '.', undefined, 'link/f')).toEqual(found);
    expect(matchInContext(tree, '.', undefined, 'broken')).toEqual(missing);
    expect(matchInContext(tree, '.', undefined, 'br*')).toEqual(nothing);
    // Round and round: an exception that nothing fits makes everything below be looked at.
    writeFileSync(path.join(root, '.dockerignore'), '*\n!nothing-like-it\n');
    expect(matchInContext(createFiles(root), '.', undefined, 'real')).toBeDefined();
  });
});

describe('bounds', () => {
  /** A tree without end: every directory holds ten more. */
  const endless = (ignore: string, asked: { times: number }): Files => ({
    stat: (file) => {
      if (file.endsWith('Dockerfile.dockerignore')) return undefined;
      return { kind: file === '.dockerignore' ? 'file' : 'directory', size: 0, mode: 0o755 };
    },
    read: (file) => ({ file, text: ignore }),
    list: () => {
      asked.times++;
      return ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'];
    },
    index: () => ({ files: [], truncated: true, byName: () => [] }),
  });

  it('gives up on an endless directory, and then counts it as found', () => {
    const asked = { times: 0 };
    expect(matchInContext(endless('*\n!zzz', asked), '.', 'Dockerfile', '3')).toEqual(found);
    expect(matchInContext(endless('', asked), '.', 'Dockerfile', '*/*/*/*/*/*/*/x')).toEqual(found);
    expect(asked.times).toBeLessThan(5000);
  });

  it('lists only the directories on the way where a path has no wildcard', () => {
    const asked = { times: 0 };
    expect(matchInContext(endless('', asked), '.', 'Dockerfile', '1/2/3')).toEqual(found);
    expect(asked.times).toBe(3);
  });
});
