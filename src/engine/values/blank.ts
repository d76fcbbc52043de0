/** What Python counts as white space: not quite JavaScript's \s. */

const blanks = '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';

export const blankClass = `[${blanks}]`;

const isAllBlank = new RegExp(`^[${blanks}]+$`);
const isOneBlank = new RegExp(`^[${blanks}]$`);

export function isBlank(text: string): boolean {
  return isAllBlank.test(text);
}

/** Without the characters at its ends that are in `characters`, or that are white space when that is absent. */
export function stripped(text: string, side: 'left' | 'right' | 'both', characters?: string): string {
  const wanted = characters === undefined ? undefined : new Set(characters);
  const isStripped = (character: string) => (wanted ? wanted.has(character) : isOneBlank.test(character));
  // Characters beyond U+FFFF are two units; only a set that holds such needs them whole.
  const all: string | string[] = /[\ud800-\udfff]/.test(text) ? [...text] : text;
  let start = 0;
  let end = all.length;
  if (side !== 'right') while (start < end && isStripped(all[start] as string)) start++;
  if (side !== 'left') while (end > start && isStripped(all[end - 1] as string)) end--;
  return typeof all === 'string' ? all.slice(start, end) : all.slice(start, end).join('');
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: Python ends lines at these separators too.
const lineEnd = /\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]/g;

/** Apart at white space. */
export function wordsOf(text: string): string[] {
  return text.split(blankRun).filter((word) => word !== '');
}

const blankRun = new RegExp(`[${blanks}]+`);

/** Python's `splitlines`. */
export function linesOf(text: string, keepsEnds = false): string[] {
  const lines: string[] = [];
  let start = 0;
  for (const end of text.matchAll(lineEnd)) {
    lines.push(text.slice(start, keepsEnds ? end.index + end[0].length : end.index));
    start = end.index + end[0].length;
  }
  if (start < text.length) lines.push(text.slice(start));
  return lines;
}
