/** The trace of one image as text: the verdict first, then the way there, then what to do. Pure. */
import type { ImageTrace } from '../registry/trace-model.ts';
import { limitInWords, withoutLongDigests } from '../registry/trace-words.ts';
import { labelled } from '../reporters/entry.ts';
import { type Line, type Span, solid, span, wrap } from '../reporters/terminal-text.ts';
import { type Look, painter } from '../reporters/text.ts';

const LABEL = 8;
const NARROWEST = 40;

/** Verdicts that mean different things at different registries. */
const CURIOUS: ReadonlySet<string> = new Set([
  'login-needed',
  'login-refused',
  'no-such-repository',
  'rate-limited',
]);

/** What the engine was told, in words. */
const SEES: Readonly<Record<ImageTrace['engine']['view'], string>> = {
  exists: 'it sees the image',
  'no-such-repository': 'it finds no such repository',
  'no-such-tag': 'it finds no such tag',
  denied: 'it is denied the image',
  'login-needed': 'it is asked for a login',
  'rate-limited': 'it is told that the limit is reached',
  'cannot-reach': 'it does not reach the registry',
  unknown: 'it tells nothing',
};

/** The whole trace, ending in a line break. */
export function renderImage(trace: ImageTrace, look: Look): string {
  const columns = Math.max(NARROWEST, look.columns);
  const within = { columns: columns - LABEL, unicode: look.unicode, hang: 2 };
  const part = (label: string, texts: readonly (string | Line)[], hang = 2): Line[] =>
    labelled(
      label,
      texts.flatMap((text) => wrap(typeof text === 'string' ? [span(text)] : text, { ...within, hang })),
    );
  const requests = folded(trace.process.requests.map(withoutLongDigests));
  const blocks: Line[][] = [
    wrap(headline(trace), { columns, unicode: look.unicode, hang: 2 }),
    [
      ...part('reads', readings(trace)),
      ...part('way', way(trace)),
      ...part('trust', trust(trace)),
      ...part('proxy', proxies(trace)),
      ...part('login', login(trace)),
    ],
    [
      ...part('here', requests.length > 0 ? requests : ['nothing was asked']),
      ...part('engine', engine(trace)),
      ...part('limit', trace.rateLimit ? [limitInWords(trace.rateLimit)] : []),
      ...part('known', trace.kind && CURIOUS.has(trace.verdict.verdict) ? trace.kind.facts : [], 0),
    ],
    [...part('side', trace.disagreement ? [trace.disagreement.says] : [], 0), ...part('do', trace.advice, 0)],
  ];
  const paint = painter(look);
  return `${blocks
    .filter((block) => block.length > 0 && (trace.reference || block !== blocks[2]))
    .map((block) => block.map(paint).join('\n'))
    .join('\n\n')}\n`;
}

function headline({ verdict, says, disagreement }: ImageTrace): Line {
  // It exists, and the one that pulls does not get at it.
  if (verdict.verdict === 'exists' && disagreement?.side === 'engine')
    return [span('⚠', 'warning'), span(' '), span(says, 'strong')];
  if (verdict.verdict === 'exists') return [span('✓', 'good'), span(' '), span(says, 'strong')];
  const sign = verdict.verdict === 'cannot-reach' ? span('?', 'warning') : span('✗', 'bad');
  return [sign, span(' '), span(says, 'strong')];
}

function readings({ reference, asked, platform }: ImageTrace): readonly Line[] {
  if (!reference) return [];
  const { full, registry, repository, tag, digest, notes } = reference;
  const parts = [
    `registry ${registry}`,
    `repository ${repository}`,
    ...(tag === null ? [] : [`tag ${tag}`]),
    ...(digest === null ? [] : [`digest ${digest.slice(0, 19)}…`]),
    ...(platform === null ? [] : [`for ${platform}`]),
  ];
  const short: Span[] = full === asked ? [] : [solid(asked, 'strong'), span(' is '), solid(full, 'strong')];
  return [
    ...(short.length > 0 ? [short] : []),
    [span(parts.join(' · '))],
    ...notes.map((note): Line => [span(note)]),
  ];
}

function way({ way, reference }: ImageTrace): readonly string[] {
  if (!way || !reference) return [];
  const { address, mirrors, insecure } = way;
  return [
    address,
    ...(mirrors.length > 0 ? [`the engine asks its mirrors first: ${mirrors.join(', ')}`] : []),
    ...(insecure === null ? [] : [`no valid certificate is needed: ${insecure}`]),
  ];
}

function trust({ way }: ImageTrace): readonly string[] {
  if (!way?.address.startsWith('https:') || way.insecure?.startsWith('it is this machine')) return [];
  const { authorities, client, needed, faults } = way.certificates;
  const own = authorities.length > 0 ? [`${authorities.join(', ')} and the authorities of the system`] : [];
  return [
    ...(own.length > 0 ? own : ['the authorities of the system; nothing in certs.d for this registry']),
    ...(needed.length > 0 ? [`this process needed ${needed.join(', ')}`] : []),
    ...(client === null ? [] : [`shown to the registry: ${client}`]),
    ...faults,
  ];
}

function proxies({ way, engine }: ImageTrace): readonly string[] {
  if (!way) return [];
  const { process, engine: ofEngine, containers } = way.proxy;
  const isKnown = engine.settings === 'known';
  return [
    [`${process ?? 'none'} here`, ...(isKnown ? [`${ofEngine ?? 'none'} for the engine`] : [])].join(' · '),
    ...(containers === null
      ? []
      : [`the proxies of ${containers} are for containers and builds, not for pulling`]),
  ];
}

function login({ credentials }: ImageTrace): readonly string[] {
  if (!credentials) return [];
  const { kind, source, user, because, notes } = credentials;
  const what: Record<typeof kind, string> = {
    none: `none: ${source}`,
    password: `as ${user}, from ${source}`,
    'identity-token': `an identity token, from ${source}`,
    'registry-token': `a registry token, from ${source}`,
    failed: because ?? source,
  };
  return [what[kind], ...notes];
}

function engine({ engine, reference }: ImageTrace): readonly string[] {
  if (!reference) return [];
  const { requests, view, because, endpoint } = engine;
  const lines = requests.map((line) => withoutLongDigests(line.replace(/^engine: /, '')));
  const at = lines.length === 0 || isUsual(endpoint) ? [] : [`${endpoint}`];
  if (view === 'unknown')
    return [...at, ...lines, `${lines.length > 0 ? 'tells nothing' : 'not asked'}: ${because}`];
  return [...at, ...lines, because === null ? SEES[view] : `it ${because}`];
}

/** Where an engine is on most machines: nothing to mention. */
function isUsual(endpoint: string | null): boolean {
  return endpoint === 'unix:///var/run/docker.sock' || endpoint === 'npipe:////./pipe/docker_engine';
}

/** Equal lines in a row as one with their number. */
function folded(lines: readonly string[]): readonly string[] {
  const found: { line: string; times: number }[] = [];
  for (const line of lines) {
    const last = found.at(-1);
    if (last?.line === line) last.times++;
    else found.push({ line, times: 1 });
  }
  return found.map(({ line, times }) => (times === 1 ? line : `${line}   (${times} times)`));
}
