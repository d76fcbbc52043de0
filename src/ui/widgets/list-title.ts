import type {Theme} from '../theme/theme.ts';
import type {ListState} from './list-state.ts';
import type {Row} from './rows.ts';

/** What a person did to a list, for its title: ' · filter: gpu (12) · 3 marked · range'. */
export function listNotes({filter, marks, anchor}: ListState, shown: number, theme: Theme): Row {
  const notes = [
    ...(filter === '' ? [] : [`filter: ${filter} (${shown})`]),
    ...(marks.size === 0 ? [] : [`${marks.size} marked`]),
    ...(anchor === undefined ? [] : ['range']),
  ];
  return notes.map((note) => ({text: ` ${theme.glyphs.separator} ${note}`, tone: 'accent'}));
}
