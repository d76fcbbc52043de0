import type {Terminal} from '@xterm/headless';

/**
 * Keeps a screen in memory harmless: what a program prints is drawn on it, and does nothing else. Without this a few
 * bytes keep xterm busy for hours (`CSI 2147483647 S` scrolls that often) or make it take gigabytes.
 */
export function guardScreen(terminal: Terminal): void {
  const {parser} = terminal;
  // Nobody scrolls, inserts or deletes more lines than there are; xterm does it one by one, as often as it is told.
  for (const final of ['L', 'M', 'S', 'T']) {
    parser.registerCsiHandler({final}, ([count]) => isAbove(count, terminal.rows));
  }
  // Tabs, and the last character once more.
  for (const final of ['I', 'Z', 'b']) {
    parser.registerCsiHandler({final}, ([count]) => isAbove(count, terminal.cols));
  }
  // Colours of the palette (asked or set), links, pointer shapes, the clipboard: nothing here has any of them.
  for (const number of [4, 5, 8, 10, 11, 12, 22, 52, 104, 110, 111, 112]) parser.registerOscHandler(number, () => true);
}

function isAbove(count: number | number[] | undefined, most: number): boolean {
  return typeof count === 'number' && count > most;
}
