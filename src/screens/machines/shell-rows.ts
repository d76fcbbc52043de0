import type {Theme} from '../../ui/theme/theme.ts';
import {duration} from '../../ui/widgets/amounts.ts';
import {plain, wrap} from '../../ui/widgets/cells.ts';
import {type Row, row, rowWidth} from '../../ui/widgets/rows.ts';
import {problemNote} from '../problem-note.ts';
import type {Shell} from './shells-model.ts';

/** What is said below the screen of a shell; nothing while it runs. */
export function shellNote(shell: Shell, now: number, width: number, height: number, theme: Theme): readonly Row[] {
  const said = (text: string): readonly Row[] => wrap(text, Math.max(8, width)).map((line) => row(line, 'quiet'));
  switch (shell.status) {
    case 'wanted':
    case 'connecting': {
      const waiting: Row = [
        {text: `${theme.glyphs.spinner} `, tone: 'running'},
        {text: `Connecting to ${plain(shell.machine)} ${duration(now - shell.since)}`, tone: 'running'},
      ];
      return [waiting, ...said('Esc gives up.')].slice(0, height);
    }
    case 'running':
      return [];
    case 'ended': {
      const problem = shell.problem ? problemNote(shell.problem, width, Math.max(1, height - 1), theme) : [];
      const ending = shell.problem ? '' : `${endWords(shell)} `;
      return [...problem, ...said(`${ending}Enter opens it again, Esc goes back.`)].slice(0, height);
    }
  }
}

function endWords({end}: Shell): string {
  if (end?.signal !== undefined) return `The shell was ended by ${plain(end.signal)}.`;
  return end?.exit === undefined ? 'The shell has ended.' : `The shell ended with ${end.exit}.`;
}

/** All open shells side by side; where there is no room for all, from one on that lets the present one be seen. */
export function shellTabs(shells: readonly Shell[], current: string | undefined, width: number, theme: Theme): Row {
  const tabs = shells.map(({machine, status}): Row => {
    const glyph = shellGlyph(status, theme);
    const text = ` ${glyph === '' ? '' : `${glyph} `}${plain(machine)} `;
    return [{text, tone: machine === current ? 'selected' : 'quiet'}, {text: ' '}];
  });
  const end = 1 + shells.findIndex(({machine}) => machine === current);
  let first = 0;
  while (first < end - 1 && rowWidth(tabs.slice(first, end).flat()) > width) first += 1;
  return tabs.slice(first).flat();
}

function shellGlyph(status: Shell['status'], {glyphs}: Theme): string {
  switch (status) {
    case 'wanted':
      return glyphs.waiting;
    case 'connecting':
      return glyphs.spinner;
    case 'running':
      return '';
    case 'ended':
      return glyphs.skipped;
  }
}
