import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {plainStyle, terminalLine, withoutStyle} from '../../src/engine/run/terminal-text.ts';

const shown = (raw: string) => terminalLine(raw, plainStyle).text;
const esc = '\u001b';

/** Each character of a shown line with the codes it is drawn in. */
function drawn(text: string): readonly string[] {
  let codes = '0';
  return text.split(esc).flatMap((part, index) => {
    const end = index === 0 ? -1 : part.indexOf('m');
    if (end >= 0) codes = part.slice(1, end);
    return [...part.slice(end + 1)].map((character) => `${character} ${codes}`);
  });
}

describe('a line of terminal output', () => {
  const lines: readonly (readonly [string, string, string])[] = [
    ['plain text', 'abc', 'abc'],
    ['the carriage return of a pty', 'abc\r', 'abc'],
    ['text that was overwritten', '10%\r20%\rdone', 'done'],
    ['text that was overwritten in part', 'abcdef\rXY', 'XYcdef'],
    ['text that was erased', `loading...\r${esc}[Kready`, 'ready'],
    ['a line that was erased whole', `loading${esc}[2K\rok`, 'ok'],
    ['a backspace', 'abd\bc', 'abc'],
    ['a tab', 'a\tb', 'a       b'],
    ['a move to a column', `abc${esc}[1Gx${esc}[5Gy`, 'xbc y'],
    ['moves within the line', `abc${esc}[2Dx${esc}[2Cy`, 'axc y'],
    ['moves between lines, which are left out', `a${esc}[2Ab${esc}[Jc`, 'abc'],
    ['a window title', `${esc}]0;evil\u0007text`, 'text'],
    ['a hyperlink', `${esc}]8;;http://x${esc}\\link${esc}]8;;${esc}\\`, 'link'],
    ['an unfinished title', `a${esc}]0;evil`, 'a'],
    ['a device control string', `${esc}Pq#0;2${esc}\\a`, 'a'],
    ['controls of eight bits', 'a\u009b31mb\u009d0;t\u009cc\u0085', `a${esc}[31mbc${esc}[0m`],
    ['other escapes', `${esc}(B${esc}7${esc}=a${esc}c`, 'a'],
    ['bells and nulls', 'a\u0007\u0000b\u007f', 'ab'],
    ['marks that turn text around', 'a\u202ecba\u2066', 'acba'],
    ['a colour', `${esc}[31mred${esc}[0m ok`, `${esc}[31mred${esc}[0m ok`],
    ['a colour that is not ended', `a${esc}[1mb`, `a${esc}[1mb${esc}[0m`],
    [
      'colours of 256 and of millions',
      `${esc}[38;5;9ma${esc}[48;2;1;2;3mb`,
      `${esc}[38;5;9ma${esc}[0m${esc}[38;5;9;48;2;1;2;3mb${esc}[0m`,
    ],
    ['a colour that is taken back alone', `${esc}[1;31ma${esc}[39mb`, `${esc}[1;31ma${esc}[0m${esc}[1mb${esc}[0m`],
    ['wide characters that are overwritten', '漢字\rab', 'ab字'],
    ['an accent of its own', `e\u0301\u0007`, 'e\u0301'],
  ];
  test.each(lines)('shows %s as a terminal would', (_name, raw, text) => {
    expect(shown(raw)).toBe(text);
  });

  test('gives the next line the style it ends with', () => {
    const {style} = terminalLine(`a${esc}[32mb`, plainStyle);
    expect(terminalLine('c', style).text).toBe(`${esc}[32mc${esc}[0m`);
  });

  test('has no control characters left, whatever comes, but those of colours', () => {
    const piece = fc.oneof(
      fc.string({unit: 'binary'}),
      fc.constantFrom(`${esc}[`, `${esc}]`, `${esc}P`, '\u009b', 'm', '31', ';', '\r', '\b', 'K'),
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const text = withoutStyle(shown(pieces.join('').replaceAll('\n', '')));
        // biome-ignore lint/suspicious/noControlCharactersInRegex: none of these may be left
        return !/[\u0000-\u001f\u007f-\u009f]/.test(text);
      }),
      {numRuns: 2000},
    );
  });

  test('with nothing but colours is the same as one that has to be gone through cell by cell', () => {
    const piece = fc.oneof(
      fc.string({unit: fc.constantFrom('a', 'b', ' ', '\u00e9')}),
      fc.constantFrom(`${esc}[m`, `${esc}[0m`, `${esc}[1;31m`, `${esc}[38;5;9m`, `${esc}[39m`, `${esc}[4m`),
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const raw = pieces.join('');
        const quick = terminalLine(raw, plainStyle);
        // A bell shows nothing, but is special.
        const slow = terminalLine(`${raw}\u0007`, plainStyle);
        expect(drawn(quick.text)).toEqual(drawn(slow.text));
        expect(quick.style).toEqual(slow.style);
      }),
    );
  });

  test('is no wider than a terminal could make use of', () => {
    expect(shown(`\t${'x'.repeat(100_000)}`).length).toBeLessThan(20_000);
    expect(shown(`${esc}[999999999Cx`).length).toBeLessThan(20_000);
  });
});
