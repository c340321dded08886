/**
 * The reading of references against the documented grammar, written here once more as the regular expressions that the
 * distribution project publishes with its `reference` package, and its rule for short names.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fullName, parseReference } from '../../../src/registry/reference.ts';
import { scrambled, slipped, written } from '../../support/references.ts';

const COMPONENT = '[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?';
const DOMAIN = `(?:${COMPONENT}(?:\\.${COMPONENT})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?`;
const PART = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';
const PATH = `${PART}(?:/${PART})*`;
const REFERENCE = new RegExp(
  `^((?:${DOMAIN}/)?${PATH})(?::(\\w[\\w.-]{0,127}))?(?:@([A-Za-z][A-Za-z0-9]*:[0-9a-fA-F]{32,}))?$`,
);
const DIGEST = /^(?:sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128})$/;

/** `ParseNormalizedNamed` and `TagNameOnly`, as their documentation tells them. */
function oracle(text: string): { host: string; path: string; tag?: string; digest?: string } | undefined {
  if (/^[0-9a-f]{64}$/.test(text)) return undefined;
  const slash = text.indexOf('/');
  const first = text.slice(0, Math.max(0, slash));
  const isDomain = /[.:]/.test(first) || first === 'localhost' || first.toLowerCase() !== first;
  const host = slash < 0 || !isDomain ? 'docker.io' : first === 'index.docker.io' ? 'docker.io' : first;
  const rest = slash < 0 || !isDomain ? text : text.slice(slash + 1);
  const remainder = host === 'docker.io' && !rest.includes('/') ? `library/${rest}` : rest;
  const match = REFERENCE.exec(`${host}/${remainder}`);
  if (!match) return undefined;
  const [, name = '', tag, digest] = match;
  if (digest !== undefined && !DIGEST.test(digest)) return undefined;
  const path = name.slice(host.length + 1);
  if (!new RegExp(`^${DOMAIN}$`).test(host) || path.length > 255 || path === '') return undefined;
  return {
    host,
    path,
    ...(digest === undefined ? { tag: tag ?? 'latest' } : tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest }),
  };
}

/** Docker reads any number behind the colon and cannot ask at one above 65535; we say so at once. */
const hasImpossiblePort = (text: string) => Number(/^[^/]*:(\d+)\//.exec(text)?.[1] ?? 0) > 65535;

describe('the grammar of references', () => {
  it.each([
    ['written by it', written],
    ['with one slip', slipped],
    ['at random', scrambled],
  ])('%s', (_, texts) => {
    fc.assert(
      fc.property(texts, (text) => {
        fc.pre(!hasImpossiblePort(text));
        const parsed = parseReference(text);
        expect('invalid' in parsed ? undefined : parsed).toEqual(oracle(text));
      }),
      { numRuns: 3_000 },
    );
  });

  it('the full form reads as the same reference', () => {
    fc.assert(
      fc.property(written, (text) => {
        const parsed = parseReference(text);
        if ('invalid' in parsed) return;
        expect(parseReference(fullName(parsed))).toEqual(parsed);
      }),
      { numRuns: 3_000 },
    );
  });
});
