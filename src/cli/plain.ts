import {displayText} from '../engine/index.ts';

/** Foreign text on one line and without anything a terminal would obey. */
export function plainLine(text: string): string {
  return displayText(text).trim();
}

/** Foreign text line by line, without anything else a terminal would obey. */
export function plainText(text: string): string {
  return text
    .split(/\r?\n/)
    .map((line) => displayText(line))
    .join('\n');
}

/** A line of output for a terminal: its colours stay and end with it, everything else a terminal obeys is gone. */
export function colouredLine(text: string): string {
  const parts = text.split(colour);
  if (parts.length === 1) return displayText(text);
  return `${parts.map((part, index) => (index % 2 === 1 ? part : displayText(part))).join('')}\u001b[0m`;
}

/** JSON on one line in which even the control characters of C1 are escaped: safe on a terminal, the same value. */
export function jsonLine(value: unknown): string {
  return JSON.stringify(value).replaceAll(
    /[\u007f-\u009f]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: a colour begins with the escape character
const colour = /(\u001b\[[0-9;:]*m)/;
