import type { FileStat, Files } from '../../../src/facts.ts';
import type { Source } from '../../../src/source.ts';

/** A tree in memory: paths root-relative or absolute, with their text. */
export function memoryFiles(tree: Readonly<Record<string, string>>): Files {
  const sources = new Map<string, Source>();
  for (const [file, text] of Object.entries(tree)) sources.set(file, { file, text });
  const directories = new Set(['.']);
  for (const file of sources.keys()) {
    for (let at = file.lastIndexOf('/'); at > 0; at = file.lastIndexOf('/', at - 1))
      directories.add(file.slice(0, at));
  }
  const stat = (kind: FileStat['kind'], size: number): FileStat => ({ kind, size, mode: 0o644 });
  return {
    stat(file) {
      const source = sources.get(file);
      if (source) return stat('file', source.text.length);
      return directories.has(file) ? stat('directory', 0) : undefined;
    },
    read: (file) => sources.get(file) ?? { failure: 'missing', because: 'there is no such file' },
    list: (directory) =>
      [...sources.keys(), ...directories]
        .filter(
          (file) =>
            (file.includes('/') ? file.slice(0, file.lastIndexOf('/')) : '.') === directory && file !== '.',
        )
        .map((file) => file.slice(file.lastIndexOf('/') + 1))
        .sort(),
    index: () => ({
      files: [...sources.keys()].filter((file) => !file.startsWith('/') && !file.startsWith('..')).sort(),
      truncated: false,
      byName: (name) => [...sources.keys()].filter((file) => file.toLowerCase().split('/').at(-1) === name),
    }),
  };
}
