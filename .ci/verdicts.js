/** `docs/verdicts.md`: real failures, and the rule that says each first, or why none does. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';

/** Those whose faults look alike from outside: each verdict says what decides. */
const PROBED = {
  engine: 'Where no engine answers, or one that is not well',
  cli: 'Where the docker CLI or a part of it is the fault',
  registry: 'Where an image does not come from its registry',
};
const PHASES = {
  ...PROBED,
  compose: 'Where Compose refuses a file, or a container is not made',
  build: 'Where an image is not built',
};

/**
 * @param failingCases the cases of a rule, by its id, in which it finds something
 * @throws Error where the data names a rule or a case that is not there, or says nothing or two things of a failure
 */
export function verdictsPage(root, rules, failingCases) {
  const directory = path.join(root, 'docs/verdicts');
  const verdicts = readdirSync(directory)
    .sort()
    .flatMap((name) => parse(readFileSync(path.join(directory, name), 'utf8')) ?? []);
  const known = new Set(rules.map(({ id }) => id));
  const faults = verdicts.flatMap((verdict) => faultsOf(root, verdict, known, failingCases));
  if (faults.length > 0) throw new Error(`docs/verdicts:\n  ${faults.join('\n  ')}`);

  const covered = verdicts.filter(({ rule }) => rule !== undefined).length;
  const sections = Object.entries(PHASES).flatMap(([phase, title]) => {
    const rows = verdicts.filter((verdict) => verdict.phase === phase);
    if (rows.length === 0) return [];
    const isProbed = Object.hasOwn(PROBED, phase);
    const head = [
      'failure',
      'what Docker says',
      'what dockmedic makes of it',
      ...(isProbed ? ['what decides', 'tried'] : []),
    ];
    return [
      [
        `## ${title}`,
        '',
        line(head),
        line(head.map(() => '---')),
        ...rows.map((verdict) =>
          line([
            verdict.id,
            code(verdict.says),
            answer(verdict, failingCases),
            ...(isProbed ? [escaped(verdict.probe ?? ''), tried(verdict)] : []),
          ]),
        ),
      ].join('\n'),
    ];
  });
  return [
    '# Verdicts',
    '',
    'Written by `npm run generate` from `docs/verdicts`. Each row is a failure that really happens, with the words of',
    'Docker 28.5, Compose 2.40 or BuildKit (… stands for what differs), and the rule that says it first with a case that',
    `shows it, or why none does: ${covered} of ${verdicts.length} are said.`,
    '',
    `${sections.join('\n\n')}\n`,
  ].join('\n');
}

function faultsOf(root, verdict, known, failingCases) {
  const { id, says, phase, rule, leftOut, probe, real } = verdict;
  const where = `${id} (${says})`;
  if (!Object.hasOwn(PHASES, phase)) return [`${where} has no phase that is known: ${phase}`];
  if ((rule === undefined) === (leftOut === undefined)) return [`${where} needs a rule, or leftOut`];
  if (rule !== undefined && Object.hasOwn(PROBED, phase) && !probe) return [`${where} needs its probe`];
  if (real !== undefined && !existsSync(path.join(root, real)))
    return [`${where} names ${real}, which is not there`];
  return rulesOf(verdict).flatMap((name) => {
    if (!known.has(name)) return [`${where} names ${name}, and there is no such rule`];
    const cases = failingCases(name);
    if (!verdict.case || cases.includes(verdict.case)) return [];
    return [`${where} names the case ${verdict.case} of ${name}, and there is no such failing case`];
  });
}

function line(cells) {
  return `| ${cells.join(' | ')} |`;
}

function tried({ real, leftOut }) {
  if (leftOut !== undefined) return '';
  return real === undefined ? 'by data' : `[for real](../${real})`;
}

function answer(verdict, failingCases) {
  if (verdict.leftOut !== undefined) return `left out: ${escaped(verdict.leftOut)}`;
  return rulesOf(verdict)
    .map((rule) => {
      const shown = verdict.case ?? failingCases(rule)[0] ?? false;
      const link = `[${rule}](../rules/README.md#${rule.replace(/[^\w-]/g, '')})`;
      return shown === false ? link : `${link} ([${shown}](../test/rules/${rule}/${shown}))`;
    })
    .join('<br>');
}

function rulesOf({ rule }) {
  return rule === undefined ? [] : [rule].flat();
}

function code(text) {
  const fence = text.includes('`') ? '``' : '`';
  return `${fence}${fence === '``' ? ` ${text} ` : text}${fence}`.replaceAll('|', '\\|');
}

function escaped(text) {
  return text.replaceAll('|', '\\|');
}
