/** How many colours the terminal has. */
export type ColourDepth = 'none' | '16' | '256' | 'truecolor';

/**
 * A character of no meaning (private use). The compositor puts the present frame of the spinner where Ink drew it, so
 * that nothing is drawn again by Ink because something turns.
 */
export const spinnerCell = '\ue0f1';

/** The states a thing can be in; each has a glyph, a word and a colour. */
export type State = 'ok' | 'running' | 'waiting' | 'warning' | 'failed' | 'skipped' | 'unknown';

/** What a text is for, which decides how it looks. */
export type Role =
  | State
  | 'accent'
  | 'title'
  | 'quiet'
  | 'border'
  | 'focus'
  | 'selected'
  | 'match'
  | 'currentMatch'
  | 'danger'
  | 'key';

/** Glyphs of one cell each, except `ellipsis` and `running`'s ASCII twin, which are one cell too. */
interface Glyphs extends Readonly<Record<State, string>> {
  /** Stands where something turns: the compositor shows the present frame in its place. */
  readonly spinner: string;
  readonly pointer: string;
  readonly marked: string;
  readonly ellipsis: string;
  readonly bar: string;
  readonly barRest: string;
  readonly branch: string;
  readonly lastBranch: string;
  readonly trunk: string;
  readonly healthy: string;
  readonly separator: string;
  /** Stands for a character that is not shown. */
  readonly hidden: string;
  readonly more: {readonly up: string; readonly down: string};
}

/** Properties for Ink's <Text>. */
interface TextLook {
  readonly color?: string;
  readonly bold?: true;
  readonly dimColor?: true;
  readonly inverse?: true;
  readonly underline?: true;
}

export interface Theme {
  readonly depth: ColourDepth;
  /** True when only ASCII may be written. */
  readonly ascii: boolean;
  readonly glyphs: Glyphs;
  /** Ink's name of the border to draw boxes with. */
  readonly borderStyle: 'single' | 'classic';
  /** The text in the colours of its role, as SGR; safe inside Ink's <Text> and in pane rows. */
  paint(role: Role, text: string): string;
  /** The SGR sequence that starts the role's colours; '' when it has none. */
  begin(role: Role): string;
  /** The same as properties of Ink's <Text>. */
  look(role: Role): TextLook;
  /** A colour for Ink's borderColor; undefined when there are none. */
  borderColor(role: Role): string | undefined;
}

export interface ThemeOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Write ASCII only; also chosen when the locale is not UTF-8. */
  readonly ascii?: boolean;
}

export function createTheme({environment, ascii = !isUtf8(environment)}: ThemeOptions): Theme {
  const depth = colourDepth(environment);
  const styles = depth === 'none' ? withoutColour : coloured;
  const look = (role: Role): TextLook => {
    const {sgr: _, ...rest} = styles[role];
    return rest;
  };
  return {
    depth,
    ascii,
    glyphs: ascii ? asciiGlyphs : unicodeGlyphs,
    borderStyle: ascii ? 'classic' : 'single',
    paint(role, text) {
      const {sgr} = styles[role];
      return sgr === '' || text === '' ? text : `\x1b[${sgr}m${text}\x1b[0m`;
    },
    begin: (role) => (styles[role].sgr === '' ? '' : `\x1b[${styles[role].sgr}m`),
    look,
    borderColor: (role) => styles[role].color,
  };
}

/** As NO_COLOR, FORCE_COLOR, COLORTERM and TERM say, in this order. */
export function colourDepth(environment: Readonly<Record<string, string | undefined>>): ColourDepth {
  if (environment['NO_COLOR']) return 'none';
  const forced = environment['FORCE_COLOR'];
  if (forced === '0' || forced === 'false') return 'none';
  if (forced === '1') return '16';
  if (forced === '2') return '256';
  if (forced === '3') return 'truecolor';
  const term = environment['TERM'] ?? '';
  if (term === 'dumb') return 'none';
  const colorterm = environment['COLORTERM'] ?? '';
  if (colorterm === 'truecolor' || colorterm === '24bit') return 'truecolor';
  return /-256(color)?$/.test(term) ? '256' : '16';
}

interface Style extends TextLook {
  readonly sgr: string;
}

const unicodeGlyphs: Glyphs = {
  ok: '✓',
  running: '⠹',
  spinner: spinnerCell,
  waiting: '…',
  warning: '!',
  failed: '✗',
  skipped: '–',
  unknown: '?',
  pointer: '▸',
  marked: '●',
  ellipsis: '…',
  bar: '█',
  barRest: '░',
  branch: '├─',
  lastBranch: '└─',
  trunk: '│ ',
  healthy: '●',
  separator: '·',
  hidden: '•',
  more: {up: '↑', down: '↓'},
};

const asciiGlyphs: Glyphs = {
  ok: '+',
  running: '*',
  spinner: spinnerCell,
  waiting: '.',
  warning: '!',
  failed: 'x',
  skipped: '-',
  unknown: '?',
  pointer: '>',
  marked: '#',
  ellipsis: '~',
  bar: '#',
  barRest: '.',
  branch: '|-',
  lastBranch: '`-',
  trunk: '| ',
  healthy: '*',
  separator: '-',
  hidden: '*',
  more: {up: '^', down: 'v'},
};

// The 16 basic colours follow the person's own palette, so they are readable on light and dark screens alike.
const coloured: Readonly<Record<Role, Style>> = {
  ok: {sgr: '32', color: 'green'},
  running: {sgr: '36', color: 'cyan'},
  waiting: {sgr: '2', dimColor: true},
  warning: {sgr: '33', color: 'yellow'},
  failed: {sgr: '31', color: 'red'},
  skipped: {sgr: '2', dimColor: true},
  unknown: {sgr: '35', color: 'magenta'},
  accent: {sgr: '36', color: 'cyan'},
  title: {sgr: '1', bold: true},
  quiet: {sgr: '2', dimColor: true},
  border: {sgr: '90', color: 'gray'},
  focus: {sgr: '36', color: 'cyan'},
  selected: {sgr: '7', inverse: true},
  match: {sgr: '30;43', color: 'yellow', inverse: true},
  currentMatch: {sgr: '1;30;46', color: 'cyan', bold: true, inverse: true},
  danger: {sgr: '1;31', color: 'red', bold: true},
  key: {sgr: '1', bold: true},
};

const withoutColour: Readonly<Record<Role, Style>> = {
  ok: {sgr: ''},
  running: {sgr: ''},
  waiting: {sgr: '2', dimColor: true},
  warning: {sgr: '1', bold: true},
  failed: {sgr: '1', bold: true},
  skipped: {sgr: '2', dimColor: true},
  unknown: {sgr: ''},
  accent: {sgr: '1', bold: true},
  title: {sgr: '1', bold: true},
  quiet: {sgr: '2', dimColor: true},
  border: {sgr: ''},
  focus: {sgr: '1', bold: true},
  selected: {sgr: '7', inverse: true},
  match: {sgr: '7', inverse: true},
  currentMatch: {sgr: '1;7', bold: true, inverse: true},
  danger: {sgr: '1', bold: true},
  key: {sgr: '1', bold: true},
};

function isUtf8(environment: Readonly<Record<string, string | undefined>>): boolean {
  const locale = environment['LC_ALL'] || environment['LC_CTYPE'] || environment['LANG'] || '';
  // An empty environment (sudo, cron, some ssh servers) says nothing about the terminal, and today's are UTF-8.
  return locale === '' || /utf-?8/i.test(locale);
}
