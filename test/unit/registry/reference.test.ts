import { describe, expect, it } from 'vitest';
import { parseReference } from '../../../src/registry/reference.ts';

const DIGEST = `sha256:${'0a'.repeat(32)}`;

describe('parseReference', () => {
  it.each([
    ['alpine', { host: 'docker.io', path: 'library/alpine', tag: 'latest' }],
    ['alpine:3.20', { host: 'docker.io', path: 'library/alpine', tag: '3.20' }],
    ['docker.io/alpine', { host: 'docker.io', path: 'library/alpine', tag: 'latest' }],
    ['index.docker.io/acme/api:1', { host: 'docker.io', path: 'acme/api', tag: '1' }],
    ['acme/api', { host: 'docker.io', path: 'acme/api', tag: 'latest' }],
    ['localhost/api', { host: 'localhost', path: 'api', tag: 'latest' }],
    ['localhost:5000/a/b/c:x', { host: 'localhost:5000', path: 'a/b/c', tag: 'x' }],
    ['ghcr.io/acme/api', { host: 'ghcr.io', path: 'acme/api', tag: 'latest' }],
    ['[::1]:5000/api', { host: '[::1]:5000', path: 'api', tag: 'latest' }],
    ['MyOrg/app', { host: 'MyOrg', path: 'app', tag: 'latest' }],
    ['localhost:5000', { host: 'docker.io', path: 'library/localhost', tag: '5000' }],
    [`alpine@${DIGEST}`, { host: 'docker.io', path: 'library/alpine', digest: DIGEST }],
    [`alpine:3@${DIGEST}`, { host: 'docker.io', path: 'library/alpine', tag: '3', digest: DIGEST }],
    ['a__b/c---d.e_f', { host: 'docker.io', path: 'a__b/c---d.e_f', tag: 'latest' }],
    [`a:${'t'.repeat(128)}`, { host: 'docker.io', path: 'library/a', tag: 't'.repeat(128) }],
  ])('reads %s', (text, expected) => {
    expect(parseReference(text)).toEqual(expected);
  });

  it.each([
    ['', 'is empty'],
    ['Alpine', 'not in lower case'],
    ['docker.io/acme/API:1', 'not in lower case'],
    ['alpine:', 'no tag after it'],
    ['alpine 3', 'a blank'],
    ['alpine:3\r', 'a blank'],
    ['alpine:3\u00a0', 'a blank'],
    ['https://ghcr.io/acme/api', 'starts with a protocol'],
    ['alpine:3:4', 'the tag'],
    [`alpine:${'t'.repeat(129)}`, 'the tag'],
    ['alpine:-x', 'the tag'],
    ['./app', 'not a registry host'],
    ['a___b', 'not well formed'],
    ['a//b', 'not well formed'],
    ['-a', 'not well formed'],
    ['localhost:5000/', 'names no repository'],
    ['a.b:70000/x', 'above 65535'],
    ['alpine@sha256:abc', '64 lower-case'],
    [`alpine@sha256:${'A'.repeat(64)}`, '64 lower-case'],
    [`alpine@md5:${'a'.repeat(32)}`, 'no kind that Docker knows'],
    ['0a'.repeat(32), 'an image ID'],
    [`ghcr.io/${'a'.repeat(256)}`, '256 characters long'],
    ['a'.repeat(100_000), '100000 characters long'],
  ])('refuses %s', (text, reason) => {
    const parsed = parseReference(text);
    expect(parsed).toHaveProperty('invalid', expect.stringContaining(reason));
  });

  it('repeats no part of a text that may hold a secret', () => {
    for (const text of [
      'Planted-Secret',
      'x:planted secret',
      'planted-secret.example/A',
      'x@planted-secret',
    ]) {
      expect(JSON.stringify(parseReference(text)).toLowerCase()).not.toContain('planted');
    }
  });
});
