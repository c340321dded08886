import { describe, expect, it } from 'vitest';
import { commonRewrite, commonTitle, rewrittenTitle } from '../../../src/reporters/rewrite.ts';

const edit = (oldText: string, newText: string) => ({ oldText, newText });

describe('commonRewrite', () => {
  it('finds the leading path that all edits change', () => {
    const edits = [
      edit('docker/a.Dockerfile', 'dockerfiles/a.Dockerfile'),
      edit('"docker/x/b"', '"dockerfiles/x/b"'),
    ];
    expect(commonRewrite(edits)).toEqual({ from: 'docker/…', to: 'dockerfiles/…' });
  });

  it.each([
    ['different directories', [edit('a/x', 'b/x'), edit('c/x', 'b/x')]],
    ['a renamed file', [edit('a/x', 'a/y')]],
    ['a moved-out file', [edit('a/Dockerfile', 'Dockerfile')]],
    ['an absolute path that loses its start', [edit('a/x', '/x')]],
    ['no edits', []],
  ])('finds none in %s', (_name, edits) => {
    expect(commonRewrite(edits)).toBeUndefined();
  });
});

describe('titles', () => {
  const rewrite = { from: 'docker/…', to: 'dockerfiles/…' };

  it('keep their words around what is common', () => {
    const title = 'dockerfile: docker/a → dockerfiles/a';
    expect(rewrittenTitle(title, edit('docker/a', 'dockerfiles/a'), rewrite)).toBe(
      'dockerfile: docker/… → dockerfiles/…',
    );
  });

  it('are the bare change where they do not name the values', () => {
    expect(rewrittenTitle('Point to the new place', edit('docker/a', 'dockerfiles/a'), rewrite)).toBe(
      'docker/… → dockerfiles/…',
    );
  });

  it('of one form are told as one', () => {
    expect(commonTitle(['dockerfile: d/a → e/a', 'dockerfile: d/b/c → e/b/c'])).toBe('dockerfile: d/… → e/…');
    expect(commonTitle(['dockerfile: d/a → e/a', 'context: d/b → e/b'])).toBeUndefined();
    expect(commonTitle(['Remove the service', 'dockerfile: d/a → e/a'])).toBeUndefined();
  });
});
