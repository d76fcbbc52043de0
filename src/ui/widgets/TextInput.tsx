import {Box, type DOMElement, Text} from 'ink';
import {useReducer, useRef} from 'react';
import type {KeyBinding} from '../keys/binding.ts';
import {useCursorIn} from '../terminal/use-terminal.ts';
import {useTheme} from '../theme/use-theme.ts';
import {cellWidth, cut, fit} from './cells.ts';
import {type InputAction, inputOf, reduceInput, textOf} from './text-input-state.ts';
import {useKeyTable} from './use-key-table.ts';

export interface TextInputProps {
  /** What stands before the text: '/', ':'. */
  readonly prompt: string;
  readonly width: number;
  readonly initial?: string;
  /** The heading of its keys in the help. */
  readonly title: string;
  /** What is typed is not shown, only how long it is. */
  readonly secret?: boolean;
  readonly onChange?: (text: string) => void;
  readonly onSubmit: (text: string) => void;
  readonly onCancel: () => void;
  /** What Enter and Esc do here, for the footer: ['write', 'cancel']. */
  readonly words: readonly [take: string, leave: string];
  /** Keys that mean something else while typing here: up and down in the list below. */
  readonly keys?: readonly KeyBinding[];
}

/** One line a person types into; takes pastes. */
export function TextInput({
  prompt,
  width,
  initial = '',
  title,
  secret = false,
  onChange,
  onSubmit,
  onCancel,
  words: [take, leave],
  keys = [],
}: TextInputProps) {
  const theme = useTheme();
  const box = useRef<DOMElement>(null);
  // Several keys may come before the next drawing: each must see what the one before it did.
  const state = useRef(inputOf(initial));
  const [, redraw] = useReducer((times: number) => times + 1, 0);
  const act = (action: InputAction): void => {
    const before = textOf(state.current);
    state.current = reduceInput(state.current, action);
    redraw();
    const text = textOf(state.current);
    if (text !== before) onChange?.(text);
  };
  const edit = (names: readonly string[], word: string, help: string, action: InputAction): KeyBinding => ({
    keys: names,
    word,
    help,
    quiet: true,
    run: () => act(action),
  });
  useKeyTable(
    [
      ...keys,
      {
        keys: ['enter'],
        word: take,
        help: 'Take what was typed.',
        quiet: take === leave,
        run: () => onSubmit(textOf(state.current)),
      },
      {keys: ['esc', 'ctrl-c'], word: leave, help: 'Leave without taking it.', run: onCancel},
      edit(['backspace'], 'erase', 'Erase the character before the cursor.', {type: 'backspace'}),
      edit(['delete', 'ctrl-d'], 'erase after', 'Erase the character after the cursor.', {type: 'delete'}),
      edit(['left'], 'left', 'Move left.', {type: 'left'}),
      edit(['right'], 'right', 'Move right.', {type: 'right'}),
      edit(['home', 'ctrl-a'], 'start', 'Go to the start.', {type: 'home'}),
      edit(['end', 'ctrl-e'], 'end', 'Go to the end.', {type: 'end'}),
      edit(['ctrl-w'], 'erase word', 'Erase the word before the cursor.', {type: 'word-back'}),
      edit(['ctrl-u'], 'erase all', 'Erase everything before the cursor.', {type: 'clear'}),
    ],
    {layer: 'input', title, onText: (text) => act({type: 'insert', text})},
  );
  const room = Math.max(1, width - cellWidth(prompt) - 1);
  const shown = (characters: readonly string[]): readonly string[] =>
    secret ? characters.map(() => theme.glyphs.hidden) : characters;
  const before = tail(shown(state.current.before), room);
  const after = cut(shown(state.current.after).join(''), Math.max(0, room - cellWidth(before)), theme.glyphs.ellipsis);
  useCursorIn(box, {column: cellWidth(prompt) + cellWidth(before), row: 0});
  return (
    <Box ref={box} width={width} height={1} flexShrink={0} overflow="hidden">
      <Text wrap="truncate-end">
        {theme.paint('key', prompt)}
        {fit(before + after, Math.max(0, width - cellWidth(prompt)))}
      </Text>
    </Box>
  );
}

/** The last characters that fit: while typing, one sees where one is. */
function tail(characters: readonly string[], width: number): string {
  let text = '';
  for (const character of [...characters].reverse()) {
    if (cellWidth(character + text) > width) break;
    text = character + text;
  }
  return text;
}
