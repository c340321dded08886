/** Whose stack this is, which engine answers, and how each layer stands. */
import {
  cleanLine,
  cut,
  fill,
  type Line,
  lineCells,
  type Span,
  span,
} from '../../reporters/terminal-text.ts';
import { type LayerState, layersOf } from '../layers.ts';
import type { State } from '../state.ts';
import { Rows, type Screen } from './rows.tsx';

export const HEADER_HEIGHT = 2;

type HeaderProps = {
  readonly state: Pick<State, 'report' | 'rules'>;
  readonly width: number;
  readonly screen: Screen;
};

export function Header({ state, width, screen }: HeaderProps) {
  const { report } = state;
  const name: Line = [span('dockmedic', 'strong'), span(report ? ` · ${report.workspace}` : '')];
  const engine = report?.engine ? `engine ${report.engine.version} · ${report.engine.from}` : '';
  const none = report && !report.engine ? 'no engine' : '';
  const layers = layersLine(layersOf(state), width, screen.unicode);
  const lines = [spread(name, [span(engine || none, 'dim')], width, screen.unicode), layers];
  return <Rows lines={lines} width={width} height={HEADER_HEIGHT} screen={screen} />;
}

/** One text at the left edge, one at the right; the left gives way where both do not fit. */
export function spread(left: Line, right: Line, width: number, unicode: boolean): Line {
  const end = cleanLine(right, unicode);
  const room = width - lineCells(end) - 2;
  if (room < 16) return fill(left, width, unicode);
  return [...fill(left, room, unicode), span('  '), ...end];
}

/** The layers in one line: closer together where it is narrow, then without those that are in order. */
export function layersLine(layers: readonly LayerState[], width: number, unicode: boolean): Line {
  const line = (some: readonly LayerState[], gap: number): Line =>
    some.flatMap(({ layer, sign, count }, index): Span[] => [
      span(index > 0 ? ' '.repeat(gap) : ''),
      sign,
      span(` ${layer}${count > 0 ? ` ${count}` : ''}`),
    ]);
  const troubled = layers.filter(({ sign }) => sign.tone !== 'good' && sign.tone !== 'dim');
  const attempts = [line(layers, 3), line(layers, 2), line(troubled, 3), line(troubled, 2)];
  const fits = attempts.find((one) => lineCells(cleanLine(one, unicode)) <= width);
  return cut(fits ?? line(troubled, 2), width, unicode);
}
