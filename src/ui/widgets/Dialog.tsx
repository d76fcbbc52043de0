import {Box} from 'ink';
import {type ReactNode, useRef, useState} from 'react';
import type {KeyBinding} from '../keys/binding.ts';
import {Overlay} from '../pane/Overlay.tsx';
import {useTheme} from '../theme/use-theme.ts';
import {buttonRows, type DialogButton, dialogInside, nameTyped, nextButton, rowsAroundBody} from './dialog-state.ts';
import {Panel} from './Panel.tsx';
import {Rows} from './Rows.tsx';
import {type Row, row} from './rows.ts';
import {TextInput} from './TextInput.tsx';
import {useKeyTable} from './use-key-table.ts';

export interface DialogProps {
  readonly title: string;
  /** The room of the whole screen; the dialog stands in its middle. */
  readonly screen: {readonly columns: number; readonly rows: number};
  /** Wanted size; made smaller where the screen is. */
  readonly width: number;
  readonly height: number;
  /** The first one has the focus and must be the harmless one. */
  readonly buttons: readonly DialogButton[];
  readonly onCancel: () => void;
  /** Data would be lost: the buttons after the first work only once this name was typed. */
  readonly typeName?: {readonly what: string; readonly name: string};
  readonly keys?: readonly KeyBinding[];
  readonly danger?: boolean;
  /** At the right end of the title line. */
  readonly aside?: Row;
  /** Draws the body in this room. */
  readonly children: (width: number, height: number) => ReactNode;
}

/**
 * A question above the screen. Enter presses the button with the focus, which is the first, harmless one until a person
 * moves it; so the key that opened the dialog never confirms it.
 */
export function Dialog({
  title,
  screen,
  width,
  height,
  buttons,
  onCancel,
  typeName,
  keys = [],
  danger,
  aside,
  children,
}: DialogProps) {
  const theme = useTheme();
  // Several keys may come before the next drawing: each must see what the one before it did.
  const focus = useRef(0);
  const [shownFocus, showFocus] = useState(0);
  const typed = useRef('');
  const [typedRight, setTypedRight] = useState(false);
  const [refused, refuse] = useState('');
  const move = (by: number): void => {
    focus.current = nextButton(focus.current, by, buttons.length);
    showFocus(focus.current);
  };
  const press = (): void => {
    const button = buttons[Math.min(focus.current, buttons.length - 1)];
    if (button === undefined || button.disabled !== undefined) return;
    if (focus.current > 0 && typeName && !nameTyped(typed.current, typeName.name)) {
      refuse(typed.current.trim());
      return;
    }
    button.run();
  };
  const focused = buttons[Math.min(shownFocus, buttons.length - 1)];
  const missing = typeName && !typedRight ? `Type ${typeName.name} first` : undefined;
  const blocked = focused?.disabled ?? (shownFocus > 0 ? missing : undefined);
  const enter: KeyBinding = {
    keys: typeName || keys.some((own) => own.keys.includes('space')) ? ['enter'] : ['enter', 'space'],
    word: focused?.label.toLowerCase() ?? 'close',
    help: 'Press the button that has the focus.',
    ...(blocked === undefined ? {} : {disabled: blocked}),
    run: press,
  };
  const sideways = typeName ? [] : ['h'];
  const cancel: KeyBinding = {
    keys: ['esc', 'ctrl-c'],
    word: 'close',
    help: 'Close this without doing anything.',
    run: onCancel,
  };
  const moves: readonly KeyBinding[] = [
    {
      keys: ['tab', 'right', ...(typeName ? [] : ['l'])],
      word: 'next button',
      help: 'Go to the next button.',
      run: () => move(1),
    },
    {
      keys: ['shift-tab', 'left', ...sideways],
      word: 'previous button',
      help: 'Go to the previous button.',
      quiet: true,
      run: () => move(-1),
    },
  ];
  useKeyTable([...keys, enter, ...(buttons.length > 1 ? moves : []), cancel], {layer: 'modal', title});

  const wide = Math.min(width, screen.columns);
  const high = Math.min(height, screen.rows);
  const innerWidth = dialogInside(wide);
  const lines = buttonRows(buttons, innerWidth);
  const around = rowsAroundBody(buttons, {width: innerWidth, asksName: typeName !== undefined});
  const bodyHeight = Math.max(0, high - around);
  return (
    <Box position="absolute" width={screen.columns} height={screen.rows} justifyContent="center" alignItems="center">
      <Overlay width={wide} height={high} flexShrink={0}>
        <Panel
          title={row(title, danger ? 'danger' : 'title')}
          {...(aside ? {aside} : {})}
          width={wide}
          height={high}
          focused
        >
          <Box flexDirection="column" paddingX={1}>
            <Box flexDirection="column" height={bodyHeight} overflow="hidden">
              {children(innerWidth, bodyHeight)}
            </Box>
            {typeName ? (
              <>
                <Rows
                  rows={[
                    refused === '' ? [] : row(`${refused} is not ${typeName.name}.`, 'danger'),
                    row(`Type ${typeName.what} ${typeName.name} to go on:`),
                  ]}
                  width={innerWidth}
                  height={2}
                />
                <TextInput
                  prompt="> "
                  title={title}
                  width={innerWidth}
                  onChange={(text) => {
                    typed.current = text;
                    setTypedRight(nameTyped(text, typeName.name));
                    refuse('');
                  }}
                  onSubmit={press}
                  onCancel={onCancel}
                  words={[focused?.label.toLowerCase() ?? 'close', 'close']}
                  keys={moves}
                />
              </>
            ) : null}
            <Rows rows={lines.map(buttonRow)} width={innerWidth} height={lines.length} />
          </Box>
        </Panel>
      </Overlay>
    </Box>
  );

  function buttonRow(line: readonly DialogButton[]): Row {
    return line.flatMap((button) => {
      const off = button.disabled !== undefined || (button !== buttons[0] && missing !== undefined);
      const hasFocus = button === focused;
      const text = hasFocus ? ` ${theme.glyphs.pointer}${button.label} ` : `[${button.label}]`;
      return [{text, tone: hasFocus ? 'selected' : off ? 'quiet' : 'key'}, {text: '  '}];
    });
  }
}
