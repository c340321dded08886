/** The terminal app. It is loaded on a terminal only; all it knows and does comes through its controller. */
import { Box, render, Text, useApp, useStdout } from 'ink';
import {
  type ReactNode,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useReducer,
  useState,
} from 'react';
import type { Report } from '../report.ts';
import type { Sheet } from '../reporters/code-lines.ts';
import { clean, type Line } from '../reporters/terminal-text.ts';
import type { Controller, OnEvent } from './controller.ts';
import { reduceInput, useKeys } from './keys.ts';
import { Detail, healthyLines, itemLines, keyLines, questionLines, ruleLines } from './panes/detail.tsx';
import { FOOTER_HEIGHT, Footer } from './panes/footer.tsx';
import { HEADER_HEIGHT, Header } from './panes/header.tsx';
import { List, listLines } from './panes/list.tsx';
import type { Screen } from './panes/rows.tsx';
import { type Action, initialState, type Request, type State, selectedItem } from './state.ts';

export type StartOptions = Partial<Screen> & {
  readonly stdin?: NodeJS.ReadStream;
  readonly stdout?: NodeJS.WriteStream;
};

// The terminal's second screen (xterm's private mode 1049), from its first line on.
const ENTER_SCREEN = '\u001b[?1049h\u001b[H';
const LEAVE_SCREEN = '\u001b[?1049l';

/**
 * Runs the app until the person leaves it, on the terminal's second screen, so that what stood there before is back
 * afterwards. Resolves with the last report; undefined where the first diagnosis did not come to an end.
 */
export async function startApp(
  controller: Controller,
  options: StartOptions = {},
): Promise<Report | undefined> {
  const { colour = true, unicode = true, stdin = process.stdin, stdout = process.stdout } = options;
  let last: Report | undefined;
  const app = render(
    <SecondScreen stdout={stdout}>
      <App
        controller={controller}
        screen={{ colour, unicode }}
        onReport={(report) => {
          last = report;
        }}
      />
    </SecondScreen>,
    { stdin, stdout, exitOnCtrlC: false, patchConsole: false },
  );
  await app.waitUntilExit();
  return last;
}

type SecondScreenProps = { readonly stdout: NodeJS.WriteStream; readonly children: ReactNode };

/** Ink takes its tree down also where a signal ends the process, so the terminal is never left on this screen. */
function SecondScreen({ stdout, children }: SecondScreenProps) {
  const [entered, setEntered] = useState(false);
  useLayoutEffect(() => {
    stdout.write(ENTER_SCREEN);
    setEntered(true);
    return () => {
      stdout.write(LEAVE_SCREEN);
    };
  }, [stdout]);
  return entered ? children : null;
}

type AppProps = {
  readonly controller: Controller;
  readonly screen: Screen;
  readonly onReport?: (report: Report) => void;
};

export function App({ controller, screen, onReport }: AppProps) {
  const [state, dispatch] = useReducer(reduceInput, initialState);
  const { columns, rows } = useSize();
  const { exit } = useApp();
  useRequests(controller, state.request, dispatch);

  const { report, quit } = state;
  useEffect(() => {
    if (report) onReport?.(report);
  }, [report, onReport]);
  useEffect(() => {
    if (quit === 'now') exit();
  }, [quit, exit]);

  // One line less than the terminal has: Ink clears everything, scrollback too, where all of it is used.
  const height = Math.max(MIN_ROWS, rows) - 1 - HEADER_HEIGHT - FOOTER_HEIGHT - 2;
  const width = Math.max(MIN_COLUMNS, columns);
  const full = useFullLines(state, width, screen);
  const limit = full ? Math.max(0, full.length - height) : 0;
  useKeys({ page: height, limit }, dispatch);

  if (columns < MIN_COLUMNS || rows < MIN_ROWS) {
    return (
      <Text>{`dockmedic needs ${MIN_COLUMNS} x ${MIN_ROWS}; this terminal has ${columns} x ${rows}.`}</Text>
    );
  }
  const scroll = Math.min(state.scroll, limit);
  return (
    <Box flexDirection="column" width={width} height={rows - 1}>
      <Header state={state} width={width} screen={screen} />
      <Divider width={width} screen={screen} />
      {full ? (
        <Detail
          lines={full}
          scroll={scroll}
          width={width}
          height={height}
          screen={screen}
          more="↓ or space"
        />
      ) : (
        <Panes state={state} width={width} height={height} screen={screen} />
      )}
      <Divider width={width} screen={screen} />
      <Footer state={state} width={width} screen={screen} />
    </Box>
  );
}

const MIN_COLUMNS = 40;
const MIN_ROWS = 12;
/** From here on list and detail stand side by side. */
const WIDE = 90;

/** What takes the whole body: a question, the keys, an entry in full, the first run; undefined for the two panes. */
function useFullLines(state: State, width: number, screen: Screen): readonly Line[] | undefined {
  const { question, screen: shown, report, rules, progress } = state;
  const item = selectedItem(state);
  return useMemo(() => {
    const sheet: Sheet = { columns: width, unicode: screen.unicode, verbose: true, breakWords: true };
    if (question) return questionLines(question, { ...sheet, verbose: false });
    if (shown === 'keys') return keyLines();
    if (!report) return state.task ? ruleLines({ rules, progress }) : [];
    if (!item) return healthyLines(sheet);
    return shown === 'detail' ? itemLines(item, report, sheet) : undefined;
  }, [question, shown, report, rules, progress, item, width, screen, state.task]);
}

type PanesProps = {
  readonly state: State;
  readonly width: number;
  readonly height: number;
  readonly screen: Screen;
};

/** The list and the start of what is known of its selected row: side by side, or one above the other. */
function Panes({ state, width, height, screen }: PanesProps) {
  const { sections, selected, report } = state;
  const wide = width >= WIDE;
  const listWidth = wide ? Math.min(56, Math.floor(width * 0.42)) : width;
  const detailWidth = wide ? width - listWidth - 3 : width;
  const needed = listLines(sections, selected, listWidth, screen.unicode).lines.length;
  const listHeight = wide ? height : Math.min(needed, Math.max(3, Math.floor(height * 0.45)));
  const detailHeight = wide ? height : height - listHeight - 1;
  const item = selectedItem(state);
  const sheet: Sheet = { columns: detailWidth, unicode: screen.unicode, verbose: false, breakWords: true };
  const lines = item && report ? itemLines(item, report, sheet) : [];
  return (
    <Box flexDirection={wide ? 'row' : 'column'}>
      <List sections={sections} selected={selected} width={listWidth} height={listHeight} screen={screen} />
      {wide ? <Bar height={height} screen={screen} /> : <Divider width={width} screen={screen} />}
      <Detail
        lines={lines}
        scroll={0}
        width={detailWidth}
        height={detailHeight}
        screen={screen}
        more="enter"
      />
    </Box>
  );
}

function Divider({ width, screen }: { readonly width: number; readonly screen: Screen }) {
  return <Text dimColor={screen.colour}>{clean('─', screen.unicode).repeat(width)}</Text>;
}

function Bar({ height, screen }: { readonly height: number; readonly screen: Screen }) {
  const bar = ` ${clean('│', screen.unicode)} `;
  return <Text dimColor={screen.colour}>{Array.from({ length: height }, () => bar).join('\n')}</Text>;
}

function useSize(): { readonly columns: number; readonly rows: number } {
  const { stdout } = useStdout();
  const measure = useCallback(() => ({ columns: stdout.columns || 80, rows: stdout.rows || 24 }), [stdout]);
  const [size, setSize] = useState(measure);
  useEffect(() => {
    const resized = () => setSize(measure());
    stdout.on('resize', resized);
    return () => {
      stdout.off('resize', resized);
    };
  }, [stdout, measure]);
  return size;
}

/** Carries out what the state asks for, each request once. */
function useRequests(
  controller: Controller,
  request: Request | undefined,
  dispatch: (action: Action) => void,
): void {
  useEffect(() => {
    if (!request) return;
    const onEvent: OnEvent = (event) => dispatch({ type: 'event', event });
    carryOut(controller, request, onEvent).then(dispatch, (error: unknown) => {
      dispatch({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
    });
  }, [controller, request, dispatch]);
}

async function carryOut(controller: Controller, request: Request, onEvent: OnEvent): Promise<Action> {
  switch (request.kind) {
    case 'diagnose':
      return { type: 'diagnosed', report: await controller.diagnose(onEvent) };
    case 'fix': {
      const findings = request.fix.parts.map((part) => part.finding);
      return { type: 'fixed', run: await controller.applyFix(findings, request.fix.index, onEvent) };
    }
    case 'fix-all':
      return { type: 'fixed', run: await controller.applyAllSafe(onEvent) };
    case 'undo':
      return { type: 'undone', ...(await controller.undo()) };
  }
}
