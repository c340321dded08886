import { describe, expect, it } from 'vitest';
import { parseReference, type Reference } from '../../../src/registry/reference.ts';
import { bestToEmulate, emulationOf } from '../../../src/repair/emulation.ts';
import { deprecation, movedTo } from '../../../src/repair/moved.ts';

function reference(text: string): Reference {
  const parsed = parseReference(text);
  if ('invalid' in parsed) throw new Error(parsed.invalid);
  return parsed;
}

describe('images that moved', () => {
  it.each([
    ['bitnami/postgresql:16', 'bitnamilegacy/postgresql:16'],
    ['docker.io/bitnami/redis', 'bitnamilegacy/redis:latest'],
    ['k8s.gcr.io/pause:3.9', 'registry.k8s.io/pause:3.9'],
    ['k8s.gcr.io/ingress-nginx/controller:v1.0.0', 'registry.k8s.io/ingress-nginx/controller:v1.0.0'],
    ['docker.pkg.github.com/acme/shop/api:1', 'ghcr.io/acme/api:1'],
    ['jboss/keycloak:16.1.1', 'quay.io/keycloak/keycloak:16.1.1'],
    ['vault:1.15', 'hashicorp/vault:1.15'],
    ['mcr.microsoft.com/dotnet/core/sdk:5.0', 'mcr.microsoft.com/dotnet/sdk:5.0'],
    ['centos:stream9', 'quay.io/centos/centos:stream9'],
  ])('%s is at %s', (old, to) => expect(movedTo(reference(old))?.to).toBe(to));

  it.each([
    'postgres:16',
    'acme/bitnami/postgresql:16',
    'registry.example.com/bitnami/postgresql:16',
    'hashicorp/vault:1.15',
    'docker.pkg.github.com/acme/api:1',
    `bitnami/postgresql@sha256:${'0'.repeat(64)}`,
    'openjdk:17',
  ])('%s has not', (text) => expect(movedTo(reference(text))).toBeUndefined());

  it('each move has its date and its source, and leads to a name that is one', () => {
    const given = deprecation(reference('openjdk:17'));
    expect(given).toMatchObject({ instead: ['eclipse-temurin', 'amazoncorretto'], since: '2022-07-01' });
    expect(deprecation(reference('eclipse-temurin:17'))).toBeUndefined();
  });
});

describe('emulation', () => {
  it.each([
    ['linux/amd64', 'linux/arm64', 'darwin', 'built-in'],
    ['linux/amd64', 'linux/arm64', 'win32', 'built-in'],
    ['linux/arm64', 'linux/amd64', 'linux', 'with-qemu'],
    ['linux/arm/v7', 'linux/amd64', 'linux', 'with-qemu'],
    ['windows/amd64', 'linux/amd64', 'darwin', 'never'],
    ['linux/amd64', 'windows/amd64', 'win32', 'never'],
    ['linux/mips64le', 'linux/amd64', 'linux', 'never'],
    ['garbage', 'linux/amd64', 'linux', 'never'],
  ])('of %s on %s (%s): %s', (offered, wanted, platform, what) =>
    expect(emulationOf(offered, wanted, platform)).toBe(what),
  );

  it('takes what most machines are', () => {
    expect(bestToEmulate(['linux/s390x', 'linux/386', 'linux/amd64'], 'linux/arm64', 'linux')).toBe(
      'linux/amd64',
    );
    expect(bestToEmulate(['windows/amd64', 'linux/s390x'], 'linux/amd64', 'linux')).toBe('linux/s390x');
    expect(bestToEmulate(['windows/amd64'], 'linux/amd64', 'linux')).toBeUndefined();
  });
});
