import type { Build } from '../../src/compose/model.ts';
import { childAt, itemsOf, scalarAt } from '../../src/compose/tree.ts';
import { type ReadBuild, readBuilds } from '../../src/dockerfile/builds.ts';
import type { Mount } from '../../src/dockerfile/model.ts';
import { nearest } from '../../src/nearest.ts';
import { defineRule } from '../../src/rule.ts';
import { subject } from '../../src/subject.ts';

export default defineRule({
  id: 'build/secret-not-given',
  title: 'a build step mounts a secret or an SSH agent that the service does not give',
  severity: 'error',
  docs: `
\`RUN --mount=type=secret,id=token\` sees what \`build.secrets\` of the service lists; \`type=ssh\` needs \`build.ssh\`. With
\`required\` the build stops (\`secret token: not found\`, \`unset ssh forward key default\`); without it the file is simply
absent, and what reads it fails later. The latter is a warning, and a hint where the Dockerfile says that it can do without:
\`required=false\`, or a step that looks whether the file is there (\`if [ -f /run/secrets/token ]\`).
`,
  *check(facts) {
    for (const read of readBuilds(facts)) {
      const { project, service, build, stages, placeOf } = read;
      const seen = new Set<string>();
      for (const mount of stages.flatMap((stage) => stage.mounts)) {
        const { id, type, required } = mount;
        if (id === undefined || id === '' || /[$\\]/.test(id)) continue;
        const given = type === 'secret' ? secretsOf(build) : sshOf(build);
        if (!given || given.includes(id) || seen.has(`${type}:${id}`)) continue;
        seen.add(`${type}:${id}`);
        const near = nearest(id, given);
        const what = type === 'secret' ? `the secret ${id}` : `the SSH agent "${id}"`;
        yield {
          subject: subject.build(project.id, service.name),
          detail: `${type}:${id}`,
          severity: required ? 'error' : isOptional(read, mount) ? 'info' : 'warning',
          at: placeOf(mount.range),
          message: `The build of service "${service.name}" mounts ${what}, which its \`build.${type === 'secret' ? 'secrets' : 'ssh'}\` does not give.`,
          ...(near === undefined ? {} : { evidence: [`it gives "${near}"`] }),
          consequence: required
            ? `BuildKit says "${type === 'secret' ? `secret ${id}: not found` : `unset ssh forward key ${id}`}".`
            : 'The step runs without it, and fails where it reads it.',
          advice:
            near !== undefined
              ? `Write \`${near}\` in the one place or \`${id}\` in the other.`
              : type === 'secret'
                ? `List \`${id}\` under \`build.secrets\` of the service, and say at the top level where it comes from.`
                : `Add \`ssh: [${id}]\` to the service's \`build\`.`,
        };
      }
    }
  },
});

/** Whether the Dockerfile says so itself: `required=false`, or a step that looks whether the secret is there. */
function isOptional({ stages, textOf }: ReadBuild, { range }: Mount): boolean {
  if (/\brequired=(?:false|0)\b/i.test(textOf(range) ?? '')) return true;
  const step = stages
    .flatMap((stage) => stage.steps)
    .find(
      (one) =>
        one.kind === 'run' && one.command.range.start <= range.start && range.end <= one.command.range.end,
    );
  const text = step?.kind === 'run' ? (textOf(step.command.range) ?? '') : '';
  return /(?:\[\[?|\btest)\s+(?:!\s+)?-[efsrnz]\s|\|\|\s*(?:true|:)(?:\s|$)|\$\{\w+:?[-+]/.test(text);
}

/** The ids under which a build sees its secrets; undefined where that cannot be told. */
function secretsOf(build: Build): readonly string[] | undefined {
  const node = childAt(build.node, 'secrets');
  const ids = itemsOf(node).map((item) => {
    if (item.kind === 'scalar') return item.text;
    return (scalarAt(item, 'target') ?? scalarAt(item, 'source'))?.text;
  });
  if (node && node.kind !== 'list') return undefined;
  return ids.every((id) => id !== undefined) ? ids : undefined;
}

/** `ssh: [default, key=/path]`, or a mapping. */
function sshOf(build: Build): readonly string[] | undefined {
  const node = childAt(build.node, 'ssh');
  if (!node) return [];
  if (node.kind === 'map') return [...node.entries.keys()];
  if (node.kind !== 'list') return undefined;
  return node.items.flatMap((item) => (item.kind === 'scalar' ? [item.text.split('=', 1)[0] ?? ''] : []));
}
