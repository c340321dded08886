/** Why a daemon of this machine does not start: pure, over its configuration and its last words. */
import type { ConfigVerdict, DaemonSeen, DaemonVerdict, StartVerdict } from './daemon-model.ts';
import { isObject, readJson } from './json.ts';

/** The one reason that is nearest: a configuration that dockerd refuses comes before anything that its log says. */
export function judgeDaemon(seen: DaemonSeen): DaemonVerdict | undefined {
  return judgeConfig(seen) ?? judgeLog(seen);
}

function judgeConfig({ config, validation, unit }: DaemonSeen): ConfigVerdict | undefined {
  const { file, text } = config;
  const of = (verdict: ConfigVerdict['verdict'], fault: string, at?: ConfigVerdict['at']): ConfigVerdict => ({
    verdict,
    file,
    fault,
    ...(at && { at }),
    ...(unit && { unit: unit.file }),
  });
  const refused =
    validation === undefined
      ? undefined
      : /^unable to configure the Docker daemon with file \S+: (.*)$/s.exec(validation.trim())?.[1];
  // dockerd has the last word where it could be asked: it takes what is said to be well.
  if (validation !== undefined && refused === undefined)
    return text === undefined ? undefined : removedDriver(text, of);
  if (text === undefined) return undefined;
  const syntax = syntaxFault(text);
  if (syntax) return of('config-no-json', `is not valid JSON: ${syntax.because}`, syntax.at);
  if (refused === undefined) return removedDriver(text, of);
  const unknown = /^the following directives don't match any configuration option: (.+)$/.exec(refused)?.[1];
  if (unknown !== undefined) {
    const keys = unknown.split(', ');
    return of(
      'config-unknown-option',
      `has ${listed(keys)}, which dockerd does not know`,
      placeOf(text, keys[0]),
    );
  }
  const twice =
    /^the following directives are specified both as a flag and in the configuration file: (.+)$/.exec(
      refused,
    )?.[1];
  if (twice !== undefined) {
    const keys = [...twice.matchAll(/(?:^|, )([a-z0-9-]+): \(from flag: /g)].map((match) => match[1] ?? '');
    return of(
      'config-given-twice',
      `sets ${listed(keys)}, and so do the options that dockerd is started with`,
      placeOf(text, keys[0]),
    );
  }
  const type = /json: cannot unmarshal (\w+) into Go struct field Config\.(\S+) of type (\S+)/.exec(refused);
  if (type) {
    const [, is = '', path = '', wanted = ''] = type;
    const key = path.split('.').at(-1);
    return of(
      'config-wrong-type',
      `has ${article(is)} for ${JSON.stringify(path)}, where dockerd wants ${typeInWords(wanted)}`,
      placeOf(text, key),
    );
  }
  if (/cannot unmarshal \w+ into Go value of type map/.test(refused))
    return of('config-wrong-type', 'must hold a JSON object');
  return of(
    'config-refused',
    `is refused by dockerd: ${withoutUserInfo(refused.replace(/^invalid JSON: /, '').replace(/^merged configuration validation from file and command line flags failed: /, ''))}`,
  );
}

type Of = (verdict: ConfigVerdict['verdict'], fault: string, at?: ConfigVerdict['at']) => ConfigVerdict;

/** Taken out of dockerd (24.0, 25.0); `--validate` does not look at it. */
const REMOVED_DRIVERS = ['aufs', 'devicemapper', 'overlay'];

function removedDriver(text: string, of: Of): ConfigVerdict | undefined {
  const json = readJson(text.replace(/^\uFEFF/, ''));
  if (!json.ok || !isObject(json.value)) return undefined;
  const { 'storage-driver': driver, 'default-runtime': runtime, runtimes } = json.value;
  if (typeof driver === 'string' && REMOVED_DRIVERS.includes(driver))
    return of(
      'config-refused',
      `asks for the storage driver ${JSON.stringify(driver)}, which dockerd no longer has`,
      placeOf(text, 'storage-driver'),
    );
  const isKnown =
    typeof runtime !== 'string' ||
    ['runc', ''].includes(runtime) ||
    /[./]/.test(runtime) ||
    (isObject(runtimes) && Object.hasOwn(runtimes, runtime));
  if (isKnown) return undefined;
  return of(
    'config-refused',
    `makes ${JSON.stringify(runtime)} the default runtime and defines no such runtime`,
    placeOf(text, 'default-runtime'),
  );
}

/** dockerd reads the whole file, and takes a byte order mark. */
function syntaxFault(text: string): { because: string; at: { start: number; end: number } } | undefined {
  const mark = text.startsWith('\uFEFF') ? 1 : 0;
  const json = readJson(text.slice(mark));
  if (json.ok) return undefined;
  const lines = text.slice(mark).split('\n');
  const start =
    mark + lines.slice(0, json.line - 1).reduce((sum, line) => sum + line.length + 1, 0) + json.column - 1;
  // A file that ends too early is at fault at its last sign.
  const at = Math.min(start, Math.max(mark, text.trimEnd().length - 1));
  return { because: json.because, at: { start: at, end: Math.min(at + 1, text.length) } };
}

function placeOf(text: string, key: string | undefined): ConfigVerdict['at'] {
  if (key === undefined) return undefined;
  const written = JSON.stringify(key);
  const match = new RegExp(`${written.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?=\\s*:)`).exec(text);
  return match ? { start: match.index, end: match.index + written.length } : undefined;
}

const listed = (keys: readonly string[]) => keys.map((key) => JSON.stringify(key)).join(', ');

function article(type: string): string {
  if (type === 'array') return 'a list';
  return `${/^[aeo]/.test(type) ? 'an' : 'a'} ${type === 'bool' ? 'true or false' : type}`;
}

function typeInWords(type: string): string {
  if (type.startsWith('[]')) return 'a list';
  if (type === 'bool') return 'true or false';
  if (type === 'string') return 'a string';
  if (/^u?int/.test(type)) return 'a number';
  return type.startsWith('map') ? 'an object' : type;
}

/** How dockerd's last words are told apart (moby `cmd/dockerd`, `daemon`). The first that fits counts. */
const REASONS: readonly (readonly [RegExp, StartVerdict['verdict']])[] = [
  [/no space left on device/, 'disk-full'],
  [/read-only file system/, 'read-only'],
  [/too many open files/, 'fd-limit'],
  [/process with PID \d+ is still running|pid file found, ensure docker is not running/, 'already-running'],
  [/failed to load listeners/, 'listener'],
  [/iptables/, 'iptables'],
  [/cgroups?\b.*(?:mount|hierarchy|found)/i, 'cgroup'],
  [/error initializing graphdriver|prior storage driver/, 'storage-driver'],
  [/failed to (?:start|connect to|dial).{0,40}containerd|waiting for containerd/, 'containerd'],
  [/specified default runtime|failed to find runc binary|runc/, 'runtime'],
  [/Unable to get the (?:full path to root|TempDir under)|data-root/, 'data-root'],
  [/needs to be started with root/, 'not-root'],
  [/rootlesskit|uid_map|UID\/GID map/, 'rootless'],
];

/** Lines by which a daemon says that it gives up, and by which it says that it runs or was ended as it should. */
const GIVES_UP =
  /(?:^|msg="?)(failed to start daemon|failed to load listeners|failed to start containerd|error initializing buildkit|unable to configure the Docker daemon|Unable to get the |dockerd needs to be started with root|chmod \S+: read-only file system|\[rootlesskit:parent\] error:)/;
const IS_WELL =
  /API listen on|Daemon has completed initialization|Daemon shutdown complete|Processing signal 'terminated'/;

function judgeLog({ log }: DaemonSeen): StartVerdict | undefined {
  if (!log) return undefined;
  const said = lastWords(log.text);
  if (said === undefined) return undefined;
  const verdict = REASONS.find(([pattern]) => pattern.test(said))?.[1] ?? 'unknown-reason';
  return { verdict, said, from: log.from };
}

/** The last line by which a daemon gave up, where nothing after it says that another start went well. */
export function lastWords(text: string): string | undefined {
  let said: string | undefined;
  for (const line of text.split('\n')) {
    if (GIVES_UP.test(line)) said = line;
    else if (IS_WELL.test(line)) said = undefined;
  }
  if (said === undefined) return undefined;
  const plain = withoutUserInfo(said.replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ').trim());
  return plain.length > 400 ? `${plain.slice(0, 399)}…` : plain;
}

function withoutUserInfo(text: string): string {
  return text.replace(/\/\/[^/@\s]*@/g, '//');
}
