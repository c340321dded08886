/** One workspace over the length of a call: each look at it is made with fresh facts. */
import { rules } from '../../rules/index.ts';
import { createFacts } from '../create-facts.ts';
import { type DiagnoseEvent, type Diagnosis, diagnose } from '../diagnose.ts';
import { type FoldOptions, foldReport, type Repaired } from '../fold.ts';
import type { Report } from '../report.ts';
import { layerOf, type Rule, type Severity } from '../rule.ts';
import { openWorkspace, type Selection } from '../workspace/workspace.ts';
import type { Machine } from './machine.ts';
import { VERSION } from './version.ts';

export type SessionOptions = {
  /** Absolute path. */
  readonly root: string;
  readonly selection: Selection;
  readonly machine: Machine;
  /** Ids of rules or names of layers. */
  readonly only: readonly string[];
  readonly skip: readonly string[];
  readonly failOn: Severity | 'never';
  readonly askEngine: boolean;
  readonly askRegistries: boolean;
  readonly timeoutMs: number;
};

export type Session = {
  readonly root: string;
  readonly machine: Machine;
  /** Looks at everything anew. */
  look(onEvent?: (event: DiagnoseEvent) => void): Promise<Diagnosis>;
  report(diagnosis: Diagnosis, repaired?: Repaired): Promise<Report>;
};

export function openSession(options: SessionOptions): Session {
  const { root, machine } = options;
  const matches = (names: readonly string[], rule: Rule) =>
    names.includes(rule.id) || names.includes(layerOf(rule));
  const skips = (rule: Rule) =>
    (options.only.length > 0 && !matches(options.only, rule)) || matches(options.skip, rule);

  return {
    root,
    machine,
    look: async (onEvent) => {
      const workspace = openWorkspace(root, options.selection, machine.docker);
      const call = { root, ...options.selection };
      const facts = createFacts({ ...workspace, ...options, call, environment: machine.docker });
      return diagnose(rules, facts, { skips, ...(onEvent ? { onEvent } : {}) });
    },
    report: async (diagnosis, repaired) =>
      foldReport(diagnosis, {
        version: VERSION,
        root,
        failOn: options.failOn,
        engine: await engineOf(diagnosis),
        diffOf: await differ(diagnosis),
        ...(repaired ? { repaired } : {}),
      }),
  };
}

/** What shows fixes as diffs: not loaded where there is no fix to show. */
async function differ({ findings }: Diagnosis): Promise<FoldOptions['diffOf']> {
  if (!findings.some(({ fixes }) => fixes && fixes.length > 0)) return () => '';
  return (await import('../fix/diff.ts')).diffOfFix;
}

/** The engine that answered, for the first line of the report. */
async function engineOf({ facts, outcomes }: Diagnosis): Promise<Report['engine']> {
  // Where no rule was to ask for it, the first line is no reason to.
  if (
    outcomes.every(({ layer, outcome }) => outcome === 'skipped' || !['engine', 'registry'].includes(layer))
  )
    return null;
  const { chosen } = await facts.endpoints().catch(() => ({ chosen: undefined }));
  if (chosen?.ping.answer !== 'up') return null;
  return { version: chosen.ping.serverVersion ?? `API ${chosen.ping.apiVersion}`, from: chosen.from };
}
