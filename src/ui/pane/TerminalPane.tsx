import {useEffect, useMemo} from 'react';
import {useKeyTable} from '../widgets/use-key-table.ts';
import {Pane} from './Pane.tsx';
import {type ScreenProgram, screenSource} from './screen-program.ts';

export interface TerminalPaneProps {
  readonly program: ScreenProgram;
  readonly width: number;
  readonly height: number;
  /** Whether all keys go to the program, but for Ctrl-]. */
  readonly focused: boolean;
  /** What the keys belong to, for the help. */
  readonly title: string;
  /** Ctrl-] was pressed. */
  readonly onLeave: () => void;
}

/** The screen of a program, which is told the size of the pane, and what is typed while it has the focus. */
export function TerminalPane({program, width, height, focused, title, onLeave}: TerminalPaneProps) {
  const source = useMemo(() => screenSource(program), [program]);
  useEffect(() => {
    if (width > 0 && height > 0) program.resize(width, height);
  }, [program, width, height]);
  useKeyTable(
    [
      {
        keys: ['ctrl-]'],
        word: 'leave the terminal',
        help: 'Leave the terminal; what runs in it goes on.',
        run: onLeave,
      },
    ],
    {layer: 'input', title, active: focused, onRaw: (sent) => program.write(sent)},
  );
  return <Pane source={source} focused={focused} width={width} height={height} flexGrow={0} />;
}
