/** Keeps values of environment variables and credentials out of everything that is printed or stored. */
import type { Node, Project } from './compose/model.ts';

/**
 * Values below this length are words (`dev`, `16`, `amd64`): striking them out of sentences would garble them, and
 * what rules print of an interpolated value already names the variable instead. In characters.
 */
const SHORTEST = 6;

/** A function that puts `${NAME}` where the value of an environment variable would be printed. */
export function createRedactor(projects: readonly Project[]): (text: string) => string {
  const names = new Map<string, string>();
  for (const project of projects) {
    collect(project.document, names);
    // An argument without a value is given the one that its variable has.
    for (const { build } of project.services.values())
      for (const value of build?.args.values() ?? []) if (value) collect(value, names);
  }
  const values = [...names.keys()].sort((a, b) => b.length - a.length);
  return (text) => {
    let clean = text;
    for (const value of values) {
      if (clean.includes(value)) clean = clean.replaceAll(value, `\${${names.get(value)}}`);
    }
    return withoutCredentials(clean);
  };
}

function collect(root: Node, names: Map<string, string>): void {
  const open: Node[] = [root];
  for (let node = open.pop(); node; node = open.pop()) {
    if (node.kind === 'list') open.push(...node.items);
    else if (node.kind === 'map') for (const entry of node.entries.values()) open.push(entry.value);
    else {
      for (const part of node.parts ?? []) {
        if (part.kind !== 'variable' || part.text.length < SHORTEST) continue;
        if (part.from === 'environment' || part.from === 'env-file') names.set(part.text, part.name);
      }
    }
  }
}

/** `user:password@` of a URL, and `token@` of one that is fetched over HTTP, wherever they come from. */
function withoutCredentials(text: string): string {
  if (!text.includes('://')) return text;
  return text
    .replace(/:\/\/[^\s/@:"']*:[^\s/"']+@/g, '://***@')
    .replace(/(\bhttps?:\/\/)[^\s/@:"']+@/gi, '$1***@');
}

/** A line of a file as it may be shown beside a fault: values that people keep secrets in are masked. */
export function maskLine(line: string): string {
  const assigned = line.replace(
    /^(\s*(?:export\s+)?(?:-\s*)?["']?[A-Za-z_][A-Za-z0-9_.-]*=)(?=\S).*$/,
    '$1…',
  );
  const [, start, key = '', value = ''] =
    /^(\s*(?:-\s*)?["']?([\w.-]+)["']?\s*:\s+)(\S.*)$/.exec(assigned) ?? [];
  const isVariable = /^[A-Z][A-Z0-9_]*$/.test(key) && !/^\$\{?[A-Z_]+\}?\s*$/.test(value);
  const isSecret = /password|passwd|secret|token|api[_-]?key|credential/i.test(key);
  return withoutCredentials(start !== undefined && (isVariable || isSecret) ? `${start}…` : assigned);
}

/** A line of an env file: the name that is set, if it looks like one; nothing of a line that looks like anything else. */
export function maskSetting(line: string): string {
  if (/^\s*(?:#[^=:]*)?$/.test(line)) return line;
  return /^\s*(?:export\s+)?[A-Za-z_][\w. -]{0,40}?\s*[=:](?=.)/.exec(line)?.[0].concat('…') ?? '…';
}
