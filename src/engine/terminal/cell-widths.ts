import type {Terminal} from '@xterm/headless';
import stringWidth from 'string-width';

/** Marks on one character that are kept: what follows takes a cell of its own, so that no cell grows without end. */
const mostMarks = 8;

/**
 * Gives characters the widths they are painted with: the table xterm brings is of Unicode 6 and puts emoji into one
 * cell, where the programs of a machine count two.
 */
export function takeWidths(terminal: Terminal): void {
  const widths = new Map<number, 0 | 1 | 2>();
  const wcwidth = (code: number): 0 | 1 | 2 => {
    if (code >= 0x20 && code < 0x7f) return 1;
    const known = widths.get(code);
    if (known !== undefined) return known;
    const width = Math.min(2, stringWidth(String.fromCodePoint(code))) as 0 | 1 | 2;
    widths.set(code, width);
    return width;
  };
  terminal.unicode.register({
    version: 'painted',
    wcwidth,
    // xterm keeps for the next character: a bit whether this one joined, two bits of width, and above them what we like.
    charProperties(code, preceding) {
      const width = wcwidth(code);
      if (width > 0) return width << 1;
      const before = (preceding >> 1) & 3;
      const marks = preceding >> 3;
      // A mark with nothing to stand on, or one too many. xterm counts no cell for width 0, so it gets one.
      if (before === 0 || marks >= mostMarks) return 1 << 1;
      return ((marks + 1) << 3) | (before << 1) | 1;
    },
  });
  terminal.unicode.activeVersion = 'painted';
}
