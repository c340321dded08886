import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Person, person, STATIC } from '../support/dockmedic.ts';

let ana: Person;
beforeAll(async () => {
  ana = await person();
  await mkdir(path.join(ana.home, 'sound'));
  await writeFile(path.join(ana.home, 'sound/compose.yaml'), 'services:\n  api:\n    image: alpine:3\n');
});
afterAll(() => ana.dispose());

describe('wrong use gets one clear line, the nearest right spelling, and exit 2', () => {
  const table: [string[], RegExp][] = [
    [['--fx'], /no option --fx; did you mean --fix\?/],
    [['--onyl', 'compose'], /no option --onyl; did you mean --only\?/],
    [['sound', '--format', 'jsn'], /--format takes text, json, not "jsn"; did you mean json\?/],
    [['sound', '--fail-on', 'errors'], /--fail-on takes .*not "errors"; did you mean error\?/],
    [['sound', '--only', 'compose/dockerfile-not-fond'], /did you mean compose\/dockerfile-not-found\?/],
    [['sound', '--skip', 'dockerfile-not-found'], /did you mean compose\/dockerfile-not-found\?/],
    [['sound', '--timeout', 'soon'], /--timeout takes seconds/],
    [['sound', '--timeout', '0'], /--timeout takes seconds/],
    [['explain', 'compose/dockerfile-missing'], /there is no rule "compose\/dockerfile-missing"/],
    [['explain', 'engine/unreachabel'], /did you mean engine\/unreachable\?/],
    [['explain'], /missing required argument/],
    [['sound', '--unsafe'], /--unsafe goes with --fix/],
    [['sound', '--yes'], /--yes goes with --unsafe/],
    [['sound', '--fix', '--dry-run'], /give one of them/],
    [['nowhere'], /no directory "nowhere"/],
    [['undo', 'nowhere'], /no directory "nowhere"/],
    [['sound', 'and', 'more'], /too many arguments/],
    [['-f', 'missing.yaml'], /compose file "missing.yaml", which does not exist/],
  ];
  it.each(table)('%j', async (args, expected) => {
    const { code, stdout, stderr } = await ana.dockmedic(args);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(expected);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(stderr).toMatch(/^dockmedic: /);
  });

  it('a directory without compose files', async () => {
    await mkdir(path.join(ana.home, 'empty'), { recursive: true });
    const { code, stderr } = await ana.dockmedic(['empty']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/no compose file in .*empty or below it: Compose looks for compose.yaml/);
  });
});

describe('what can be asked', () => {
  it('--version prints the version', async () => {
    const { code, stdout } = await ana.dockmedic(['--version']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+/);
  });

  it('--help names every command', async () => {
    const { code, stdout } = await ana.dockmedic(['--help']);
    expect(code).toBe(0);
    for (const word of [
      'explain',
      'rules',
      'undo',
      'config',
      '--fix',
      '--dry-run',
      '--offline',
      '--no-engine',
      '--timeout',
      '--fail-on',
    ]) {
      expect(stdout).toContain(word);
    }
  });

  it('rules and explain agree', async () => {
    const listed = JSON.parse((await ana.dockmedic(['rules', '--format', 'json'])).stdout) as {
      id: string;
      docs: string;
    }[];
    expect(listed.length).toBeGreaterThan(10);
    for (const { id, docs } of listed.slice(0, 3)) {
      expect((await ana.dockmedic(['explain', id])).stdout).toContain(docs.trim().split('\n')[0]);
    }
  });

  it('a compose file stands for its directory', async () => {
    const { code, stdout } = await ana.dockmedic(['sound/compose.yaml', ...STATIC]);
    expect(stdout).toMatch(/PASS/);
    expect(code).toBe(0);
  });

  it('looks in the directories above, as Compose does', async () => {
    await mkdir(path.join(ana.home, 'sound/src/deep'), { recursive: true });
    const { code, stdout, stderr } = await ana.dockmedic([...STATIC], {
      cwd: path.join(ana.home, 'sound/src/deep'),
    });
    expect(stdout).toMatch(/PASS/);
    expect(stderr).toMatch(/taking .*sound, as Compose does/);
    expect(code).toBe(0);
  });

  it('--fail-on decides what counts', async () => {
    await mkdir(path.join(ana.home, 'warned'), { recursive: true });
    await writeFile(
      path.join(ana.home, 'warned/compose.yaml'),
      'services:\n  db:\n    image: postgres:16\n    volumes: [./data:/data:ro]\n',
    );
    expect((await ana.dockmedic(['warned', ...STATIC])).code).toBe(0);
    expect((await ana.dockmedic(['warned', ...STATIC, '--fail-on', 'warning'])).code).toBe(1);
    expect((await ana.dockmedic(['warned', ...STATIC, '--fail-on', 'never'])).code).toBe(0);
  });
});

describe('unsafe fixes', () => {
  const compose =
    'services:\n  api:\n    build:\n      context: .\n      dockerfile: docker/api.alpine.Dockerfile\n';

  it('need consent: without a terminal, --yes', async () => {
    const root = path.join(ana.home, 'unsafe');
    await mkdir(path.join(root, 'build'), { recursive: true });
    await writeFile(path.join(root, 'compose.yaml'), compose);
    await writeFile(path.join(root, 'build/api.alpine.Dockerfile'), 'FROM alpine:3\nCOPY gone.txt /\n');
    const read = () => readFile(path.join(root, 'compose.yaml'), 'utf8');

    await ana.dockmedic(['unsafe', ...STATIC, '--fix']);
    expect(await read()).toBe(compose);
    const refused = await ana.dockmedic(['unsafe', ...STATIC, '--fix', '--unsafe']);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(/without a terminal, add --yes/);
    expect(await read()).toBe(compose);

    const applied = await ana.dockmedic(['unsafe', ...STATIC, '--fix', '--unsafe', '--yes']);
    expect(await read()).toBe(compose.replace('docker/', 'build/'));
    expect(applied.stdout).toMatch(/now visible: 1 finding that was hidden behind it/);
    expect(applied.stdout).toMatch(/copies gone\.txt/);
    expect((await ana.dockmedic(['undo', 'unsafe'])).code).toBe(0);
    expect(await read()).toBe(compose);
  });
});
