/** Remembers what a program switched on in a terminal, to switch it off when the program is gone without doing so. */
export interface ModeTracker {
  see(bytes: Uint8Array): void;
  /** What puts the terminal back; only what was left on, so that nothing moves where nothing was. */
  undo(): string;
}

/**
 * Private modes that are to be off afterwards: application cursor keys, mouse in all its forms, focus, alternate
 * screens, bracketed paste, synchronised output (xterm's ctlseqs).
 */
const off = new Set(['1', '5', '6', '9', '47', '1000', '1001', '1002', '1003', '1004', '1005', '1006', '1015', '1016']);
for (const mode of ['1047', '1048', '1049', '2004', '2026', '2031', '2048']) off.add(mode);
/** Those that are to be on: autowrap, the cursor. */
const on = new Set(['7', '25']);

// biome-ignore lint/suspicious/noControlCharactersInRegex: control sequences begin with the escape character
const sequences = /\u001b(?:\[([?>=<]?)([\d;]*)([ !]?[@-~])|([=>c])|\(([0-2AB]))/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control sequences begin with the escape character
const unfinished = /\u001b(?:\[[?>=<]?[\d;]*[ !]?|\()?$/;
/** More parameters than this has no sequence that is looked for. */
const longest = 64;

export function trackModes(): ModeTracker {
  const modes = new Map<string, boolean>();
  let rest = '';
  let region = false;
  let keypad = false;
  let cursorShape = false;
  let charset = false;
  let modifyKeys = false;
  let keyboardLevels = 0;
  const reset = () => {
    modes.clear();
    region = keypad = cursorShape = charset = modifyKeys = false;
    keyboardLevels = 0;
  };
  const csi = (prefix: string, parameters: string, final: string) => {
    if (prefix === '?' && (final === 'h' || final === 'l')) {
      for (const mode of parameters.split(';')) modes.set(mode, final === 'h');
    } else if (prefix === '' && final === 'r') region = !['', '1', '1;', ';'].includes(parameters);
    else if (prefix === '' && final === ' q') cursorShape = !['', '0'].includes(parameters);
    else if (prefix === '>' && final === 'm') modifyKeys = /^4;[1-9]/.test(parameters);
    else if (prefix === '>' && final === 'u') keyboardLevels += 1;
    else if (prefix === '<' && final === 'u') keyboardLevels = Math.max(0, keyboardLevels - (Number(parameters) || 1));
    else if (prefix === '' && final === '!p') reset();
  };
  return {
    see(bytes) {
      const text = rest + Buffer.from(bytes).toString('latin1');
      for (const [, prefix = '', parameters = '', final, simple, set] of text.matchAll(sequences)) {
        if (final !== undefined) csi(prefix, parameters, final);
        else if (simple === 'c') reset();
        else if (simple !== undefined) keypad = simple === '=';
        else if (set !== undefined) charset = set !== 'B';
      }
      const [begun = ''] = unfinished.exec(text.slice(-longest)) ?? [];
      rest = begun;
    },
    undo() {
      const wrong = [...modes].flatMap(([mode, isOn]) => {
        if (isOn && off.has(mode)) return [`\u001b[?${mode}l`];
        return !isOn && on.has(mode) ? [`\u001b[?${mode}h`] : [];
      });
      return [
        // The margins go without moving the cursor.
        ...(region ? ['\u001b7\u001b[r\u001b8'] : []),
        ...(charset ? ['\u001b(B'] : []),
        ...(keypad ? ['\u001b>'] : []),
        ...(cursorShape ? ['\u001b[0 q'] : []),
        ...(modifyKeys ? ['\u001b[>4m'] : []),
        ...(keyboardLevels > 0 ? [`\u001b[<${keyboardLevels}u`] : []),
        ...wrong,
        '\u001b[m',
      ].join('');
    },
  };
}
