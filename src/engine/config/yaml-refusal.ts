import {misplacedTab} from './yaml-tabs.ts';

export interface Refusal {
  readonly line: number;
  readonly message: string;
}

/**
 * Why a text is not even given to the parser: characters that YAML 1.1 has no use for, nesting without end, more
 * lines or entries than it could read in seconds, and tabs.
 */
export function refusedAt(text: string, deepest: number): Refusal | undefined {
  const character = unprintable.exec(text);
  if (character) {
    const code = (character[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
    const line = text.slice(0, character.index).split('\n').length;
    return {line, message: `The character U+${code} is not allowed in YAML.`};
  }
  const long = tooLongAt(text);
  if (long) return long;
  const line = tooDeepAt(text, deepest);
  if (line !== undefined) return {line, message: 'This is nested too deeply to be a configuration.'};
  const tab = misplacedTab(text);
  return tab === undefined ? undefined : {line: tab, message: 'A tab stands where YAML takes only spaces.'};
}

/** A cluster of a thousand machines has some twenty thousand lines. */
const mostLines = 100_000;
/** Entries of lists and maps in brackets. */
const mostEntries = 100_000;

function tooLongAt(text: string): Refusal | undefined {
  let lines = 1;
  let entries = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === 10) lines++;
    else if (code === comma || code === bracket || code === brace) entries++;
    if (lines <= mostLines && entries <= mostEntries) continue;
    const what = lines > mostLines ? `${mostLines} lines` : `${mostEntries} entries in brackets`;
    return {line: lines, message: `The file is too long to be a configuration: more than ${what}.`};
  }
  return undefined;
}

const [comma, bracket, brace] = [44, 91, 123];

// PyYAML's list of what may stand in a file. NEL and the separators of lines and paragraphs may too, but there they
// end a line, which nobody sees who looks at the file.
const unprintable =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u2028\u2029\ufffe\uffff]|\p{Surrogate}/u;

/** The library's parser calls itself for each level, so depth is looked at before: by brackets and by indentation. */
function tooDeepAt(text: string, deepest: number): number | undefined {
  let brackets = 0;
  for (const [index, line] of text.split('\n').entries()) {
    const dashes = /^[ ]*((?:[-?][ ]+)*)/.exec(line)?.[1] ?? '';
    const indent = /^ */.exec(line)?.[0].length ?? 0;
    if (dashes.length / 2 > deepest || indent > deepest * 20) return index + 1;
    for (const character of line) {
      if (character === '[' || character === '{') brackets++;
      else if ((character === ']' || character === '}') && brackets > 0) brackets--;
      if (brackets > deepest * 10) return index + 1;
    }
  }
  return undefined;
}
