/** Image references as the grammar of the distribution project's `reference` package has them, for property tests. */
import fc from 'fast-check';

const letters = 'abcdefghijklmnopqrstuvwxyz';
const digits = '0123456789';
const some = (alphabet: string, min: number, max: number) =>
  fc.string({ unit: fc.constantFrom(...alphabet), minLength: min, maxLength: max });
const joined = (part: fc.Arbitrary<string>, separators: readonly string[], most: number) =>
  fc
    .tuple(part, fc.array(fc.tuple(fc.constantFrom(...separators), part), { maxLength: most }))
    .map(([first, rest]) => first + rest.map(([separator, each]) => separator + each).join(''));

const alphaNumeric = some(letters + digits, 1, 4);
// path-component := alpha-numeric [separator alpha-numeric]*; separator := /[_.]|__|[-]+/
const pathComponent = joined(alphaNumeric, ['.', '_', '__', '-', '--', '---'], 2);
const path = joined(pathComponent, ['/'], 2);
// domain-component := /([a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])/
const domainComponent = joined(some(`${letters}${letters.toUpperCase()}${digits}`, 1, 3), ['-', '--'], 1);
const host = fc.oneof(
  joined(domainComponent, ['.'], 2),
  fc.constantFrom('localhost', 'docker.io', 'index.docker.io', '127.0.0.1', '[::1]', '[fe80:0:1:2::3]'),
);
const port = fc.oneof(
  fc.constant(''),
  fc.integer({ min: 0, max: 99999 }).map((number) => `:${number}`),
);
const domain = fc.tuple(host, port).map((parts) => parts.join(''));
// tag := /[\w][\w.-]{0,127}/
const word = `${letters}${letters.toUpperCase()}${digits}_`;
const tag = fc.tuple(some(word, 1, 1), some(`${word}.-`, 0, 6)).map((parts) => parts.join(''));
const digest = fc
  .constantFrom<[string, number]>(['sha256', 64], ['sha384', 96], ['sha512', 128])
  .chain(([algorithm, size]) => some('0123456789abcdef', size, size).map((hex) => `${algorithm}:${hex}`));

/** name [":" tag] ["@" digest] */
export const written = fc
  .tuple(
    fc.oneof(
      path,
      fc.tuple(domain, path).map((parts) => parts.join('/')),
    ),
    fc.option(tag, { nil: undefined }),
    fc.option(digest, { nil: undefined }),
  )
  .map(
    ([name, tag, digest]) =>
      name + (tag === undefined ? '' : `:${tag}`) + (digest === undefined ? '' : `@${digest}`),
  );

/** References with a slip: a character too many, too few, or another one. */
export const slipped = fc
  .tuple(written, fc.nat(), fc.constantFrom('', ...'/:@.-_ A[]'), fc.boolean())
  .map(([text, at, character, replaces]) => {
    const place = at % (text.length + 1);
    return text.slice(0, place) + character + text.slice(place + (replaces || character === '' ? 1 : 0));
  });

/** What is no reference at all, of the characters that references are made of. */
export const scrambled = some('abAB09._-/:@[] ', 0, 12);
