/** What `dockmedic engine` prints: the verdict first, then every endpoint that was considered. Pure. */
import { providerNames } from '../docker/engine-words.ts';
import { withoutPassword } from '../docker/host.ts';
import type { EngineVerdict } from '../docker/judge.ts';
import type { EngineEndpoints, Ping } from '../docker/model.ts';
import type { Candidate, EngineTrace } from '../docker/trace.ts';
import { labelled } from '../reporters/entry.ts';
import {
  clean,
  type Line,
  lineCells,
  type Span,
  solid,
  span,
  type Tone,
  wrap,
} from '../reporters/terminal-text.ts';
import { type Look, painter } from '../reporters/text.ts';
import type { Fix } from '../rule.ts';

export type EngineAnswer = {
  /** Undefined where it could not be told. */
  readonly up: boolean | undefined;
  readonly verdict: EngineVerdict;
  readonly sentence: string;
  readonly advice: string | undefined;
  readonly fixes: readonly Fix[];
  readonly endpoints: EngineEndpoints;
  readonly trace: EngineTrace;
};

type Sheet = { readonly columns: number; readonly unicode: boolean };

const NARROWEST = 40;
/** Sources are set in a column of their own where that leaves room for the rest. */
const WIDEST_SOURCE = 28;

export function renderEngine(answer: EngineAnswer, look: Look): string {
  const sheet: Sheet = { columns: Math.max(NARROWEST, look.columns), unicode: look.unicode };
  const { trace } = answer;
  const paint = painter(look);
  const present = trace.others.filter(({ state }) => state !== 'absent');
  const blocks: readonly (readonly Line[])[] = [
    verdictLines(answer, sheet),
    [[span('Where docker looks, in its order', 'strong')], ...rows(trace.order, sheet)],
    present.length === 0 ? [] : [[span('Also on this machine', 'strong')], ...rows(present, sheet)],
    installedLines(answer, sheet),
    absentLines(trace.others, sheet),
  ];
  const filled = blocks.filter((block) => block.length > 0);
  return `${filled.map((block) => block.map(paint).join('\n')).join('\n\n')}\n`;
}

function verdictLines(answer: EngineAnswer, sheet: Sheet): readonly Line[] {
  const { up, verdict, sentence, advice, fixes, endpoints } = answer;
  const whole = verdict.verdict === 'answers';
  const sign =
    up === undefined
      ? span('?', 'warning')
      : !up
        ? span('✗', 'bad')
        : whole
          ? span('✓', 'good')
          : span('⚠', 'warning');
  const inside = { ...sheet, columns: sheet.columns - 2 - 8 };
  const put = (texts: readonly string[]) => texts.flatMap((text) => wrap(withCommands(text), inside));
  const { ping } = endpoints.chosen;
  const body: Line[] = [
    ...labelled('engine', put(ping.answer === 'up' ? [engineWords(answer)] : [])),
    ...labelled(
      'fix',
      fixes.flatMap((fix) => fixLines(fix, inside)),
    ),
    ...labelled('do', put(advice === undefined ? [] : [advice])),
  ];
  return [
    ...wrap([sign, span(' '), span(sentence, 'strong')], { ...sheet, hang: 2 }),
    ...body.map((line): Line => [span('  '), ...line]),
  ];
}

/** A command between backticks stays in one piece, as long as that is no longer than a line. */
function withCommands(text: string, tone?: Tone): Line {
  return text
    .split(/(`[^`]{1,40}`)/)
    .filter((part) => part !== '')
    .map((part) => (part.startsWith('`') ? solid(part, tone) : span(part, tone)));
}

/** Version, API, system and product of the engine that answers. */
function engineWords({ endpoints }: EngineAnswer): string {
  const { chosen } = endpoints;
  if (chosen.ping.answer === 'down') return '';
  const { serverVersion, apiVersion, os, product } = chosen.ping;
  const provider = chosen.provider && providerNames[chosen.provider];
  const name = product ?? provider;
  return [
    serverVersion,
    `API ${apiVersion}`,
    os,
    name,
    // What it calls itself may hide whose it is: Colima's engine is Docker's own.
    provider !== undefined && name !== undefined && !name.startsWith(provider)
      ? `from ${provider}`
      : undefined,
  ]
    .filter((part) => part !== undefined)
    .join(' · ');
}

function fixLines(fix: Fix, sheet: Sheet): Line[] {
  const caveat: Line[] =
    fix.caveat === undefined
      ? []
      : wrap(withCommands(fix.caveat, 'dim'), { ...sheet, columns: sheet.columns - 2 });
  return [
    ...wrap([span(fix.title), span(`   (${fix.safety})`, 'dim')], sheet),
    ...caveat.map((line): Line => [span('  '), ...line]),
  ];
}

function rows(candidates: readonly Candidate[], sheet: Sheet): Line[] {
  const names = candidates.map(({ source }) => clean(sourceName(source), sheet.unicode));
  const longest = Math.max(0, ...names.map((name) => lineCells([span(name)])));
  const wide = sheet.columns >= 70 ? Math.min(longest, WIDEST_SOURCE) : 0;
  return candidates.flatMap((candidate, index) => row(candidate, names[index] ?? '', wide, sheet));
}

/** One endpoint: a sign, where it comes from, the address, and what came of it. */
function row(candidate: Candidate, name: string, wide: number, sheet: Sheet): Line[] {
  const [sign, words] = outcome(candidate);
  const lead: Span[] = [sign, span(' '), span(name)];
  const rest: Span[] = [
    ...(candidate.host === undefined
      ? candidate.value === undefined
        ? []
        : [solid(candidate.value, 'note'), span('  ')]
      : [solid(withoutPassword(candidate.host), 'note'), span('  ')]),
    span(words, candidate.ping?.answer === 'up' || candidate.state === 'chosen' ? undefined : 'dim'),
  ];
  const size = lineCells([span(name)]);
  if (wide > 0 && size <= wide) {
    const hang = 2 + wide + 2;
    return wrap([...lead, solid(' '.repeat(hang - 2 - size)), ...rest], { ...sheet, hang });
  }
  return [...wrap(lead, { ...sheet, hang: 2 }), ...wrap([solid('    '), ...rest], { ...sheet, hang: 4 })];
}

function sourceName(source: string): string {
  return source.replace(/^currentContext in .*[\\/](config\.json)$/, 'currentContext ($1)');
}

function outcome({ state, because, ping }: Candidate): readonly [Span, string] {
  if (state === 'unset') return [span('·', 'dim'), 'not set'];
  const said = ping === undefined ? '' : pingWords(ping, state === 'chosen');
  const words = [because, said].filter((part) => part !== undefined && part !== '').join('; ');
  if (ping?.answer === 'up') return [span('✓', 'good'), words];
  if (state === 'chosen') return [span('✗', 'bad'), words];
  return [span('·', 'dim'), words];
}

/** The address stands before it already; of the chosen one everything is told. */
function pingWords(ping: Ping, isChosen: boolean): string {
  if (ping.answer === 'up') return `answers (${ping.serverVersion ?? `API ${ping.apiVersion}`})`;
  return (isChosen ? undefined : shortWords[ping.why]) ?? ping.seen;
}

const shortWords: Partial<Record<Extract<Ping, { answer: 'down' }>['why'], string>> = {
  missing: 'does not exist (ENOENT)',
  refused: 'nobody listens (ECONNREFUSED)',
  denied: 'permission denied (EACCES)',
  unsupported: 'on another machine, so it was not asked',
};

function installedLines({ endpoints }: EngineAnswer, sheet: Sheet): readonly Line[] {
  const { startable, chosen } = endpoints;
  // While the engine answers, what else could be started is of no interest.
  if (startable.length === 0 || chosen.ping.answer === 'up') return [];
  return [
    [span('Installed', 'strong')],
    ...startable.flatMap(({ name, seen, start }) =>
      wrap([span('  '), span(name), span(` (${seen})`, 'dim'), span('  '), solid(start.join(' '), 'note')], {
        ...sheet,
        hang: 4,
      }),
    ),
  ];
}

/** Where known products would put their sockets, in one sentence: it is long, and seldom of interest. */
function absentLines(others: readonly Candidate[], sheet: Sheet): readonly Line[] {
  const products = others.flatMap(({ state, provider }) =>
    state === 'absent' && provider ? [providerNames[provider]] : [],
  );
  const distinct = [...new Set(products)];
  if (distinct.length === 0) return [];
  const listed =
    distinct.length === 1 ? distinct[0] : `${distinct.slice(0, -1).join(', ')} and ${distinct.at(-1)}`;
  return wrap(
    [span(`Also looked for, and no socket was there: ${listed}. --format json lists every address.`, 'dim')],
    sheet,
  );
}
