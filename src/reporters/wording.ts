/** The words and counts that the text and the terminal app share. Pure. */
import { listed } from '../listed.ts';
import type { Report } from '../report.ts';
import { kindOf, type Subject, type SubjectKind } from '../subject.ts';
import { type Group, type GroupFix, safelyFixable, type Unchecked } from './grouping.ts';

/** `1 place`, `13 places`. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}

/** What a subject is called on the screen: its name without its kind and its project. */
function nameOf(name: Subject, projects: Report['projects']): string {
  const rest = name.slice(name.indexOf(':') + 1);
  const owner = projects
    .filter((project) => rest.startsWith(`${project.id}/`))
    .sort((a, b) => b.id.length - a.id.length)[0];
  return owner ? rest.slice(owner.id.length + 1) : rest;
}

const WORDS: readonly (readonly [SubjectKind, string, string])[] = [
  ['project', 'project', 'projects'],
  ['file', 'file', 'files'],
  ['service', 'service', 'services'],
  ['registry', 'registry', 'registries'],
  ['image', 'image', 'images'],
  ['build', 'build', 'builds'],
  ['container', 'container', 'containers'],
  ['endpoint', 'endpoint', 'endpoints'],
  ['tests', 'test suite', 'test suites'],
  ['engine', 'engine', 'engines'],
  ['cli', 'command', 'commands'],
];
/** Kinds that are worth naming one by one; the others only follow from them and are counted. */
const NAMED: readonly SubjectKind[] = ['project', 'file', 'service', 'registry', 'image'];

/** Subjects by kind in words: `images shop-api, shop-auth and 4 more · 6 containers · 3 endpoints`. */
export function subjectsInWords(subjects: readonly Subject[], projects: Report['projects']): string {
  const byKind = new Map<SubjectKind, Subject[]>();
  for (const name of subjects) {
    const known = byKind.get(kindOf(name));
    if (known) known.push(name);
    else byKind.set(kindOf(name), [name]);
  }
  const kinds = WORDS.flatMap(([kind, one, many]) => {
    const found = byKind.get(kind);
    return found ? [{ kind, one, many, subjects: found }] : [];
  });
  const someNamed = kinds.some(({ kind }) => NAMED.includes(kind));
  return kinds
    .map(({ kind, one, many, subjects: found }, index) => {
      const names = [...new Set(found.map((name) => nameOf(name, projects)))];
      const word = (NAMED.includes(kind) ? names : found).length === 1 ? one : many;
      if (kind === 'engine' || kind === 'tests') return `the ${word}`;
      // The same names in several projects: which of them is meant could not be told.
      if (names.length < found.length && !NAMED.includes(kind)) return `${found.length} ${word}`;
      if (names.length === 1 || NAMED.includes(kind) || (!someNamed && index === 0))
        return `${word} ${listed(names, 2)}`;
      return `${found.length} ${word}`;
    })
    .join(' · ');
}

/** `13 places in 3 files`; empty where there is only one. */
export function placesInWords(group: Group): string {
  const files = new Set(group.places.map((place) => place.location.file)).size;
  if (group.places.length < 2) return '';
  return files === 1 ? `${group.places.length} places` : `${group.places.length} places in ${files} files`;
}

/** How safe a fix is and how far it reaches: `safe, 13 places in 3 files`. */
export function reachOfFix(fix: GroupFix): string {
  if (fix.parts.length < 2) return fix.safety;
  const places = count(fix.parts.length, 'place');
  return `${fix.safety}, ${places}${fix.files.length > 1 ? ` in ${count(fix.files.length, 'file')}` : ''}`;
}

/** `3 compose projects, 11 services`. */
export function stackInWords(report: Report): string {
  const services = report.projects.reduce((sum, project) => sum + project.services.length, 0);
  return `${count(report.projects.length, 'compose project')}, ${count(services, 'service')}`;
}

export function engineInWords(report: Report): string {
  if (report.engine) return `engine ${report.engine.version} via ${report.engine.from}`;
  const asked = report.rules.some(({ layer, outcome }) => layer === 'engine' && outcome !== 'skipped');
  return asked ? 'no engine' : 'engine not asked';
}

/** Why something was left out, as one sentence without a full stop. */
export function uncheckedInWords(unchecked: Unchecked, projects: Report['projects']): string {
  const { kind, because, rules, subjects } = unchecked;
  if (kind === 'crashed') return `${listed(rules)} did not finish: ${because}`;
  if (kind === 'waiting') return `not run yet: ${listed(rules)}, because ${because}`;
  const what = subjects.length > 0 ? subjectsInWords(subjects, projects) : count(rules.length, 'rule');
  return `not checked: ${what}, because ${because}`;
}

/** The verdict and its counts: `✗ FAIL · 2 root causes, 14 errors · 23 blocked · …`. */
export function summaryInWords(report: Report): string {
  const { summary, status } = report;
  const parts: string[] = [];
  if (summary.errors > 0)
    parts.push(`${count(summary.rootCauses, 'root cause')}, ${count(summary.errors, 'error')}`);
  if (summary.blocked > 0) parts.push(`${summary.blocked} blocked`);
  if (summary.errors > 0 || summary.warnings > 0) parts.push(count(summary.warnings, 'warning'));
  if (summary.infos > 0) parts.push(count(summary.infos, 'hint'));
  if (summary.unverified > 0) parts.push(`${summary.unverified} not checked`);
  if (summary.suppressed > 0) parts.push(`${summary.suppressed} suppressed`);
  if (summary.fixed > 0) parts.push(`${summary.fixed} mended`);
  if (status === 'unverified' && summary.errors === 0) parts.unshift('nothing wrong was found');
  if (status === 'pass' && summary.errors === 0) {
    parts.unshift(stackInWords(report), ...(report.engine ? [`engine ${report.engine.version}`] : []));
  }
  return `${verdict(report)} · ${parts.join(' · ')}`;
}

function verdict(report: Report): string {
  if (report.status === 'pass') return '✓ PASS';
  return report.status === 'fail' ? '✗ FAIL' : '? UNVERIFIED';
}

/** The next command and what it does; undefined where nothing is left to do. */
export function nextStep(
  report: Report,
  roots: readonly Group[],
): { command: string; does: string } | undefined {
  const planned = report.fixes.filter((fix) => fix.state === 'planned').length;
  const verified = report.fixes.filter((fix) => fix.state === 'verified').length;
  const open = safelyFixable(report);
  const tried = new Set(report.fixes.filter((fix) => fix.state !== 'planned').map((fix) => fix.finding));
  const fixable = open.filter((finding) => !tried.has(finding.id)).length;
  if (planned > 0)
    return { command: 'dockmedic --fix', does: `makes ${count(planned, 'change')} and proves them` };
  if (fixable > 0) {
    const of = `${fixable} of ${report.findings.length}`;
    return { command: 'dockmedic --fix', does: `mends ${of} and proves it; dockmedic undo takes it back` };
  }
  const rule = (roots[0]?.findings[0] ?? report.findings.find((one) => one.severity !== 'info'))?.rule;
  if (rule) return { command: `dockmedic explain ${rule}`, does: 'what it means and what to do' };
  if (report.status === 'unverified')
    return { command: 'dockmedic', does: 'again, once that can be reached' };
  if (verified > 0)
    return { command: 'docker compose up', does: 'or dockmedic undo, to take the changes back' };
  return undefined;
}
