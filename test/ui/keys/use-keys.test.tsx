import {Box, Text} from 'ink';
import {useState} from 'react';
import {afterEach, expect, test} from 'vitest';
import {useKeys, useKeyTables, useRefusal} from '../../../src/ui/keys/use-keys.ts';
import {Overlay} from '../../../src/ui/pane/Overlay.tsx';
import type {TestScreen} from '../../helpers/screen.tsx';
import {openScreen} from '../../helpers/screen.tsx';

let screen: TestScreen;
afterEach(() => screen.close());

function App() {
  const [dialog, setDialog] = useState(false);
  const [said, setSaid] = useState('nothing');
  const [count, setCount] = useState(0);
  useRefusal((reason) => setSaid(reason));
  useKeys(
    [
      {keys: ['D'], word: 'dialog', help: '', run: () => setDialog(true)},
      {keys: ['j'], word: 'count', help: '', run: () => setCount(count + 1)},
      {keys: ['B'], word: 'build', help: '', disabled: 'No engine answers.', run: () => setSaid('built')},
    ],
    {layer: 'screen', title: 'The list'},
  );
  return (
    <Box flexDirection="column" flexGrow={1}>
      <Text>{`count ${count}, said ${said}`}</Text>
      <Text>{'under the dialog '.repeat(4)}</Text>
      <Box flexGrow={1} />
      <Footer />
      {dialog && <NameDialog onDone={(name) => [setSaid(name), setDialog(false)]} />}
    </Box>
  );
}

function NameDialog({onDone}: {readonly onDone: (name: string) => void}) {
  useKeys([{keys: ['esc', 'D'], word: 'leave', help: '', run: () => onDone('left')}], {layer: 'modal'});
  return (
    <Box position="absolute" marginTop={1} marginLeft={2}>
      <Overlay width={20} height={1}>
        <NameInput onDone={onDone} />
      </Overlay>
    </Box>
  );
}

function NameInput({onDone}: {readonly onDone: (name: string) => void}) {
  const [name, setName] = useState('');
  useKeys([{keys: ['enter'], word: 'take', help: '', run: () => onDone(name)}], {
    layer: 'input',
    onText: (text) => setName(name + text),
  });
  return <Text>{`name ${name}`}</Text>;
}

function Footer() {
  const tables = useKeyTables();
  const words = tables.map(({title, bindings}) => `${title ?? '-'}: ${bindings.map(({word}) => word).join(' ')}`);
  return <Text>{words.join(' | ')}</Text>;
}

test('what is typed in one go into a dialog that a key of the same chunk opens arrives there, letter by letter', async () => {
  screen = openScreen(<App />, {columns: 60, rows: 6});
  await screen.shows('The list: dialog count build');
  screen.press('jjDnode-3 jD\rj');
  await screen.shows('count 3, said node-3 jD');
  expect(screen.row(5)).toBe('The list: dialog count build');
});

test('the footer shows the keys that work now, and a dialog hides the text under it', async () => {
  screen = openScreen(<App />, {columns: 60, rows: 6});
  screen.press('D');
  await screen.shows('-: take | -: leave');
  expect(screen.row(1)).toBe(`unname${' '.repeat(16)}${'under the dialog '.repeat(4).slice(22, 60)}`);
  screen.press('esc');
  await screen.shows('said left');
  await screen.shows('The list: dialog count build');
  expect(screen.row(1)).toMatch(/^under the dialog under/);
});

test('a disabled key does nothing but say why', async () => {
  screen = openScreen(<App />, {columns: 60, rows: 6});
  await screen.shows('said nothing');
  screen.press('B');
  await screen.shows('said No engine answers.');
});
