/** What a terminal sends for a key. */
export function keyBytes(key: string): string {
  const known = sequences[key];
  if (known !== undefined) return known;
  const control = /^ctrl-([a-z@[\\\]^_])$/.exec(key)?.[1];
  if (control) return String.fromCharCode(control.toUpperCase().charCodeAt(0) & 0x1f);
  const alt = /^alt-(.+)$/.exec(key)?.[1];
  return alt ? `\x1b${keyBytes(alt)}` : key;
}

const sequences: Readonly<Record<string, string>> = {
  up: '\x1b[A',
  down: '\x1b[B',
  right: '\x1b[C',
  left: '\x1b[D',
  home: '\x1b[H',
  end: '\x1b[F',
  pageup: '\x1b[5~',
  pagedown: '\x1b[6~',
  insert: '\x1b[2~',
  delete: '\x1b[3~',
  enter: '\r',
  esc: '\x1b',
  tab: '\t',
  'shift-tab': '\x1b[Z',
  space: ' ',
  backspace: '\x7f',
};
