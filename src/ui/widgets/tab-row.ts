import {type Row, rowWidth} from './rows.ts';

export interface FrameTab {
  readonly key: string;
  readonly word: string;
}

/** All words where there is room, else the word of the present tab and the keys of the others. */
export function tabRow(tabs: readonly FrameTab[], present: string, columns: number): Row {
  const draw = (all: boolean): Row =>
    tabs.flatMap((tab) => {
      const here = tab.key === present;
      const text = all || here ? ` ${tab.key} ${tab.word} ` : ` ${tab.key} `;
      return [{text, tone: here ? ('selected' as const) : undefined}, {text: ' '}];
    });
  const whole = draw(true);
  return rowWidth(whole) <= columns ? whole : draw(false);
}
