/**
 * Bundles the program into `dist/`: one entry and the parts that it loads when it first needs them (the screen, the
 * engine's client). Start-up is most of a small run, and a bundle reads one file where `node_modules` reads hundreds.
 */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const { version } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));
const out = path.join(root, 'dist');

await rm(out, { recursive: true, force: true });
const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: { dockmedic: 'src/cli/main.ts' },
  outdir: out,
  bundle: true,
  splitting: true,
  minify: true,
  // Names of functions and types are part of error messages.
  keepNames: false,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  chunkNames: 'parts/[name]-[hash]',
  metafile: true,
  legalComments: 'none',
  // The same parser as modules instead of CommonJS: smaller and quicker to start.
  alias: { yaml: path.join(root, 'node_modules/yaml/browser/index.js') },
  define: {
    DOCKMEDIC_VERSION: JSON.stringify(version),
    'process.env.NODE_ENV': '"production"',
    'process.env.DEV': '"false"',
  },
  banner: {
    js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
  },
  plugins: [
    {
      name: 'rule-docs-apart',
      setup: (builder) => {
        // What rules say of themselves is a tenth of the program, and only two commands ask for it.
        builder.onLoad({ filter: /[\\/]rules[\\/][a-z]+[\\/][a-z0-9-]+\.ts$/ }, async ({ path: file }) => {
          const text = await readFile(file, 'utf8');
          const contents = text.replace(/\n {2}docs: `((?:[^`\\]|\\[\s\S])*)`,\n/, "\n  docs: '',\n");
          return { contents, loader: 'ts' };
        });
      },
    },
    {
      name: 'data-as-text',
      setup: (builder) => {
        // A text is parsed quicker than the object that it describes.
        builder.onLoad({ filter: /specification\.json$/ }, async ({ path: file }) => {
          const text = JSON.stringify(JSON.parse(await readFile(file, 'utf8')));
          return { contents: `export default JSON.parse(${JSON.stringify(text)})`, loader: 'js' };
        });
      },
    },
    {
      name: 'without-developer-tools',
      setup: (builder) => {
        // The screen's library can load React's developer tools; a released program never does.
        builder.onLoad({ filter: /ink[\\/]build[\\/]devtools\.js$/ }, () => ({ contents: 'export {}' }));
      },
    },
    {
      name: 'without-unused-transports',
      setup: (builder) => {
        // The engine's client loads an SSH client and gRPC (for builds) before it is asked for either. dockmedic asks
        // engines over its own transport and builds with the docker CLI, so neither is ever called.
        builder.onResolve(
          { filter: /^(ssh2|@grpc\/grpc-js|@grpc\/proto-loader|protobufjs)$/ },
          ({ path: name }) => ({
            path: name,
            namespace: 'unused',
          }),
        );
        // The argument parser can start programs as commands of its own; ours has none.
        builder.onResolve({ filter: /^node:child_process$/ }, ({ path: name, importer }) =>
          importer.includes('commander') ? { path: name, namespace: 'unused' } : undefined,
        );
        builder.onLoad({ filter: /.*/, namespace: 'unused' }, () => ({ contents: 'module.exports = {}' }));
      },
    },
  ],
});

await writeFile(path.join(out, 'rule-docs.json'), JSON.stringify(await ruleDocs()));
await writeFile(path.join(out, 'LICENSES.txt'), await licenses(Object.keys(metafile.inputs)));

/** What each rule says of itself, by its id. */
async function ruleDocs() {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: ['rules/index.ts'],
    bundle: true,
    format: 'esm',
    platform: 'node',
    write: false,
    alias: { yaml: path.join(root, 'node_modules/yaml/browser/index.js') },
    banner: { js: "import{createRequire as r}from'node:module';const require=r('/');" },
  });
  const { rules } = await import(
    `data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`
  );
  return Object.fromEntries(rules.map(({ id, docs }) => [id, docs]));
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
