import fc from 'fast-check';
import {afterEach, describe, expect, it, vi} from 'vitest';
import type {TerminalPicture} from '../../src/engine/machine-tools.ts';
import {openTerminalScreen} from '../../src/engine/terminal/terminal-screen.ts';
import {cellWidth, pieces, withoutSgr} from '../../src/ui/terminal/cell-text.ts';
import {createFakeShell} from '../helpers/fake-shell.ts';
import {createFakeClock} from '../run/fake-clock.ts';

afterEach(() => vi.restoreAllMocks());

interface Outcome {
  readonly picture: TerminalPicture;
  readonly typed: string;
}

/** Ends whatever sequence the parser is in. */
const broughtBack = '\x18\x1b\\';

/** What a screen shows, and what the program was told, after it printed all this. */
async function after(printed: readonly (string | Uint8Array)[], columns = 20, rows = 5): Promise<Outcome> {
  const shell = createFakeShell();
  const session = openTerminalScreen(shell, {columns, rows}, createFakeClock());
  try {
    for (const part of printed) shell.says(part);
    shell.says(broughtBack);
    await shell.isDrawn();
    return {picture: session.screen.get(), typed: shell.typed};
  } finally {
    session.close();
  }
}

/** Only text and SGR, and no row wider than the screen, however its width is counted. */
function expectHarmless({rows, columns, title, cursor}: TerminalPicture): void {
  for (const row of rows) {
    expect(withoutSgr(row)).not.toMatch(/[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u);
    const counted = [...pieces(row)].reduce((sum, piece) => sum + (piece.type === 'sgr' ? 0 : piece.width), 0);
    expect(counted).toBeLessThanOrEqual(columns);
    expect(cellWidth(row)).toBe(counted);
  }
  expect(title ?? '').not.toMatch(/[\p{Cc}\p{Cs}]/u);
  if (cursor) {
    expect(cursor.column).toBeLessThan(columns);
    expect(cursor.row).toBeLessThan(rows.length);
  }
}

function readable(typed: string): string {
  return typed.replaceAll('\x1b', 'ESC');
}

const escapes: readonly (readonly [what: string, bytes: string])[] = [
  ['the clipboard, written (OSC 52)', '\x1b]52;c;cm0gLXJmIC8=\x07'],
  ['the clipboard, read', '\x1b]52;c;?\x1b\\'],
  ['a title', '\x1b]0;evil\x07'],
  ['its title, asked back', '\x1b]2;rm -rf /\r\x07\x1b[21t'],
  ['the icon name, asked back', '\x1b]1;x\x07\x1b[20t'],
  ['a link', '\x1b]8;;http://example.org\x07here\x1b]8;;\x07'],
  ['a colour of the palette, set and asked', '\x1b]4;1;#ff0000\x07\x1b]4;1;?\x07'],
  ['the colours of the terminal, asked', '\x1b]10;?\x07\x1b]11;?\x07\x1b]12;?\x07'],
  ['a picture (sixel)', '\x1bPq#0;2;0;0;0#0~~@@vv@@~~$\x1b\\'],
  ['a picture (iTerm)', '\x1b]1337;File=inline=1:AAAA\x07'],
  ['a picture (kitty)', '\x1b_Gf=100,a=T;AAAA\x1b\\'],
  ['a notification', '\x1b]9;hello\x07\x1b]777;notify;a;b\x07'],
  ['what tmux passes on', '\x1bPtmux;\x1b\x1b]52;c;AAAA\x07\x1b\\'],
  ['a settings report with text in it', '\x1bP$qrm -rf /\r\x1b\\'],
  ['keys of its own (DECUDK)', '\x1bP0;1|17/726d0d\x1b\\'],
  ['a terminal capability', '\x1bP+q544e\x1b\\'],
  ['bells', '\x07\x07\x07'],
  ['another size, another place', '\x1b[8;200;200t\x1b[3;0;0t\x1b[2t'],
  ['132 columns', '\x1b[?40h\x1b[?3h'],
  ['printing', '\x1b[5i rm -rf / \x1b[4i'],
  ['mouse and focus reports', '\x1b[?1000h\x1b[?1003h\x1b[?1006h\x1b[?1004h'],
  ['other keyboards', '\x1b[>4;2m\x1b[=31u\x1b[>1u'],
  ['controls of eight bits', '\u009b31m\u009d52;c;AAAA\u009c\u0090q~\u009c'],
  ['an answerback', '\x05'],
  ['a sequence that never ends', '\x1b]52;c;AAAAAAAAAAAA'],
  ['a sequence that is broken off', '\x1b[31\x18\x1b]0;x\x1a\x1bP\x18'],
  ['marks without end', `a${'\u0301'.repeat(50_000)}`],
  ['text that turns its direction', '\u202eab\u2066cd\u200f'],
  ['separators of lines', 'a\u2028b\u2029c\u0085d'],
];

describe('what a machine prints', () => {
  it.each(escapes)('%s', async (_, bytes) => {
    const written = vi.spyOn(process.stdout, 'write');
    const complained = vi.spyOn(process.stderr, 'write');
    const {picture, typed} = await after([bytes]);
    expectHarmless(picture);
    expect(typed).not.toMatch(/rm -rf|evil|AAAA|rgb:/);
    expect(readable(typed).replace(/ESC\[[?>\d;$]*[a-zA-Z]|ESCP[01]\$r\S*?ESC\\/g, '')).toBe('');
    expect(written).not.toHaveBeenCalled();
    expect(complained).not.toHaveBeenCalled();
  });

  it('is answered where vim and others ask what terminal this is, and where the cursor is', async () => {
    const {typed} = await after(['\x1b[c\x1b[>c\x1b[6n']);
    expect(readable(typed)).toMatch(/^ESC\[\?1;2cESC\[>0;\d+;0cESC\[1;1R$/);
  });

  it('is not answered without end: it would be typed into the shell', async () => {
    const shell = createFakeShell();
    const session = openTerminalScreen(shell, {columns: 20, rows: 5}, createFakeClock());
    shell.says('\x1b[6n'.repeat(100_000));
    shell.end({exit: 0});
    await session.ended;
    expect(shell.typed.length).toBeLessThanOrEqual(4096);
    session.close();
  });

  it.each([
    'L',
    'M',
    'S',
    'T',
    'I',
    'Z',
    'b',
    '@',
    'P',
    'X',
    'A',
    'B',
    'C',
    'D',
    'E',
    'F',
    'G',
    'H',
    'J',
    'K',
    'd',
    'r',
    'g',
    't',
    'm',
    ' @',
    ' A',
    "'}",
    "'~",
    ' q',
    '"q',
  ])('with an enormous number (CSI %s) does not keep us busy', async (final) => {
    const {picture} = await after([`ab\x1b[2147483647${final}\x1b[9999999999999999999;65536${final}`.repeat(50), 'c']);
    expectHarmless(picture);
  });

  it('may be no text at all', async () => {
    const bytes = Uint8Array.from([
      0xff, 0xfe, 0xc3, 0x28, 0xe2, 0x82, 0xf0, 0x9f, 0x92, 0xed, 0xa0, 0x80, 0xc0, 0xaf, 0x61,
    ]);
    expectHarmless((await after([bytes])).picture);
    // Cut anywhere, a character is whole again.
    const split = [...Buffer.from('漢')].map((byte) => Uint8Array.of(byte));
    expect((await after(split)).picture.rows[0]).toBe('漢');
  });
});

describe('whatever a machine prints', () => {
  const text = fc.string({unit: 'binary', maxLength: 12});
  const grapheme = fc.string({unit: 'grapheme', maxLength: 12});
  const clusters = fc.constantFrom(
    '🇩',
    '🇪',
    'क',
    '्',
    'ष',
    '\u1100',
    '\u1161',
    '\u11a8',
    '👩',
    '\u200d',
    '\ufe0f',
    '🏽',
    '\u0600',
    '漢',
    '\u0301',
    'e',
  );
  const parameter = fc.oneof(fc.nat(9), fc.constantFrom(47, 1047, 1049, 25, 6, 7, 69, 2004, 2026, 99_999, 2 ** 31 - 1));
  const sequence = fc
    .tuple(
      fc.constantFrom('\x1b[', '\x1b[?', '\x1b[>', '\x1b]', '\x1bP', '\x1b', '\u009b'),
      fc.array(parameter, {maxLength: 4}),
      fc.constantFrom(...'@ABCDEFGHIJKLMPSTXZ`abcdefghlmnpqrstuxy78=>\x07', "'}", "'~", ' @', ' A', '!p', '(0', '#8'),
    )
    .map(([start, parameters, final]) => start + parameters.join(';') + final);
  const bytes = fc.uint8Array({maxLength: 24});
  const printed = fc.array(fc.oneof(text, grapheme, clusters, sequence, bytes), {maxLength: 40});

  it('makes rows of text and colours, never wider than the screen', async () => {
    await fc.assert(
      fc.asyncProperty(
        printed,
        fc.integer({min: 2, max: 30}),
        fc.integer({min: 1, max: 8}),
        async (parts, columns, rows) => {
          expectHarmless((await after(parts, columns, rows)).picture);
        },
      ),
      {numRuns: 300},
    );
  });

  it('stays so when the size changes in between', async () => {
    const size = fc.tuple(fc.integer({min: 1, max: 40}), fc.integer({min: 1, max: 10}));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(printed, size), {maxLength: 4}), fc.nat(20), async (steps, scrolled) => {
        const shell = createFakeShell();
        const session = openTerminalScreen(shell, {columns: 20, rows: 5}, createFakeClock());
        try {
          for (const [parts, [columns, rows]] of steps) {
            for (const part of parts) shell.says(part);
            shell.says(broughtBack);
            await shell.isDrawn();
            session.resize(columns, rows);
            session.scroll(scrolled);
            expectHarmless(session.screen.get());
          }
        } finally {
          session.close();
        }
      }),
      {numRuns: 150},
    );
  });
});
