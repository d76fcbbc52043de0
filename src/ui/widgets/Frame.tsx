import {Box} from 'ink';
import type {ReactNode} from 'react';
import type {KeyBinding} from '../keys/binding.ts';
import {useKeyTables} from '../keys/use-keys.ts';
import type {Role} from '../theme/theme.ts';
import {useTheme} from '../theme/use-theme.ts';
import {wrapAtMost} from './cells.ts';
import {footerRow} from './key-words.ts';
import {Rows} from './Rows.tsx';
import {type Row, row} from './rows.ts';
import {type FrameTab, tabRow} from './tab-row.ts';

export interface FrameProps {
  readonly columns: number;
  readonly rows: number;
  /** Line 1: who we are, how things are, what is going on. One row high; draws itself again as often as it likes. */
  readonly header: ReactNode;
  readonly tabs: readonly FrameTab[];
  readonly tab: string;
  /** Said instead of the keys until it is taken away. */
  readonly message?: {readonly text: string; readonly tone: Role} | undefined;
  /** Rows a message may take; a longer one is cut. */
  readonly messageRows: number;
  /** Always the last of the footer. */
  readonly help: KeyBinding;
  readonly children: (width: number, height: number) => ReactNode;
}

/** Below this a screen cannot be used. */
export const smallestScreen = {columns: 40, rows: 10};
/** Below this there is one column only. */
export const smallScreen = {columns: 60, rows: 15};

/** Line 1, the tabs, one screen, and the keys: always exactly as large as the terminal. */
export function Frame({columns, rows, header, tabs, tab, message, messageRows, help, children}: FrameProps) {
  const {ellipsis} = useTheme().glyphs;
  const footer: readonly Row[] = message
    ? wrapAtMost(message.text, columns - 2, messageRows, ellipsis).map((line) => [
        {text: ' '},
        {text: line, tone: message.tone},
      ])
    : [];
  const footerHeight = Math.max(1, footer.length);
  const height = Math.max(0, rows - 2 - footerHeight);
  return (
    <Box flexDirection="column" width={columns} height={rows} overflow="hidden">
      {header}
      <Rows rows={[tabRow(tabs, tab, columns)]} width={columns} height={1} />
      <Box flexDirection="column" width={columns} height={height} flexShrink={0} overflow="hidden">
        {children(columns, height)}
      </Box>
      {footer.length > 0 ? (
        <Rows rows={footer} width={columns} height={footerHeight} />
      ) : (
        <Footer width={columns} help={help} />
      )}
    </Box>
  );
}

/** What is left to say on a screen too small for anything else. */
export function TooSmall({
  columns,
  rows,
  name,
}: {
  readonly columns: number;
  readonly rows: number;
  readonly name: string;
}) {
  const needed = `${smallestScreen.columns}x${smallestScreen.rows}`;
  return (
    <Rows
      rows={[row(`${name}: needs ${needed}, has ${columns}x${rows}`, 'warning')]}
      width={columns}
      height={Math.min(1, rows)}
    />
  );
}

function Footer({width, help}: {readonly width: number; readonly help: KeyBinding}) {
  const tables = useKeyTables();
  return <Rows rows={[footerRow(tables, width, help)]} width={width} height={1} />;
}
