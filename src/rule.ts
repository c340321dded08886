/**
 * The contract of a rule: what it is given, what it may say, and what a fix is.
 *
 * A rule looks at one kind of subject and reports findings *on* a subject. It never names another
 * rule: causes, reach and order are computed from the graph of subjects (see `stack.ts`).
 */
import type { Facts } from './facts.ts';
import type { FilePath, Place } from './source.ts';
import type { Subject } from './subject.ts';

/** The layers of a stack, in the order in which they are diagnosed and shown. */
export const LAYERS = ['engine', 'compose', 'build', 'registry', 'runtime', 'endpoint', 'tests'] as const;
export type Layer = (typeof LAYERS)[number];

export const SEVERITIES = ['error', 'warning', 'info'] as const;
export type Severity = (typeof SEVERITIES)[number];

/**
 * `safe`: exactly one answer was left after checking, the edit touches only the value at fault, and it can be
 * undone. `unsafe`: probably what is wanted, needs consent. `manual`: only a person can choose or do it; its steps,
 * where it has any, are applied only when that person picks this very fix.
 */
export type Safety = 'safe' | 'unsafe' | 'manual';

/** One thing that a fix does. A fix is data: the same steps are shown, exported, written and taken back. */
export type Step =
  | {
      readonly kind: 'edit';
      readonly at: Place;
      readonly text: string;
      /** Line breaks are written as they are, whatever the file's own: they are what is mended. */
      readonly verbatim?: true;
      /** The file holds secrets (an env file, Docker's logins): nothing of it is shown, so no diff either. */
      readonly confidential?: true;
    }
  | { readonly kind: 'create'; readonly file: FilePath; readonly text: string; readonly mode?: number }
  | { readonly kind: 'chmod'; readonly file: FilePath; readonly mode: number }
  | {
      readonly kind: 'run';
      readonly argv: readonly string[];
      readonly undo?: readonly string[];
      readonly why: string;
      /** The command only counts as done once an engine answers at this endpoint. */
      readonly untilEngineAnswers?: string;
      /** It talks to the person (asks for a password): it gets the terminal, and is not run where there is none. */
      readonly terminal?: true;
    };

export type Fix = {
  /** An imperative sentence with the actual values: `dockerfile: docker/… → dockerfiles/…`. */
  readonly title: string;
  readonly safety: Safety;
  /** What the person should know before consenting. */
  readonly caveat?: string;
  readonly steps: readonly Step[];
};

/**
 * One reason that lies outside the graph (a renamed directory, a missing helper). Findings that share a cause's
 * `id` are shown, fixed and counted as one root cause.
 */
export type Cause = { readonly id: string; readonly title: string };

/** What a rule says is wrong with a subject. */
export type Finding = {
  readonly subject: Subject;
  /** One calm sentence with the actual value. */
  readonly message: string;
  /** Where the value at fault is written; left out only where no file says it (an engine that is down). */
  readonly at?: Place;
  /** The line at fault may hold a secret that nobody knows of (an env file): only a setting's name is shown of it. */
  readonly confidential?: true;
  /** Where it differs from the rule's own. */
  readonly severity?: Severity;
  /** Tells apart several findings of one rule on one subject (a bind's target, a COPY source). Never prose. */
  readonly detail?: string;
  /** What was seen, so that a reader can check it: a stat, a rename in git's history, an HTTP status. */
  readonly evidence?: readonly string[];
  /** What this makes Docker say or do later, where that would mislead. */
  readonly consequence?: string;
  /** What a person can do where no fix can be offered. */
  readonly advice?: string;
  readonly cause?: Cause;
  readonly fixes?: readonly Fix[];
  /** What rests on its subject cannot be trusted while it stands: a file that cannot be parsed. */
  readonly hides?: true;
  /**
   * Values that cannot be right while it stands, each with the part of it that is at fault (a variable that is not set):
   * what is found on such a part follows from this.
   */
  readonly spoils?: readonly { readonly value: Place; readonly part: Place }[];
  /**
   * A verdict without a reason of its own, such as another program's: it is dropped where an error stands on its subject,
   * on anything that this rests on, or on a service of that project. Never said twice, never lost.
   */
  readonly secondOpinion?: boolean;
};

/** Something that could not be checked on one subject, while the rule goes on with the others. */
export type Unverified = {
  readonly unverified: Subject;
  /** Why, as the end of a sentence: `docker.io does not resolve here (DNS)`. Equal reasons are shown as one. */
  readonly because: string;
};

export type Rule = {
  /** Its path below `rules/` without the extension. Never changes once released; names the fault. */
  readonly id: string;
  /** The fault in a few words, lower case, no full stop. */
  readonly title: string;
  readonly severity: Severity;
  /** Markdown: why it hurts, how it shows itself, what is tried, when to ignore it. */
  readonly docs: string;
  /** Yields findings; a fact that cannot be had throws `Unavailable` and ends the rule as blocked or unverified. */
  check(facts: Facts): AsyncIterable<Finding | Unverified> | Iterable<Finding | Unverified>;
};

export type RuleDefinition = Omit<Rule, 'id'> & { readonly id: `${Layer}/${string}` };

/** Declares a rule; the identity function that gives rule files their types. */
export function defineRule(rule: RuleDefinition): Rule {
  return rule;
}

/** The layer that a rule belongs to: the first part of its id. */
export function layerOf(rule: Pick<Rule, 'id'>): Layer {
  return rule.id.slice(0, rule.id.indexOf('/')) as Layer;
}
