/** Rows of the plan's dialog that may be more than fit: the effects of a task, and what is to be noticed. */

import type {KeyBinding} from '../../ui/keys/binding.ts';
import {type Row, row} from '../../ui/widgets/rows.ts';
import type {ApprovalModel} from './approval-model.ts';

interface ScrollRoom {
  /** All there are. */
  readonly rows: number;
  /** Those there is room for. */
  readonly height: number;
}

export interface ScrollRooms {
  readonly effects: ScrollRoom;
  readonly notes: ScrollRoom;
}

/** As many rows as fit, and that there are more. */
export function scrolledRows(rows: readonly Row[], top: number, height: number): readonly Row[] {
  if (rows.length <= height || height < 2) return rows.slice(0, height);
  const from = Math.min(top, rows.length - height);
  const below = rows.length - from - height;
  const hint = row(below > 0 ? `${below + 1} more rows: Ctrl-d` : 'the end; Ctrl-u goes up', 'key');
  return [...rows.slice(from + (below > 0 ? 0 : 1), from + height - (below > 0 ? 1 : 0)), hint];
}

/** Scrolls the effects where they are listed, else what is to be noticed; the other keys move in the plan. */
export function scrollKeys(approval: ApprovalModel, rooms: {readonly current: ScrollRooms}): readonly KeyBinding[] {
  const scroll = (direction: 1 | -1): void => {
    const {effects, effectsTop, notesTop} = approval.get();
    const {rows, height} = effects ? rooms.current.effects : rooms.current.notes;
    // One row is the hint, one stays in sight.
    const wanted = (effects ? effectsTop : notesTop) + direction * Math.max(1, height - 2);
    const top = Math.max(0, Math.min(rows - height, wanted));
    approval.set(effects ? {effectsTop: top} : {notesTop: top});
  };
  const key = (name: string, word: string, direction: 1 | -1): KeyBinding => ({
    keys: [name],
    word,
    help: `Scroll ${direction === 1 ? 'down' : 'up'} in the effects where they are listed (e), else in what is to be noticed.`,
    quiet: true,
    run: () => scroll(direction),
  });
  return [key('ctrl-d', 'scroll down', 1), key('ctrl-u', 'scroll up', -1)];
}
