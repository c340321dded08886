import { describe, expect, it } from 'vitest';
import { loadProjects } from '../../src/compose/load.ts';
import type { Project } from '../../src/compose/model.ts';
import type { Files } from '../../src/facts.ts';
import { analyse, buildStack, type Fault } from '../../src/stack.ts';
import { type Subject, subject } from '../../src/subject.ts';

function projectsOf(texts: Record<string, string>): readonly Project[] {
  const files: Files = {
    stat: (file) => (file in texts ? { kind: 'file', size: 1, mode: 0o644 } : undefined),
    read: (file) => {
      const text = texts[file];
      return text === undefined ? { failure: 'missing', because: 'no such file' } : { file, text };
    },
    list: () => [],
    index: () => ({ files: Object.keys(texts), truncated: false, byName: () => [] }),
  };
  return loadProjects({ files, root: '/shop', environment: {} }).projects;
}

const shop = `
services:
  db: { image: postgres:16 }
  api: { build: ., image: shop-api, depends_on: [db] }
  web: { build: ., image: shop-web, depends_on: { api: { condition: service_started } } }
  seed: { image: shop-api }
`;
const id = 'compose.yaml';
const error = (on: Subject, more: Partial<Fault> = {}): Fault => ({
  id: on,
  subject: on,
  severity: 'error',
  ...more,
});
const stackOf = (texts: Record<string, string> = { [id]: shop }) =>
  buildStack(projectsOf(texts), () => ['alpine:3.19']);

describe('what rests on what', () => {
  it('an image rests on the build that makes it, a container on its image, the engine and what it depends on', () => {
    const stack = stackOf();
    const below = stack.restsOn(subject.container(id, 'web'));
    for (const name of [
      subject.engine,
      subject.file(id),
      subject.service(id, 'web'),
      subject.build(id, 'web'),
      subject.image(id, 'shop-web'),
      subject.image(id, 'alpine:3.19'),
      subject.container(id, 'api'),
      subject.container(id, 'db'),
      subject.image(id, 'postgres:16'),
    ]) {
      expect(below).toContain(name);
    }
    expect(below).not.toContain(subject.container(id, 'seed'));
    expect(stack.downstreamOf(subject.build(id, 'api'))).toContain(subject.container(id, 'seed'));
  });

  it('the engine stands beside the files', () => {
    expect(stackOf().restsOn(subject.build(id, 'api'))).not.toContain(subject.engine);
  });

  it('an image that only another file builds rests on that build', () => {
    const stack = stackOf({
      [id]: shop,
      'compose.tools.yaml': 'services:\n  tool: { image: "shop-api:latest" }\n',
    });
    expect(stack.restsOn(subject.container('compose.tools.yaml', 'tool'))).toContain(
      subject.build(id, 'api'),
    );
  });

  it('lists what others rest on first, and ends where dependencies go round', () => {
    const round = 'services:\n  a: { image: x, depends_on: [b] }\n  b: { image: x, depends_on: [a] }\n';
    const { subjects, downstreamOf } = stackOf({ [id]: round });
    expect(subjects.indexOf(subject.file(id))).toBeLessThan(subjects.indexOf(subject.service(id, 'a')));
    expect(downstreamOf(subject.container(id, 'a'))).toEqual(new Set([subject.container(id, 'b')]));
  });
});

describe('causes', () => {
  it('an error above another is its cause', () => {
    const faults = [error(subject.image(id, 'shop-api')), error(subject.build(id, 'api'))];
    const { of, resolutionOrder, blocked } = analyse(stackOf(), faults);
    expect(of.get(subject.image(id, 'shop-api'))?.causedBy).toEqual([subject.build(id, 'api')]);
    expect(of.get(subject.build(id, 'api'))?.causedBy).toEqual([]);
    expect(resolutionOrder[0]).toBe(subject.build(id, 'api'));
    expect(blocked).toEqual(
      new Set([subject.container(id, 'api'), subject.container(id, 'web'), subject.container(id, 'seed')]),
    );
  });

  it('priority is reach: all containers, some, none', () => {
    const priority = (fault: Fault, others: readonly Fault[] = []) =>
      analyse(stackOf(), [fault, ...others]).of.get(fault.id)?.priority;
    expect(priority(error(subject.engine))).toBe('P0');
    expect(priority(error(subject.file(id)))).toBe('P0');
    expect(priority(error(subject.build(id, 'web')))).toBe('P1');
    expect(priority(error('tests'))).toBe('P2');
    expect(priority({ ...error(subject.file(id)), severity: 'warning' })).toBe('P2');
    // Together they stop the whole, and they have one reason.
    const db = error(subject.image(id, 'postgres:16'), { cause: 'x' });
    expect(priority(error(subject.build(id, 'api'), { cause: 'x' }), [db])).toBe('P0');
    expect(priority(error(subject.build(id, 'api')), [error(subject.image(id, 'postgres:16'))])).toBe('P1');
  });

  it('a refused project runs nothing, and is no reason for a wrong path in it, unless its file could not be read', () => {
    const refused = error(subject.project(id));
    const path = error(subject.build(id, 'api'));
    const container = error(subject.container(id, 'web'));
    const causes =
      (...faults: Fault[]) =>
      (name: Subject) =>
        analyse(stackOf(), faults).of.get(name)?.causedBy;
    expect(causes(refused, path)(path.subject)).toEqual([]);
    expect(causes(refused, container)(container.subject)).toEqual([refused.id]);
    const unreadable = error(subject.file(id), { hides: true });
    expect(causes(unreadable, path)(path.subject)).toEqual([unreadable.id]);
  });

  it('warnings neither cause nor block', () => {
    const warning: Fault = { ...error(subject.build(id, 'api')), severity: 'warning' };
    const { of, blocked, resolutionOrder } = analyse(stackOf(), [
      warning,
      error(subject.image(id, 'shop-api')),
    ]);
    expect(of.get(subject.image(id, 'shop-api'))?.causedBy).toEqual([]);
    expect(of.get(warning.id)?.blocks).toEqual([]);
    expect(resolutionOrder).toEqual([subject.image(id, 'shop-api')]);
    expect(blocked.has(subject.build(id, 'api'))).toBe(false);
  });

  it('what most things wait for is resolved first', () => {
    const { resolutionOrder } = analyse(stackOf(), [
      error(subject.build(id, 'web')),
      error(subject.image(id, 'alpine:3.19')),
    ]);
    expect(resolutionOrder[0]).toBe(subject.image(id, 'alpine:3.19'));
  });
});
