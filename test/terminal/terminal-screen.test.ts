import {afterEach, describe, expect, it} from 'vitest';
import type {TerminalSession} from '../../src/engine/machine-tools.ts';
import {openTerminalScreen} from '../../src/engine/terminal/terminal-screen.ts';
import {createFakeShell, type FakeShell} from '../helpers/fake-shell.ts';
import {createFakeClock, type FakeClock} from '../run/fake-clock.ts';

let opened: TerminalSession[] = [];
afterEach(() => {
  for (const session of opened) session.close();
  opened = [];
});

function open(columns = 20, rows = 4): {shell: FakeShell; session: TerminalSession; clock: FakeClock} {
  const shell = createFakeShell();
  const clock = createFakeClock();
  const session = openTerminalScreen(shell, {columns, rows}, clock);
  opened.push(session);
  return {shell, session, clock};
}

async function rowsOf(output: string, columns = 20, rows = 4): Promise<readonly string[]> {
  const {shell, session} = open(columns, rows);
  shell.says(output);
  await shell.isDrawn();
  return session.screen.get().rows;
}

const reset = '\x1b[m';

describe('what a program prints', () => {
  it.each([
    ['plain text', 'one\r\ntwo', ['one', 'two', '', '']],
    ['the sixteen colours', '\x1b[31mred\x1b[92;104mx', ['\x1b[0;31mred\x1b[0;92;104mx\x1b[m', '', '', '']],
    ['256 colours', '\x1b[38;5;208ma\x1b[48;5;17mb', ['\x1b[0;38;5;208ma\x1b[0;38;5;208;48;5;17mb\x1b[m', '', '', '']],
    [
      'true colour',
      '\x1b[38;2;1;2;3ma\x1b[48:2::4:5:6mb',
      ['\x1b[0;38;2;1;2;3ma\x1b[0;38;2;1;2;3;48;2;4;5;6mb\x1b[m', '', '', ''],
    ],
    ['attributes', '\x1b[1;2;3;4;7;9ma\x1b[0mb', ['\x1b[0;1;2;3;4;7;9ma\x1b[mb', '', '', '']],
    ['blinking, as still', '\x1b[5mslow', ['slow', '', '', '']],
    ['a password that is concealed', 'a\x1b[8mhidden\x1b[0mb', ['a      b', '', '', '']],
    ['a coloured rest of a line', '\x1b[44m\x1b[K\x1b[0mx', [`x\x1b[0;44m${' '.repeat(19)}${reset}`, '', '', '']],
    ['wide characters', '漢字 ab', ['漢字 ab', '', '', '']],
    ['a wide character that finds no room', `${'x'.repeat(19)}漢`, ['x'.repeat(19), '漢', '', '']],
    ['a wide character that loses its half', '漢\x1b[1;2Hx', [' x', '', '', '']],
    ['marks on letters', 'e\u0301a', ['e\u0301a', '', '', '']],
    ['a mark with nothing to stand on', '\x1b[1;3H\u0301a', ['  \ufffda', '', '', '']],
    ['emoji, joined ones apart', '👩\u200d💻.', ['👩💻.', '', '', '']],
    ['flags, with a colour that keeps them apart', '🇩🇪', ['🇩\x1b[m🇪', '', '', '']],
    ['text that turns its direction', 'a\u202eb\u2066c', ['abc', '', '', '']],
    ['line drawing', '\x1b(0lqk\x1b(B', ['┌─┐', '', '', '']],
    ['a scroll region', '1\r\n2\r\n3\r\n4\x1b[2;3r\x1b[3;1H\nnew', ['1', '3', 'new', '4']],
    ['inserted and deleted lines', '1\r\n2\r\n3\x1b[1;1H\x1b[L\x1b[3;1H\x1b[M', ['', '1', '3', '']],
    ['carriage returns and backspaces', 'one\rO\x1b[2;1Habc\b\bX', ['One', 'aXc', '', '']],
  ])('%s', async (_, output, expected) => {
    expect(await rowsOf(output)).toEqual(expected);
  });

  it('on the alternate screen, which leaves the other one as it was', async () => {
    const {shell, session} = open();
    shell.says('$ vim\x1b[?1049h\x1b[Hin vim');
    await shell.isDrawn();
    expect(session.screen.get().rows[0]).toBe('in vim');
    shell.says('\x1b[?1049l');
    await shell.isDrawn();
    expect(session.screen.get().rows[0]).toBe('$ vim');
  });

  it('with the cursor where it is, unless it is hidden', async () => {
    const {shell, session} = open();
    shell.says('ab\r\ncd');
    await shell.isDrawn();
    expect(session.screen.get().cursor).toEqual({column: 2, row: 1});
    shell.says('\x1b[?25l');
    await shell.isDrawn();
    expect(session.screen.get().cursor).toBeUndefined();
    shell.says('\x1bc');
    await shell.isDrawn();
    expect(session.screen.get().cursor).toEqual({column: 0, row: 0});
  });

  it('with its title as text', async () => {
    const {shell, session} = open();
    shell.says('\x1b]0;root@node-3: \u202e~\x07');
    await shell.isDrawn();
    expect(session.screen.get().title).toBe('root@node-3: ~');
    shell.says(`\x1b]2;${'x'.repeat(100_000)}\x1b\\`);
    await shell.isDrawn();
    expect(session.screen.get().title).toHaveLength(200);
  });
});

describe('painting', () => {
  it('comes at most every 16 milliseconds, and not at all where nothing differs', async () => {
    const {shell, session, clock} = open();
    let paints = 0;
    session.screen.subscribe(() => paints++);
    shell.says('a');
    await shell.isDrawn();
    expect(paints).toBe(1);
    shell.says('b');
    await shell.isDrawn();
    shell.says('c');
    await shell.isDrawn();
    expect(paints).toBe(1);
    await clock.pass(15);
    expect(paints).toBe(1);
    await clock.pass(1);
    expect(paints).toBe(2);
    expect(session.screen.get().rows[0]).toBe('abc');
    await clock.pass(100);
    shell.says('\x1b[31m\x1b[0m');
    await shell.isDrawn();
    await clock.pass(100);
    expect(paints).toBe(2);
    expect(clock.sleepers).toBe(0);
  });

  it('gives the same picture until it differs', async () => {
    const {shell, session} = open();
    shell.says('a');
    await shell.isDrawn();
    const picture = session.screen.get();
    await shell.isDrawn();
    expect(session.screen.get()).toBe(picture);
  });

  it('waits for the end of a picture that is drawn in parts, but not for ever', async () => {
    const {shell, session, clock} = open();
    let paints = 0;
    session.screen.subscribe(() => paints++);
    await clock.pass(100);
    shell.says('\x1b[?2026hhalf');
    await shell.isDrawn();
    await clock.pass(100);
    expect(paints).toBe(0);
    shell.says(' whole\x1b[?2026l');
    await shell.isDrawn();
    expect(paints).toBe(1);
    expect(session.screen.get().rows[0]).toBe('half whole');
    await clock.pass(100);
    shell.says('\x1b[?2026h!');
    await shell.isDrawn();
    await clock.pass(149);
    expect(paints).toBe(1);
    await clock.pass(1);
    expect(paints).toBe(2);
  });

  it('wants nothing of the clock while nobody looks', async () => {
    const {shell, session, clock} = open();
    const end = session.screen.subscribe(() => undefined);
    end();
    shell.says('a');
    await shell.isDrawn();
    expect(clock.sleepers).toBe(0);
    expect(session.screen.get().rows[0]).toBe('a');
  });
});

describe('a program that prints faster than it can be drawn', () => {
  it('is held back, and let go on', async () => {
    const {shell, session} = open();
    const line = Buffer.from('all work and no play\r\n'.repeat(3000));
    for (let n = 0; n < 3; n++) shell.says(line);
    expect(shell.isPaused).toBe(false);
    for (let n = 0; n < 3; n++) shell.says(line);
    expect(shell.isPaused).toBe(true);
    await shell.isDrawn();
    expect(shell.isPaused).toBe(false);
    expect(session.screen.get().rows[2]).toBe('all work and no play');
  });

  it('keeps 5000 lines of what it printed', async () => {
    const {shell, session} = open();
    shell.says(Array.from({length: 6000}, (_, n) => `${n}\r\n`).join(''));
    await shell.isDrawn();
    expect(session.screen.get().above).toBe(5000);
    session.scroll(9999);
    expect(session.screen.get()).toMatchObject({rows: ['997', '998', '999', '1000'], above: 0, scrolled: 5000});
  });
});

describe('scrolling back', () => {
  it('shows what left the screen, stays there while more comes, and ends with the first key', async () => {
    const {shell, session} = open();
    shell.says('1\r\n2\r\n3\r\n4\r\n5\r\n6');
    await shell.isDrawn();
    expect(session.screen.get()).toMatchObject({rows: ['3', '4', '5', '6'], above: 2, scrolled: 0});
    session.scroll(1);
    expect(session.screen.get()).toMatchObject({rows: ['2', '3', '4', '5'], above: 1, scrolled: 1});
    expect(session.screen.get().cursor).toBeUndefined();
    shell.says('\r\n7');
    await shell.isDrawn();
    expect(session.screen.get()).toMatchObject({rows: ['2', '3', '4', '5'], above: 1, scrolled: 2});
    session.write('x');
    expect(session.screen.get()).toMatchObject({rows: ['4', '5', '6', '7'], scrolled: 0});
    expect(shell.typed).toBe('x');
  });
});

describe('the size', () => {
  it('is told to the program, and the text is laid out anew', async () => {
    const {shell, session} = open();
    shell.says('a line of 20 letters\r\n$');
    await shell.isDrawn();
    session.resize(10, 5);
    expect(shell.sizes).toEqual(['10x5']);
    expect(session.screen.get()).toMatchObject({columns: 10, rows: ['a line of', '20 letters', '$', '', '']});
    session.resize(10, 5);
    expect(shell.sizes).toEqual(['10x5']);
  });

  it('can be nothing that no screen has', () => {
    const {shell, session} = open();
    session.resize(0, 0);
    session.resize(Number.NaN, 1_000_000);
    expect(shell.sizes).toEqual(['2x1', '2x1000']);
  });
});

describe('the end', () => {
  it('comes when everything was drawn; afterwards nothing reaches the program', async () => {
    const {shell, session} = open();
    shell.says(`${'x'.repeat(200_000)}\r\nlast`);
    shell.end({exit: 3});
    expect(await session.ended).toEqual({exit: 3});
    expect(session.screen.get().rows.at(-1)).toBe('last');
    expect(session.screen.get().cursor).toBeUndefined();
    session.write('x');
    session.resize(30, 6);
    expect(shell.typed).toBe('');
    expect(shell.sizes).toEqual([]);
    expect(session.screen.get().columns).toBe(30);
  });

  it('says why the connection broke', async () => {
    const {shell, session} = open();
    shell.breakOff(new Error('lost'));
    await expect(session.ended).rejects.toThrow('lost');
  });

  it('by closing hangs up, also in the middle of a flood', async () => {
    const {shell, session, clock} = open();
    session.screen.subscribe(() => undefined);
    for (let n = 0; n < 20; n++) shell.says('y\r\n'.repeat(10_000));
    session.close();
    expect(shell.isClosed).toBe(true);
    expect(await session.ended).toEqual({signal: 'SIGHUP'});
    session.write('x');
    session.resize(30, 6);
    session.scroll(3);
    shell.says('more');
    expect(session.screen.get().rows).toHaveLength(4);
    expect(clock.sleepers).toBe(0);
  });
});
