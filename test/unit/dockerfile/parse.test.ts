import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LARGEST_DOCKERFILE, parseDockerfile } from '../../../src/dockerfile/parse.ts';

function copiesOf(text: string, args?: ReadonlyMap<string, string | undefined>) {
  return parseDockerfile(text, args).stages.flatMap((stage) => stage.copies);
}

function sourcesOf(text: string, args?: ReadonlyMap<string, string | undefined>) {
  return copiesOf(text, args).flatMap((copy) =>
    copy.sources.map((source) => (source.unresolved ? `?${source.path}` : source.path)),
  );
}

function faultsOf(text: string) {
  return parseDockerfile(text).faults.map((fault) => `${fault.line}: ${fault.message}`);
}

describe('COPY and ADD', () => {
  it('takes sources without flags and destination, each with its place', () => {
    const text = 'FROM scratch\nCOPY --chown=a:b --link --chmod=644 --exclude=*.md --exclude=x a ./b/ /x/\n';
    const [copy] = copiesOf(text);
    expect(copy?.sources.map((source) => source.path)).toEqual(['a', './b/']);
    expect(copy?.destination).toBe('/x/');
    expect(copy?.sources.map(({ range }) => text.slice(range.start, range.end))).toEqual(['a', './b/']);
    expect(text.slice(copy?.range.start, copy?.range.end)).toMatch(/^COPY .* \/x\/$/);
  });

  it('keeps places right over continuation lines, comments, empty lines and CRLF', () => {
    const text = '\uFEFF# escape=`\r\nfrom scratch\r\n  copy a `  \r\n  # why\r\n\r\n  bc`\r\nd /x/\r\n';
    const [copy] = copiesOf(text);
    expect(copy?.sources.map((source) => source.path)).toEqual(['a', 'bcd']);
    expect(copy?.sources.map(({ range }) => text.slice(range.start, range.end))).toEqual(['a', 'bc`\r\nd']);
  });

  it('reads the JSON form, with places inside the quotes', () => {
    const text = 'FROM scratch\nCOPY --from=0 ["a b", "c\\u0064", \\\n "/x/"]\n';
    const [copy] = copiesOf(text);
    expect(copy?.sources.map((source) => source.path)).toEqual(['a b', 'cd']);
    expect(copy?.sources.map(({ range }) => text.slice(range.start, range.end))).toEqual(['a b', 'c\\u0064']);
    expect(copy?.destination).toBe('/x/');
  });

  it('takes a broken JSON array for words, as BuildKit does', () => {
    expect(sourcesOf("FROM scratch\nCOPY ['a', '/x/']\n")).toEqual(['[a,']);
  });

  it('leaves heredocs out, and what is in them', () => {
    const text = [
      'FROM scratch',
      'COPY <<a <<-"b" 3<<D real /x/',
      'COPY in-a /',
      'a',
      'COPY in-b /',
      '\tb',
      'COPY in-d /',
      'D',
      'RUN cat <<EOF > /etc/x',
      'COPY in-run /',
      'EOF',
      'ONBUILD RUN <<EOF',
      'COPY in-onbuild /',
      'EOF',
      'COPY last /',
    ].join('\n');
    expect(sourcesOf(text)).toEqual(['real', 'last']);
    expect(faultsOf(text)).toEqual([]);
  });

  it('takes << for a heredoc only where BuildKit does', () => {
    const text = [
      'FROM scratch',
      'RUN echo "1 <<2" && echo $((1 << 2)) && cat<<EOF',
      'RUN ["echo", "<<EOF"]',
      'RUN cat <<< word',
      "RUN echo it's <<EOF",
      'CMD echo <<EOF',
      'RUN echo ${} <<EOF',
      'RUN echo "${a[0]}" ${#a} ${a^^} <<EOF',
      'COPY a /',
    ].join('\n');
    expect(sourcesOf(text)).toEqual(['a']);
    expect(faultsOf(text)).toEqual([]);
  });

  it.each(['${a:?} ${a%x} ${1} ${@}', "'${}' $(a)"])('sees a heredoc behind %s', (before) => {
    expect(faultsOf(`FROM scratch\nRUN echo ${before} <<EOF\n`)).toEqual([
      '2: The heredoc <<EOF does not end: no line holds just EOF.',
    ]);
  });

  it('takes a heredoc with a space after << where it has an end', () => {
    expect(sourcesOf('FROM scratch\nCOPY << EOF b /x\nCOPY in /\nEOF\nCOPY a /\n')).toEqual(['b', 'a']);
    expect(sourcesOf('FROM scratch\nCOPY << EOF /x\nCOPY a /\n')).toEqual(['<<', 'EOF', 'a']);
  });

  it('leaves remote sources of ADD out', () => {
    const text =
      'FROM scratch\nADD https://x.test/a.tgz git@github.com:a/b.git ssh://h/x git://h/x http.tar github.com/a/b.git /x/\n';
    expect(sourcesOf(text)).toEqual(['http.tar', 'github.com/a/b.git']);
  });

  it('does not split at quotes and takes them away', () => {
    expect(sourcesOf('FROM scratch\nCOPY "a" \'b\' c\\$d /x/\n')).toEqual(['a', 'b', 'c$d']);
    // BuildKit: unexpected end of statement while looking for matching double-quote.
    expect(sourcesOf('FROM scratch\nCOPY "a b" /x/\n')).toEqual(['?"a', '?b"']);
  });

  it('continues a line after one escape character only', () => {
    expect(faultsOf('FROM scratch\nCOPY a \\\\\n/x/\n')).toEqual([
      expect.stringMatching(/^3: "\/X\/" is not an instruction/),
    ]);
  });

  it('does not judge wildcards under --parents', () => {
    expect(sourcesOf('FROM scratch\nCOPY --parents a/**/b ./c/./d /x/\n')).toEqual(['?a/**/b', './c/./d']);
  });

  it('runs ONBUILD of a base stage in the stage built on it, and nowhere else', () => {
    const text =
      'FROM scratch AS a\nONBUILD COPY --from=img x y\nONBUILD ADD q y\nFROM a AS b\nCOPY z /\nFROM b\n';
    const { stages } = parseDockerfile(text);
    const paths = stages.map((stage) => stage.copies.flatMap((copy) => copy.sources.map((one) => one.path)));
    expect(paths).toEqual([[], ['x', 'q', 'z'], []]);
    const range = stages[1]?.copies[0]?.sources[0]?.range;
    expect(text.slice(range?.start, range?.end)).toBe('x');
    expect(stages.map((stage) => stage.imagesUsed)).toEqual([[], ['img'], []]);
  });
});

describe('FROM', () => {
  it('knows names, bases, platforms and where the base is written', () => {
    const text =
      'FROM --platform=$BUILDPLATFORM node:22 AS Base\nFROM base as two\nFROM Base\nFROM two\nFROM node:22 AS node:22\n';
    const { stages } = parseDockerfile(text);
    expect(stages.map((stage) => stage.name)).toEqual(['base', 'two', undefined, undefined, 'node:22']);
    // A name is lower case and a base is not changed: BuildKit looks for an image "Base".
    expect(stages.map((stage) => stage.baseStage)).toEqual([undefined, 0, undefined, 1, undefined]);
    expect(stages[0]?.platform).toBe('$BUILDPLATFORM');
    expect(text.slice(stages[0]?.baseRange.start, stages[0]?.baseRange.end)).toBe('node:22');
  });

  it('takes the nearest earlier stage of a name as base, and the last one for --from', () => {
    const { stages } = parseDockerfile('FROM a AS s\nFROM b AS s\nFROM s\nCOPY --from=s x /\nFROM c AS s\n');
    expect(stages[2]?.baseStage).toBe(1);
    expect(stages[2]?.copies[0]?.fromStage).toBeUndefined();
    expect(stages[2]?.imagesUsed).toEqual([]);
  });

  it('resolves --from by name in any case, by number, and leaves the rest to images', () => {
    const text = `FROM scratch AS Deps
FROM scratch
COPY --from=DEPS a /
COPY --from=0 b /
COPY --from=nginx:1 c /
COPY --from=scratch d /
RUN --mount=from=deps,target=/x --mount=type=cache,from=cached:1,target=/c --mount=type=bind,source=package.json,target=p true
`;
    const [, stage] = parseDockerfile(text).stages;
    expect(stage?.copies.map((copy) => [copy.from, copy.fromStage])).toEqual([
      ['DEPS', 0],
      ['0', 0],
      ['nginx:1', undefined],
      ['scratch', undefined],
    ]);
    expect(
      stage?.mounts.map(({ type, from, fromStage, source }) => [type, from, fromStage, source?.path]),
    ).toEqual([
      ['bind', 'deps', 0, undefined],
      ['cache', 'cached:1', undefined, undefined],
      ['bind', undefined, undefined, 'package.json'],
    ]);
    expect(stage?.stagesUsed).toEqual([0]);
    expect(stage?.imagesUsed).toEqual(['nginx:1', 'cached:1']);
  });
});

describe('variables', () => {
  it('gives FROM the arguments of the head, and a stage only those it declares again', () => {
    const text = 'ARG TAG=22\nARG IMG=node:$TAG\nFROM $IMG\nCOPY a$TAG /\nARG TAG\nCOPY b${TAG} /\n';
    const model = parseDockerfile(text);
    expect(model.stages[0]?.base).toBe('node:22');
    expect(sourcesOf(text)).toEqual(['?a$TAG', 'b22']);
    expect(model.globalArgs).toEqual(
      new Map([
        ['TAG', '22'],
        ['IMG', 'node:22'],
      ]),
    );
  });

  it('lets build arguments win over defaults', () => {
    const args = new Map([
      ['TAG', '20'],
      ['DIR', 'lib'],
      ['NONE', undefined],
    ]);
    const text = 'ARG TAG=22\nFROM node:$TAG\nARG DIR=src NONE=n\nCOPY $DIR $NONE /\n';
    expect(parseDockerfile(text, args).stages[0]?.base).toBe('node:20');
    expect(sourcesOf(text, args)).toEqual(['lib', 'n']);
  });

  it('leaves what only the build knows', () => {
    const text =
      'ARG NONE\nFROM a:$NONE\nARG TARGETARCH\nARG MINE\nCOPY a-$TARGETARCH ${TARGETARCH:-x} $MINE $FROM_BASE ${FROM_BASE:-x} /\n';
    const model = parseDockerfile(text);
    expect([model.stages[0]?.base, model.stages[0]?.unresolved]).toEqual(['a:$NONE', true]);
    expect(sourcesOf(text)).toEqual([
      '?a-$TARGETARCH',
      '?${TARGETARCH:-x}',
      '?$MINE',
      '?$FROM_BASE',
      '?${FROM_BASE:-x}',
    ]);
  });

  it('knows the operators', () => {
    const text =
      'FROM ${X:-scratch}\nARG A=1 B= C\nCOPY ${A:-d} ${B:-d} ${B-d} ${C:-d} ${C-d} ${A:+p}x ${C:+p}x ${A+"q}"} ${A?e} ${U:-${A}} $U. /\n';
    expect(parseDockerfile(text).stages[0]?.base).toBe('scratch');
    expect(sourcesOf(text)).toEqual(['1', 'd', '', 'd', 'd', 'px', 'x', 'q}', '1', '1', '.']);
  });

  it('does not guess at patterns, required variables and malformed ones', () => {
    expect(sourcesOf('FROM scratch\nARG A=1.2\nCOPY ${A%.*} ${B:?needed} ${A ${} ${A!b} $ /\n')).toEqual([
      '?${A%.*}',
      '?${B:?needed}',
      '?${A',
      '?${}',
      '?${A!b}',
      '$',
    ]);
  });

  it('takes ENV in both forms, and what a base stage had', () => {
    const text =
      'FROM scratch AS b\nARG Q=1\nENV OLD a b\nENV A=x B="$A y" C=\'$A\'\nENV D=$A\nFROM b\nCOPY $OLD-$B-$C-$D$Q /\n';
    // A is not yet set where B is: the values of one ENV see the variables as they were before it.
    expect(sourcesOf(text)).toEqual(['a b- y-$A-x1']);
  });

  it('stops variables that double themselves', () => {
    const text = `FROM scratch\nENV A=xxxxxxxx\n${'ENV A=$A$A\n'.repeat(64)}COPY $A /\n`;
    expect(sourcesOf(text)).toEqual(['?$A']);
  });
});

describe('faults', () => {
  it.each([
    ['', '1: it holds no instruction.'],
    ['# only this\n', '1: it holds no instruction.'],
    ['ARG A=1\n', '1: it has no FROM.'],
    ['FROM scratch\nCPOY a /\n', '2: "CPOY" is not an instruction of a Dockerfile; the nearest is COPY.'],
    [
      'FROM scratch\nWORK_DIR /a\n',
      '2: "WORK_DIR" is not an instruction of a Dockerfile; the nearest is WORKDIR.',
    ],
    [
      'FROM scratch\nRUN a\n  && b\n',
      '3: "&&" is not an instruction of a Dockerfile; where it goes on with the instruction above, that line must end with the escape character.',
    ],
    ['FROM scratch\nCOPY --chown=a /x\n', '2: COPY needs a source and a destination, and has only "/x".'],
    ['FROM scratch\nADD\n', '2: ADD needs a source and a destination, and has nothing.'],
    ['FROM scratch\nCOPY ["a"]\n', '2: COPY needs a source and a destination, and has only "a".'],
    ['FROM scratch\nCOPY ["a", 1]\n', '2: The JSON array of COPY holds something other than strings.'],
    ['FROM\n', '1: FROM names no image.'],
    ['FROM --platform=linux/amd64\n', '1: FROM names no image.'],
    ['FROM a b\n', '1: FROM takes an image, or an image and "AS name", and has "a b".'],
    [
      'FROM a AS 1x\n',
      '1: "1x" is no name for a stage: it must start with a letter, then letters, digits, "-", "_", ".".',
    ],
    ['FROM scratch\nENV\n', '2: ENV needs a name and a value.'],
    ['FROM scratch\nLABEL a\n', '2: LABEL gives "a" no value.'],
    [
      'FROM scratch\nENV A=b secret\n',
      '2: ENV has a word without "=" after the first pair; a value with spaces needs quotes.',
    ],
    ['RUN x\nFROM scratch\n', '1: RUN stands before the first FROM.'],
    ['FROM scratch\nCOPY <<EOF /x\nhi\n', '2: The heredoc <<EOF does not end: no line holds just EOF.'],
    ['# escape=x\nFROM scratch\n', '1: The parser directive "escape" must be a backslash or a backtick.'],
    ['FROM scratch\nCOPY --from=3 a /\n', '2: COPY --from=3 names no stage: they are numbered from 0 to 0.'],
    [
      'FROM scratch\nCOPY --from=$X a /\n',
      '2: COPY --from=$X holds a variable, and BuildKit expands none there.',
    ],
  ])('%j', (text, fault) => {
    expect(faultsOf(text)).toEqual([fault]);
  });

  it.each([
    'FROM scratch\n',
    '\n\n  from scratch as x\n\tcopy a /x\n',
    '# escape=`\n# syntax=docker/dockerfile:1\nFROM scratch\n',
    '# comment\n# escape=nonsense\nFROM scratch\n',
    'FROM scratch\nONBUILD FOO bar\nMAINTAINER x\nSTOPSIGNAL 9\nHEALTHCHECK NONE\nENV A b c\nLABEL a="b c" d=e\\ f\n',
  ])('finds none in %j', (text) => {
    expect(faultsOf(text)).toEqual([]);
  });

  it('refuses a line, but not an instruction, that is too long for BuildKit', () => {
    expect(faultsOf(`FROM scratch\n# ${'x'.repeat(65_535)}\n`)).toEqual([
      '2: The line has more than 65535 bytes, and BuildKit refuses longer ones.',
    ]);
    expect(faultsOf(`FROM scratch\nRUN ${'x \\\n'.repeat(30_000)}\n`)).toEqual([]);
  });

  it('shows nothing that a terminal would act on', () => {
    const [fault] = faultsOf('FROM scratch\n\u001b[31mCOPY\u00a0a /\n');
    expect(fault).toContain('"\\u{1b}[31MCOPY\\u{a0}A"');
  });

  it('says nothing of a file for another frontend', () => {
    const model = parseDockerfile('# syntax=example.test/mockerfile:1\nversion: 1\n');
    expect(model).toMatchObject({ foreign: true, faults: [], stages: [] });
    expect(parseDockerfile('# syntax=mirror.test/docker/dockerfile:1.7-labs\nFROM a\n').stages).toHaveLength(
      1,
    );
  });

  it('refuses what is too large', () => {
    expect(faultsOf('#'.repeat(LARGEST_DOCKERFILE + 1))).toEqual([
      expect.stringContaining('larger than 1 MiB'),
    ]);
    expect(faultsOf('FROM a\n'.repeat(1001))).toEqual([expect.stringContaining('more than 1000 stages')]);
    expect(faultsOf('x\n'.repeat(1000)).length).toBeLessThanOrEqual(20);
  });
});

describe('whatever the text', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      'FROM',
      'COPY',
      'ADD',
      'RUN',
      'ARG',
      'ENV',
      'ONBUILD',
      '<<EOF',
      '<<-X',
      'EOF',
      '--from=',
      '--mount=',
    ),
    fc.constantFrom(
      '$',
      '${',
      '}',
      ':-',
      '"',
      "'",
      '\\',
      '`',
      '[',
      ']',
      ',',
      '#',
      '=',
      '/',
      'a',
      ' ',
      '\t',
      '\n',
      '\r\n',
    ),
    fc.string({ unit: 'binary', maxLength: 3 }),
  );

  it('does not throw, and every place lies within it', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        const text = `FROM scratch AS a\n${pieces.join('')}`;
        const model = parseDockerfile(text);
        const ranges = model.stages.flatMap((stage) => [
          stage.baseRange,
          ...stage.mounts.map((mount) => mount.range),
          ...stage.copies.flatMap((copy) => [copy.range, ...copy.sources.map((source) => source.range)]),
        ]);
        for (const { start, end } of [...ranges, ...model.faults.flatMap((fault) => fault.range ?? [])]) {
          expect(start).toBeGreaterThanOrEqual(0);
          expect(end).toBeGreaterThanOrEqual(start);
          expect(end).toBeLessThanOrEqual(text.length);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('finds plain sources where they were written', () => {
    const name = fc.stringMatching(/^[a-z][a-z./-]{0,12}$/);
    const gap = fc.constantFrom(' ', '\t', '  ', ' \\\n', ' \\  \n  ', ' \\\n# note\n\n ');
    fc.assert(
      fc.property(fc.array(fc.tuple(gap, name), { minLength: 2, maxLength: 8 }), (words) => {
        const text = `FROM scratch\nCOPY${words.map(([space, word]) => space + word).join('')}\n`;
        const [copy] = copiesOf(text);
        expect(copy?.sources.map((source) => source.path)).toEqual(
          words.slice(0, -1).map(([, word]) => word),
        );
        for (const { path, range } of copy?.sources ?? [])
          expect(text.slice(range.start, range.end)).toBe(path);
      }),
    );
  });
});
