import { describe, expect, it } from 'vitest';
import { withoutHelper } from '../../../src/docker/config-edit.ts';

function mended(text: string, name = 'desktop'): string | undefined {
  const edits = withoutHelper(text, name);
  return (
    edits &&
    [...edits]
      .reverse()
      .reduce((all, { start, end, text: put }) => all.slice(0, start) + put + all.slice(end), text)
  );
}

describe('a helper is taken out of config.json', () => {
  it.each([
    ['{"credsStore":"desktop"}', '{}'],
    ['{"credsStore":"desktop","a":1}', '{"a":1}'],
    ['{"a":1,"credsStore":"desktop"}', '{"a":1}'],
    ['{"a":[1,{"credsStore":"desktop"}],"credsStore" : "desktop" }', '{"a":[1,{"credsStore":"desktop"}] }'],
    ['{\r\n  "credsStore": "desktop",\r\n  "a": {}\r\n}\r\n', '{\r\n  "a": {}\r\n}\r\n'],
    ['{"credsstore":"desktop"}', '{}'],
    ['{"credHelpers":{"a":"desktop","b":"other","c":"desktop"}}', '{"credHelpers":{"b":"other"}}'],
    [
      '{"credHelpers":{"a":"desktop","b":"desktop"},"credsStore":"pass"}',
      '{"credHelpers":{},"credsStore":"pass"}',
    ],
    ['{"auths":{"x":{"auth":"a\\"},b{=="}},"credsStore":"desktop"}', '{"auths":{"x":{"auth":"a\\"},b{=="}}}'],
    [
      '  {"a": "\\u007b", "credsStore": "desktop", "credHelpers": {"x": "desktop"}}',
      '  {"a": "\\u007b", "credHelpers": {}}',
    ],
  ])('%s', (before, after) => expect(mended(before)).toBe(after));

  it.each([
    ['another helper', '{"credsStore":"pass"}'],
    ['two of them', '{"credsStore":"desktop","credsStore":"desktop"}'],
    ['no JSON', '{"credsStore":"desktop"'],
    ['a list', '["credsStore","desktop"]'],
    ['nothing', ''],
    ['no mapping', '{"credHelpers":["desktop"]}'],
  ])('leaves %s alone', (_, before) => expect(mended(before)).toBeUndefined());
});
