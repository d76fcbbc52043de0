import {setImmediate as turn} from 'node:timers/promises';
import {Box, Text} from 'ink';
import {useEffect, useMemo, useState} from 'react';
import {afterEach, expect, test} from 'vitest';
import {useKeys} from '../../../src/ui/keys/use-keys.ts';
import type {LogText} from '../../../src/ui/log/log-text.ts';
import {createLogView} from '../../../src/ui/log/log-view.ts';
import {Pane} from '../../../src/ui/pane/Pane.tsx';
import type {PaneSource} from '../../../src/ui/pane-source.ts';
import {useTheme} from '../../../src/ui/theme/use-theme.ts';
import {createManualClock} from '../../helpers/manual-clock.ts';
import type {TestScreen} from '../../helpers/screen.tsx';
import {openScreen} from '../../helpers/screen.tsx';

let screen: TestScreen;
afterEach(() => screen.close());

/** A log that keeps all its lines, as a file does. */
function pour() {
  const lines: {text: string}[] = [];
  const listeners = new Set<() => void>();
  const text: LogText = {
    get lineCount() {
      return lines.length;
    },
    leftOutBytes: 0,
    ended: false,
    lines: (from, to) => lines.slice(from, to),
  };
  return {
    get: () => text,
    subscribe(listener: () => void) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    add(count: number) {
      for (let i = 0; i < count; i++) {
        lines.push({text: `\x1b[32mstep ${lines.length}\x1b[0m ${'copied a file of the tree '.repeat(3)}`});
      }
      for (const listener of listeners) listener();
    },
  };
}

function Four({stores, counted}: {readonly stores: readonly ReturnType<typeof pour>[]; readonly counted: number[]}) {
  const [keys, setKeys] = useState(0);
  useKeys([{keys: ['j'], word: 'count', help: '', run: () => setKeys((before) => before + 1)}], {layer: 'screen'});
  return (
    <Box flexDirection="column" flexGrow={1}>
      <Text>{`keys ${keys}`}</Text>
      {[0, 2].map((first) => (
        <Box key={first} flexGrow={1} flexBasis={0}>
          {[first, first + 1].map((i) => (
            <Box key={i} borderStyle="single" flexGrow={1} flexBasis={0}>
              <Log store={stores[i]} focused={i === 0} painted={() => counted.push(i)} />
            </Box>
          ))}
        </Box>
      ))}
    </Box>
  );
}

interface LogProps {
  readonly store: ReturnType<typeof pour> | undefined;
  readonly focused: boolean;
  readonly painted: () => void;
}

function Log({store, focused, painted}: LogProps) {
  const theme = useTheme();
  const view = useMemo(() => createLogView(store ?? pour(), {theme, wrap: false}), [store, theme]);
  useEffect(() => () => view.close(), [view]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the counter of a test stays the same.
  const source = useMemo<PaneSource>(
    () => ({
      rows(width, height) {
        painted();
        return view.rows(width, height);
      },
      subscribe: view.subscribe,
    }),
    [view],
  );
  return <Pane source={source} focused={focused} />;
}

test('four panes of 1 000 lines a second are painted on their ticks only, and keys are answered meanwhile', async () => {
  const clock = createManualClock();
  const stores = [pour(), pour(), pour(), pour()];
  const painted: number[] = [];
  screen = openScreen(<Four stores={stores} counted={painted} />, {columns: 200, rows: 50, clock});
  await screen.shows('keys 0');
  clock.pass(1000);
  painted.length = 0;
  const {bytes, writes} = screen.written;
  // Two seconds, in steps of 2 ms with two lines each.
  for (let step = 0; step < 1000; step++) {
    for (const store of stores) store.add(2);
    clock.pass(2);
    if (step % 100 === 0) {
      screen.press('j');
      await screen.shows(`keys ${step / 100 + 1}`);
    }
    await turn();
  }
  await screen.shows('keys 10');
  clock.pass(1000);
  await screen.shows('step 1999');
  const times = [0, 1, 2, 3].map((pane) => painted.filter((i) => i === pane).length);
  // 2 000 ms / 50 ms, and / 16 ms for the pane with the focus.
  expect(Math.max(...times.slice(1))).toBeLessThanOrEqual(42);
  expect(Math.min(...times.slice(1))).toBeGreaterThanOrEqual(30);
  expect(times[0]).toBeLessThanOrEqual(127);
  expect(times[0]).toBeGreaterThanOrEqual(80);
  expect(screen.written.writes - writes).toBeLessThanOrEqual(painted.length + 30);
  // Every paint changes all rows of its pane: 23 rows of 98 cells, with colours, and little more.
  expect((screen.written.bytes - bytes) / painted.length).toBeLessThan(23 * (98 + 40));
  const panes = screen.text().split('\n');
  expect(panes.filter((row) => /│step 19\d\d .*││step 19\d\d .*│/.test(row))).toHaveLength(45);
});
