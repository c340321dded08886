/** The report, version 1: what every output is made of. Published as a JSON Schema in `docs/report.schema.json`. */
import type { Layer, Safety, Severity } from './rule.ts';
import type { Location } from './source.ts';
import type { Subject } from './subject.ts';

/** P0 stops a whole project, P1 stops some services, P2 stops none. Computed from reach. */
export type Priority = 'P0' | 'P1' | 'P2';

export type Report = {
  readonly schemaVersion: 1;
  readonly tool: { readonly name: 'dockmedic'; readonly version: string };
  readonly status: 'pass' | 'fail' | 'unverified';
  readonly exitCode: 0 | 1 | 2 | 3;
  /** The base name of the root: how the workspace is called on the screen. */
  readonly workspace: string;
  /** The engine that answered; null where none was asked or none did. */
  readonly engine: { readonly version: string; readonly from: string } | null;
  readonly projects: readonly ReportProject[];
  readonly findings: readonly ReportFinding[];
  /** What could not be checked. It counts neither as passed nor as failed. */
  readonly unverified: readonly ReportUnverified[];
  readonly rules: readonly RuleOutcome[];
  /** Fixes that this run planned or applied; empty without `--fix`. */
  readonly fixes: readonly FixOutcome[];
  /** What this run changed; null without `--fix`. */
  readonly changes: Changes | null;
  /** Ids of error findings, in the order in which to resolve them. */
  readonly resolutionOrder: readonly string[];
  readonly summary: {
    readonly rootCauses: number;
    readonly errors: number;
    readonly warnings: number;
    readonly infos: number;
    /** Subjects that cannot work because of an error elsewhere. */
    readonly blocked: number;
    readonly unverified: number;
    readonly suppressed: number;
    readonly fixed: number;
  };
};

export type ReportProject = {
  readonly id: string;
  /** How these files came to be one project. */
  readonly taken: string;
  readonly files: readonly string[];
  readonly services: readonly string[];
};

export type ReportFinding = {
  /** Rule, subject and file (and detail): stable across runs, whatever the wording. */
  readonly id: string;
  readonly rule: string;
  readonly severity: Severity;
  readonly priority: Priority;
  readonly subject: Subject;
  readonly message: string;
  readonly location: Location | null;
  /** The line at fault and the one before it, where there is a location; values that may be secret are masked. */
  readonly excerpt: readonly { readonly line: number; readonly text: string }[];
  /** Findings with an equal cause are one root cause with many places. */
  readonly cause: { readonly id: string; readonly title: string } | null;
  readonly evidence: readonly string[];
  readonly consequence: string | null;
  readonly advice: string | null;
  /** Ids of the findings whose subjects this one rests on; empty for a root cause. */
  readonly causedBy: readonly string[];
  /** Subjects that cannot work while this stands. */
  readonly blocks: readonly Subject[];
  readonly fixes: readonly ReportFix[];
};

export type ReportFix = {
  readonly title: string;
  readonly safety: Safety;
  readonly caveat: string | null;
  readonly steps: readonly ReportStep[];
  /** The edits as a unified diff; empty where the fix only runs commands. */
  readonly diff: string;
};

export type ReportStep =
  | {
      readonly kind: 'edit';
      readonly file: string;
      readonly line: number;
      readonly column: number;
      readonly oldText: string;
      readonly newText: string;
    }
  | { readonly kind: 'create'; readonly file: string; readonly newText: string }
  | { readonly kind: 'chmod'; readonly file: string; readonly mode: string }
  | { readonly kind: 'run'; readonly argv: readonly string[]; readonly why: string };

export type ReportUnverified = {
  readonly rule: string;
  readonly subject: Subject;
  readonly because: string;
};

export type RuleOutcome = {
  readonly id: string;
  readonly layer: Layer;
  readonly outcome: 'pass' | 'fail' | 'blocked' | 'unverified' | 'skipped' | 'crashed';
  readonly reason: string | null;
  /** Wall time in milliseconds, rounded. */
  readonly ms: number;
};

export type Changes = {
  /** Files as they are now against how they were, in lines; equal files are left out. */
  readonly files: readonly { readonly file: string; readonly added: number; readonly removed: number }[];
  /** Ids of findings that were hidden behind what is mended now. */
  readonly revealed: readonly string[];
};

export type FixOutcome = {
  /** Id of the finding that it mends. */
  readonly finding: string;
  readonly title: string;
  readonly state: 'planned' | 'verified' | 'rolled-back' | 'refused';
  readonly reason: string | null;
};
