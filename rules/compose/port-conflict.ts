import { shown } from '../../src/compose/edit.ts';
import type { Project, ScalarNode, Service } from '../../src/compose/model.ts';
import { commonPort, isFixed, portsOf, type WrittenPort } from '../../src/compose/ports.ts';
import { speaksForSwarm } from '../../src/compose/swarm.ts';
import { inTurn, replicasOf, together } from '../../src/compose/together.ts';
import { scalarAt } from '../../src/compose/tree.ts';
import type { Facts } from '../../src/facts.ts';
import { defineRule, type Finding } from '../../src/rule.ts';
import { locate } from '../../src/source.ts';
import { subject } from '../../src/subject.ts';

export default defineRule({
  id: 'compose/port-conflict',
  title: 'one host port for several containers',
  severity: 'error',
  docs: `
A port of the host can be published by one container only. \`docker compose config\` accepts it twice; \`up\` then starts
some of the services and ends with \`Bind for 0.0.0.0:8080 failed: port is already allocated\`, naming whichever came
second.

Two entries are in each other's way where protocol and port are the same and an address is common (without an address,
all are meant), and the services can run together: no single profile that keeps them apart, none that starts only after
the other has ended. A range for a single port (\`8080-8090:80\`) takes whichever is free. Services in the host's
network publish nothing. One fixed port with several replicas is the same fault; in a file for Swarm, which can do that,
it is a warning.

Ports of other projects and of other programs are not looked at here.
`,
  *check(facts) {
    for (const project of facts.projects) {
      const published = [...project.services.values()].flatMap((service) =>
        publishes(service)
          ? portsOf(service)
              .filter(isFixed)
              .map((port) => ({ service, port }))
          : [],
      );
      for (const [index, one] of published.entries()) {
        const { count, by } = replicasOf(one.service);
        const first = published.findIndex(({ service }) => service === one.service) === index;
        if (count > 1 && first) yield scaled(project, one, by);
        for (const earlier of published.slice(0, index)) {
          const found = twice(facts, project, earlier, one);
          if (!found) continue;
          yield found;
          break;
        }
      }
    }
  },
});

type Published = { readonly service: Service; readonly port: WrittenPort };

/** Whether a service has a container with a network of its own. */
function publishes(service: Service): boolean {
  const mode = scalarAt(service.node, 'network_mode')?.text ?? '';
  return !/^(?:host|none)$|^(?:service|container):/.test(mode) && replicasOf(service).count > 0;
}

function twice(facts: Facts, project: Project, first: Published, second: Published): Finding | undefined {
  const port = commonPort(first.port, second.port);
  if (port === undefined) return undefined;
  const same = first.service === second.service;
  if (same && isRepeated(first.port, second.port)) return undefined;
  const how = together(first.service, second.service);
  if (how === 'never' || (!same && inTurn(project, first.service, second.service))) return undefined;
  const source = facts.files.read(first.port.at.file);
  const where =
    'text' in source
      ? [`first published at ${first.port.at.file}:${locate(source, first.port.at).line}`]
      : [];
  const { name } = second.service;
  return {
    subject: subject.container(project.id, name),
    detail: `${first.service.name}:${second.port.protocol}:${second.port.at.start}`,
    ...(how === 'now' ? {} : { severity: 'warning' }),
    at: second.port.at,
    message: same
      ? `Service "${name}" publishes ${label(second.port, port)} twice.`
      : `Service "${name}" publishes ${label(second.port, port)}, which "${first.service.name}" publishes too.`,
    evidence: where,
    consequence: `${how === 'with-profile' ? 'With a profile that starts both, ' : ''}\`docker compose up\` ends with \`port is already allocated\`, in whichever of them starts second.`,
    advice: same
      ? 'Remove one of the two entries.'
      : 'Publish one of them on another host port, or give them profiles of which only one is chosen.',
  };
}

/**
 * The same again, in the short and in the long form, or as part of a range: what both publish goes to the same ports of
 * the container, and the engine takes it for one.
 */
function isRepeated(a: WrittenPort, b: WrittenPort): boolean {
  const any = (address: string) => (address === '0.0.0.0' ? '' : address);
  const shift = ({ published, target }: WrittenPort) => (published?.from ?? 0) - target.from;
  return any(a.address) === any(b.address) && shift(a) === shift(b);
}

/** The number, unless it came from an environment variable. */
function label({ scalar, protocol }: WrittenPort, port: number): string {
  return fromOutside(scalar) ? `the host port of ${shown(scalar)}` : `host port ${port}/${protocol}`;
}

function fromOutside(scalar: ScalarNode): boolean {
  return scalar.parts?.some((part) => part.kind === 'variable' && part.from !== 'default') ?? false;
}

function scaled(project: Project, { service, port }: Published, by: string): Finding {
  const isStack = by === 'deploy.replicas' && speaksForSwarm(project.document);
  const swarm = isStack || (by === 'deploy.replicas' && project.document.entries.has('version'));
  const { written } = replicasOf(service);
  return {
    subject: subject.container(project.id, service.name),
    detail: 'replicas',
    ...(swarm ? { severity: isStack ? 'info' : 'warning' } : service.active ? {} : { severity: 'warning' }),
    at: port.at,
    message: `Service "${service.name}" has ${written ? shown(written) : 'several'} replicas (${by}) and one ${label(port, port.published?.from ?? 0)} for all of them.`,
    consequence: `${service.active ? '' : 'With its profile, '}\`docker compose up\` starts one of them and ends with \`port is already allocated\`.${swarm ? ' Swarm can do it.' : ''}`,
    advice: `Leave the choice to Docker (\`${port.target.from}\` alone), publish a range, or run one replica.`,
  };
}
