import type {Theme} from '../theme/theme.ts';
import type {Row} from './rows.ts';

/** How far something is, as a bar of exactly `width` cells. */
export function progressBar(done: number, total: number, width: number, theme: Theme): Row {
  const share = total <= 0 ? 0 : Math.max(0, Math.min(1, done / total));
  const full = Math.round(share * width);
  return [
    {text: theme.glyphs.bar.repeat(full), tone: 'accent'},
    {text: theme.glyphs.barRest.repeat(width - full), tone: 'quiet'},
  ];
}
