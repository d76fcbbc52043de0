/** What a program asked of the keyboard. */
export interface KeyModes {
  /** Cursor keys, Home and End come as SS3 (DECCKM). */
  readonly applicationCursorKeysMode: boolean;
  readonly bracketedPasteMode: boolean;
}

/**
 * Turns whole keys and pastes, as the operator's terminal sent them, into what a program on an xterm-256color expects.
 * Terminals differ in Home, End and F1 to F5; a paste into a program that did not ask to be told of pastes is typed.
 * Mouse reports are left out: they speak of the operator's terminal, not of the pane.
 */
export function typedFor(modes: KeyModes, text: string): string {
  if (!text.includes('\x1b')) return text;
  return text.replace(
    special,
    (whole: string, pasted: string | undefined, cursor: string | undefined, number, console) => {
      if (pasted !== undefined) return paste(modes, pasted);
      const name = cursor ?? homeAndEnd[number ?? ''];
      if (name !== undefined) return `\x1b${modes.applicationCursorKeysMode ? 'O' : '['}${name}`;
      if (number !== undefined) return functionKeys[number] ?? whole;
      if (console !== undefined) return consoleKeys[console] ?? whole;
      return whole === '\x1bOM' ? '\r' : '';
    },
  );
}

const special =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: keys are made of control characters.
  /\x1b\[200~([\s\S]*?)(?:\x1b\[201~|$)|\x1b[[O]([ABCDHF])|\x1b\[(\d+)~|\x1b\[\[([A-E])|\x1bOM|\x1b\[<\d+;\d+;\d+[Mm]|\x1b\[M[\s\S]{3}/g;

const homeAndEnd: Readonly<Record<string, string>> = {1: 'H', 7: 'H', 4: 'F', 8: 'F'};

const functionKeys: Readonly<Record<string, string>> = {11: '\x1bOP', 12: '\x1bOQ', 13: '\x1bOR', 14: '\x1bOS'};

/** The console of Linux has F1 to F5 of its own. */
const consoleKeys: Readonly<Record<string, string>> = {
  A: '\x1bOP',
  B: '\x1bOQ',
  C: '\x1bOR',
  D: '\x1bOS',
  E: '\x1b[15~',
};

/** Only text and tabs: an escape in a paste could end it before its end, and what follows would be typed. */
function paste({bracketedPasteMode}: KeyModes, pasted: string): string {
  const text = pasted
    .replace(/\r\n?|\n/g, '\r')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out.
    .replace(/[\x00-\x08\x0a-\x0c\x0e-\x1f\x7f-\x9f]/g, '');
  return bracketedPasteMode ? `\x1b[200~${text}\x1b[201~` : text;
}
