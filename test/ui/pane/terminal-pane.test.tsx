import {Box, Text} from 'ink';
import {useState} from 'react';
import {afterEach, expect, test} from 'vitest';
import {useKeys, useKeyTables} from '../../../src/ui/keys/use-keys.ts';
import type {ScreenPicture, ScreenProgram} from '../../../src/ui/pane/screen-program.ts';
import {TerminalPane} from '../../../src/ui/pane/TerminalPane.tsx';
import {terminalKeys} from '../../../src/ui/pane/terminal-keys.ts';
import {openScreen, type TestScreen} from '../../helpers/screen.tsx';

let screen: TestScreen;
afterEach(() => screen.close());

interface FakeProgram extends ScreenProgram {
  sent: string;
  readonly sizes: string[];
  shows(change: Partial<ScreenPicture>): void;
}

function createProgram(): FakeProgram {
  let picture: ScreenPicture = {columns: 30, rows: ['$ ls', 'a  b', '$'], above: 40, scrolled: 0};
  const listeners = new Set<() => void>();
  const program: FakeProgram = {
    sent: '',
    sizes: [],
    screen: {
      get: () => picture,
      subscribe(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    write(sent) {
      program.sent += sent;
    },
    resize: (columns, rows) => void program.sizes.push(`${columns}x${rows}`),
    scroll: (lines) => program.shows({scrolled: lines, above: 40 - lines}),
    shows(change) {
      picture = {...picture, ...change};
      for (const listener of [...listeners]) listener();
    },
  };
  return program;
}

function App({program, width = 40}: {readonly program: ScreenProgram; readonly width?: number}) {
  const [focused, setFocused] = useState(false);
  const words = useKeyTables().flatMap(({bindings}) => bindings.map(({word}) => word));
  useKeys(
    [
      {keys: ['i'], word: 'type', help: '', run: () => setFocused(true)},
      {keys: ['q'], word: 'quit', help: '', run: () => setFocused(false)},
      ...terminalKeys(program),
    ],
    {layer: 'screen'},
  );
  return (
    <Box flexDirection="column">
      <Text>{`${focused ? 'typing' : 'looking'}: ${words.join(' ')}`}</Text>
      <Box borderStyle="round" width={width + 2} height={7} marginLeft={3}>
        <TerminalPane
          program={program}
          width={width}
          height={5}
          focused={focused}
          title="Shell"
          onLeave={() => setFocused(false)}
        />
      </Box>
    </Box>
  );
}

test('while it has the focus everything that is typed goes to the program, but for Ctrl-]', async () => {
  const program = createProgram();
  screen = openScreen(<App program={program} />);
  await screen.shows('$ ls');
  screen.press('i');
  await screen.shows('typing: leave the terminal\n');
  screen.press('q', '?', 'ctrl-c', 'ctrl-z', 'ctrl-l', 'esc');
  await screen.until(() => program.sent === 'q?\x03\x1a\x0c\x1b');
  screen.press('up', 'tab', 'é');
  screen.paste('two\nlines');
  await screen.until(() => program.sent.endsWith('\x1b[A\té\x1b[200~two\nlines\x1b[201~'));
  // What comes right behind Ctrl-] is ours again.
  const {sent} = program;
  screen.press('\x1dk');
  await screen.shows('looking');
  await screen.until(() => program.screen.get().scrolled === 1);
  expect(program.sent).toBe(sent);
});

test('the cursor stands where the program has it, while it has the focus', async () => {
  const program = createProgram();
  screen = openScreen(<App program={program} />);
  await screen.shows('$ ls');
  program.shows({cursor: {column: 2, row: 2}});
  await screen.settled();
  expect(screen.cursor()).toBeUndefined();
  screen.press('i');
  await screen.until(() => screen.cursor()?.column === 3 + 1 + 2 && screen.cursor()?.row === 1 + 1 + 2);
  program.shows({rows: ['', '', '', '', '', '', '$'], cursor: {column: 1, row: 6}});
  await screen.until(() => screen.cursor() === undefined);
});

test('what the program shows is painted as it comes, and nothing of it but text and colours is written', async () => {
  const program = createProgram();
  screen = openScreen(<App program={program} />);
  await screen.shows('$ ls');
  program.shows({rows: ['\x1b[0;31mred\x1b[m', '漢字', 'x'.repeat(60), '\x1b]52;c;AAAA\x07bad\x1b[2J']});
  await screen.shows('漢字');
  expect(screen.styledCell(4, 2)).toMatchObject({text: 'r', foreground: 1});
  expect(screen.row(4)).toBe(`   │${'x'.repeat(40)}│`);
  expect(screen.row(5)).toBe(`   │bad${' '.repeat(37)}│`);
  expect(screen.written.all).not.toContain('AAAA');
});

test('the program is told the size of its pane', async () => {
  const program = createProgram();
  screen = openScreen(<App program={program} />);
  await screen.until(() => program.sizes.length === 1);
  expect(program.sizes).toEqual(['40x5']);
});

test('without the focus its keys scroll through what left the screen', async () => {
  const program = createProgram();
  screen = openScreen(<App program={program} />);
  await screen.shows('looking');
  const scrolledAfter = async (key: string, lines: number) => {
    screen.press(key);
    await screen.until(() => program.screen.get().scrolled === lines);
  };
  await scrolledAfter('k', 1);
  await scrolledAfter('pageup', 3);
  await scrolledAfter('pagedown', 1);
  await scrolledAfter('g', 40);
  await scrolledAfter('k', 40);
  await scrolledAfter('j', 39);
  await scrolledAfter('G', 0);
});
