import {Box, Text} from 'ink';
import {useState} from 'react';
import {createClock} from '../../../src/engine/clock.ts';
import {openLocalScreen} from '../../../src/engine/terminal/local-screen.ts';
import {useKeys} from '../../../src/ui/keys/use-keys.ts';
import {TerminalPane} from '../../../src/ui/pane/TerminalPane.tsx';
import {terminalKeys} from '../../../src/ui/pane/terminal-keys.ts';
import {useTerminal} from '../../../src/ui/terminal/use-terminal.ts';
import {mountApp} from '../../helpers/mount-app.ts';

/** A shell in a pane, with something of ours on each side of it. */
const {PATH = '', HOME = '/', PROGRAM = 'bash --norc --noprofile -i'} = process.env;
const [command = 'bash', ...words] = PROGRAM.split(' ');
const session = await openLocalScreen(
  {argv: [command, ...words], cwd: HOME, environment: {PATH, HOME, PS1: '> ', LANG: 'C.UTF-8'}, columns: 60, rows: 16},
  {clock: createClock(), patience: {killAfterMs: 200, giveUpAfterMs: 2_000}},
);

function Program() {
  const [focused, setFocused] = useState(false);
  const {exit} = useTerminal();
  const {columns = 80, rows = 24} = process.stdout;
  const [size, setSize] = useState({columns, rows});
  process.stdout.once('resize', () =>
    setSize({columns: process.stdout.columns ?? 80, rows: process.stdout.rows ?? 24}),
  );
  useKeys(
    [
      {keys: ['i'], word: 'type', help: '', run: () => setFocused(true)},
      {keys: ['q'], word: 'quit', help: '', run: () => exit('Left.')},
      ...terminalKeys(session),
    ],
    {layer: 'screen'},
  );
  const [width, height] = [size.columns - 10, size.rows - 4];
  return (
    <Box flexDirection="column">
      <Text>{focused ? 'TYPING' : 'LOOKING'}</Text>
      <Box>
        <Box width={8} flexDirection="column">
          <Text>node-1</Text>
        </Box>
        <Box borderStyle="single" width={width + 2} height={height + 2}>
          <TerminalPane
            program={session}
            width={width}
            height={height}
            focused={focused}
            title="Shell"
            onLeave={() => setFocused(false)}
          />
        </Box>
      </Box>
      <Text>last row</Text>
    </Box>
  );
}

const app = mountApp(<Program />, {
  stdin: process.stdin,
  stdout: process.stdout,
  environment: process.env,
  process,
});
const {code} = await app.exited;
session.close();
await session.ended.catch(() => undefined);
process.exit(code);
