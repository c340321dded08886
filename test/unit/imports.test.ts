import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');

/** Which parts may be imported by which: imports run one way, from what runs to what it rests on. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  cli: ['*'],
  ui: ['reporters', 'report', 'source', 'rule', 'subject'],
  reporters: ['listed', 'report', 'rule', 'source', 'subject'],
};

/** What rules may not touch: what they know comes from facts. */
const LIVE = [
  'dockerode',
  'execa',
  'node:fs',
  'node:fs/promises',
  'node:http',
  'node:https',
  'node:net',
  'node:child_process',
  'ink',
  'chalk',
];

function filesBelow(directory: string): string[] {
  return readdirSync(path.join(root, directory), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file))
    .map((file) => `${directory}/${file.split(path.sep).join('/')}`);
}

function importsOf(file: string): string[] {
  const text = readFileSync(path.join(root, file), 'utf8');
  return [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1] as string);
}

/** The part of `src` that a file of it belongs to: its folder, or its name where it lies at the top. */
function partOf(file: string): string {
  const below = path.posix.relative('src', file);
  return (below.split('/')[0] as string).replace(/\.tsx?$/, '');
}

describe('imports', () => {
  it('let rules know only what facts tell them', () => {
    for (const file of filesBelow('rules')) {
      for (const name of importsOf(file)) expect(LIVE, `${file} imports ${name}`).not.toContain(name);
    }
  });

  it('run one way', () => {
    for (const file of filesBelow('src')) {
      const allowed = MAY_IMPORT[partOf(file)];
      for (const name of importsOf(file)) {
        if (!name.startsWith('.')) continue;
        const target = path.posix.join(path.posix.dirname(file), name);
        const part = target.startsWith('src/') ? partOf(target) : target;
        if (part === partOf(file)) continue;
        expect(part === 'cli' && partOf(file) !== 'cli', `${file} imports the command line`).toBe(false);
        if (part.startsWith('rules')) expect(partOf(file), `${file} imports rules`).toBe('cli');
        if (allowed && !allowed.includes('*')) expect(allowed, `${file} imports ${name}`).toContain(part);
      }
    }
  });
});
