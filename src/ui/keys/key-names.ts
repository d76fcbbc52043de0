/** The names of keys that end an escape sequence with a letter (CSI and SS3). */
export const letterKeys: Readonly<Record<string, string>> = {
  A: 'up',
  B: 'down',
  C: 'right',
  D: 'left',
  F: 'end',
  H: 'home',
  P: 'f1',
  Q: 'f2',
  R: 'f3',
  S: 'f4',
  Z: 'shift-tab',
};

/** The names of keys written as `CSI number ~`. */
export const numberKeys: Readonly<Record<number, string>> = {
  1: 'home',
  2: 'insert',
  3: 'delete',
  4: 'end',
  5: 'pageup',
  6: 'pagedown',
  7: 'home',
  8: 'end',
  11: 'f1',
  12: 'f2',
  13: 'f3',
  14: 'f4',
  15: 'f5',
  17: 'f6',
  18: 'f7',
  19: 'f8',
  20: 'f9',
  21: 'f10',
  23: 'f11',
  24: 'f12',
};

/** The name of a key that came as one control character; undefined for those no key makes. */
export function controlKey(code: number): string | undefined {
  if (code === 0x00) return 'ctrl-space';
  if (code === 0x08 || code === 0x7f) return 'backspace';
  if (code === 0x09) return 'tab';
  if (code === 0x0a || code === 0x0d) return 'enter';
  if (code === 0x1b) return 'esc';
  if (code < 0x1b) return `ctrl-${String.fromCharCode(code + 0x60)}`;
  if (code < 0x20) return `ctrl-${String.fromCharCode(code + 0x40)}`;
  return undefined;
}

/** A key with the modifiers as xterm counts them: 1 + shift 1 + alt 2 + ctrl 4. */
export function withModifiers(name: string, modifier: number): string {
  const bits = Math.max(0, modifier - 1);
  const shift = bits & 1 && !name.startsWith('shift-') ? 'shift-' : '';
  return `${bits & 4 ? 'ctrl-' : ''}${bits & 2 ? 'alt-' : ''}${shift}${name}`;
}
