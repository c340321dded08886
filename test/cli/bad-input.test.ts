import { chmod, mkdir, stat, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Report } from '../../src/report.ts';
import { type Person, person, STATIC } from '../support/dockmedic.ts';
import { run } from '../support/run.ts';

let ana: Person;
let root: string;
beforeEach(async () => {
  ana = await person();
  root = path.join(ana.home, 'project');
  await mkdir(root);
});
afterEach(() => ana.dispose());

const sound = 'services:\n  api:\n    image: alpine:3\n';

async function look(
  files: Record<string, string | Buffer>,
): Promise<{ code: number | undefined; report: Report; stderr: string }> {
  for (const [file, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(root, file)), { recursive: true });
    await writeFile(path.join(root, file), text);
  }
  const { code, stdout, stderr } = await ana.dockmedic([root, ...STATIC, '--format', 'json']);
  expect(stderr).not.toMatch(/\bat .*\.js:\d+/);
  expect(stderr).not.toMatch(/bug in dockmedic/);
  return { code, report: JSON.parse(stdout) as Report, stderr };
}

const rulesOf = (report: Report) => report.findings.map((finding) => finding.rule);

describe('bad input is a finding, with the other files still checked', () => {
  it('binary junk', async () => {
    const { code, report } = await look({
      'compose.yaml': Buffer.from([0, 1, 2, 255, 254, 0]),
      'sound/compose.yaml': sound,
    });
    expect(code).toBe(1);
    expect(rulesOf(report)).toEqual(['compose/invalid-yaml']);
    expect(report.projects.flatMap((project) => project.services)).toEqual(['api']);
  });

  it('50 MB of YAML', async () => {
    const { code, report } = await look({
      'compose.yaml': `services:\n${'  a: { image: alpine }\n'.repeat(2_400_000)}`,
    });
    expect(code).toBe(1);
    expect(report.findings[0]?.message).toMatch(/50 MB|5\d MB/);
  });

  it('an alias bomb', async () => {
    const lines = ['x-a: &a [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]'];
    for (const [i, letter] of [...'bcdefghijk'].entries()) {
      const before = 'abcdefghijk'[i];
      lines.push(`x-${letter}: &${letter} [${Array(10).fill(`*${before}`).join(', ')}]`);
    }
    const { code, report } = await look({ 'compose.yaml': `${lines.join('\n')}\n${sound}    command: *k\n` });
    expect(code).toBe(1);
    expect(rulesOf(report)).toContain('compose/invalid-yaml');
  });

  it('nesting deeper than any stack', async () => {
    const { code } = await look({
      'compose.yaml': `x: ${'['.repeat(100_000)}${']'.repeat(100_000)}\n${sound}`,
    });
    expect(code).toBe(1);
  });

  it('include and extends that go round', async () => {
    const { code, report } = await look({
      'compose.yaml':
        'include: [other/compose.yaml]\nservices:\n  a:\n    extends: b\n  b:\n    extends: a\n',
      'other/compose.yaml': 'include: [../compose.yaml]\n',
    });
    expect(code).toBe(1);
    expect(rulesOf(report)).toContain('compose/reference-cycle');
  });

  it('links that go round', async () => {
    await mkdir(path.join(root, 'a'));
    await symlink('..', path.join(root, 'a/up'));
    await symlink('self.yaml', path.join(root, 'self.yaml'));
    await symlink('compose.loop.yaml', path.join(root, 'compose.loop.yaml'));
    const { code, report } = await look({ 'compose.yaml': sound });
    expect(code).toBe(0);
    expect(report.projects).toHaveLength(1);
  });

  it('CRLF, a byte order mark, and both with a fault at the right place', async () => {
    const text = `\uFEFFservices:\r\n  api:\r\n    build:\r\n      context: .\r\n      dockerfile: nowhere/Dockerfile\r\n`;
    const { code, report } = await look({ 'compose.yaml': text });
    expect(code).toBe(1);
    expect(report.findings[0]?.location).toMatchObject({ line: 5, column: 19, endColumn: 37 });
  });

  it('text that is not UTF-8', async () => {
    const { code, report } = await look({
      'compose.yaml': Buffer.from('services:\n  \xe9t\xe9: {}\n', 'latin1'),
    });
    expect(code).toBe(1);
    expect(report.findings[0]?.message).toMatch(/UTF-8/);
  });

  it('a directory of that name, a pipe, and an empty file', async () => {
    await mkdir(path.join(root, 'compose.yaml'));
    await run(['mkfifo', path.join(root, 'docker-compose.test.yml')]);
    const { stdout, code, stderr } = await ana.dockmedic([root, ...STATIC, '--format', 'json'], {});
    expect(`${stdout}${stderr}`).not.toMatch(/\bat .*\.js:\d+/);
    expect(code).toBe(2);
    await writeFile(path.join(root, 'compose.yml'), '');
    expect((await ana.dockmedic([root, ...STATIC])).code).toBe(1);
  });

  it('a file that may not be read', async (context) => {
    if (process.getuid?.() !== 0) context.skip('needs root, to become somebody else');
    await writeFile(path.join(root, 'compose.yaml'), sound);
    await chmod(path.join(root, 'compose.yaml'), 0o000);
    await chmod(ana.home, 0o755);
    await chmod(root, 0o755);
    const program = path.resolve(import.meta.dirname, '../../bin/dockmedic.js');
    const { code, stdout } = await run(
      [
        'setpriv',
        '--reuid=65534',
        '--regid=65534',
        '--clear-groups',
        process.execPath,
        program,
        root,
        ...STATIC,
        '--format',
        'json',
      ],
      { cwd: '/', env: { HOME: '/nonexistent' } },
    );
    if (stdout === '') context.skip('the program lies where nobody else may read it');
    expect(code).toBe(1);
    expect((JSON.parse(stdout) as Report).findings[0]?.message).toMatch(/permission denied/);
  });

  it('without git in the PATH', async () => {
    await writeFile(
      path.join(root, 'compose.yaml'),
      'services:\n  api:\n    build: { context: ., dockerfile: gone/Dockerfile }\n',
    );
    const { code, stderr } = await ana.dockmedic([root, ...STATIC], { env: { PATH: '/nonexistent' } });
    expect(code).toBe(1);
    expect(stderr).toBe('');
  });
});

describe.skipIf(process.platform === 'win32')('programs that a workspace brings', () => {
  it('are not run, whatever PATH says', async () => {
    for (const name of ['docker', 'git', 'ssh', 'dockerd', 'docker-compose']) {
      const file = path.join(root, name);
      await writeFile(file, `#!/bin/sh\n: > ${root}/was-run\n`, { mode: 0o755 });
    }
    await writeFile(
      path.join(root, 'compose.yaml'),
      'services:\n  api:\n    build: {context: ., dockerfile: gone.Dockerfile}\n',
    );
    const env = { PATH: `.::${process.env.PATH}`, DOCKER_HOST: 'ssh://127.0.0.1:1' };
    for (const args of [[], ['--fix'], ['--dry-run', '--unsafe']])
      await ana.dockmedic(['.', '--timeout', '3', ...args], { env, cwd: root });
    await ana.dockmedic(['engine', '--timeout', '2'], { env, cwd: root });
    await expect(stat(path.join(root, 'was-run'))).rejects.toThrow('ENOENT');
  });
});

describe('secrets', () => {
  it('of the environment, of .env files and of logins are in no output', async () => {
    const planted = ['planted-in-environment', 'planted-in-dotenv', 'planted-in-url', 'planted-in-env-file'];
    await mkdir(path.join(ana.home, '.docker'));
    await writeFile(
      path.join(ana.home, '.docker/config.json'),
      JSON.stringify({
        auths: { 'registry.invalid': { auth: Buffer.from('user:planted-in-login').toString('base64') } },
      }),
    );
    await writeFile(path.join(root, '.env'), 'DOTENV_SECRET=planted-in-dotenv\n');
    await writeFile(path.join(root, 'api.env'), 'TOKEN=planted-in-env-file\n');
    await writeFile(
      path.join(root, 'compose.yaml'),
      [
        'services:',
        '  api:',
        '    image: registry.invalid/${SECRET}/api:1',
        '    env_file: [api.env, "${DOTENV_SECRET}.env"]',
        '    volumes: ["./${SECRET}/x.conf:/x.conf"]',
        '    environment:',
        '      URL: https://user:planted-in-url@example.com/',
        '    build:',
        '      context: ./${SECRET}',
        '      dockerfile: ${DOTENV_SECRET}/Dockerfile',
        '  web:',
        '    build: { context: ., dockerfile: "${SECRET}/Dockerfile" }',
        '',
      ].join('\n'),
    );
    const env = { SECRET: 'planted-in-environment', DOCKER_HOST: 'tcp://127.0.0.1:1' };
    const outputs = await Promise.all(
      [[], ['--format', 'json'], ['--verbose'], ['--fix'], ['--dry-run', '--unsafe']].map(async (args) => {
        const { stdout, stderr, code } = await ana.dockmedic([root, '--timeout', '3', ...args], { env });
        expect(code).not.toBe(0);
        return stdout + stderr;
      }),
    );
    for (const secret of [...planted, 'planted-in-login']) {
      for (const output of outputs) expect(output).not.toContain(secret);
    }
  });

  it('that stand beside a fix are masked; only the diff that is to be applied has them', async () => {
    const lines = [
      'services:',
      '  api:',
      '    image: alpine',
      '    environment:',
      '      PASSWORD: planted-beside',
      '    restart: unless-stoped',
      '    labels:',
      '      - API_TOKEN=planted-below',
      '',
    ];
    await writeFile(path.join(root, 'compose.yaml'), lines.join('\n'));
    const look = [root, '--offline', '--no-engine'];
    for (const format of ['text', 'json']) {
      const { stdout, code } = await ana.dockmedic([...look, '--format', format]);
      expect(code).toBe(1);
      expect(stdout).toContain('unless-stopped');
      expect(stdout).not.toContain('planted');
    }
    const { stdout } = await ana.dockmedic([...look, '--dry-run']);
    // git takes a change only where it finds the lines around it.
    expect(stdout).toContain('+    restart: unless-stopped');
    expect(stdout).toContain('planted-beside');
  });
});
