/** The report as one JSON document; its shape is published in `docs/report.schema.json`. */
import type { Report } from '../report.ts';

/** Every key of a report in the order in which it is written; one that is missing here follows by its name. */
const ORDER: readonly string[] = [
  'schemaVersion',
  'tool',
  'name',
  'version',
  'from',
  'status',
  'exitCode',
  'workspace',
  'engine',
  'projects',
  'findings',
  'unverified',
  'finding',
  'id',
  'layer',
  'taken',
  'files',
  'services',
  'rule',
  'outcome',
  'severity',
  'priority',
  'subject',
  'because',
  'message',
  'location',
  'kind',
  'file',
  'line',
  'column',
  'endLine',
  'endColumn',
  'text',
  'excerpt',
  'cause',
  'evidence',
  'consequence',
  'advice',
  'causedBy',
  'blocks',
  'title',
  'safety',
  'caveat',
  'steps',
  'diff',
  'oldText',
  'newText',
  'mode',
  'argv',
  'why',
  'state',
  'reason',
  'ms',
  'rules',
  'fixes',
  'changes',
  'added',
  'removed',
  'revealed',
  'resolutionOrder',
  'summary',
  'rootCauses',
  'errors',
  'warnings',
  'infos',
  'blocked',
  'suppressed',
  'fixed',
];
const RANK = new Map(ORDER.map((key, index) => [key, index]));

// JSON leaves these as they are; a terminal that shows the document would act on them.
const UNSEEN = /[\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

/** Two-space JSON with a line break at its end; keys come in one order whoever made the report. */
export function renderJson(report: Report): string {
  const text = JSON.stringify(report, (_key, value: unknown) => ordered(value), 2);
  return `${text.replace(UNSEEN, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`)}\n`;
}

function ordered(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const rank = (key: string) => RANK.get(key) ?? RANK.size;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1)));
}
