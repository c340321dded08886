/** Lines on the screen: the one place where the app writes text. */
import { Box, Text, type TextProps } from 'ink';
import { clean, cut, type Line, type Tone } from '../../reporters/terminal-text.ts';

/** How the terminal is to be written to. */
export type Screen = { readonly colour: boolean; readonly unicode: boolean };

const TONES: Readonly<Record<Tone, Partial<TextProps>>> = {
  strong: { bold: true },
  dim: { dimColor: true },
  bad: { color: 'red' },
  good: { color: 'green' },
  warning: { color: 'yellow' },
  note: { color: 'cyan' },
};

type RowsProps = {
  readonly lines: readonly Line[];
  readonly width: number;
  /** Lines that are drawn: missing ones are blank, others are left out. */
  readonly height: number;
  readonly screen: Screen;
};

/** So many lines of so many cells, each cut where it is too long. */
export function Rows({ lines, width, height, screen }: RowsProps) {
  const shown = Array.from({ length: height }, (_, index) => lines[index] ?? []);
  return (
    <Box flexDirection="column" width={width} height={height} flexShrink={0}>
      {shown.map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a line has no identity but its place on the screen
        <Row key={index} line={line} width={width} screen={screen} />
      ))}
    </Box>
  );
}

function Row({
  line,
  width,
  screen,
}: {
  readonly line: Line;
  readonly width: number;
  readonly screen: Screen;
}) {
  const parts = cut(line, width, screen.unicode).filter((part) => part.text !== '');
  if (parts.length === 0) return <Text> </Text>;
  return (
    <Text wrap="truncate">
      {parts.map(({ text, tone }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: as above
        <Text key={index} {...(screen.colour && tone ? TONES[tone] : {})}>
          {clean(text, screen.unicode)}
        </Text>
      ))}
    </Text>
  );
}
