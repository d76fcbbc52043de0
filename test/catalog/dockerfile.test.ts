// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of Dockerfiles, not of this file
import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {parseDockerfile} from '../../src/engine/catalog/dockerfile.ts';

const bases = (text: string) => parseDockerfile(text).references.map(({reference}) => reference);
const errors = (text: string) => parseDockerfile(text).errors;

describe('FROM', () => {
  test.each([
    ['an image', 'FROM base-image', ['base-image']],
    ['any case', 'from base-image as Build\nFroM Build', ['base-image']],
    ['AS a stage that a later FROM names', 'FROM a AS one\nFROM one AS two\nFROM two', ['a']],
    ['a platform', 'FROM --platform=linux/amd64 registry.local:5000/ns/a:1.10 AS x', ['registry.local:5000/ns/a:1.10']],
    ['a digest', 'FROM a@sha256:0123', ['a@sha256:0123']],
    ['scratch, which is no image', 'FROM scratch', []],
    ['an ARG default', 'ARG BASE=base-image\nFROM ${BASE}', ['base-image']],
    ['an ARG in quotes', 'ARG TAG="22.04" BASE=\'ubuntu\'\nFROM $BASE:$TAG', ['ubuntu:22.04']],
    ['an ARG made of another', 'ARG V=1\nARG NAME=a:$V\nFROM $NAME', ['a:1']],
    [':- where nothing is set', 'ARG TAG\nFROM a:${TAG:-b}', ['a:b']],
    [':- where something is set', 'ARG TAG=c\nFROM a:${TAG:-b}', ['a:c']],
    [':- where it is empty', 'ARG TAG=\nFROM a:${TAG:-b}', ['a:b']],
    ['- where it is empty', 'ARG TAG=\nFROM a${TAG-b}', ['a']],
    [':+', 'ARG TAG=1\nFROM a${TAG:+-gpu}${NONE:+-none}', ['a-gpu']],
    ['a default inside a default', 'FROM a:${ONE:-${TWO:-three}}', ['a:three']],
    ['a continued line', 'FROM \\\n  # which one\n\n  a', ['a']],
    ['a continued line with a backtick', '# escape=`\nFROM `\n a', ['a']],
    ['Windows line ends and a byte order mark', '\ufeff# syntax=x/y\r\nFROM a\r\nRUN b\r\n', ['a']],
    ['after comments and blank lines', '# a comment\n\n   FROM a', ['a']],
    ['a registry and a tag in upper case', 'FROM R.io:1/a:V1', ['R.io:1/a:V1']],
    ['instructions that may stand alone', 'FROM a\nCMD\nENTRYPOINT\nONBUILD FUTURE x', ['a']],
    ['several images', 'FROM a\nFROM b', ['a', 'b']],
  ])('%s', (_title, text, expected) => {
    expect(bases(text)).toEqual(expected);
    expect(errors(text)).toEqual([]);
  });

  test('a stage keeps its name, base, platform and line', () => {
    expect(parseDockerfile('# x\nFROM --platform=linux/arm64 a AS Build\n\nFROM build').stages).toEqual([
      {name: 'build', base: 'a', platform: 'linux/arm64', line: 2},
      {base: 'build', line: 4},
    ]);
  });

  test('an ARG after FROM does not count for the next FROM', () => {
    expect(errors('FROM a\nARG B=b\nFROM $B')).toEqual([{line: 3, message: 'FROM uses B, which has no default'}]);
  });
});

describe('other instructions that name images', () => {
  test.each([
    ['COPY --from an image', 'FROM a\nCOPY --from=nginx:1 --chown=0 /x /y', ['a', 'nginx:1']],
    [
      'COPY --from a stage by name or number',
      'FROM a AS one\nFROM b\nCOPY --from=ONE x y\nCOPY --from=0 x y',
      ['a', 'b'],
    ],
    ['RUN --mount from an image', 'FROM a\nRUN --mount=type=bind,from=tools,target=/t ls', ['a', 'tools']],
    ['a flag after the arguments is none', 'FROM a\nCOPY x --from=b y', ['a']],
    ['ONBUILD is for whoever builds on it', 'FROM a\nONBUILD COPY --from=b x y', ['a']],
    ['FROM inside a command', 'FROM a\nRUN echo \\\nFROM b', ['a']],
    ['FROM inside a here-document', 'FROM a\nRUN <<EOF\nFROM b\nEOF\nRUN <<-"END" cat\n\tFROM c\n\tEND', ['a']],
    ['FROM in a comment between continued lines', 'FROM a\nRUN x \\\n# FROM b\n  y', ['a']],
    ['shifts and here-strings are no here-documents', 'FROM a\nRUN echo $((1<<2)) && cat <<<x << y', ['a']],
  ])('%s', (_title, text, expected) => {
    expect(bases(text)).toEqual(expected);
    expect(errors(text)).toEqual([]);
  });
});

describe('what only BuildKit can build', () => {
  test.each([
    ['# syntax=docker/dockerfile:1\nFROM a', 1, 'it names its own syntax'],
    ['FROM a\nRUN --mount=type=cache,target=/c ls', 2, 'RUN has --mount'],
    ['FROM a\nRUN <<EOF\nls\nEOF', 2, 'RUN has a here-document'],
    ['FROM a\nCOPY --link x y', 2, 'COPY has --link'],
    ['FROM --platform=$BUILDPLATFORM a', 1, 'FROM --platform takes BUILDPLATFORM'],
  ])('%j', (text, line, because) => {
    expect(parseDockerfile(text)).toMatchObject({needsBuildkit: {line, because}, errors: []});
  });

  test.each([
    'FROM a\nRUN echo --mount=x',
    'ARG P=linux/amd64\nFROM --platform=$P a',
    'FROM a AS b\nFROM c\nCOPY --from=b --chown=1:1 x y',
    '# a comment\n# syntax=docker/dockerfile:1\nFROM a',
  ])('%j needs no BuildKit', (text) => {
    expect(parseDockerfile(text).needsBuildkit).toBeUndefined();
  });
});

describe('mistakes, all at once and with their lines', () => {
  test.each([
    ['', [[1, 'it is empty']]],
    ['# only a comment\n', [[1, 'it is empty']]],
    ['ARG A=1', [[1, 'it has no FROM']]],
    ['\nRUN ls', [[2, 'RUN comes before the first FROM']]],
    [
      'FROM a b\nFROM a AS',
      [
        [1, 'FROM takes one image, or an image, AS and a name'],
        [2, 'FROM takes one image, or an image, AS and a name'],
      ],
    ],
    ['FROM a AS 1x', [[1, '1x cannot be the name of a stage (a letter, then letters, digits, . _ -)']]],
    ['FROM ${X}', [[1, 'FROM uses X, which has no default']]],
    ['FROM ${X', [[1, 'a variable in braces is not closed']]],
    ['FROM ${X%y}', [[1, 'X in braces uses a form that is not understood here (known: :- - :+ + :? ?)']]],
    ['FROM "a', [[1, 'a quote (") is not closed']]],
    ['FROM a-$TARGETARCH', [[1, 'FROM uses TARGETARCH, which is only known while building: say the image without it']]],
    [
      'FROM a\nFRMO b\nRUN\nCOPY x',
      [
        [2, 'FRMO is not an instruction'],
        [3, 'RUN has nothing after it'],
        [4, 'COPY takes at least one source and a destination'],
      ],
    ],
    ['FROM a\nRUN <<EOF\nls', [[2, 'the here-document that begins in line 2 never ends with EOF']]],
    ['FROM a\nONBUILD FROM b', [[2, 'ONBUILD FROM is not allowed']]],
    ['# escape=x\nFROM a', [[1, 'the escape directive must be a backslash or a backtick']]],
    ['FROM --plat=x a', [[1, 'FROM does not know --plat']]],
    ['ARG A=\nFROM $A', [[2, 'FROM names no image']]],
    ['FROM a\nCOPY --from=0 x y', [[2, 'COPY --from=0 names no earlier stage']]],
    ['FROM R.io/Base', [[1, 'the name of an image is lower case']]],
    ['FROM a/', [[1, 'FROM a/ is not the name of an image']]],
  ] as [string, [number, string][]][])('%j', (text, expected) => {
    expect(errors(text).map(({line, message}) => [line, message])).toEqual(expected);
  });

  test('control characters of the file do not get into a message', () => {
    expect(errors('FROM a\n\u001b[2JX b')[0]?.message).toBe('X is not an instruction');
  });
});

describe('any text at all', () => {
  const pieces = fc.constantFrom(
    ...[
      'FROM ',
      'ARG ',
      'RUN ',
      'COPY ',
      'ONBUILD ',
      '--from=',
      '--mount=',
      'AS ',
      'a',
      'b:1',
      '\n',
      '\\\n',
      '`\n',
      '# escape=`\n',
    ],
    ...['<<EOF', 'EOF\n', '"', "'", '$', '${', '}', ':-', '\\', ' ', '\t', '\r\n', '#', '\0', '\ufeff', '=', '\ud800'],
  );
  const texts = fc.oneof(
    fc.string({unit: 'binary'}),
    fc.array(pieces, {maxLength: 60}).map((parts) => parts.join('')),
  );

  test('is answered, with lines that are in it', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const lines = text.split('\n').length;
        const {stages, references, errors: mistakes} = parseDockerfile(text);
        for (const {line} of [...stages, ...references, ...mistakes]) {
          expect(line).toBeGreaterThanOrEqual(1);
          expect(line).toBeLessThanOrEqual(lines);
        }
        expect(stages.length > 0 || mistakes.length > 0).toBe(true);
      }),
      {numRuns: 2000},
    );
  });

  test.each([
    ['quotes', `FROM a\nRUN ${'"'.repeat(200_000)}`],
    ['open variables', `FROM ${'${A:-'.repeat(50_000)}`],
    ['dollars', `FROM ${'$'.repeat(200_000)}`],
    ['continued lines', `FROM a ${'\\\n'.repeat(200_000)}`],
    ['white space', `FROM a\nRUN x${' '.repeat(300_000)}y`],
    ['here-documents that never end', `FROM a\nRUN ${'<<A '.repeat(20_000)}`],
    ['many here-documents, each unfinished', `FROM a\n${'RUN <<E\n'.repeat(300_000)}`],
    ['comments', `FROM a\nRUN x \\\n${'#\n'.repeat(200_000)}`],
    ['a directive of blanks', `#${' '.repeat(200_000)}`],
    ['backslashes', `FROM a\nRUN ${'\\'.repeat(300_000)}`],
  ])(
    'is answered in the time its length deserves: %s',
    (_title, text) => {
      // A parser that goes through the rest again at every character would run into the test's time limit here.
      const {stages, errors: mistakes} = parseDockerfile(text);
      expect(stages.length + mistakes.length).toBeGreaterThan(0);
    },
    10_000,
  );
});
