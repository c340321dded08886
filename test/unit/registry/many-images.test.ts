/** Many images at once: how many requests are under way, what is shared, and lists of tags in pages. */
import { describe, expect, it } from 'vitest';
import { authOf, clientWith, errorBody, reply, serve } from './support.ts';

const INDEX = 'application/vnd.oci.image.index.v1+json';
const manifests = [{ platform: { os: 'linux', architecture: 'amd64' } }];
const missing = errorBody('MANIFEST_UNKNOWN');

describe('many images', () => {
  it('never have more requests under way than the bound, and reach it', async () => {
    let under = 0;
    let most = 0;
    const waiting: (() => void)[] = [];
    const server = await serve((_, response) => {
      under++;
      most = Math.max(most, under);
      waiting.push(() => {
        under--;
        reply(response, 200, { manifests }, { 'content-type': INDEX });
      });
      // Nobody is answered before as many are there as may be: if fewer came at once, none would ever be answered.
      if (most >= 16) setTimeout(() => waiting.shift()?.(), 5);
      if (most === 16 && waiting.length === 16) for (const answer of waiting.splice(0, 15)) answer();
    });
    const client = clientWith();
    const references = Array.from({ length: 100 }, (_, i) => `${server.host}/app${i}:1`);
    const verdicts = await Promise.all(references.map((reference) => client.image(reference, 'linux/amd64')));
    expect(new Set(verdicts.map(({ verdict }) => verdict))).toEqual(new Set(['exists']));
    expect(server.asked).toHaveLength(200);
    expect(most).toBe(16);
  });

  it('are asked for once, however often and for whatever platform they are needed', async () => {
    const manifests = ['amd64', 'arm64'].map((architecture) => ({ platform: { os: 'linux', architecture } }));
    const server = await serve((_, response) =>
      reply(response, 200, { manifests }, { 'content-type': INDEX }),
    );
    const client = clientWith();
    const ask = (platform: string) => client.image(`${server.host}/app:1`, platform);
    await Promise.all(['linux/amd64', 'linux/amd64', 'linux/arm64', 'linux/amd64'].map(ask));
    expect(server.asked).toHaveLength(4);
  });

  it('of one repository share a token, and of one registry a login', async () => {
    const tokens: string[] = [];
    const server = await serve((request, response) => {
      const url = new URL(request.url ?? '', 'http://here/');
      if (url.pathname === '/token') {
        tokens.push(url.searchParams.get('scope') ?? '');
        return reply(response, 200, { token: 'planted-token' });
      }
      if (request.headers.authorization === 'Bearer planted-token')
        return reply(response, 200, {}, { 'content-type': INDEX });
      const realm = `Bearer realm="http://${request.headers.host}/token",service="here"`;
      reply(response, 401, errorBody('UNAUTHORIZED'), { 'www-authenticate': realm });
    });
    const client = clientWith({ config: { auths: { [server.host]: authOf('ana', 'planted-password') } } });
    const names = ['a:1', 'a:2', 'a:3', 'b:1', 'b:2'];
    const verdicts = await Promise.all(names.map((name) => client.image(`${server.host}/${name}`)));
    expect(verdicts.map(({ verdict }) => verdict)).toEqual(names.map(() => 'exists'));
    expect(tokens.sort()).toEqual(['repository:a:pull', 'repository:b:pull']);
    expect(JSON.stringify(verdicts)).not.toContain('planted');
  });
});

describe('a list of tags', () => {
  /** Gives two tags a page, like a registry that pages whatever it is asked for. */
  const paged = (tags: readonly string[], link: (next: string) => string) =>
    serve((request, response) => {
      const url = new URL(request.url ?? '', 'http://here/');
      if (!url.pathname.endsWith('/tags/list')) return reply(response, 404, missing);
      const from = tags.indexOf(url.searchParams.get('last') ?? '') + 1;
      const page = tags.slice(from, from + 2);
      const next = from + 2 < tags.length ? { link: link(`last=${page.at(-1)}&n=2`) } : {};
      reply(response, 200, { tags: page }, next as Record<string, string>);
    });
  const lists = (asked: readonly { line: string }[]) =>
    asked.filter(({ line }) => line.includes('/tags/list'));

  it.each([
    ['a path', (query: string) => `</v2/app/tags/list?${query}>; rel="next"`],
    ['an address', (query: string) => `<http://elsewhere.invalid/v2/other/tags/list?${query}>; rel=next`],
    ['a query', (query: string) => `<?${query}>; rel="next"`],
  ])('is read page by page, where the next one is named by %s', async (_, link) => {
    const server = await paged(['1.0', '1.1', '1.2', '2.0', '2.1'], link);
    const verdict = await clientWith().image(`${server.host}/app:2.9`);
    expect(verdict).toMatchObject({ verdict: 'no-such-tag', near: ['2.1', '2.0', '1.2'] });
    expect(verdict).not.toHaveProperty('partial');
    expect(lists(server.asked)).toHaveLength(3);
    expect(lists(server.asked).every(({ line }) => line.startsWith('GET /v2/app/tags/list?'))).toBe(true);
  });

  it('ends after so many pages, and says that there are more', async () => {
    const tags = Array.from({ length: 100 }, (_, i) => `1.${i}`);
    const server = await paged(tags, (query) => `</v2/app/tags/list?${query}>; rel="next"`);
    const verdict = await clientWith().image(`${server.host}/app:1.200`);
    expect(verdict).toMatchObject({ verdict: 'no-such-tag', partial: true, near: ['1.23', '1.22', '1.21'] });
    expect(lists(server.asked)).toHaveLength(12);
  });

  it('ends where a page comes again, and where a page fails', async () => {
    const same = await serve((request, response) =>
      request.url?.includes('/tags/')
        ? reply(response, 200, { tags: ['1.0'] }, { link: '</v2/app/tags/list?n=2>; rel="next"' })
        : reply(response, 404, missing),
    );
    expect(await clientWith().image(`${same.host}/app:1.1`)).toMatchObject({ near: ['1.0'] });
    expect(lists(same.asked)).toHaveLength(2);
    const failing = await serve((request, response) => {
      if (!request.url?.includes('/tags/')) return reply(response, 404, missing);
      if (request.url.includes('last=')) return reply(response, 500, {});
      reply(response, 200, { tags: ['1.0'] }, { link: '</v2/app/tags/list?last=1.0>; rel="next"' });
    });
    expect(await clientWith().image(`${failing.host}/app:1.1`)).toMatchObject({
      verdict: 'no-such-tag',
      near: ['1.0'],
      partial: true,
    });
  });
});
