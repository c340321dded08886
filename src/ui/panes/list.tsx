/** Root causes, warnings and what was not checked, one row each. */

import { GLYPHS } from '../../reporters/entry.ts';
import { type Line, span } from '../../reporters/terminal-text.ts';
import type { Item, Section } from '../items.ts';
import { spread } from './header.tsx';
import { Rows, type Screen } from './rows.tsx';

type ListProps = {
  readonly sections: readonly Section[];
  readonly selected: string | undefined;
  readonly width: number;
  readonly height: number;
  readonly screen: Screen;
};

export function List({ sections, selected, width, height, screen }: ListProps) {
  const { lines, at } = listLines(sections, selected, width, screen.unicode);
  return <Rows lines={around(lines, at, height)} width={width} height={height} screen={screen} />;
}

/** All rows with their headings, and the row that is selected. */
export function listLines(
  sections: readonly Section[],
  selected: string | undefined,
  width: number,
  unicode: boolean,
): { readonly lines: readonly Line[]; readonly at: number } {
  const lines: Line[] = [];
  let at = 0;
  for (const { title, items } of sections) {
    if (lines.length > 0) lines.push([]);
    const waits = items.some((item) => item.kind === 'group' && item.group.blocks.length > 0);
    lines.push(spread([span(title, 'strong')], [span(waits ? 'unblocks' : '', 'dim')], width, unicode));
    for (const item of items) {
      if (item.id === selected) at = lines.length;
      lines.push(itemLine(item, item.id === selected, width, unicode));
    }
  }
  return { lines, at };
}

function itemLine(item: Item, selected: boolean, width: number, unicode: boolean): Line {
  const mark = span(selected ? '▸ ' : '  ', 'note');
  const tone = selected ? 'strong' : undefined;
  if (item.kind === 'unchecked') {
    const { because, subjects, rules, kind } = item.unchecked;
    const sign = kind === 'crashed' ? GLYPHS.error : span(kind === 'waiting' ? '⊘' : '?', 'warning');
    const number = subjects.length || rules.length;
    return spread(
      [mark, sign, span(' '), span(because, tone)],
      [span(String(number), 'dim')],
      width,
      unicode,
    );
  }
  const { group } = item;
  const left = [mark, GLYPHS[group.severity], span(' '), span(group.title, tone)];
  const waiting = group.blocks.length > 0 ? String(group.blocks.length) : '';
  return spread(left, [span(waiting)], width, unicode);
}

/** The part of the lines that shows one of them, with how many are left out above and below. */
function around(lines: readonly Line[], at: number, height: number): readonly Line[] {
  if (lines.length <= height) return lines;
  const top = Math.max(0, Math.min(lines.length - height, at - Math.floor(height / 2)));
  const shown = lines.slice(top, top + height);
  const below = lines.length - top - height;
  // With fewer lines than this, the note would hide what it is a note on.
  if (height < 4) return shown;
  if (top > 0) shown[0] = [span(`  ↑ ${top + 1} more lines`, 'dim')];
  if (below > 0) shown[height - 1] = [span(`  ↓ ${below + 1} more lines`, 'dim')];
  return shown;
}
