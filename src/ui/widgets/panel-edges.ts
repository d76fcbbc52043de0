import type {Role, Theme} from '../theme/theme.ts';
import {fitRow, paintRow, type Row, rowWidth} from './rows.ts';

/** What a border takes of a panel's room, both sides together. */
export const panelBorder = 2;

interface PanelFrame {
  readonly title: Row;
  /** At the right end of the title line. */
  readonly aside?: Row;
  readonly width: number;
  readonly focused: boolean;
}

/** The lines of a panel's border, painted: its first row, what stands at both ends of the rows in it, its last row. */
export function panelEdges(
  frame: PanelFrame,
  theme: Theme,
): {readonly top: string; readonly side: string; readonly bottom: string} {
  const role = frame.focused ? 'focus' : 'border';
  const box = theme.ascii ? asciiBox : lineBox;
  const bottom = box.bottomLeft + box.across.repeat(Math.max(0, frame.width - panelBorder)) + box.bottomRight;
  return {
    top: titleLine(frame, role, box, theme),
    side: theme.paint(role, box.down),
    bottom: theme.paint(role, bottom),
  };
}

function titleLine({title, aside = [], width}: PanelFrame, role: Role, box: BoxLines, theme: Theme): string {
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

type BoxLines = typeof lineBox;

const lineBox = {across: '─', down: '│', topLeft: '┌', topRight: '┐', bottomLeft: '└', bottomRight: '┘'};
const asciiBox = {across: '-', down: '|', topLeft: '+', topRight: '+', bottomLeft: '+', bottomRight: '+'};
