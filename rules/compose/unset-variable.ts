import { shown } from '../../src/compose/edit.ts';
import { parseEnvFile } from '../../src/compose/env-file.ts';
import { pairsToMap } from '../../src/compose/forms.ts';
import type { Project, Service } from '../../src/compose/model.ts';
import { childAt } from '../../src/compose/tree.ts';
import { becomes, isFilledIn, type Unset, type UnsetPlace, unsetVariables } from '../../src/compose/unset.ts';
import type { Facts } from '../../src/facts.ts';
import { defineRule, type Finding, type Fix } from '../../src/rule.ts';
import { nearName } from '../../src/slip.ts';
import { locate, type Source } from '../../src/source.ts';
import { type Subject, subject } from '../../src/subject.ts';

export default defineRule({
  id: 'compose/unset-variable',
  title: 'a variable is set nowhere and has no default',
  severity: 'warning',
  docs: `
Compose puts an empty text where a variable is not set (\`The "TAG" variable is not set. Defaulting to a blank string.\`)
and goes on. Whether that hurts shows later: \`nginx:\${TAG}\` becomes \`nginx:\`, which the engine refuses as \`invalid
reference format\`; \`80:\${PORT}\` has no port and Compose refuses it; a password is empty. Each variable is reported once,
with all its places.

A warning, and an error where the empty value makes an image, a port, a volume or a name that cannot be. A project for
which nothing at all is set is taken for a template that is filled in elsewhere: an image is no error there, since Compose
accepts it.

A \`$\` that is meant for the shell in the container (\`command\`, \`entrypoint\`, a health check) is written \`$$\`.

**When to ignore it.** Where the variable is set by what runs Compose, or may be empty: say so with \`\${NAME:-}\`.
`,
  *check(facts) {
    for (const project of facts.projects) {
      const read = (file: string): Source | undefined => {
        const source = facts.files.read(file);
        return 'text' in source ? source : undefined;
      };
      const filledIn = isFilledIn(project);
      for (const unset of unsetVariables(project, read)) yield finding(facts, project, unset, filledIn);
    }
  },
});

function finding(facts: Facts, project: Project, unset: Unset, filledIn: boolean): Finding {
  const { name, places } = unset;
  const worst =
    places.find(({ effect }) => effect === 'refused') ??
    places.find(({ effect }) => effect === 'image') ??
    places[0];
  const effect = worst?.effect ?? 'empty';
  // Short names are near to many.
  const likely = nearName(name, project.envFileNames);
  const near = likely?.sure || name.length >= 8 ? likely : undefined;
  const template = templateWith(facts, project, name);
  const service = project.services.get(worst?.path[1] ?? '');
  const forShell = places.every(({ path }) => isCommand(path));
  const fixes =
    forShell && setsFor(service, name)
      ? shellFix(name, places)
      : near?.sure
        ? nearFix(name, near.name, places)
        : [];
  return {
    subject: subjectOf(project, effect, worst, service),
    detail: name,
    ...(worst ? { at: worst.at } : {}),
    // A command is the business of the program that reads it.
    spoils: places
      .filter(({ path }) => !isCommand(path))
      .map(({ at, scalar }) => ({ value: scalar.at, part: at })),
    ...(effect === 'refused' || (effect === 'image' && filledIn) ? { severity: 'error' } : {}),
    message: `${name} is not set and has no default${whatBecomes(worst, places.length)}${near ? `; did you mean ${near.name}, which is set?` : '.'}`,
    evidence: [
      ...alsoAt(facts, places, worst),
      ...(template === undefined
        ? []
        : [`${template} sets it: a template whose values are yours to fill in`]),
    ],
    ...(effect === 'refused' ? { consequence: 'Compose refuses the whole project.' } : {}),
    ...(effect === 'image' ? { consequence: 'The engine refuses it: `invalid reference format`.' } : {}),
    ...(fixes.length === 0 ? { advice: adviceOf(name, forShell, template) } : {}),
    fixes,
  };
}

function subjectOf(
  project: Project,
  effect: UnsetPlace['effect'],
  worst: UnsetPlace | undefined,
  service: Service | undefined,
): Subject {
  if (effect === 'refused') return subject.project(project.id);
  if (effect === 'image' && service) return subject.service(project.id, service.name);
  return subject.file(worst?.at.file ?? project.files[0] ?? '');
}

function whatBecomes(worst: UnsetPlace | undefined, count: number): string {
  if (!worst) return '';
  const { effect, scalar, path } = worst;
  if (effect === 'empty') return count === 1 ? '' : `, in ${count} places`;
  const [section, service, key] = path;
  if (section === 'name') return `: nothing is left of the project name ${shown(scalar)}`;
  return `: the ${WORDS[key ?? ''] ?? key} ${shown(scalar)} of service "${service}" becomes "${becomes(scalar)}"`;
}

const WORDS: Readonly<Record<string, string>> = {
  ports: 'port',
  volumes: 'volume',
  container_name: 'container name',
  networks: 'network',
  secrets: 'secret',
  configs: 'config',
  depends_on: 'dependency',
};

function isCommand([section, , key, sub]: readonly string[]): boolean {
  if (section !== 'services') return false;
  return key === 'command' || key === 'entrypoint' || (key === 'healthcheck' && sub === 'test');
}

/** Whether the environment of the container has the variable. */
function setsFor(service: Service | undefined, name: string): boolean {
  const environment = childAt(service?.node, 'environment');
  return environment !== undefined && pairsToMap(environment).entries.has(name);
}

function shellFix(name: string, places: readonly UnsetPlace[]): Fix[] {
  if (
    places.some(
      ({ at, scalar }) =>
        at.start === scalar.at.start && at.end === scalar.at.end && at.end - at.start > name.length + 3,
    )
  )
    return [];
  return [
    {
      title: `$${name} → $$${name}`,
      safety: 'unsafe',
      caveat: 'the shell in the container then puts its own value in',
      steps: places.map(({ at }) => ({
        kind: 'edit',
        at: { file: at.file, start: at.start, end: at.start },
        text: '$',
      })),
    },
  ];
}

function nearFix(name: string, near: string, places: readonly UnsetPlace[]): Fix[] {
  const exact = places.every(({ at }) => [name.length + 1, name.length + 3].includes(at.end - at.start));
  if (!exact) return [];
  return [
    {
      title: `${name} → ${near}`,
      safety: 'unsafe',
      caveat: 'the name may be wrong where it is set, and right here',
      steps: places.map(({ at }) => ({
        kind: 'edit',
        at,
        text: at.end - at.start === name.length + 1 ? `$${near}` : `\${${near}}`,
      })),
    },
  ];
}

/** How many places are told. */
const MAX_TOLD = 8;

function alsoAt(facts: Facts, places: readonly UnsetPlace[], worst: UnsetPlace | undefined): string[] {
  const others = places.filter((place) => place !== worst);
  const told = others.slice(0, MAX_TOLD).flatMap(({ at, path }) => {
    const source = facts.files.read(at.file);
    return 'text' in source ? [`${path.join('.')} (${at.file}:${locate(source, at).line})`] : [];
  });
  if (told.length === 0) return [];
  const more = others.length - told.length;
  return [`also in ${told.join(', ')}${more > 0 ? ` and ${more} more places` : ''}`];
}

const TEMPLATES = ['.env.example', '.env.sample', '.env.dist', '.env.template', 'env.example', 'example.env'];

/** A template of the env file that has the variable. */
function templateWith(facts: Facts, project: Project, name: string): string | undefined {
  const directory = project.directory === '.' ? '' : `${project.directory}/`;
  return TEMPLATES.map((file) => `${directory}${file}`).find((file) => {
    if (facts.files.stat(file)?.kind !== 'file') return false;
    const source = facts.files.read(file);
    if (!('text' in source)) return false;
    return Object.hasOwn(parseEnvFile(source, { environment: {}, envFile: {} }).values, name);
  });
}

function adviceOf(name: string, forShell: boolean, template: string | undefined): string {
  if (forShell) return `If the shell in the container is to see it, write $$${name}; otherwise set it.`;
  if (template !== undefined) return `Copy ${template} to .env and fill in its values.`;
  return `Set it in .env or in the environment, or give it a default: \${${name}:-…}.`;
}
