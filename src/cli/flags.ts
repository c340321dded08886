/** What a person asked for, as commander reads it. */
import type { Severity } from '../rule.ts';
import type { WhereFlags } from './locate.ts';

export type DiagnoseFlags = WhereFlags & {
  readonly fix?: true;
  readonly unsafe?: true;
  readonly yes?: true;
  readonly dryRun?: true;
  readonly only?: readonly string[];
  readonly skip?: readonly string[];
  readonly failOn: Severity | 'never';
  readonly offline?: true;
  readonly engine: boolean;
  readonly timeout: string;
  readonly format?: 'text' | 'json';
  readonly verbose?: true;
  readonly color?: boolean;
};
