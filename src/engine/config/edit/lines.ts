/** Lines of a text, by the offset of any character in them. Line ends are \n or \r\n, as the file has them. */

export function lineStart(text: string, at: number): number {
  return at === 0 ? 0 : text.lastIndexOf('\n', at - 1) + 1;
}

/** Where the line's text ends: at its line end, or at the end of the file. */
export function lineEnd(text: string, at: number): number {
  const feed = text.indexOf('\n', at);
  if (feed < 0) return text.length;
  return feed > at && text[feed - 1] === '\r' ? feed - 1 : feed;
}

/** Where the next line begins, or the end of the file. */
export function nextLine(text: string, at: number): number {
  const feed = text.indexOf('\n', at);
  return feed < 0 ? text.length : feed + 1;
}

/** Characters before it in its line; a byte order mark is none. */
export function columnOf(text: string, at: number): number {
  const start = lineStart(text, at);
  return at - start - (start === 0 && text.startsWith('\ufeff') ? 1 : 0);
}

export function lineNumber(text: string, at: number): number {
  return text.slice(0, at).split('\n').length;
}

export function lineEndOf(text: string): '\n' | '\r\n' {
  return /^[^\n]*\r\n/.test(text) ? '\r\n' : '\n';
}

/** Whether nothing but blanks stands before it in its line. */
export function beginsLine(text: string, at: number): boolean {
  return text.slice(lineStart(text, at), at).replace('\ufeff', '').trim() === '';
}

/** The range of whole lines; at the end of a file without a last line end, with the one before. */
export function wholeLines(text: string, from: number, to: number): {readonly start: number; readonly end: number} {
  const end = nextLine(text, to);
  const start = lineStart(text, from);
  const isCut = end === text.length && !text.endsWith('\n') && start > 0;
  return {start: isCut ? lineEnd(text, lineStart(text, start - 1)) : start, end};
}
