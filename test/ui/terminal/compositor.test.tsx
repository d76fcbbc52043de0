import {Box, Text} from 'ink';
import {useRef, useState} from 'react';
import {afterEach, expect, test} from 'vitest';
import {useKeys} from '../../../src/ui/keys/use-keys.ts';
import {Overlay} from '../../../src/ui/pane/Overlay.tsx';
import {Pane} from '../../../src/ui/pane/Pane.tsx';
import type {PaneSource} from '../../../src/ui/pane-source.ts';
import {useCursorIn, useTerminal} from '../../../src/ui/terminal/use-terminal.ts';
import {useTheme} from '../../../src/ui/theme/use-theme.ts';
import type {TestScreen} from '../../helpers/screen.tsx';
import {openScreen} from '../../helpers/screen.tsx';

let screen: TestScreen;
afterEach(() => screen.close());

function sourceOf(row: (width: number, y: number) => string, cursor?: PaneSource['cursor']) {
  const listeners = new Set<() => void>();
  let paints = 0;
  const source: PaneSource = {
    rows(width, height) {
      paints++;
      return Array.from({length: height}, (_, y) => row(width, y));
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    ...(cursor ? {cursor} : {}),
  };
  return {
    source,
    listeners,
    get paints() {
      return paints;
    },
    tell: () => {
      for (const listener of listeners) listener();
    },
  };
}

function Framed({source}: {readonly source: PaneSource}) {
  return (
    <Box borderStyle="single" flexGrow={1}>
      <Pane source={source} focused />
    </Box>
  );
}

function Opening({source}: {readonly source: PaneSource}) {
  const [open, setOpen] = useState(false);
  useKeys([{keys: ['o'], word: 'open', help: '', run: () => setOpen(!open)}], {layer: 'screen'});
  return (
    <Box flexGrow={1}>
      <Framed source={source} />
      {open && (
        <Box position="absolute" marginLeft={4} marginTop={1}>
          <Overlay width={6} height={1}>
            <Text>dialog</Text>
          </Overlay>
        </Box>
      )}
    </Box>
  );
}

function Replacing() {
  const [wide, setWide] = useState(true);
  useKeys([{keys: ['w'], word: 'wide', help: '', run: () => setWide(!wide)}], {layer: 'screen'});
  return <Text>{wide ? '│日本語│ end' : '│a本bcd│ end'}</Text>;
}

function Hiding({source}: {readonly source: PaneSource}) {
  const [shown, setShown] = useState(true);
  useKeys([{keys: ['h'], word: 'hide', help: '', run: () => setShown(!shown)}], {layer: 'screen'});
  return <Box flexGrow={1}>{shown ? <Framed source={source} /> : <Text>gone</Text>}</Box>;
}

function Beside({still, source}: {readonly still: PaneSource; readonly source: PaneSource}) {
  const [shown, setShown] = useState(true);
  useKeys([{keys: ['h'], word: 'hide', help: '', run: () => setShown(!shown)}], {layer: 'screen'});
  return (
    <Box flexGrow={1}>
      <Box width={10}>
        <Pane source={still} />
      </Box>
      <Box width={10}>{shown ? <Pane source={source} /> : <Text>gone</Text>}</Box>
    </Box>
  );
}

function Coloured({source}: {readonly source: PaneSource}) {
  const theme = useTheme();
  return (
    <Box flexDirection="column" flexGrow={1}>
      <Text>
        {theme.paint('failed', 'failed')} {'\x1b[32mgreen\x1b[0m'} <Text color="red">ink</Text>
      </Text>
      <Pane source={source} />
    </Box>
  );
}

function Named() {
  return <Text>{'│ 🚀 ⚡ name e\u0301 │ end'}</Text>;
}

function Input() {
  const box = useRef(null);
  useCursorIn(box, {column: 3, row: 0});
  return (
    <Box ref={box}>
      <Text>abc</Text>
    </Box>
  );
}

function Moving({source}: {readonly source: PaneSource}) {
  const [place, setPlace] = useState('pane');
  useKeys(
    ['pane', 'input', 'none'].map((name) => ({
      keys: [name[0] ?? ''],
      word: name,
      help: '',
      run: () => setPlace(name),
    })),
    {layer: 'screen'},
  );
  return (
    <Box flexDirection="column" flexGrow={1}>
      {place === 'input' ? <Input /> : <Text>{place}</Text>}
      <Pane source={source} focused={place === 'pane'} />
    </Box>
  );
}

function Copying() {
  const {copy, exit} = useTerminal();
  useKeys(
    [
      {keys: ['c'], word: 'copy', help: '', run: () => copy('é!')},
      {keys: ['q'], word: 'quit', help: '', run: () => exit('bye')},
    ],
    {layer: 'screen'},
  );
  return <Text>app</Text>;
}

test.each([
  [40, 12],
  [80, 24],
  [200, 50],
])('a screen of %i × %i is filled to its last cell, and follows every other size', async (columns, rows) => {
  const fills = (width: number, height: number) =>
    [`┌${'─'.repeat(width - 2)}┐`, ...new Array<string>(height - 2).fill(`│${'x'.repeat(width - 2)}│`)].join('\n') +
    `\n└${'─'.repeat(width - 2)}┘`;
  screen = openScreen(<Framed source={sourceOf((width) => 'x'.repeat(width)).source} />, {columns, rows});
  await screen.until(() => screen.text() === fills(columns, rows));
  for (const [width, height] of [
    [columns - 17, rows - 5],
    [columns + 13, rows + 4],
    [20, 5],
    [columns, rows],
  ] as const) {
    screen.resize(width, height);
    await screen.until(() => screen.text() === fills(width, height));
  }
});

test('a tree taller and wider than the terminal is cut, and nothing scrolls', async () => {
  const rows = Array.from({length: 100}, (_, y) => y);
  screen = openScreen(
    <Box flexDirection="column">
      {rows.map((y) => (
        <Box key={y} flexShrink={0}>
          <Text wrap="truncate">{`row ${y} ${'long '.repeat(50)}`}</Text>
        </Box>
      ))}
    </Box>,
    {columns: 30, rows: 6},
  );
  await screen.shows('row 5');
  expect(screen.row(0)).toMatch(/^row 0 long/);
  expect(screen.row(5)).toMatch(/^row 5 long/);
});

test('a row that is too wide or holds more than colours stays inside its pane', async () => {
  const {source} = sourceOf((width) => `\x1b[31m${'ab'.repeat(width)}\x1b[2J\x1b[1;1H\r\n\x07`);
  screen = openScreen(<Framed source={source} />, {columns: 12, rows: 4});
  await screen.shows('abab');
  expect(screen.text()).toBe(['┌──────────┐', '│ababababab│', '│ababababab│', '└──────────┘'].join('\n'));
  expect(screen.styledCell(1, 1).foreground).toBe(1);
  expect(screen.styledCell(11, 1).foreground).toBeUndefined();
});

test('wide characters at the border of a pane and under the edge of a dialog are cut cleanly', async () => {
  const {source} = sourceOf(() => '日本語日本語日本語');
  screen = openScreen(<Opening source={source} />, {columns: 13, rows: 4});
  await screen.shows('日本語');
  const before = screen.text();
  expect(screen.row(1)).toBe('│日本語日本 │');
  screen.press('o');
  await screen.shows('dialog');
  expect(screen.row(1)).toBe('│日 dialog  │');
  expect(screen.row(2)).toBe('│日本語日本 │');
  screen.press('o');
  await screen.hides('dialog');
  await screen.settled();
  expect(screen.text()).toBe(before);
});

test('wide characters Ink draws can be replaced by narrow ones and back', async () => {
  screen = openScreen(<Replacing />, {columns: 30, rows: 3});
  await screen.shows('│日本語│ end');
  screen.press('w');
  await screen.shows('│a本bcd│ end');
  screen.press('w');
  await screen.shows('│日本語│ end');
});

test('nothing is written while the terminal does not read; then once what is true at that time', async () => {
  let line = 0;
  const pane = sourceOf(() => `line ${line}`);
  screen = openScreen(<Framed source={pane.source} />, {columns: 20, rows: 5});
  await screen.shows('line 0');
  await screen.settled();
  screen.stall(true);
  const {writes} = screen.written;
  for (; line < 50; line++) pane.tell();
  screen.resize(24, 6);
  await screen.settled();
  expect(screen.written.writes).toBe(writes);
  screen.stall(false);
  await screen.shows('│line 50               │');
  expect(screen.row(5)).toBe(`└${'─'.repeat(22)}┘`);
  expect(screen.written.writes - writes).toBeLessThanOrEqual(3);
});

test('of a pane only rows that changed are written, however often it says that something did', async () => {
  let first = 'a';
  const pane = sourceOf((_, y) => (y === 0 ? first : `row ${y}`));
  screen = openScreen(<Framed source={pane.source} />, {columns: 80, rows: 24});
  await screen.shows('row 20');
  await screen.settled();
  const {bytes, writes} = screen.written;
  const {paints} = pane;
  for (let i = 0; i < 1000; i++) pane.tell();
  await screen.settled();
  expect(screen.written.writes).toBe(writes);
  expect(pane.paints - paints).toBeLessThanOrEqual(2);
  first = 'b';
  pane.tell();
  await screen.shows('│b');
  expect(screen.written.bytes - bytes).toBeLessThan(80);
});

test('a pane that goes away leaves nothing behind and is not listened to any more', async () => {
  const pane = sourceOf((width) => 'x'.repeat(width));
  screen = openScreen(<Hiding source={pane.source} />, {columns: 20, rows: 5});
  await screen.shows('xxx');
  expect(pane.listeners.size).toBe(1);
  screen.press('h');
  await screen.shows('gone');
  await screen.hides('x');
  expect(screen.text().trim()).toBe('gone');
  expect(pane.listeners.size).toBe(0);
  screen.press('h');
  await screen.shows('xxx');
  screen.press('h');
  await screen.until(() => screen.text().trim() === 'gone');
});

test('with NO_COLOR neither Ink nor panes write a colour, bold and inverse stay', async () => {
  const pane = sourceOf(() => '\x1b[1;31mred\x1b[0m \x1b[38;5;200;7mpink\x1b[0m \x1b[48;2;1;2;3mdark\x1b[0m');
  screen = openScreen(<Coloured source={pane.source} />, {columns: 30, rows: 3, environment: {NO_COLOR: '1'}});
  await screen.shows('pink');
  await screen.shows('green');
  for (const y of [0, 1]) {
    for (let x = 0; x < 30; x++) {
      expect(screen.styledCell(x, y).foreground).toBeUndefined();
      expect(screen.styledCell(x, y).background).toBeUndefined();
    }
  }
  expect(screen.styledCell(0, 1).bold).toBe(true);
  expect(screen.styledCell(4, 1).inverse).toBe(true);
});

test('the cursor stands in the focused pane, in an input, and nowhere otherwise', async () => {
  const pane = sourceOf(
    () => 'text',
    () => ({column: 2, row: 1}),
  );
  screen = openScreen(<Moving source={pane.source} />, {columns: 20, rows: 6});
  await screen.until(() => JSON.stringify(screen.cursor()) === '{"column":2,"row":2}');
  screen.press('i');
  await screen.until(() => JSON.stringify(screen.cursor()) === '{"column":3,"row":0}');
  screen.press('n');
  await screen.until(() => screen.cursor() === undefined);
});

test('ctrl-l writes the whole screen again', async () => {
  screen = openScreen(<Text>all of it</Text>, {columns: 20, rows: 3});
  await screen.shows('all of it');
  await screen.settled();
  const before = screen.written.all.length;
  screen.press('ctrl-l');
  await screen.until(() => screen.written.all.slice(before).includes('all of it'));
});

test('the terminal has its modes back after the app, and text copied went to its clipboard', async () => {
  screen = openScreen(<Copying />, {columns: 20, rows: 3});
  await screen.shows('app');
  expect(screen.kind()).toBe('alternate');
  screen.press('c', 'q');
  expect(await screen.app.exited).toEqual({reason: 'exit', code: 0});
  expect(screen.kind()).toBe('normal');
  expect(screen.cursor()).toBeDefined();
  expect(screen.text().trim()).toBe('bye');
  expect(screen.written.all).toContain(`\x1b]52;c;${Buffer.from('é!').toString('base64')}\x07`);
});

// The terminal of the tests takes an emoji for one cell, as older ones do; we take it for two.
test.each([
  'an emoji 🚀 and what follows',
  '⚡⚡ 👩\u200d👩\u200d👧 🇩🇪 ⚠\ufe0f end',
  `${'a'.repeat(34)} 🚀🚀`,
  'so\u00adft hy\u00adphen\u00ads',
  'e\u0301 Z\u0351\u036b\u0343 \u0e01\u0e47',
])('a character that the terminal takes for narrower or wider moves nothing else: %s', async (text) => {
  let shown = '#'.repeat(38);
  const {source, tell} = sourceOf((_, y) => (y === 1 ? shown : ''));
  screen = openScreen(<Framed source={source} />, {columns: 40, rows: 6});
  await screen.shows('###');
  shown = text;
  tell();
  await screen.hides('#');
  for (let y = 1; y < 5; y++) expect(screen.row(y)).toMatch(/^│.*│$/);
  shown = 'short';
  tell();
  await screen.shows('│short                                 │');
});

test('what follows an unsure character that Ink drew is in its place', async () => {
  screen = openScreen(<Named />, {columns: 40, rows: 3});
  await screen.shows('end');
  expect(screen.styledCell(15, 0).text).toBe('│');
});

test('a pane that stays where it was is not painted again because another one comes or goes', async () => {
  const still = sourceOf(() => 'still');
  const other = sourceOf(() => 'other');
  screen = openScreen(<Beside still={still.source} source={other.source} />, {columns: 20, rows: 3});
  await screen.shows('other');
  const before = still.paints;
  screen.press('h');
  await screen.shows('gone');
  screen.press('h');
  await screen.shows('other');
  expect(still.paints).toBe(before);
  expect(screen.text().split('\n')).toEqual(['still     other', 'still     other', 'still     other']);
});
