// A small app on the real terminal, with a key for each way to end it.
import {writeFileSync} from 'node:fs';
import {Box, Text} from 'ink';
import {useEffect, useState} from 'react';
import {useKeys} from '../../../src/ui/keys/use-keys.ts';
import {Pane} from '../../../src/ui/pane/Pane.tsx';
import type {PaneSource} from '../../../src/ui/pane-source.ts';
import {useTerminal} from '../../../src/ui/terminal/use-terminal.ts';
import {mountApp} from '../../helpers/mount-app.ts';

const [report] = process.argv.slice(2);
let lines = 0;
const listeners = new Set<() => void>();

/** As much text as a terminal can be given, when it is poured. */
const source: PaneSource = {
  rows: (width, height) =>
    Array.from({length: height}, (_, y) => `line ${lines + y} `.repeat(Math.ceil(width / 8)).slice(0, width)),
  subscribe(listener) {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};

function Program() {
  const [count, setCount] = useState(0);
  const [broken, setBroken] = useState(false);
  const {exit, suspend} = useTerminal();
  useEffect(() => {
    if (report) writeFileSync(report, 'started');
  }, []);
  useKeys(
    [
      {keys: ['j'], word: 'more', help: '', run: () => setCount((before) => before + 1)},
      {keys: ['q'], word: 'quit', help: '', run: () => exit('All done.')},
      {keys: ['b'], word: 'break', help: '', run: () => setBroken(true)},
      {
        keys: ['u'],
        word: 'uncaught',
        help: '',
        run: () =>
          setTimeout(() => {
            throw new Error('thrown in a timer');
          }),
      },
      {keys: ['r'], word: 'reject', help: '', run: () => void Promise.reject(new Error('rejected by nobody'))},
      {keys: ['x'], word: 'leave', help: '', run: () => process.exit(3)},
      {keys: ['f'], word: 'flood', help: '', run: flood},
      {
        keys: ['s'],
        word: 'suspend',
        help: '',
        run: () =>
          void suspend(async () => {
            process.stdout.write('given away\n');
            await new Promise((resolve) => process.stdin.once('data', resolve).resume());
          }),
      },
    ],
    {layer: 'screen'},
  );
  if (broken) throw new Error('broken while drawing');
  return (
    <Box flexGrow={1} flexDirection="column">
      <Text>READY {count}</Text>
      <Box borderStyle="round" flexGrow={1}>
        <Pane source={source} />
      </Box>
      <Text>last row</Text>
    </Box>
  );
}

/** Pours lines, and reports how often the event loop turned and whether the terminal is full. */
function flood() {
  let turns = 0;
  setInterval(() => {
    turns++;
    lines += 100;
    for (const listener of listeners) listener();
    if (report && turns % 10 === 0) {
      writeFileSync(report, JSON.stringify({turns, full: process.stdout.writableNeedDrain}));
    }
  }, 5);
}

const app = mountApp(<Program />, {
  stdin: process.stdin,
  stdout: process.stdout,
  environment: process.env,
  process,
});
process.exit((await app.exited).code);
