/** What the terminal app may ask for. It is handed in: the app itself never touches files or Docker. */
import type { FixOutcome, Report, RuleOutcome } from '../report.ts';

export type ControllerEvent =
  | { readonly type: 'rule-started'; readonly rule: string }
  | { readonly type: 'rule-ended'; readonly rule: string; readonly outcome?: RuleOutcome['outcome'] }
  | { readonly type: 'progress'; readonly text: string };

export type OnEvent = (event: ControllerEvent) => void;

export type FixRun = {
  /** The diagnosis after the fix. */
  readonly report: Report;
  readonly outcomes: readonly FixOutcome[];
  /** One sentence on what happened. */
  readonly message: string;
};

export type Controller = {
  diagnose(onEvent: OnEvent): Promise<Report>;
  /** Applies one fix of each finding: the one at `fixIndex`, counted from 0, among the finding's fixes. */
  applyFix(findingIds: readonly string[], fixIndex: number, onEvent: OnEvent): Promise<FixRun>;
  applyAllSafe(onEvent: OnEvent): Promise<FixRun>;
  undo(): Promise<{ readonly ok: boolean; readonly message: string }>;
};
