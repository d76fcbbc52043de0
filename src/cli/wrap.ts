/** Words of a paragraph in lines of at most so many columns; a word that is longer stands alone. */
export function wrapped(paragraph: string, columns: number): string[] {
  const lines = [''];
  for (const word of paragraph.split(' ')) {
    const line = lines.at(-1) ?? '';
    if (line !== '' && line.length + word.length + 1 > columns) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines;
}

/**
 * Lines for a terminal of so many columns (undefined: nothing is wrapped): what does not fit goes on below, beside the
 * beginning of the line or, after a first word that ends with a colon, two columns further in.
 */
export function wrappedLines(text: string, columns: number | undefined): string {
  if (columns === undefined) return text;
  return text
    .split('\n')
    .flatMap((line) => (visible(line).length <= columns ? [line] : hanging(line, columns)))
    .join('\n');
}

function hanging(line: string, columns: number): string[] {
  // Quoted output keeps its blanks.
  if (/^ *\| /.test(line)) return [line];
  const indent = /^ */.exec(line)?.[0] ?? '';
  const further = `${indent}  `;
  const [first = '', ...words] = line.slice(indent.length).split(' ');
  const lines = [indent + first];
  let used = indent.length + visible(first).length;
  for (const word of words) {
    const cells = visible(word).length;
    // A word that fits nowhere (a path) is left to the terminal where it is.
    if (used + 1 + cells <= columns || cells > columns - further.length) {
      lines[lines.length - 1] += ` ${word}`;
      used += 1 + cells;
    } else {
      lines.push(further + word);
      used = further.length + cells;
    }
  }
  return lines;
}

function visible(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a colour begins with the escape character
  return text.replaceAll(/\u001b\[[0-9;]*m/g, '');
}
