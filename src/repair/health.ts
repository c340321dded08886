/** What a healthcheck of a compose file calls, and what its image is known not to hold. */
import type { Node, ScalarNode, Service } from '../compose/model.ts';
import { childAt, scalarAt } from '../compose/tree.ts';
import data from '../data/image-programs.json' with { type: 'json' };
import { parseReference } from '../registry/reference.ts';
import type { Place } from '../source.ts';

export type Check = {
  /** Through `/bin/sh -c`, or straight. */
  readonly shell: boolean;
  /** The program that has to be there for the check to succeed; undefined where that cannot be told. */
  readonly program: string | undefined;
  /** The program, or the whole command where it is not known. */
  readonly at: Place;
};

/** The test of a service's healthcheck; undefined where there is none, or it is switched off. */
export function checkOf(service: Service): Check | undefined {
  const health = childAt(service.node, 'healthcheck');
  if (scalarAt(health, 'disable')?.text.toLowerCase() === 'true') return undefined;
  const test = childAt(health, 'test');
  if (test?.kind === 'scalar') return shellCheck(test);
  if (test?.kind !== 'list') return undefined;
  const [form, command] = test.items.map((item: Node) => (item.kind === 'scalar' ? item : undefined));
  if (!form || !command) return undefined;
  if (form.text === 'CMD-SHELL') return shellCheck(command);
  if (form.text !== 'CMD' || command.parts) return undefined;
  return { shell: false, program: nameOf(command.text), at: command.at };
}

function shellCheck(command: ScalarNode): Check | undefined {
  if (command.value === null || command.text.trim() === '') return undefined;
  const program = command.parts ? undefined : firstProgram(command.text);
  return { shell: true, program, at: command.at };
}

/** The program that a shell command starts with, where nothing else could make the command succeed. */
function firstProgram(command: string): string | undefined {
  if (/[`(){}\n]|\$\(/.test(command)) return undefined;
  const [first = '', ...others] = command.split(/\|\||&&|;|\|/);
  const alternatives = command
    .split('||')
    .slice(1)
    .map((part) => part.trim().split(/\s+/)[0] ?? '');
  if (alternatives.some((word) => !['exit', 'false', 'kill', 'echo'].includes(word))) return undefined;
  if (others.length > 0 && /;/.test(command)) return undefined;
  const words = first.trim().split(/\s+/);
  const at = words.findIndex((word) => !/^[A-Za-z_]\w*=/.test(word));
  return nameOf(words[at] ?? '');
}

/** The name of a program that is looked up, or lies where programs lie. */
function nameOf(word: string): string | undefined {
  const found = /^(?:\/(?:usr\/)?(?:local\/)?s?bin\/)?([\w.-]+)$/.exec(word.replace(/^(["'])(.*)\1$/, '$2'));
  return found?.[1];
}

export type Missing = { readonly instead?: string; readonly source: string };

/** Whether an image is known not to hold a program. */
export function missingIn(image: string, program: string): Missing | undefined {
  const reference = parseReference(image);
  if ('invalid' in reference || reference.host !== 'docker.io' || !reference.path.startsWith('library/'))
    return undefined;
  const repository = reference.path.slice('library/'.length);
  const tag = reference.tag ?? '';
  return data.images.find(
    (one) =>
      one.repositories.includes(repository) &&
      (one.tag === undefined || new RegExp(one.tag).test(tag)) &&
      one.absent.includes(program),
  );
}

/** Whether an image is known to hold no shell at all. */
export function isWithoutShell(image: string): boolean {
  if (image === 'scratch') return true;
  const { prefixes, except } = data.withoutShell;
  return prefixes.some((prefix) => image.startsWith(prefix)) && !image.includes(except);
}
