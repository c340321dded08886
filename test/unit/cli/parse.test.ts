import { describe, expect, it } from 'vitest';
import { COMMANDS, type Command, spellingsOf } from '../../../src/cli/commands.ts';
import { helpOf } from '../../../src/cli/help.ts';
import { parseCall } from '../../../src/cli/parse.ts';
import { UsageError } from '../../../src/cli/usage-error.ts';

const DIAGNOSE = { failOn: 'error', engine: true, timeout: '10' };
const diagnose = (argument: string, options: object) => ({
  command: 'diagnose',
  argument,
  options: { ...DIAGNOSE, ...options },
});

describe('a call is read as it was meant', () => {
  const table: [string[], object][] = [
    [[], diagnose('.', {})],
    [['sound'], diagnose('sound', {})],
    [['--offline', 'sound', '--no-engine'], diagnose('sound', { offline: true, engine: false })],
    [['--format=json', '--timeout=-1'], diagnose('.', { format: 'json', timeout: '-1' })],
    [['--timeout='], diagnose('.', { timeout: '' })],
    [['-f', 'a', '-fb', '--file', 'c', '--file=-d'], diagnose('.', { file: ['a', 'b', 'c', '-d'] })],
    [['--only', 'a, b', '--only', 'c,'], diagnose('.', { only: ['a', 'b', 'c'] })],
    [['--color'], diagnose('.', { color: true })],
    [['--no-color'], diagnose('.', { color: false })],
    [['--no-color', '--color'], diagnose('.', { color: true })],
    [['--fix', '--unsafe', '-y'], diagnose('.', { fix: true, unsafe: true, yes: true })],
    [['--dry-run', '--project-directory', 'up'], diagnose('.', { dryRun: true, projectDirectory: 'up' })],
    [['--', '--fix'], diagnose('--fix', {})],
    [['--', 'rules'], diagnose('rules', {})],
    [['diagnose'], diagnose('diagnose', {})],
    [['toString'], diagnose('toString', {})],
    [['rules'], { command: 'rules', options: { format: 'text' } }],
    [['--format', 'json', 'rules'], { command: 'rules', options: { format: 'json' } }],
    [['explain', 'a/b'], { command: 'explain', argument: 'a/b', options: {} }],
    [['undo', 'undo'], { command: 'undo', argument: 'undo', options: {} }],
    [
      ['image', '--platform', 'linux/arm64', 'alpine'],
      {
        command: 'image',
        argument: 'alpine',
        options: { platform: 'linux/arm64', engine: true, timeout: '10', format: 'text' },
      },
    ],
    [['-h'], { command: 'help', about: 'diagnose' }],
    [['--onyl', '--help'], { command: 'help', about: 'diagnose' }],
    [['image', '--help'], { command: 'help', about: 'image' }],
    [['sound', '-V'], { command: 'version' }],
  ];
  it.each(table)('%j', (args, expected) => {
    expect(parseCall(args)).toEqual(expected);
  });
});

describe('a wrong call gets one sentence', () => {
  const table: [string[], string][] = [
    [['--fx'], 'there is no option --fx; did you mean --fix?'],
    [['-only', 'compose'], 'there is no option -only; did you mean --only?'],
    [['--pasword=secret'], 'there is no option --pasword (see dockmedic --help).'],
    [['--constructor'], 'there is no option --constructor (see dockmedic --help).'],
    [['--__proto__=x'], 'there is no option --__proto__ (see dockmedic --help).'],
    [['--engine'], 'there is no option --engine (see dockmedic --help).'],
    [['--dryRun'], 'there is no option --dryRun; did you mean --dry-run?'],
    [['rules', '--offline'], 'there is no option --offline (see dockmedic rules --help).'],
    [['--fix=yes'], '--fix takes no value.'],
    [['--timeout'], '--timeout takes a value: --timeout <seconds> (see dockmedic --help).'],
    [['-f'], '--file takes a value: --file <file> (see dockmedic --help).'],
    [['--only', '--fix'], '--only takes a value: --only <rules> (see dockmedic --help).'],
    [['--format', 'jsn'], '--format takes text, json, not "jsn"; did you mean json?'],
    [['--format='], '--format takes text, json, not "".'],
    [['explain'], 'missing required argument: dockmedic explain <rule> (see dockmedic explain --help).'],
    [['a', 'b'], 'too many arguments: dockmedic takes one, not "a", "b" (see dockmedic --help).'],
    [['rules', 'a'], 'too many arguments: dockmedic rules takes none, not "a" (see dockmedic rules --help).'],
  ];
  it.each(table)('%j', (args, expected) => {
    expect(() => parseCall(args)).toThrow(new UsageError(expected));
  });
});

const commands = Object.entries<Command>(COMMANDS) as [keyof typeof COMMANDS, Command][];

describe('the table of commands', () => {
  it('gives an option a value in every command that has it, or in none', () => {
    const takes = new Map<string, boolean>();
    for (const [name, command] of commands) {
      for (const { long, option } of spellingsOf(command)) {
        const isTaking = option.takes !== undefined;
        expect(takes.get(long) ?? isTaking, `--${long} of ${name}`).toBe(isTaking);
        takes.set(long, isTaking);
      }
    }
  });

  it.each(commands)('is told by the help of %s, in lines that fit', (name, command) => {
    const help = helpOf(name, 20);
    for (const { long } of spellingsOf(command)) expect(help).toContain(`--${long}`);
    for (const line of help.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });
});
