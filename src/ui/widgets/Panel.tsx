import {Box, Text} from 'ink';
import type {ReactNode} from 'react';
import type {Theme} from '../theme/theme.ts';
import {useTheme} from '../theme/use-theme.ts';
import {fitRow, paintRow, type Row, rowWidth} from './rows.ts';

export interface PanelProps {
  readonly title: Row;
  /** At the right end of the title line. */
  readonly aside?: Row;
  readonly width: number;
  readonly height: number;
  readonly focused?: boolean;
  readonly children?: ReactNode;
}

/** What a border takes of a panel's room, both sides together. */
export const panelBorder = 2;

/** A bordered place with a title; what is in it has `panelBorder` less of width and height. */
export function Panel({title, aside = [], width, height, focused = false, children}: PanelProps) {
  const theme = useTheme();
  const inner = Math.max(0, height - panelBorder);
  const role = focused ? 'focus' : 'border';
  const box = theme.ascii ? asciiBox : lineBox;
  const side = Array.from({length: inner}, () => theme.paint(role, box.down)).join('\n');
  const bottom = box.bottomLeft + box.across.repeat(Math.max(0, width - panelBorder)) + box.bottomRight;
  return (
    <Box flexDirection="column" flexShrink={0} width={width} height={height} overflow="hidden">
      <Text wrap="truncate-end">{titleLine(title, aside, width, focused, theme)}</Text>
      <Box height={inner} width={width}>
        <Text>{side}</Text>
        <Box flexDirection="column" width={Math.max(0, width - panelBorder)} height={inner} overflow="hidden">
          {children}
        </Box>
        <Text>{side}</Text>
      </Box>
      <Text wrap="truncate-end">{theme.paint(role, bottom)}</Text>
    </Box>
  );
}

function titleLine(title: Row, aside: Row, width: number, focused: boolean, theme: Theme): string {
  const role = focused ? 'focus' : 'border';
  const box = theme.ascii ? asciiBox : lineBox;
  const asideCells = rowWidth(aside) > 0 && rowWidth(aside) + 12 <= width ? rowWidth(aside) + 2 : 0;
  const room = Math.max(0, width - panelBorder - asideCells);
  const wanted = rowWidth(title) + 2;
  const shown: Row = [{text: ' '}, ...title, {text: ' '}];
  const rest = Math.max(0, room - wanted);
  return [
    theme.paint(role, box.topLeft),
    paintRow(wanted > room ? fitRow(shown, room, theme.glyphs.ellipsis) : shown, theme),
    theme.paint(role, box.across.repeat(rest)),
    asideCells > 0 ? paintRow([{text: ' '}, ...aside, {text: ' '}], theme) : '',
    theme.paint(role, box.topRight),
  ].join('');
}

const lineBox = {across: '─', down: '│', topLeft: '┌', topRight: '┐', bottomLeft: '└', bottomRight: '┘'};
const asciiBox = {across: '-', down: '|', topLeft: '+', topRight: '+', bottomLeft: '+', bottomRight: '+'};
