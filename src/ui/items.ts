/** The rows of the list: what a person can move to. Pure. */
import type { Report } from '../report.ts';
import { type Group, type Grouping, groupFindings, type Unchecked } from '../reporters/grouping.ts';

export type Item =
  | { readonly kind: 'group'; readonly id: string; readonly group: Group }
  | { readonly kind: 'unchecked'; readonly id: string; readonly unchecked: Unchecked };

export type Section = { readonly title: string; readonly items: readonly Item[] };

/** The sections of a report that are not empty, in the order in which to look at them. */
export function sectionsOf(report: Report): readonly Section[] {
  const groups: Grouping = groupFindings(report);
  const ofGroups = (title: string, some: readonly Group[]): Section => ({
    title,
    items: some.map((group) => ({ kind: 'group', id: `${group.severity} ${group.id}`, group })),
  });
  const unchecked: Section = {
    title: 'Not checked',
    items: groups.unchecked.map((one) => ({
      kind: 'unchecked',
      id: `${one.kind} ${one.because}`,
      unchecked: one,
    })),
  };
  return [
    ofGroups('Root causes', groups.roots),
    ofGroups('Other errors', groups.stray),
    ofGroups('Warnings', groups.warnings),
    ofGroups('Hints', groups.infos),
    unchecked,
  ].filter((section) => section.items.length > 0);
}

export function itemsOf(sections: readonly Section[]): readonly Item[] {
  return sections.flatMap((section) => section.items);
}
