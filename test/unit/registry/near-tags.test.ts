import { describe, expect, it } from 'vitest';
import { nearTags } from '../../../src/registry/near-tags.ts';

const postgres =
  'latest alpine bookworm 18 18.1 18-alpine 18-alpine3.23 17 17.7 17-alpine 17-bookworm 15 15.14 15.15 15-alpine 15.14-alpine 15.15-alpine 15-alpine3.22 15-alpine3.23 15-bookworm 15.15-bookworm 19beta1 19beta1-alpine'.split(
    ' ',
  );
const node =
  'latest lts current 20 20-alpine 20-alpine3.21 20-alpine3.22 20-slim 20-bookworm 20-bookworm-slim 20.19 20.19.5 20.19.5-alpine 20.19.5-alpine3.22 22 22-alpine 22-alpine3.22 lts-alpine'.split(
    ' ',
  );
const alpine = 'latest edge 3 3.20 3.20.8 3.21 3.21.5 3.22 3.22.2 3.23 3.23.0 20250108 20251016'.split(' ');

describe('the nearest tags', () => {
  it.each([
    ['15-alpin', postgres, ['15-alpine', '15-alpine3.23', '15-alpine3.22'], true],
    ['15-apline', postgres, ['15-alpine'], true],
    ['15alpine', postgres, ['15-alpine'], true],
    ['15.99-alpine', postgres, ['15.15-alpine', '15.14-alpine', '15-alpine'], false],
    ['15.99', postgres, ['15.15', '15.14', '15'], false],
    ['99-alpine', postgres, ['18-alpine', '17-alpine', '15-alpine'], false],
    ['20-alpine3.9', node, ['20-alpine3.22', '20-alpine3.21', '20-alpine'], false],
    ['20-bookwrom-slim', node, ['20-bookworm-slim'], true],
    ['20.19.99', node, ['20.19.5', '20.19', '20'], false],
    ['3.12', alpine, ['3.23', '3.22', '3.21'], false],
    ['v3.22', alpine, ['3.22'], true],
    ['20200101', alpine, ['20251016', '20250108'], false],
    ['LATEST', ['latest', '1.0'], ['latest'], true],
    ['latest', ['1.0', '1.1', '2.0-rc1', '1.1-alpine'], ['1.1', '1.0'], false],
    ['19beta2', postgres, ['19beta1'], false],
  ])('%s', (wanted, tags, first, slip) => {
    const found = nearTags(wanted, tags);
    expect(found.near.slice(0, first.length)).toEqual(first);
    expect(found.slip).toBe(slip);
  });

  it.each(['15', '15-alpine', '3.99', '0.1-slim'])('never offers what has no version for %s', (wanted) => {
    const { near } = nearTags(wanted, ['latest', 'edge', 'alpine', 'lts-alpine', 'nightly', 'stable-slim']);
    expect(near).toEqual([]);
  });

  it('takes no short word for a slip, nor another number', () => {
    for (const [wanted, tag] of [
      ['8.3-fpm', '8.3-zts'],
      ['8.3-cli', '8.3-cl'],
      ['1.27', '1.28'],
      ['3.12', '31.2'],
    ] as const)
      expect(nearTags(wanted, [tag]).slip).toBe(false);
  });

  it('is not sure of two slips', () => {
    expect(nearTags('1-alpin', ['1-alpine', '1-alpino'])).toMatchObject({ slip: false });
  });

  it('gives up on nothing that is like a tag', () => {
    expect(nearTags('_..--__', ['---', 'a', '1'.repeat(120), '.'])).toMatchObject({ slip: false });
  });
});
