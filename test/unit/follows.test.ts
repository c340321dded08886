/** A variable that is not set is told before what it spoils, and once. */
import { expect, it } from 'vitest';
import { lookAtFiles } from '../support/look.ts';
import { overlaps } from '../support/overlaps.ts';

async function look(compose: string) {
  const diagnosis = await lookAtFiles({ 'compose.yaml': compose, 'web/Dockerfile': 'FROM alpine:3.22\n' });
  const of = (rule: string) => diagnosis.findings.filter((finding) => finding.rule === rule);
  const consequences = (rule: string) => of(rule).map(({ id }) => diagnosis.analysis.of.get(id));
  return { diagnosis, of, consequences };
}

it('an error on the value follows from the variable, which is an error then', async () => {
  const { diagnosis, of, consequences } = await look(`services:
  web:
    build: web
    env_file: \${STAGE}.env.txt
  db:
    image: postgres:16
`);
  const [variable] = of('compose/unset-variable');
  expect(variable).toMatchObject({ severity: 'error', message: 'STAGE is not set and has no default.' });
  expect(consequences('compose/env-file-not-found')).toMatchObject([{ causedBy: [variable?.id] }]);
  expect(diagnosis.outcomes.find(({ id }) => id === 'compose/unset-variable')?.outcome).toBe('fail');
  expect(overlaps(diagnosis)).toEqual([]);
});

it('it stops what that error stops, and no more', async () => {
  const { of, consequences } = await look(`services:
  web:
    build: web
  shop:
    image: example/shop
    build: \${STAGE}/shop
  db:
    image: postgres:16
`);
  expect(of('compose/build-context-not-found')).toHaveLength(1);
  expect(consequences('compose/unset-variable')).toMatchObject([
    {
      causedBy: [],
      priority: 'P1',
      blocks: ['image:compose.yaml/example/shop', 'container:compose.yaml/shop'],
    },
  ]);
});

it('a warning on the value says nothing new', async () => {
  const { diagnosis, of } = await look(`services:
  web:
    image: alpine:3.22
    volumes:
      - \${DATA}/cache:/cache
`);
  expect(of('compose/unset-variable')).toMatchObject([{ severity: 'warning' }]);
  expect(of('compose/bind-source-not-found')).toEqual([]);
  expect(diagnosis.withheld.map(({ rule }) => rule)).toEqual(['compose/bind-source-not-found']);
});

it('what is wrong beside the variable stands for itself', async () => {
  const { of, consequences } = await look(`services:
  web:
    image: alpine:3.22
    volumes:
      - ./missing.conf:/etc/\${NAME}.conf
    healthcheck:
      test: ["CMD", "curl", "-f", "http://localhost:$PORT"]
`);
  expect(of('compose/unset-variable')).toMatchObject([{ severity: 'warning' }, { severity: 'warning' }]);
  expect(consequences('compose/bind-source-not-found')).toMatchObject([{ causedBy: [] }]);
  expect(of('compose/healthcheck-program-missing')).toHaveLength(1);
});

it('a Dockerfile that is not there follows from a key that should have named it', async () => {
  const { of, consequences } = await look(`services:
  web:
    build:
      contxt: web
`);
  expect(consequences('compose/dockerfile-not-found')).toMatchObject([
    { causedBy: of('compose/unknown-key').map(({ id }) => id) },
  ]);
});
