import {Box} from 'ink';
import {useReducer, useRef, useState} from 'react';
import type {KeyBinding} from '../keys/binding.ts';
import type {KeyTable} from '../keys/router.ts';
import {Overlay} from '../pane/Overlay.tsx';
import {fit, fitRight} from './cells.ts';
import {fuzzyFind} from './fuzzy.ts';
import {keyName} from './key-words.ts';
import {List} from './List.tsx';
import {listLead} from './list-rows.ts';
import {matches} from './list-state.ts';
import {Panel} from './Panel.tsx';
import {panelBorder} from './panel-edges.ts';
import {type Row, row} from './rows.ts';
import {TextInput} from './TextInput.tsx';
import {useKeyTable} from './use-key-table.ts';

export interface PaletteProps {
  /** The tables as they were when the palette was asked for. */
  readonly tables: readonly KeyTable[];
  /** Words of what was chosen before, the last one first. */
  readonly history: readonly string[];
  readonly screen: {readonly columns: number; readonly rows: number};
  readonly onClose: () => void;
  readonly onChoose: (binding: KeyBinding) => void;
}

/** Everything that can be done here, found by a few letters; what was done before comes first. */
export function Palette({tables, history, screen, onClose, onChoose}: PaletteProps) {
  const [typed, setTyped] = useState('');
  const cursor = useRef(0);
  const [, redraw] = useReducer((times: number) => times + 1, 0);
  const commands = paletteCommands(tables, history);
  const found = useRef<readonly KeyBinding[]>(commands);
  found.current = commandsFor(typed, commands);
  const move = (by: number): void => {
    cursor.current = Math.max(0, Math.min(found.current.length - 1, cursor.current + by));
    redraw();
  };
  useKeyTable([], {layer: 'modal', title: 'Commands'});
  const width = Math.min(90, screen.columns);
  const height = Math.min(screen.rows, Math.max(8, Math.min(commands.length + 3, 20)));
  const innerWidth = width - panelBorder - 2;
  const listHeight = Math.max(1, height - panelBorder - 1);
  const at = Math.min(cursor.current, Math.max(0, found.current.length - 1));
  return (
    <Box position="absolute" width={screen.columns} height={screen.rows} justifyContent="center">
      <Overlay width={width} height={height} flexShrink={0}>
        <Panel title={row('Commands', 'title')} width={width} height={height} focused>
          <Box flexDirection="column" paddingX={1}>
            <TextInput
              prompt=": "
              title="Commands"
              width={innerWidth}
              onChange={(text) => {
                cursor.current = 0;
                // The next key may be Enter, before anything was drawn.
                found.current = commandsFor(text, commands);
                setTyped(text);
              }}
              onSubmit={() => {
                const chosen = found.current[Math.min(cursor.current, found.current.length - 1)];
                if (chosen) onChoose(chosen);
              }}
              onCancel={onClose}
              words={['do it', 'close']}
              keys={[
                {
                  keys: ['down', 'ctrl-n', 'tab'],
                  word: 'down',
                  help: 'The next command.',
                  quiet: true,
                  run: () => move(1),
                },
                {
                  keys: ['up', 'ctrl-p', 'shift-tab'],
                  word: 'up',
                  help: 'The command before.',
                  quiet: true,
                  run: () => move(-1),
                },
                {keys: ['pagedown'], word: 'page down', help: 'A page down.', quiet: true, run: () => move(listHeight)},
                {keys: ['pageup'], word: 'page up', help: 'A page up.', quiet: true, run: () => move(-listHeight)},
              ]}
            />
            <List
              length={found.current.length}
              cursor={at}
              width={innerWidth}
              height={listHeight}
              focused
              rowOf={(index) => commandRow(found.current[index], innerWidth - listLead)}
              empty={[row('No command answers that. Esc leaves.', 'quiet')]}
            />
          </Box>
        </Panel>
      </Overlay>
    </Box>
  );
}

/** Every command of these tables once: those chosen before first, moving about left out. */
function paletteCommands(tables: readonly KeyTable[], history: readonly string[]): readonly KeyBinding[] {
  const byWord = new Map<string, KeyBinding>();
  for (const binding of tables.flatMap((table) => table.bindings)) {
    if (!moving.has(binding.word) && !byWord.has(binding.word)) byWord.set(binding.word, binding);
  }
  const before = history.flatMap((word) => byWord.get(word) ?? []);
  return [...new Set([...before, ...byWord.values()])];
}

/** Those whose word answers what was typed, the best first; then those whose sentence has all of it. */
function commandsFor(typed: string, commands: readonly KeyBinding[]): readonly KeyBinding[] {
  const named = fuzzyFind(typed, commands, (command) => command.word);
  return [...named, ...commands.filter((command) => !named.includes(command) && matches(typed, command.help))];
}

function commandRow(binding: KeyBinding | undefined, width: number): Row {
  if (!binding) return [];
  const word = Math.min(18, Math.floor(width / 3));
  const key = 9;
  const off = binding.disabled;
  return [
    {text: fit(binding.word, word), tone: off === undefined ? 'key' : 'quiet'},
    {
      text: ` ${fit(off === undefined ? binding.help : `not now: ${off}`, Math.max(0, width - word - key - 2))}`,
      tone: off === undefined ? undefined : 'quiet',
    },
    {text: ` ${fitRight(keyName(binding.keys[0] ?? ''), key)}`, tone: 'quiet'},
  ];
}

const moving = new Set(['up', 'down', 'page up', 'page down', 'top', 'bottom', 'commands']);
