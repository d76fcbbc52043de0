import {Box, Text} from 'ink';
import {useState} from 'react';
import {afterEach, expect, test} from 'vitest';
import {useKeys} from '../../../src/ui/keys/use-keys.ts';
import {Overlay} from '../../../src/ui/pane/Overlay.tsx';
import {Pane} from '../../../src/ui/pane/Pane.tsx';
import type {PaneSource} from '../../../src/ui/pane-source.ts';
import {useTerminal} from '../../../src/ui/terminal/use-terminal.ts';
import type {TestScreen} from '../../helpers/screen.tsx';
import {openScreen} from '../../helpers/screen.tsx';

let screen: TestScreen;
afterEach(() => screen.close());

function linesOf(letter: string): PaneSource & {say(text: string): void} {
  let latest = '';
  const listeners = new Set<() => void>();
  return {
    rows: (width, height) =>
      Array.from({length: height}, (_, y) => (y === 0 && latest ? latest : letter.repeat(width))),
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    say(text) {
      latest = text;
      for (const listener of listeners) listener();
    },
  };
}

function App({source}: {readonly source: PaneSource}) {
  const [count, setCount] = useState(0);
  const [asking, setAsking] = useState(false);
  const {exit} = useTerminal();
  useKeys(
    [
      {keys: ['j', 'down'], word: 'more', help: 'Counts.', run: () => setCount(count + 1)},
      {keys: ['D'], word: 'ask', help: 'Asks.', run: () => setAsking(true)},
      {keys: ['y'], word: 'wrong', help: 'Must not be reached while asked.', run: () => setCount(1000)},
      {keys: ['q'], word: 'quit', help: 'Quits.', run: () => exit('bye')},
    ],
    {layer: 'screen'},
  );
  return (
    <Box flexDirection="column" flexGrow={1}>
      <Text>count {count}</Text>
      <Box borderStyle="single" flexGrow={1}>
        <Pane source={source} focused />
      </Box>
      <Text>end</Text>
      {asking && (
        <Box position="absolute" marginLeft={4} marginTop={3}>
          <Dialog onYes={() => setAsking(false)} />
        </Box>
      )}
    </Box>
  );
}

function Dialog({onYes}: {readonly onYes: () => void}) {
  useKeys([{keys: ['y'], word: 'yes', help: 'Agrees.', run: onYes}], {layer: 'modal'});
  return (
    <Overlay borderStyle="double" width={12} height={3}>
      <Text>sure?</Text>
    </Overlay>
  );
}

test('a pane is painted inside the borders Ink drew around it', async () => {
  screen = openScreen(<App source={linesOf('a')} />, {columns: 20, rows: 8});
  await screen.shows('aaa');
  expect(screen.text()).toBe(
    [
      'count 0',
      '┌──────────────────┐',
      ...Array.from({length: 4}, () => `│${'a'.repeat(18)}│`),
      '└──────────────────┘',
      'end',
    ].join('\n'),
  );
});

test('a dialog lies above a pane, takes the keys of one chunk that opened it, and is gone without a trace', async () => {
  const source = linesOf('a');
  screen = openScreen(<App source={source} />, {columns: 20, rows: 8});
  await screen.shows('aaa');
  const before = screen.text();
  screen.press('D');
  await screen.shows('sure?');
  expect(screen.row(3)).toBe('│aaa╔══════════╗aaa│');
  expect(screen.row(4)).toBe('│aaa║sure?     ║aaa│');
  source.say('b'.repeat(18));
  await screen.shows(/│b{18}│/);
  expect(screen.row(4)).toBe('│aaa║sure?     ║aaa│');
  screen.press('y');
  await screen.hides('sure?');
  await screen.settled();
  expect(screen.text()).toBe(before.replace('a'.repeat(18), 'b'.repeat(18)));
  screen.press('Dyj');
  await screen.shows('count 1');
  expect(screen.text()).not.toContain('sure?');
});

test('a small change writes few bytes, and no change writes none', async () => {
  const source = linesOf('a');
  screen = openScreen(<App source={source} />, {columns: 200, rows: 50});
  await screen.shows('aaa');
  await screen.settled();
  const before = screen.written.bytes;
  screen.press('j');
  await screen.shows('count 1');
  await screen.settled();
  expect(screen.written.bytes - before).toBeLessThan(60);
  const still = screen.written.writes;
  source.say('');
  await screen.settled();
  expect(screen.written.writes).toBe(still);
});
