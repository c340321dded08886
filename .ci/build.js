/**
 * Bundles the program into `dist/`: what every run needs in one part, and the parts that are loaded when they are first
 * needed (the screen, the engine's client). Start-up is most of a small run: a module costs a third of a millisecond
 * to find and to link, and one file is read where `node_modules` has hundreds.
 */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const { version } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));
const out = path.join(root, 'dist');

/** The module that all commands but `--version` start with. */
const PROGRAM = path.join(root, 'src/cli/run.ts');

/** Stands for a module that is never used: what is made with its `require` is not there either. */
const NOTHING =
  'const none = () => undefined; module.exports = { createRequire: () => Object.assign(none, { resolve: none }) }';

const shared = {
  cwd: root,
  platform: 'node',
  // The same parser as modules instead of CommonJS: smaller and quicker to start.
  resolve: { alias: { yaml: path.join(root, 'node_modules/yaml/browser/index.js') } },
};

await rm(out, { recursive: true, force: true });
const bundle = await rolldown({
  ...shared,
  input: { dockmedic: path.join(root, 'src/cli/main.ts') },
  transform: {
    target: 'node20.19',
    define: {
      DOCKMEDIC_VERSION: JSON.stringify(version),
      'process.env.NODE_ENV': '"production"',
      'process.env.DEV': '"false"',
    },
  },
  plugins: [ruleDocsApart(), dataAsText(), withoutUnused(), builtinsWithoutRequire()],
});
const { output } = await bundle.write({
  dir: out,
  format: 'esm',
  minify: true,
  comments: false,
  chunkFileNames: 'parts/[name]-[hash].js',
  codeSplitting: {
    groups: [
      // Apart, so that `--version` loads nothing else.
      { name: 'version', test: /src[\\/]cli[\\/]version\.ts$/, priority: 2, minSize: 0 },
      {
        name: (id, graph) => (neededAtOnce(graph).has(id) ? 'program' : null),
        debugName: 'program',
        priority: 1,
      },
    ],
  },
});
await writeFile(path.join(out, 'rule-docs.json'), JSON.stringify(await ruleDocs()));
const modules = output.flatMap((part) =>
  part.type === 'chunk' ? Object.keys(part.modules).map((id) => path.relative(root, id)) : [],
);
await writeFile(path.join(out, 'LICENSES.txt'), await licenses(modules));

/** The modules that `PROGRAM` reaches without a dynamic import. */
function neededAtOnce(graph) {
  neededAtOnce.known ??= reach(graph, PROGRAM, new Set());
  return neededAtOnce.known;
}

function reach(graph, id, found) {
  if (found.has(id)) return found;
  found.add(id);
  for (const next of graph.getModuleInfo(id)?.importedIds ?? []) reach(graph, next, found);
  return found;
}

/** What rules say of themselves is a tenth of the program, and only two commands ask for it. */
function ruleDocsApart() {
  return {
    name: 'rule-docs-apart',
    load: {
      filter: { id: /[\\/]rules[\\/][a-z]+[\\/][a-z0-9-]+\.ts$/ },
      handler: async (id) => {
        const text = await readFile(id, 'utf8');
        const code = text.replace(/\n {2}docs: `((?:[^`\\]|\\[\s\S])*)`,\n/, "\n  docs: '',\n");
        return { code, moduleType: 'ts' };
      },
    },
  };
}

/** A text is parsed quicker than the object that it describes. */
function dataAsText() {
  return {
    name: 'data-as-text',
    load: {
      filter: { id: /specification\.json$/ },
      handler: async (id) => {
        const text = JSON.stringify(JSON.parse(await readFile(id, 'utf8')));
        return { code: `export default JSON.parse(${JSON.stringify(text)})`, moduleType: 'js' };
      },
    },
  };
}

function isUnused(name, importer) {
  if (/^(?:ssh2|@grpc\/grpc-js|@grpc\/proto-loader|protobufjs|supports-color)$/.test(name)) return true;
  return /^(?:node:)?module$/.test(name) && importer.includes('fdir');
}

/**
 * The engine's client loads an SSH client and gRPC (for builds) before it is asked for either: dockmedic asks engines
 * over its own transport and builds with the docker CLI, so neither is ever called. The crawler can load a matcher of
 * patterns, and ours are not patterns. The screen's library can load React's developer tools.
 */
function withoutUnused() {
  return {
    name: 'without-unused',
    resolveId: (name, importer = '') => (isUnused(name, importer) ? `\0unused:${name}` : undefined),
    load: (id) => {
      if (id.startsWith('\0unused:')) return { code: NOTHING, moduleType: 'js' };
      return /ink[\\/]build[\\/]devtools\.js$/.test(id) ? { code: 'export {}', moduleType: 'js' } : undefined;
    },
  };
}

/**
 * CommonJS packages ask for Node's own modules with `require`, which an ES module first has to make: two milliseconds
 * of every start. Node gives them without it.
 */
function builtinsWithoutRequire() {
  const known = new Set(builtinModules);
  return {
    name: 'builtins-without-require',
    transform: {
      filter: { id: /node_modules/, code: /\brequire\(/ },
      handler: (code, id) => ({
        code: code.replace(/\brequire\((['"])(?:node:)?([a-z/_0-9]+)\1\)/g, (call, _, name) =>
          known.has(name) && !isUnused(name, id) ? `globalThis.process.getBuiltinModule('${name}')` : call,
        ),
      }),
    },
  };
}

/** What each rule says of itself, by its id. */
async function ruleDocs() {
  const rules = await rolldown({ ...shared, input: path.join(root, 'rules/index.ts') });
  const { output } = await rules.generate({ format: 'esm', codeSplitting: false });
  const url = `data:text/javascript;base64,${Buffer.from(output[0].code).toString('base64')}`;
  return Object.fromEntries((await import(url)).rules.map(({ id, docs }) => [id, docs]));
}

/** The licence texts of everything that went into the bundle, as those licences ask for. */
async function licenses(inputs) {
  const packages = new Set(
    inputs.flatMap((input) => {
      const at = input.lastIndexOf('node_modules/');
      if (at < 0) return [];
      const [scope, name] = input.slice(at + 'node_modules/'.length).split('/');
      return [
        input.slice(0, at + 'node_modules/'.length) + (scope.startsWith('@') ? `${scope}/${name}` : scope),
      ];
    }),
  );
  const texts = [];
  for (const directory of [...packages].sort()) {
    const about = JSON.parse(await readFile(path.join(root, directory, 'package.json'), 'utf8'));
    const text = await licenseText(path.join(root, directory));
    texts.push(
      `${about.name} ${about.version} (${about.license})\n\n${text ?? 'No licence text is shipped with it.'}\n`,
    );
  }
  await mkdir(out, { recursive: true });
  return `dockmedic contains the following packages.\n\n${texts.join(`\n${'-'.repeat(80)}\n\n`)}`;
}

async function licenseText(directory) {
  for (const name of [
    'LICENSE',
    'LICENSE.md',
    'license',
    'license.md',
    'LICENCE',
    'LICENSE.txt',
    'License',
  ]) {
    const text = await readFile(path.join(directory, name), 'utf8').catch(() => undefined);
    if (text !== undefined) return text.trim();
  }
  return undefined;
}
