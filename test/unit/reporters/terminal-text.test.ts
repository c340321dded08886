import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  cells,
  clean,
  cut,
  fill,
  lineCells,
  plain,
  solid,
  span,
  take,
  wrap,
} from '../../../src/reporters/terminal-text.ts';

const anyText = fc.string({ unit: 'binary', maxLength: 60 });

describe('clean', () => {
  it('shows what a terminal would act on as an escape', () => {
    expect(clean('a\u001b[31mb', true)).toBe('a\\x1b[31mb');
    expect(clean('a\nb\rc\td\u0007\u009b', true)).toBe('a\\nb\\rc\\td\\x07\\u009b');
    expect(clean('\u202egnp.exe \u2066x\u2069 \u{e0041}', true)).toBe(
      '\\u202egnp.exe \\u2066x\\u2069 \\u{e0041}',
    );
    expect(clean('\ud800', true)).toBe('\\ud800');
  });

  it('leaves letters of every script alone', () => {
    expect(clean('über/日本語/файл.yml', true)).toBe('über/日本語/файл.yml');
  });

  it('gives printable ASCII only where no more can be shown', () => {
    expect(clean('✗ docker/… → über · 13', false)).toBe('x docker/... -> \\u00fcber - 13');
    fc.assert(fc.property(anyText, (text) => /^[\x20-\x7e]*$/.test(clean(text, false))));
  });

  it('leaves no control or invisible character, and nothing more to do', () => {
    fc.assert(
      fc.property(anyText, fc.boolean(), (text, unicode) => {
        const once = clean(text, unicode);
        expect(once).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
        expect(clean(once, unicode)).toBe(once);
      }),
    );
  });

  it('bounds what one value can take', () => {
    expect(clean('x'.repeat(1_000_000), true).length).toBeLessThan(10_000);
  });
});

describe('cells', () => {
  it.each([
    ['abc', 3],
    ['日本語', 6],
    ['ｆｕｌｌ', 8],
    ['ﾊﾝ', 2],
    ['한국', 4],
    ['e\u0301', 1],
    ['✗ ⚠ ⊘ ℹ', 7],
    ['🐳', 2],
  ])('%s takes %i', (text, expected) => {
    expect(cells(text)).toBe(expected);
  });
});

describe('take, cut and fill', () => {
  it('never splits a wide character', () => {
    expect(take('日本語', 5)).toBe('日本');
    expect(plain(cut([span('日本語')], 4, true))).toBe('日…');
    expect(lineCells(fill([span('日本語')], 4, true))).toBe(4);
  });

  it('fills to exactly the columns asked for', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 4, max: 40 }), fc.boolean(), (text, columns, unicode) => {
        expect(lineCells(fill([span(text)], columns, unicode))).toBe(columns);
      }),
    );
  });
});

describe('wrap', () => {
  const place = 'a directory with spaces/docker-compose.yml:58:19';

  it('breaks at spaces and indents what follows', () => {
    const lines = wrap([span('one two three')], { columns: 9, unicode: true, hang: 2 });
    expect(lines.map(plain)).toEqual(['one two', '  three']);
  });

  it('keeps a solid span in one piece, however narrow', () => {
    const line = [span('see ('), solid(place), span(') for more')];
    const lines = wrap(line, { columns: 20, unicode: true }).map(plain);
    expect(lines).toEqual(['see', `(${place})`, 'for more']);
  });

  it('does not begin a line with the dot that separates', () => {
    const lines = wrap([span('aaaa · bbbb · cccc')], { columns: 8, unicode: true }).map(plain);
    expect(lines).toEqual(['aaaa ·', 'bbbb ·', 'cccc']);
  });

  it('loses nothing but spaces, and keeps to the columns where words may be broken', () => {
    fc.assert(
      fc.property(
        anyText,
        fc.integer({ min: 6, max: 30 }),
        fc.integer({ min: 0, max: 3 }),
        (text, columns, hang) => {
          const lines = wrap([span(text)], { columns, unicode: true, hang, breakWords: true });
          const joined = lines.map(plain).join('').replaceAll(' ', '');
          expect(joined).toBe(clean(text, true).replaceAll(' ', ''));
          for (const line of lines.filter((one) => plain(one).trim() !== '' && !/^ /.test(plain(one)))) {
            expect(lineCells(line)).toBeLessThanOrEqual(columns);
          }
        },
      ),
    );
  });
});
