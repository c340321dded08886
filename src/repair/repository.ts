/** Which image was meant by a name that no registry has. Pure over facts. */
import { canonical, madeBy } from '../compose/images.ts';
import official from '../data/official-images.json' with { type: 'json' };
import type { Facts } from '../facts.ts';
import type { NeededImage } from '../needed-images.ts';
import { DOCKER_HUB, familiar, parseReference } from '../registry/reference.ts';
import { nearName } from '../slip.ts';

export type Meant =
  /** A build of the workspace makes it. */
  | { readonly by: 'build'; readonly reference: string; readonly service: string; readonly sure: boolean }
  /** An official image of Docker Hub; whether it has this tag is to be asked. */
  | { readonly by: 'hub'; readonly reference: string; readonly sure: boolean };

/** The image whose name is nearest; `sure` where it is the only one a slip of the pen away. */
export function meantBy(facts: Facts, image: NeededImage): Meant | undefined {
  const wanted = parseReference(image.reference);
  if ('invalid' in wanted || wanted.digest !== undefined) return undefined;
  const { tag = 'latest' } = wanted;
  const made = new Map<string, { readonly tags: string[]; readonly service: string }>();
  for (const project of facts.projects) {
    for (const service of project.services.values()) {
      for (const text of madeBy(project, service)) {
        const reference = parseReference(text);
        if ('invalid' in reference || reference.host !== wanted.host || reference.tag === undefined) continue;
        const { path } = reference;
        const known = made.get(path);
        if (known) known.tags.push(reference.tag);
        else made.set(path, { tags: [reference.tag], service: service.name });
      }
    }
  }
  const isShort = wanted.host === DOCKER_HUB && wanted.path.startsWith('library/');
  const names = isShort ? official.names.map((name) => `library/${name}`) : [];
  // Short names are compared as they are written: with `library/` before them, all of them would be long.
  const bare = (path: string) => (isShort ? path.replace(/^library\//, '') : path);
  const near = nearName(bare(wanted.path), [...made.keys(), ...names].map(bare));
  if (!near) return undefined;
  const path = isShort && !near.name.includes('/') ? `library/${near.name}` : near.name;
  const build = made.get(path);
  const named = (chosen: string) => familiar({ host: wanted.host, path, tag: chosen });
  if (!build) return { by: 'hub', reference: named(tag), sure: near.sure };
  const chosen = build.tags.includes(tag) ? tag : build.tags[0];
  if (chosen === undefined) return undefined;
  const reference = named(chosen);
  // As it is written: `app`, not `app:latest`.
  const short = canonical(image.reference) !== image.reference && chosen === 'latest';
  return {
    by: 'build',
    reference: short ? reference.replace(/:latest$/, '') : reference,
    service: build.service,
    sure: near.sure && build.tags.includes(tag),
  };
}
