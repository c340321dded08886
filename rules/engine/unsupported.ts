import { shown } from '../../src/compose/edit.ts';
import type { Project, ScalarNode, Service } from '../../src/compose/model.ts';
import { scalarAt } from '../../src/compose/tree.ts';
import type { EngineSeen } from '../../src/docker/health-model.ts';
import { defineRule, type Finding } from '../../src/rule.ts';
import { subject } from '../../src/subject.ts';

export default defineRule({
  id: 'engine/unsupported',
  title: 'a service asks for a platform or a runtime that the engine cannot run',
  severity: 'error',
  docs: `
\`platform: linux/amd64\` on a machine with another processor needs a kernel that hands such programs to an emulator. Docker
Desktop, Colima and OrbStack bring one; an engine on plain Linux has one only where somebody has installed it, and without
it each container ends with \`exec format error\`. dockmedic looks into \`/proc/sys/fs/binfmt_misc\` where the engine runs on
this very machine. Where it does not, or the kernel cannot be asked, nothing is said.

\`runtime: nvidia\` needs a runtime that the engine knows under that name; \`/info\` lists them.
`,
  async *check(facts) {
    const seen = await facts.engineHealth();
    const { canRun, isKnownRuntime } = await import('../../src/docker/health.ts');
    for (const project of facts.projects) {
      for (const service of project.services.values()) {
        if (!service.active) continue;
        const platform =
          service.platform && canRun(service.platform.text, seen) === false
            ? platformOf(project, service, service.platform, seen)
            : undefined;
        if (platform) yield platform;
        const runtime = runtimeOf(project, service, seen, isKnownRuntime);
        if (runtime) yield runtime;
      }
    }
  },
});

function platformOf(project: Project, service: Service, platform: ScalarNode, seen: EngineSeen): Finding {
  return {
    subject: subject.container(project.id, service.name),
    at: platform.at,
    detail: 'platform',
    message: `Service "${service.name}" is to run as ${shown(platform)}, the engine is ${seen.platform}, and its kernel has no emulator for that.`,
    evidence: [`/proc/sys/fs/binfmt_misc has ${handlersOf(seen)}`],
    consequence: 'Its container, and each RUN of its build, ends with "exec format error".',
    advice: `Install an emulator (\`docker run --privileged --rm tonistiigi/binfmt --install all\`, or \`qemu-user-static\` of the distribution), or take \`platform\` out where the image has ${seen.platform}.`,
  };
}

function handlersOf({ emulated = [] }: EngineSeen): string {
  return emulated.length === 0
    ? 'no handler for other processors'
    : `handlers for ${emulated.join(', ')} only`;
}

function runtimeOf(
  project: Project,
  service: Service,
  seen: EngineSeen,
  isKnown: (name: string, runtimes: readonly string[]) => boolean,
): Finding | undefined {
  const runtime = scalarAt(service.node, 'runtime');
  const known = seen.runtimes;
  if (!runtime || !known || known.length === 0 || runtime.text.trim() === '') return undefined;
  if (isKnown(runtime.text, known)) return undefined;
  const name = shown(runtime);
  return {
    subject: subject.container(project.id, service.name),
    at: runtime.at,
    detail: 'runtime',
    message: `Service "${service.name}" asks for the runtime ${JSON.stringify(name)}, and the engine knows ${known.join(', ')}.`,
    evidence: ['/info lists the runtimes'],
    consequence: `Docker says "unknown or invalid runtime name: ${name}".`,
    advice:
      name === 'nvidia'
        ? 'Install the NVIDIA Container Toolkit and run `sudo nvidia-ctk runtime configure --runtime=docker`, then start the engine again; or take `runtime` out.'
        : 'Configure it in daemon.json and start the engine again, or take `runtime` out.',
  };
}
