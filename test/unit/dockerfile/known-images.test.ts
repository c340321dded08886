import { describe, expect, it } from 'vitest';
import { knownImage } from '../../../src/dockerfile/known-images.ts';

describe('what an image’s name tells', () => {
  it.each([
    ['alpine', 'alpine'],
    ['alpine:edge', 'alpine'],
    ['docker.io/library/alpine:3.19@sha256:abc', 'alpine'],
    ['docker.io/alpine', 'alpine'],
    ['public.ecr.aws/docker/library/node:22-alpine3.20', 'alpine'],
    ['php:8.3-fpm-alpine', 'alpine'],
    ['node:22', 'debian'],
    ['node:lts-slim', 'debian'],
    ['python:3.13.0rc2-slim-bookworm', 'debian'],
    ['ubuntu:24.04', 'debian'],
    ['debian:testing-backports', 'debian'],
  ])('%s is %s', (reference, family) => {
    expect(knownImage(reference)?.family).toBe(family);
  });

  it.each([
    'registry.example.com/alpine:3.19',
    'example/node:22',
    'node@sha256:abc',
    'golang:1.23-nanoserver',
    'python:3.12-windowsservercore-ltsc2022',
    'node:weekly',
    'scratch',
    'busybox',
    'constructor',
    'localhost:5000/alpine',
    '',
  ])('%s tells nothing', (reference) => {
    expect(knownImage(reference)).toBeUndefined();
  });
});
