/**
 * Reports to show and to test with: a shop whose `docker/` directory was renamed, so that thirteen Dockerfile paths
 * in three compose files lead nowhere, and one Dockerfile that is gone for good. Made by hand, in the shape that the
 * diagnosis gives; the counts are computed from the findings.
 */
import type { Report, ReportFinding, ReportUnverified } from '../../src/report.ts';
import type { Subject } from '../../src/subject.ts';

type Row = {
  readonly file: string;
  readonly line: number;
  readonly service: string;
  readonly dockerfile: string;
};

const BASE = 'docker-compose.yml';
const TEST = 'docker-compose.test.yml';
const STAGING = 'docker-compose.staging.yml';

const ROWS: readonly Row[] = [
  { file: BASE, line: 58, service: 'backend', dockerfile: 'backend.alpine' },
  { file: BASE, line: 71, service: 'auth', dockerfile: 'auth.alpine' },
  { file: BASE, line: 96, service: 'worker', dockerfile: 'worker' },
  { file: TEST, line: 12, service: 'backend', dockerfile: 'backend.alpine' },
  { file: TEST, line: 31, service: 'auth', dockerfile: 'auth.alpine' },
  { file: TEST, line: 47, service: 'worker', dockerfile: 'worker' },
  { file: TEST, line: 66, service: 'e2e', dockerfile: 'e2e' },
  { file: STAGING, line: 24, service: 'backend', dockerfile: 'backend.alpine' },
  { file: STAGING, line: 80, service: 'auth', dockerfile: 'auth.alpine' },
  { file: STAGING, line: 131, service: 'worker', dockerfile: 'worker' },
  { file: STAGING, line: 190, service: 'mailer', dockerfile: 'mailer' },
  { file: STAGING, line: 244, service: 'search', dockerfile: 'search' },
  { file: STAGING, line: 301, service: 'gateway', dockerfile: 'gateway' },
];

const RULE = 'compose/dockerfile-not-found';

/** A finding with nothing to say but what it is given. */
export function finding(
  given: Partial<ReportFinding> & Pick<ReportFinding, 'id' | 'message'>,
): ReportFinding {
  return {
    rule: RULE,
    severity: 'error',
    priority: 'P1',
    subject: 'service:docker-compose.yml/backend',
    location: null,
    excerpt: [],
    cause: null,
    evidence: [],
    consequence: null,
    advice: null,
    causedBy: [],
    blocks: [],
    fixes: [],
    ...given,
  };
}

function renamed({ file, line, service, dockerfile }: Row): ReportFinding {
  const oldText = `docker/${dockerfile}.Dockerfile`;
  const newText = `dockerfiles/${dockerfile}.Dockerfile`;
  const blocks: Subject[] = [
    `build:${file}/${service}`,
    `image:${file}/shop-${service}`,
    `container:${file}/${service}`,
    ...(file === BASE ? ([`endpoint:${file}/${service}:8080`] as const) : []),
  ];
  return finding({
    id: `${RULE}#service:${file}/${service}#${file}`,
    priority: 'P0',
    subject: `service:${file}/${service}`,
    message: `${oldText} does not exist`,
    location: { file, line, column: 19, endLine: line, endColumn: 19 + oldText.length },
    excerpt: [
      { line: line - 1, text: '      context: .' },
      { line, text: `      dockerfile: ${oldText}` },
    ],
    cause: {
      id: 'git-rename:docker->dockerfiles',
      title: 'docker/ no longer exists, and 13 Dockerfile paths still point into it',
    },
    evidence: [
      'git renamed docker/ to dockerfiles/ in 4be21c7 (2026-11-10)',
      `${newText} exists; its 4 COPY sources are in the context`,
    ],
    consequence:
      'Compose tries to pull what it cannot build, and says "pull access denied … may require \'docker login\'". No login is needed.',
    blocks,
    fixes: [
      {
        title: `dockerfile: ${oldText} → ${newText}`,
        safety: 'safe',
        caveat: null,
        steps: [{ kind: 'edit', file, line, column: 19, oldText, newText }],
        diff: [
          `--- a/${file}`,
          `+++ b/${file}`,
          `@@ -${line - 1},2 +${line - 1},2 @@`,
          '       context: .',
          `-      dockerfile: ${oldText}`,
          `+      dockerfile: ${newText}`,
          '',
        ].join('\n'),
      },
    ],
  });
}

const gone = finding({
  id: `${RULE}#service:${STAGING}/load-tester#${STAGING}`,
  subject: `service:${STAGING}/load-tester`,
  message: 'docker/load-tester.Dockerfile is gone, and nothing like it is left',
  location: { file: STAGING, line: 353, column: 19, endLine: 353, endColumn: 48 },
  excerpt: [
    { line: 352, text: '      context: .' },
    { line: 353, text: '      dockerfile: docker/load-tester.Dockerfile' },
  ],
  evidence: ['last in git at 1f0c9aa (2026-11-10)'],
  advice: 'git checkout 1f0c9aa^ -- docker/load-tester.Dockerfile, or remove the service',
  blocks: [`build:${STAGING}/load-tester`, `container:${STAGING}/load-tester`],
});

const unchecked: readonly ReportUnverified[] = [
  'postgres:16-alpine',
  'redis:7',
  'nginx:1.27',
  'minio/minio:latest',
].map((reference) => ({
  rule: 'registry/image-not-found',
  subject: `image:${BASE}/${reference}` as const,
  because: 'docker.io does not resolve here (DNS)',
}));

/** A report of some findings, its counts and its verdict computed. */
export function reportOf(findings: readonly ReportFinding[], more: Partial<Report> = {}): Report {
  const errors = findings.filter((one) => one.severity === 'error');
  const failing = new Set(errors.map((one) => one.subject));
  const roots = errors.filter((one) => one.causedBy.length === 0);
  const unverified = more.unverified ?? [];
  const exitCode = errors.length > 0 ? 1 : unverified.length > 0 ? 3 : 0;
  return {
    schemaVersion: 1,
    tool: { name: 'dockmedic', version: '0.1.0' },
    status: exitCode === 1 ? 'fail' : exitCode === 3 ? 'unverified' : 'pass',
    exitCode,
    workspace: 'shop',
    engine: { version: '28.5.2', from: 'context "default"' },
    projects: [BASE, TEST, STAGING].map((file) => ({
      id: file,
      taken: 'a compose file by its name',
      files: [file],
      services: [...new Set(ROWS.filter((row) => row.file === file).map((row) => row.service))],
    })),
    findings,
    unverified,
    rules: [
      { id: 'engine/not-running', layer: 'engine', outcome: 'pass', reason: null, ms: 12 },
      { id: RULE, layer: 'compose', outcome: errors.length > 0 ? 'fail' : 'pass', reason: null, ms: 31 },
      { id: 'build/copy-source-not-found', layer: 'build', outcome: 'pass', reason: null, ms: 8 },
      {
        id: 'registry/image-not-found',
        layer: 'registry',
        outcome: unverified.length > 0 ? 'unverified' : 'pass',
        reason: unverified[0]?.because ?? null,
        ms: 204,
      },
      { id: 'runtime/unhealthy', layer: 'runtime', outcome: 'pass', reason: null, ms: 4 },
    ],
    fixes: [],
    changes: null,
    resolutionOrder: errors.map((one) => one.id),
    summary: {
      rootCauses: new Set(roots.map((one) => one.cause?.id ?? one.id)).size,
      errors: errors.length,
      warnings: findings.filter((one) => one.severity === 'warning').length,
      infos: findings.filter((one) => one.severity === 'info').length,
      blocked: new Set(errors.flatMap((one) => one.blocks).filter((name) => !failing.has(name))).size,
      unverified: unverified.length,
      suppressed: 0,
      fixed: (more.fixes ?? []).filter((fix) => fix.state === 'verified').length,
    },
    ...more,
  };
}

/** The renamed directory, the lost Dockerfile, and a registry that cannot be asked. */
export const brokenReport: Report = reportOf([...ROWS.map(renamed), gone], { unverified: unchecked });

/** The same after `--fix`: thirteen mended, one left. */
export const mendedReport: Report = reportOf([gone], {
  unverified: unchecked,
  fixes: ROWS.map(renamed).map((one) => ({
    finding: one.id,
    title: one.fixes[0]?.title ?? '',
    state: 'verified' as const,
    reason: null,
  })),
  changes: {
    files: [BASE, TEST, STAGING].map((file) => {
      const count = ROWS.filter((row) => row.file === file).length;
      return { file, added: count, removed: count };
    }),
    revealed: [],
  },
});

/** Nothing wrong and nothing left open. */
export const healthyReport: Report = reportOf([]);
