// Sequences that move the cursor, set titles or colours: ESC [ … letter, ESC ] … BEL or ESC \, and ESC with one letter.
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
const sequences = /\u001b\[[0-?]*[ -/]*[@-~]|\u001b[\]PX^_][^\u0007\u001b]*(?:\u0007|\u001b\\)?|\u001b[ -/]*[0-~]/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/** Text of a stranger (engine, registry, machine, tree) that can be shown: without escape sequences and control characters. */
export function printable(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(sequences, '').replace(controls, '').trim();
}

/** The same on one line and not longer than a screen is wide for. */
export function printableLine(text: string, most = 300): string {
  const line = printable(text).replace(/\s+/g, ' ');
  return line.length > most ? `${line.slice(0, most - 1)}…` : line;
}
