import { describe, expect, it } from 'vitest';
import { parseChallenges } from '../../../src/registry/challenge.ts';
import { isLoopback } from '../../../src/registry/hosts.ts';
import { parsePlatform, platformText, runsOn } from '../../../src/registry/platform.ts';
import { proxyFor } from '../../../src/registry/proxy.ts';

describe('parseChallenges', () => {
  const plain = (header: string) =>
    parseChallenges(header).map(({ scheme, parameters }) => [scheme, Object.fromEntries(parameters)]);

  it('reads quoted values with commas and escapes', () => {
    expect(
      plain('Bearer realm="https://a/token",service="b, \\"c\\"", scope="repository:x:pull,push"'),
    ).toEqual([['bearer', { realm: 'https://a/token', service: 'b, "c"', scope: 'repository:x:pull,push' }]]);
  });

  it('keeps several challenges apart', () => {
    expect(plain('Basic realm="x", Bearer realm=y, Negotiate')).toEqual([
      ['basic', { realm: 'x' }],
      ['bearer', { realm: 'y' }],
      ['negotiate', {}],
    ]);
  });

  it('finds a challenge beside garbage', () => {
    expect(plain('"",;= Basic realm="open').at(0)).toEqual(['basic', {}]);
    expect(plain('')).toEqual([]);
  });
});

describe('isLoopback', () => {
  it.each(['localhost', '127.0.0.1', '127.9.9.9', '[::1]', '::1'])('%s is', (host) => {
    expect(isLoopback(host)).toBe(true);
  });
  it.each(['localhost.example', '128.0.0.1', '127.0.0.1.example', '10.0.0.1', '[::2]', ''])(
    '%s is not',
    (host) => {
      expect(isLoopback(host)).toBe(false);
    },
  );
});

describe('platforms', () => {
  it.each([
    ['linux/x86_64', 'linux/amd64'],
    ['linux/arm64/v8', 'linux/arm64'],
    ['linux/aarch64', 'linux/arm64'],
    ['linux/arm', 'linux/arm/v7'],
    ['linux/arm/6', 'linux/arm/v6'],
    ['Windows/AMD64', 'windows/amd64'],
  ])('writes %s as %s', (text, expected) => {
    const platform = parsePlatform(text);
    expect(platform && platformText(platform)).toBe(expected);
  });

  it.each(['linux', '', 'a/b/c/d', 'linux//x', 'linux/a b'])('does not take %j for one', (text) => {
    expect(parsePlatform(text)).toBeUndefined();
  });

  it.each([
    ['linux/amd64', 'linux/amd64', true],
    ['linux/386', 'linux/amd64', true],
    ['linux/amd64', 'linux/386', false],
    ['linux/arm/v6', 'linux/arm/v7', true],
    ['linux/arm/v7', 'linux/arm/v6', false],
    ['linux/arm/v7', 'linux/arm64', true],
    ['linux/arm64', 'linux/amd64', false],
    ['windows/amd64', 'linux/amd64', false],
    ['linux/riscv64', 'linux/riscv64', true],
  ])('an image for %s on %s: %s', (offered, wanted, expected) => {
    const [a, b] = [parsePlatform(offered), parsePlatform(wanted)];
    expect(a && b && runsOn(a, b)).toBe(expected);
  });
});

describe('proxyFor', () => {
  const ask = (url: string, environment: Record<string, string>) =>
    proxyFor(new URL(url), environment)?.url?.href;

  it('takes the variable of the protocol, upper case first', () => {
    const both = { HTTPS_PROXY: 'http://a:1', https_proxy: 'http://b:2', HTTP_PROXY: 'c:3' };
    expect(ask('https://registry.example/', both)).toBe('http://a:1/');
    expect(ask('https://registry.example/', { https_proxy: 'b:2' })).toBe('http://b:2/');
    expect(ask('http://registry.example/', both)).toBe('http://c:3/');
  });

  it('never asks loopback through a proxy', () => {
    expect(ask('https://127.0.0.1:5000/', { HTTPS_PROXY: 'http://a:1' })).toBeUndefined();
  });

  it.each([
    '*',
    'example',
    '.example',
    'registry.example',
    'other,registry.example:443',
    'x registry.example',
  ])('is kept from registry.example by NO_PROXY=%s', (value) => {
    expect(ask('https://registry.example/', { HTTPS_PROXY: 'http://a:1', NO_PROXY: value })).toBeUndefined();
  });

  it.each(['gistry.example', '.registry.example', 'registry.example:5000', '10.0.0.0/8', ''])(
    'is not kept from registry.example by NO_PROXY=%j',
    (value) => {
      expect(ask('https://registry.example/', { HTTPS_PROXY: 'http://a:1', NO_PROXY: value })).toBe(
        'http://a:1/',
      );
    },
  );

  it('knows networks', () => {
    const environment = { HTTPS_PROXY: 'http://a:1', no_proxy: '10.1.0.0/16,fd00::/8' };
    expect(ask('https://10.1.2.3/', environment)).toBeUndefined();
    expect(ask('https://[fd00::7]/', environment)).toBeUndefined();
    expect(ask('https://10.2.2.3/', environment)).toBe('http://a:1/');
  });

  it('names the proxy without its login', () => {
    const proxy = proxyFor(new URL('https://a.example/'), {
      HTTPS_PROXY: 'http://ann:planted@proxy.example:3128',
    });
    expect(proxy?.name).toBe('proxy.example:3128 (HTTPS_PROXY)');
  });

  it('gives no address for a proxy of another kind', () => {
    const proxy = proxyFor(new URL('https://a.example/'), { HTTPS_PROXY: 'socks5://proxy.example:1080' });
    expect(proxy).toEqual({ name: 'proxy.example:1080 (HTTPS_PROXY)' });
  });
});
