/** Env files of the format `raw`: `NAME=value` lines, taken to the letter. */
import type { Source } from '../source.ts';
import type { EnvFileContent } from './env-file.ts';

/** Nothing is unquoted or expanded. A name alone takes the value of the environment. */
export function readRawEnvFile(
  source: Source,
  environment: Readonly<Record<string, string | undefined>>,
): EnvFileContent {
  const values: Record<string, string> = Object.create(null);
  const places: Record<string, { file: string; start: number; end: number }> = Object.create(null);
  let start = 0;
  for (const raw of source.text.split('\n')) {
    const written = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
    const line = written.replace(/^\uFEFF/, '').trimStart();
    const at = {
      file: source.file,
      start: start + written.length - line.length,
      end: start + written.length,
    };
    start += raw.length + 1;
    if (line === '' || line.startsWith('#')) continue;
    const equals = line.indexOf('=');
    const name = equals < 0 ? line : line.slice(0, equals);
    if (name === '') return { values, places, fault: { message: 'a line has no name before its `=`', at } };
    if (/\s/.test(name))
      return { values, places, fault: { message: 'the name of a variable cannot contain a space', at } };
    const value = equals < 0 ? environment[name] : line.slice(equals + 1);
    if (value === undefined) continue;
    values[name] = value;
    places[name] = at;
  }
  return { values, places };
}
