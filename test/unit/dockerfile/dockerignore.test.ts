import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ignoringLine, parseDockerignore } from '../../../src/dockerfile/dockerignore.ts';

function lineFor(text: string, file: string) {
  return ignoringLine(parseDockerignore(text), file);
}

describe('parseDockerignore', () => {
  it('trims, cleans and keeps line numbers', () => {
    const { rules, faults } = parseDockerignore(
      '\uFEFF# comment\r\n\r\n  /a/b/  \r\n #c\r\n! ./d//e \r\n../f\r\n/\r\n',
    );
    expect(rules.map(({ line, pattern, exception }) => [line, pattern, exception])).toEqual([
      [3, 'a/b', false],
      [4, '#c', false],
      [5, 'd/e', true],
      [6, '../f', false],
      [7, '/', false],
    ]);
    expect(faults).toEqual([]);
  });

  it('takes the first line behind a byte order mark for what it is', () => {
    expect(lineFor('\uFEFFa\r\n', 'a')).toBe(1);
  });

  it('reports what Docker refuses', () => {
    const { rules, faults } = parseDockerignore('!\na[\n[]\nb\\\nc\n! /./\n');
    expect(faults.map((fault) => fault.line)).toEqual([1, 2, 3, 4, 6]);
    expect(rules.map((rule) => rule.pattern)).toEqual(['c']);
  });

  // Tried with docker build (engine 28.5): only what comes before the second star is checked.
  it.each([
    ['x*/[]a]', []],
    ['x/*/a\\', []],
    ['*/[]a]', [1]],
    ['**/[', [1]],
    ['é/[]a]', [1]],
  ])('says of %s what Docker says', (text, lines) => {
    expect(parseDockerignore(text).faults.map((fault) => fault.line)).toEqual(lines);
  });
});

describe('patterns made to take long', () => {
  it('ends, and then says of nothing that it is ignored', () => {
    const ignore = parseDockerignore(`${'**/*a*/'.repeat(200)}\n`.repeat(45));
    expect(ignore.rules).toHaveLength(45);
    expect(ignoringLine(ignore, `${'a/'.repeat(100)}b`)).toBeUndefined();
    expect(ignore.effort.left).toBeLessThan(0);
  });
});

describe('ignoringLine', () => {
  // Each row was tried with docker build (engine 28.5), or is one of moby/patternmatcher's own tests.
  it.each([
    ['a', 'a', 1],
    ['a', 'a/b/c', 1],
    ['a', 'b/a', undefined],
    ['A', 'a', undefined],
    ['a/', 'a', 1],
    ['/a/', 'a', 1],
    ['a+b', 'a+b', 1],
    ['a.b', 'axb', undefined],
    ['(x){1}|$^', '(x){1}|$^', 1],
    // Regular expressions in disguise: not followed, and nothing is claimed.
    ['src/^q*', 'src/^q', undefined],
    ['src/a|b*', 'src/a|b', undefined],
    ['src/a{2}*', 'src/a{2}', undefined],
    ['src/\\w*', 'src/w', undefined],
    ['src/[[:alpha:]]*', 'src/:]', undefined],
    ['*\n!src/a|b*', 'src/a', undefined],
    ['a|/**', 'a|/b', 1],
    ['src/[\\^a]', 'src/^', 1],
    ['**a|', 'b/a|', 1],
    ['src/*.{js,ts}', 'src/a.{js,ts}', 1],
    ['*', 'a/b', 1],
    ['*.js', 'a.js', 1],
    ['*.js', 'd/a.js', undefined],
    ['*/*.js', 'd/a.js', 1],
    ['a?c', 'abc', 1],
    ['a?c', 'a/c', undefined],
    ['[a-c]x', 'bx', 1],
    ['[^a-c]x', 'bx', undefined],
    ['[^a-c]x', 'dx', 1],
    ['a\\*', 'a*', 1],
    ['a\\*', 'ab', undefined],
    ['**', 'a/b', 1],
    ['**/*.js', 'a.js', 1],
    ['**/*.js', 'd/e/a.js', 1],
    ['**/a', 'd/e/a', 1],
    ['**/a', 'd/e/xa', undefined],
    ['**a', 'd/xa', 1],
    ['a/**', 'a/b/c', 1],
    ['a/**', 'a', undefined],
    ['a/**/b', 'a/b', 1],
    ['a/**/b', 'a/x/y/b', 1],
    ['a/**/b', 'axb', undefined],
    ['a**', 'ab/c', 1],
    ['a/**/*.js', 'a/d/x.js', 1],
    ['**/node_modules/**', 'x/node_modules/y', 1],
    ['*\n!a', 'a/b', undefined],
    ['*\n!a', 'b', 1],
    ['*\n!a\na/b', 'a/b', 3],
    ['d\n!d/a', 'd/a', undefined],
    ['d\n!d/a', 'd', 1],
    ['d\n!d/a', 'd/b', 1],
    ['**\n!**/*.go', 'src/a.go', undefined],
    ['**\n!**/*.go', 'src', 1],
    // BuildKit walks from the top: these two are not what "the last pattern wins" would give.
    ['foo/bar\n!foo', 'foo/bar/x', 1],
    ['a\n!a/b\na', 'a/b', undefined],
    // Two lines ignore it, and both have to go; the last is named.
    ['a\n*', 'a', 2],
    ['a/b\na', 'a/b', 2],
    ['*\n!a\n*.js\na.js', 'a.js', 4],
  ])('%j on %j: %j', (text, file, line) => {
    expect(lineFor(text, file)).toBe(line);
  });

  it('agrees with plain comparison where no wildcard is', () => {
    const name = fc.stringMatching(/^[ab.]{1,2}$/).filter((one) => one !== '.' && one !== '..');
    const file = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => names.join('/'));
    fc.assert(
      fc.property(fc.array(file, { maxLength: 4 }), file, (patterns, wanted) => {
        const expected = patterns.findLastIndex((one) => wanted === one || wanted.startsWith(`${one}/`));
        expect(lineFor(patterns.join('\n'), wanted)).toBe(expected < 0 ? undefined : expected + 1);
      }),
    );
  });

  it('agrees with a regular expression on one pattern with wildcards', () => {
    const pattern = fc
      .array(fc.constantFrom('a', 'b', '/', '*', '**/', '?', '.', '[ab]', '[^a]'), {
        minLength: 1,
        maxLength: 6,
      })
      .map((parts) => parts.join('').replace(/\*{3,}/g, '**'))
      .filter((one) => !/^\/|\/\/|\/$|(^|\/)\.\.?(\/|$)|\*\*[^/]/.test(one));
    const file = fc
      .stringMatching(/^[ab.]{1,2}(\/[ab.]{1,2}){0,2}$/)
      .filter((one) => !/(^|\/)\.\.?(\/|$)/.test(one));
    fc.assert(
      fc.property(pattern, file, (one, wanted) => {
        const source = one.replace(/\*\*\/?$|\*\*\/?|\*|\?|\./g, (found, at: number) => {
          if (found.startsWith('**')) return at + found.length === one.length ? '.*' : '(?:.*/)?';
          return { '*': '[^/]*', '?': '[^/]', '.': '\\.' }[found] ?? '';
        });
        const parents = wanted.split('/').map((_, at, all) => all.slice(0, at + 1).join('/'));
        expect(lineFor(one, wanted) === 1).toBe(parents.some((path) => new RegExp(`^${source}$`).test(path)));
      }),
      { numRuns: 2000 },
    );
  });
});
