import { describe, expect, test } from 'vitest';
import { type LoadOptions, type LoadResult, loadProjects } from '../../../src/compose/load.ts';
import type { LoadProblem, Node, Project, Service } from '../../../src/compose/model.ts';
import { memoryFiles } from './memory-files.ts';

type Tree = Readonly<Record<string, string>>;

function load(tree: Tree, options: Partial<LoadOptions> = {}): LoadResult {
  return loadProjects({
    files: memoryFiles(tree),
    root: '/ws/Shop',
    home: '/home/me',
    environment: {},
    ...options,
  });
}

function only(tree: Tree, options: Partial<LoadOptions> = {}): Project {
  const { projects, failure } = load(tree, options);
  expect(failure).toBeUndefined();
  expect(projects.map(({ id }) => id)).toHaveLength(1);
  return projects[0] as Project;
}

function clean(tree: Tree, options: Partial<LoadOptions> = {}): Project {
  const project = only(tree, options);
  expect(project.problems).toEqual([]);
  return project;
}

function service(project: Project, name: string): Service {
  const found = project.services.get(name);
  if (!found) throw new Error(`no service ${name}`);
  return found;
}

function plain(node: Node | undefined): unknown {
  if (node === undefined) return undefined;
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'list') return node.items.map(plain);
  return Object.fromEntries([...node.entries].map(([name, entry]) => [name, plain(entry.value)]));
}

function told(problems: readonly LoadProblem[]): unknown[] {
  return problems.map((problem) =>
    'message' in problem ? `${problem.kind}: ${problem.message}` : problem.kind,
  );
}

describe('services', () => {
  const local = (contextDirectory: string | undefined, dockerfilePath: string | undefined) => ({
    contextDirectory,
    dockerfilePath,
  });

  test.each<[string, ReturnType<typeof local>]>([
    ['build: ./api', local('api', 'api/Dockerfile')],
    ['build: .', local('.', 'Dockerfile')],
    ['build: {}', local('.', 'Dockerfile')],
    ['build: {dockerfile: d/D}', local('.', 'd/D')],
    ['build: {context: api, dockerfile: ../D}', local('api', 'D')],
    ['build: {context: ../api}', local('../api', '../api/Dockerfile')],
    ['build: {context: ../Shop/api}', local('api', 'api/Dockerfile')],
    ['build: {context: /ws/Shop/api}', local('api', 'api/Dockerfile')],
    ['build: {context: /x, dockerfile: /y/D}', local('/x', '/y/D')],
    ['build: ~/x', local('/home/me/x', '/home/me/x/Dockerfile')],
    ['build: {dockerfile: ~/D}', local('.', '~/D')],
    ['build: {dockerfile_inline: FROM scratch}', local('.', undefined)],
    ['build: {dockerfile: $U}', local('.', undefined)],
    ['build: $U', local(undefined, undefined)],
    ['build: gitlab.com/a', local('gitlab.com/a', 'gitlab.com/a/Dockerfile')],
    ...[
      'https://x/y.git#main',
      'git@x:y',
      'github.com/a/b',
      'ssh://x',
      'docker-image://a',
      'oci-layout://x',
      'service:b',
    ].map((context): [string, ReturnType<typeof local>] => [
      `build: '${context}'`,
      local(undefined, undefined),
    ]),
  ])('%s', (line, expected) => {
    const { build } = service(clean({ 'compose.yaml': `services:\n  a:\n    ${line}\n` }), 'a');
    expect(
      build && { contextDirectory: build.contextDirectory, dockerfilePath: build.dockerfilePath },
    ).toEqual(expected);
  });

  test('build arguments in both forms', () => {
    const read = (args: string): unknown => {
      const project = clean({ 'compose.yaml': `services: {a: {build: {args: ${args}}}}` });
      return [...(service(project, 'a').build?.args ?? [])].map(([name, value]) => [name, value?.text]);
    };
    expect(read('[A=1, B, C=d=e]')).toEqual([
      ['A', '1'],
      ['B', undefined],
      ['C', 'd=e'],
    ]);
    expect(read('{A: 1.10, B: , C: x}')).toEqual([
      ['A', '1.1'],
      ['B', undefined],
      ['C', 'x'],
    ]);
  });

  test.each([
    ['./d:/x', 'd'],
    ['.:/x', '.'],
    ['..:/x', '..'],
    ['~/d:/x', '/home/me/d'],
    ['/d:/x:ro', '/d'],
    ['C:\\d:/x', 'C:/d'],
    ['c:/d:/x:ro', 'c:/d'],
    ['.hidden:/x', '.hidden'],
    ['name:/x', undefined],
    ['a/b:/x', undefined],
    ['/x', undefined],
    ['./x', undefined],
    ['a:/x', undefined],
  ])('the volume %s', (volume, path) => {
    const { binds } = service(
      clean({ 'compose.yaml': `services: {a: {image: x, volumes: ['${volume}']}}` }),
      'a',
    );
    expect(binds.map((bind) => [bind.source.path, bind.target])).toEqual(
      path === undefined ? [] : [[path, '/x']],
    );
  });

  test('long volumes', () => {
    const volumes =
      '[{type: bind, source: d, target: /x}, {type: volume, source: ./v, target: /y}, {type: bind, source: ./e, target: /z, bind: {create_host_path: false}}]';
    const { binds } = service(
      clean({ 'compose.yaml': `services: {a: {image: x, volumes: ${volumes}}}` }),
      'a',
    );
    expect(binds.map(({ source, form, createHostPath }) => [source.path, form, createHostPath])).toEqual([
      ['d', 'long', true],
      ['e', 'long', false],
    ]);
  });

  test('env files, dependencies, profiles', () => {
    const text = `services:
  a:
    image: x
    env_file: [one.env, {path: ./two.env, required: false}]
    depends_on: {b: {condition: service_started, required: false}}
    profiles: [dev]
  b: {image: x, env_file: three.env, depends_on: [c]}
  c: {image: x, profiles: [prod]}
secrets: {s: {file: ./s.txt}, t: {environment: T}}
configs: {c: {file: c.conf}}
`;
    const project = clean({ 'compose.yaml': text }, { profiles: ['dev'] });
    const envFiles = (name: string) =>
      service(project, name).envFiles.map(({ path, required }) => [path.path, required]);
    expect(envFiles('a')).toEqual([
      ['one.env', true],
      ['two.env', false],
    ]);
    expect(envFiles('b')).toEqual([['three.env', true]]);
    expect(service(project, 'a').dependsOn).toMatchObject([{ name: 'b', required: false }]);
    expect(service(project, 'b').dependsOn).toMatchObject([{ name: 'c', required: true }]);
    expect([...project.services.values()].map(({ active }) => active)).toEqual([true, true, false]);
    expect([...project.secrets.values()].map(({ file }) => file.path)).toEqual(['s.txt']);
    expect([...project.configs.values()].map(({ file }) => file.path)).toEqual(['c.conf']);
  });

  test.each([
    ['services: [a]', 'wrong-type: `services` is a list; Compose expects a mapping'],
    ['services: {a: }', 'wrong-type: the service `a` is empty; Compose expects a mapping'],
    ['services: {a: {image: [x]}}', 'wrong-type: `image` of `a` is a list; Compose expects a string'],
    ['services: {a: {image: 5}}', 'wrong-type: `image` of `a` is the number 5; Compose expects a string'],
    [
      'services: {a: {build: }}',
      'wrong-type: `build` of `a` is empty; Compose expects a string or a mapping',
    ],
    [
      'services: {a: {build: {context: 1}}}',
      'wrong-type: `build.context` of `a` is the number 1; Compose expects a string',
    ],
    [
      'services: {a: {image: x, volumes: [5]}}',
      'wrong-type: an item of `volumes` of `a` is the number 5; Compose expects a string or a mapping',
    ],
    [
      'services: {a: {image: x, volumes: ["xx::y"]}}',
      'wrong-type: an item of `volumes` of `a` is `xx::y`, which has an empty part, or too many, between its colons',
    ],
    [
      'services: {a: {image: x, env_file: 5}}',
      'wrong-type: `env_file` of `a` is the number 5; Compose expects a string or a list',
    ],
  ])('%s', (text, problem) => {
    expect(
      told(only({ 'compose.yaml': text, 'b/compose.yaml': '' }, { composeFiles: ['compose.yaml'] }).problems),
    ).toEqual([problem]);
  });
});

describe('merging', () => {
  // The expected values are those of `docker compose config` 2.40.
  test('each kind of value by its rule', () => {
    const base = `services:
  a:
    image: q
    build: ./sub
    command: [x, y]
    environment: [A=1, B=2]
    env_file: one.env
    volumes: ["./d:/data", "named:/n", "/anon"]
    ports: ["80:80"]
    depends_on: [b]
    labels: {x: "1"}
    dns: 1.1.1.1
    healthcheck: {test: [CMD, a], interval: 5s}
    profiles: [p1]
    cap_add: [A]
    logging: {driver: json-file, options: {a: "1"}}
  b: {image: b}
`;
    const over = `services:
  a:
    image:
    build: {context: ./other, args: [Z=1]}
    command: [z]
    environment: {B: 3, C: }
    env_file: [two.env, one.env]
    volumes: ["./e:/data:ro", {type: bind, source: f, target: /n}]
    ports: ["80:80", "90:90"]
    depends_on: {c: {condition: service_started}}
    labels: [y=2, x=3]
    dns: [2.2.2.2]
    healthcheck: {test: [CMD, b]}
    profiles: [p2, p1]
    cap_add: [A, B]
    logging: {driver: syslog}
  c: {image: c}
`;
    const project = clean({ 'compose.yaml': base, 'compose.override.yaml': over });
    const a = service(project, 'a');
    expect(plain(a.node)).toEqual({
      image: 'q',
      build: { context: './other', args: ['Z=1'] },
      command: ['z'],
      environment: { A: '1', B: 3, C: null },
      env_file: ['one.env', 'two.env'],
      volumes: ['./e:/data:ro', { type: 'bind', source: 'f', target: '/n' }, '/anon'],
      ports: ['80:80', '90:90'],
      depends_on: {
        b: { condition: 'service_started', required: true },
        c: { condition: 'service_started' },
      },
      labels: { x: '3', y: '2' },
      dns: ['1.1.1.1', '2.2.2.2'],
      healthcheck: { test: ['CMD', 'b'], interval: '5s' },
      profiles: ['p1', 'p2'],
      cap_add: ['A', 'B'],
      logging: { driver: 'syslog' },
    });
    expect([a.at.file, a.image?.at.file, a.build?.context?.scalar.at.file]).toEqual([
      'compose.yaml',
      'compose.yaml',
      'compose.override.yaml',
    ]);
    expect(project.id).toBe('compose.yaml+compose.override.yaml');
    expect(project.taken).toBe('compose.yaml, with its override file');
  });

  test('!reset takes away and !override replaces', () => {
    const base =
      'services:\n  a: {image: x, ports: ["80:80"], dns: [1.1.1.1], environment: {A: 1, B: 2}}\n  b: {image: y}\n';
    const over =
      'services:\n  a: {ports: !override ["90:90"], dns: !reset [], environment: {A: !reset null}}\n  b: !reset null\n';
    const project = clean({ 'compose.yaml': base, 'compose.override.yml': over });
    expect(plain(project.document)).toEqual({
      services: { a: { image: 'x', ports: ['90:90'], environment: { B: 2 } } },
    });
  });

  test('a list over a mapping is told, and the later file counts', () => {
    const project = only({
      'compose.yaml': 'services: {a: {image: x, ports: [1]}}',
      'compose.override.yml': 'services: {a: {ports: {b: 1}}}',
    });
    expect(told(project.problems)).toEqual([
      'wrong-type: `services.a.ports` is a mapping here and a list in the file it is merged over',
    ]);
  });
});

describe('extends', () => {
  test('across files, each with paths of its own directory', () => {
    const project = clean({
      'compose.yaml':
        'services:\n  me: {extends: {file: sub/base.yml, service: web}, volumes: ["./m:/m"]}\n  db: {image: d}\n',
      'sub/base.yml':
        'services:\n  web:\n    image: w\n    extends: {service: core, file: deep/core.yml}\n    depends_on: [db]\n    volumes: ["./v:/v"]\n    env_file: a.env\n',
      'sub/deep/core.yml': 'services:\n  core:\n    build: {context: ., dockerfile: ../D}\n',
    });
    const me = service(project, 'me');
    expect([me.build?.contextDirectory, me.build?.dockerfilePath]).toEqual(['sub/deep', 'sub/D']);
    expect(me.binds.map(({ source }) => source.path)).toEqual(['sub/v', 'm']);
    expect(me.envFiles.map(({ path }) => path.path)).toEqual(['sub/a.env']);
    expect(me.dependsOn.map(({ name }) => name)).toEqual(['db']);
    expect(me.node.entries.has('extends')).toBe(false);
    expect(project.alsoRead).toEqual(['sub/base.yml', 'sub/deep/core.yml']);
  });

  test('the default context is the project directory, also of a service taken from elsewhere', () => {
    const project = clean({
      'compose.yaml': 'services: {w: {extends: {file: sub/b.yml, service: web}}}',
      'sub/b.yml': 'services: {web: {build: {dockerfile: D}}}',
    });
    expect(service(project, 'w').build?.contextDirectory).toBe('.');
  });

  test('a service that is not there', () => {
    const project = only({ 'compose.yaml': 'services: {a: {extends: bb, image: x}, b: {image: y}}' });
    expect(project.problems).toMatchObject([
      { kind: 'extends-not-found', service: 'a', missingService: { name: 'bb', known: ['a', 'b'] } },
    ]);
    expect(service(project, 'a').image?.text).toBe('x');
  });

  test('a file that is not there', () => {
    const project = only({
      'compose.yaml': 'services: {a: {extends: {service: b, file: x/c.yml}}, b: {image: y}}',
    });
    expect(project.problems).toMatchObject([
      { kind: 'extends-not-found', service: 'a', path: { path: 'x/c.yml' } },
    ]);
    expect(service(project, 'b').image?.text).toBe('y');
  });

  test('a circle', () => {
    const project = only({
      'compose.yaml': 'services: {a: {extends: b, image: x}, b: {extends: c}, c: {extends: a}}',
    });
    expect(project.problems).toMatchObject([{ kind: 'cycle', what: 'extends', chain: ['a', 'b', 'c', 'a'] }]);
    expect(project.services.size).toBe(3);
  });

  test('a service of the base file cannot be extended in the override file', () => {
    const project = only({
      'compose.yaml': 'services: {a: {image: x}}',
      'compose.override.yml': 'services: {b: {extends: a}}',
    });
    expect(project.problems).toMatchObject([{ kind: 'extends-not-found', service: 'b' }]);
  });

  test('what a base resets or overrides counts for the base alone', () => {
    const project = clean({
      'compose.yaml': 'services: {a: {image: x, dns: [1.1.1.1], environment: {D: 1}}}',
      'compose.override.yml':
        'services: {a: {extends: b}, b: {image: y, environment: !reset {}, dns: !override [2.2.2.2]}}',
    });
    expect(plain(service(project, 'a').node)).toEqual({
      image: 'y',
      dns: ['1.1.1.1', '2.2.2.2'],
      environment: { D: 1 },
    });
  });

  test('a long chain', () => {
    const links = Array.from(
      { length: 150 },
      (_, i) => `  s${i + 1}: {extends: s${i}, environment: {K${i}: v}}\n`,
    ).join('');
    const project = clean({ 'compose.yaml': `services:\n  s0: {image: x}\n${links}` });
    expect(service(project, 's150').image?.text).toBe('x');
    expect(plain(service(project, 's150').node.entries.get('environment')?.value)).toHaveProperty('K0');
  });

  test('remote files are noted and not sought', () => {
    const project = clean({
      'compose.yaml': 'include: [oci://r/x]\nservices: {a: {extends: {file: "https://h/x.git", service: a}}}',
    });
    expect(project.remote?.map(({ text }) => text)).toEqual(['https://h/x.git', 'oci://r/x']);
  });
});

describe('include', () => {
  const included =
    'services:\n  i: {image: "i-$IV-$PV", build: ./ctx, volumes: ["./v:/v"]}\n  d: {build: {}}\n';

  test('short: paths and .env of its own directory, variables of the project first', () => {
    const project = clean({
      'compose.yaml': 'include: [inc/c.yml]\nservices: {m: {image: m}}\n',
      'inc/c.yml': included,
      'inc/.env': 'IV=inc\nPV=inc\n',
      '.env': 'PV=parent\n',
    });
    const i = service(project, 'i');
    expect([i.image?.text, i.build?.contextDirectory, i.binds[0]?.source.path]).toEqual([
      'i-inc-parent',
      'inc/ctx',
      'inc/v',
    ]);
    expect(service(project, 'd').build?.contextDirectory).toBe('inc');
    expect([...project.services.keys()].sort()).toEqual(['d', 'i', 'm']);
    expect(project.alsoRead).toEqual(['inc/c.yml']);
  });

  test('long: several paths, project directory, env files', () => {
    const project = clean({
      'compose.yaml':
        'include:\n  - {path: [inc/c.yml, inc/o.yml], project_directory: pd, env_file: e.env}\n',
      'inc/c.yml': included,
      'inc/o.yml': 'services: {i: {environment: {X: 1}}}',
      'e.env': 'IV=e\n',
      'inc/.env': 'IV=unused\nPV=unused\n',
      'pd/ctx/Dockerfile': '',
    });
    const i = service(project, 'i');
    expect([i.image?.text, i.build?.contextDirectory]).toEqual(['i-e-', 'pd/ctx']);
    expect(plain(i.node.entries.get('environment')?.value)).toEqual({ X: 1 });
  });

  test.each([
    ['include: [nope.yml]', ['include-not-found']],
    ['include: [compose.yaml]', ['cycle']],
    ['include: [inc/back.yml]', ['cycle']],
    ['include: inc/c.yml', ['wrong-type: `include` is a string; Compose expects a list']],
    ['include: [inc/c.yml]', ['wrong-type: `services.i` is also defined by the included file inc/c.yml']],
    [
      'include: [{path: inc/c.yml, env_file: no.env}]',
      ['include-not-found', 'wrong-type: `services.i` is also defined by the included file inc/c.yml'],
    ],
  ])('%s', (line, problems) => {
    const tree = {
      'compose.yaml': `${line}\nservices: {i: {image: own}}\n`,
      'inc/c.yml': 'services: {i: {image: other}}',
      'inc/back.yml': 'include: [../compose.yaml]\nservices: {j: {image: j}}',
    };
    const project = only(tree, { composeFiles: ['compose.yaml'] });
    expect(told(project.problems)).toEqual(problems);
    expect(service(project, 'i').image?.text).toBe('own');
  });

  test('an override file goes over what the main file includes', () => {
    const project = clean({
      'compose.yaml': 'include: [inc/c.yml]\n',
      'compose.override.yml': 'services: {i: {image: over}}',
      'inc/c.yml': 'services: {i: {build: ./x}}',
    });
    const i = service(project, 'i');
    expect([i.image?.text, i.build?.contextDirectory]).toEqual(['over', 'inc/x']);
  });

  test('files that include each other in very many ways come to an end', () => {
    const tree: Record<string, string> = {
      'compose.yaml': 'include: [f0.yml]\n',
      'f40.yml': 'services: {z: {image: z}}',
    };
    for (let i = 0; i < 40; i++) tree[`f${i}.yml`] = `include: [f${i + 1}.yml, {path: f${i + 1}.yml}]\n`;
    expect(told(only(tree).problems)).toEqual([
      'wrong-type: more than 500 files are included; the rest is not read',
    ]);
  });
});

describe('variables', () => {
  test('the shell over .env, and no value of theirs in a problem', () => {
    const tree = {
      'compose.yaml': 'services: {a: {image: "$A-$B", build: "${C:?secret $B}", volumes: ["$B::x"]}}',
      '.env': 'A=file\nB=hush\nV X=hush\n',
    };
    const project = only(tree, { environment: { A: 'shell' } });
    expect(service(project, 'a').image?.text).toBe('shell-hush');
    expect(told(project.problems)).toEqual([
      'env-file: the name of a variable cannot contain a space',
      'interpolation: the required variable `C` is not set: secret $B',
      'wrong-type: an item of `volumes` of `a` is `${B}::x`, which has an empty part, or too many, between its colons',
    ]);
    expect(JSON.stringify(told(project.problems))).not.toContain('hush');
  });

  test('env files that are named take the place of .env, the later over the earlier', () => {
    const tree = {
      'compose.yaml': 'services: {a: {image: "$V-$W"}}',
      '.env': 'W=dot',
      e1: 'V=1\n',
      e2: 'V=2\nX=$V',
    };
    expect(service(clean(tree, { envFiles: ['e1', 'e2'] }), 'a').image?.text).toBe('2-');
    expect(service(clean(tree, { environment: { COMPOSE_ENV_FILES: 'e1' } }), 'a').image?.text).toBe('1-');
    expect(service(clean(tree, { environment: { COMPOSE_DISABLE_ENV_FILE: '1' } }), 'a').image?.text).toBe(
      '-',
    );
    expect(load(tree, { envFiles: ['e3'] }).failure).toEqual({
      kind: 'env-file-not-found',
      written: 'e3',
      path: 'e3',
    });
  });

  test('the name of the project', () => {
    const text = 'name: ${N:-My_Proj}\nservices: {a: {image: "$COMPOSE_PROJECT_NAME"}}';
    const plainText = 'services: {a: {image: x}}';
    expect(service(clean({ 'compose.yaml': text }), 'a').image?.text).toBe('my_proj');
    expect(clean({ 'compose.yaml': text }, { environment: { COMPOSE_PROJECT_NAME: 'other' } }).name).toBe(
      'other',
    );
    expect(clean({ 'compose.yaml': plainText }).name).toBe('shop');
    expect(clean({ '_My.Dir X/compose.yaml': plainText }).name).toBe('mydirx');
  });
});

describe('what is asked for', () => {
  const tree = {
    'a.yml': 'services: {a: {build: ./x}}',
    'sub/b.yml': 'services: {a: {environment: {B: 1}}}',
    'compose.yaml': 'services: {c: {image: c}}',
  };

  test('-f: one project, paths from the first file', () => {
    const project = clean(tree, { composeFiles: ['sub/b.yml', 'a.yml'] });
    expect([project.id, project.directory]).toEqual(['sub/b.yml+a.yml', 'sub']);
    expect(service(project, 'a').build?.contextDirectory).toBe('sub/x');
  });

  test('-f from a directory below the root', () => {
    const project = clean(tree, { directory: 'sub', composeFiles: ['../a.yml', '/ws/Shop/sub/b.yml'] });
    expect([project.files, project.directory]).toEqual([['a.yml', 'sub/b.yml'], '.']);
  });

  test('--project-directory', () => {
    const project = clean(tree, { composeFiles: ['a.yml'], projectDirectory: 'other' });
    expect([project.directory, service(project, 'a').build?.contextDirectory]).toEqual(['other', 'other/x']);
    expect(clean(tree, { projectDirectory: '.' }).id).toBe('compose.yaml');
    expect(load(tree, { projectDirectory: 'sub' }).failure).toEqual({
      kind: 'no-compose-file',
      directory: 'sub',
    });
  });

  test('COMPOSE_FILE, also out of .env', () => {
    expect(clean(tree, { environment: { COMPOSE_FILE: 'a.yml:sub/b.yml' } }).id).toBe('a.yml+sub/b.yml');
    const env = { COMPOSE_FILE: 'a.yml|sub/b.yml', COMPOSE_PATH_SEPARATOR: '|' };
    expect(clean(tree, { environment: env }).id).toBe('a.yml+sub/b.yml');
    expect(clean({ ...tree, '.env': 'COMPOSE_FILE=a.yml;sub/b.yml' }, { pathSeparator: ';' }).id).toBe(
      'a.yml+sub/b.yml',
    );
  });

  test('a file that is not there', () => {
    expect(load(tree, { composeFiles: ['no.yml'] }).failure).toEqual({
      kind: 'file-not-found',
      written: 'no.yml',
      path: 'no.yml',
      from: '-f',
    });
    expect(load(tree, { environment: { COMPOSE_FILE: 'no.yml' } }).failure).toMatchObject({
      from: 'COMPOSE_FILE',
    });
  });
});

describe('what is found', () => {
  const whole = 'services: {a: {image: x}}';
  const taken = (tree: Tree): unknown[] => load(tree).projects.map((project) => [project.id, project.taken]);

  test('nothing', () => {
    expect(
      load({ 'readme.md': 'x', 'ci/compose.yml': 'jobs: {a: {services: {b: {image: c}}}}' }),
    ).toMatchObject({
      failure: { kind: 'no-compose-file' },
    });
  });

  test('the default file by its precedence, the override file by its own', () => {
    const tree = {
      'docker-compose.yml': whole,
      'compose.yaml': whole,
      'docker-compose.override.yml': 'services: {a: {command: x}}',
      'compose.override.yaml': 'services: {a: {command: y}}',
    };
    expect(taken(tree)).toEqual([
      ['compose.yaml+compose.override.yaml', 'compose.yaml, with its override file'],
      ['docker-compose.yml', 'docker-compose.yml, stand-alone'],
    ]);
    expect(load(tree).leftOut).toEqual([
      {
        file: 'docker-compose.override.yml',
        because: 'Compose takes compose.override.yaml as the override file',
      },
    ]);
  });

  test('stand-alone files, fragments, and directories below', () => {
    const tree = {
      'compose.yaml': whole,
      'compose.prod.yaml': 'services: {a: {restart: always}}',
      'docker-compose.test.yml': 'services: {t: {build: .}}',
      'notes.compose.yaml': 'x-a: 1',
      'services/api/docker-compose.yml': whole,
      'deploy/compose.ci.yml': 'services: {a: {command: x}}',
      'lost/compose.ci.yml': 'services: {zzz: {command: x}}',
      'one/docker-compose.base.yml': whole,
      'one/docker-compose.dev.yml': 'services: {a: {command: x}}',
    };
    expect(taken(tree)).toEqual([
      ['compose.yaml', 'compose.yaml'],
      ['compose.yaml+compose.prod.yaml', 'compose.prod.yaml, a fragment over compose.yaml'],
      ['docker-compose.test.yml', 'docker-compose.test.yml, stand-alone'],
      ['compose.yaml+deploy/compose.ci.yml', 'compose.ci.yml, a fragment over compose.yaml'],
      ['one/docker-compose.base.yml', 'docker-compose.base.yml, stand-alone'],
      [
        'one/docker-compose.base.yml+one/docker-compose.dev.yml',
        'docker-compose.dev.yml, a fragment over docker-compose.base.yml',
      ],
      ['services/api/docker-compose.yml', 'docker-compose.yml'],
    ]);
    expect(load(tree).leftOut.map(({ file }) => file)).toEqual(['lost/compose.ci.yml']);
  });

  test('a file with a fault is a project, with the fault', () => {
    const { projects } = load({
      'compose.yaml': 'services:\n  a: {image: @x}\n',
      'compose.t.yml': 'services:\n\ta: {}\n',
    });
    expect(projects.map(({ id, problems }) => [id, problems[0]?.kind])).toEqual([
      ['compose.yaml', 'invalid-yaml'],
      ['compose.t.yml', 'invalid-yaml'],
    ]);
  });

  test('an empty default file is a project, with the fault', () => {
    expect(told(only({ 'compose.yaml': '' }).problems)).toEqual(['invalid-yaml: the file is empty']);
  });

  test('files that others pull in are no projects of their own', () => {
    const tree = {
      'compose.yaml':
        'include: [api/compose.yaml]\nservices: {w: {extends: {file: common.compose.yml, service: a}}}',
      'api/compose.yaml': 'services: {i: {image: x}}',
      'common.compose.yml': whole,
    };
    expect(taken(tree)).toEqual([['compose.yaml', 'compose.yaml']]);
  });

  test('a default file stays though another extends it', () => {
    const tree = {
      'compose.yaml': whole,
      'compose.test.yaml': 'services: {t: {extends: {file: compose.yaml, service: a}}}',
    };
    expect(taken(tree).length).toBe(2);
  });

  test('files that pull each other in leave one', () => {
    const tree = {
      'x/a.compose.yml': 'include: [b.compose.yml]\nservices: {a: {image: x}}',
      'x/b.compose.yml': 'include: [a.compose.yml]\nservices: {b: {image: x}}',
    };
    expect(taken(tree)).toEqual([['x/a.compose.yml', 'a.compose.yml, stand-alone']]);
  });
});
