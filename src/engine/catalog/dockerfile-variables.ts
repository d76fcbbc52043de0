/** `$X` and `${X:-default}` in the words of a Dockerfile, with the quotes taken off, as Docker does it. */

export type Expansion = {readonly text: string} | {readonly error: string};

/** `value` answers undefined for what is not set. Docker takes an unset variable as empty. */
export function expandWord(word: string, escapeMark: string, value: (name: string) => string | undefined): Expansion {
  const reader: Reader = {text: word, at: 0, escapeMark, value, depth: 0};
  try {
    return {text: readUntil(reader, '')};
  } catch (error) {
    if (error instanceof WordMistake) return {error: error.message};
    throw error;
  }
}

interface Reader {
  readonly text: string;
  at: number;
  readonly escapeMark: string;
  readonly value: (name: string) => string | undefined;
  depth: number;
}

/** Only ever seen by expandWord, which makes a value of it. */
class WordMistake extends Error {}

/** Deeper defaults in defaults than this are a mistake or an attack, and would exhaust the call stack. */
const deepest = 50;

function readUntil(reader: Reader, end: '' | '}'): string {
  let result = '';
  let quote = '';
  while (reader.at < reader.text.length) {
    const character = reader.text.charAt(reader.at);
    if (quote === '' && character === end) return result;
    reader.at++;
    if (character === reader.escapeMark && quote !== "'") {
      // Inside double quotes an escapeMark only counts before what is special there.
      const next = reader.text.charAt(reader.at);
      if (next === '') result += quote === '' ? '' : character;
      else
        result += quote === '' || next === '"' || next === '$' || next === reader.escapeMark ? next : character + next;
      reader.at++;
    } else if (character === quote) quote = '';
    else if (quote === '' && (character === '"' || character === "'")) quote = character;
    else if (character === '$' && quote !== "'") result += readVariable(reader);
    else result += character;
  }
  if (quote !== '') throw new WordMistake(`a quote (${quote}) is not closed`);
  if (end !== '') throw new WordMistake('a variable in braces is not closed');
  return result;
}

function readVariable(reader: Reader): string {
  if (reader.text.charAt(reader.at) !== '{') {
    const name = /^(?:[A-Za-z_][A-Za-z0-9_]*|[0-9@*#])/.exec(reader.text.slice(reader.at, reader.at + 256))?.[0] ?? '';
    reader.at += name.length;
    return name === '' ? '$' : (reader.value(name) ?? '');
  }
  if (++reader.depth > deepest) throw new WordMistake('variables are nested too deeply');
  reader.at++;
  const name = /^[A-Za-z_][A-Za-z0-9_]*|^[0-9@*#]/.exec(reader.text.slice(reader.at))?.[0];
  if (name === undefined) throw new WordMistake('a variable in braces does not begin with its name');
  reader.at += name.length;
  const [operator = ''] = /^:?[-+?]/.exec(reader.text.slice(reader.at, reader.at + 2)) ?? [];
  reader.at += operator.length;
  if (reader.at >= reader.text.length) throw new WordMistake('a variable in braces is not closed');
  if (operator === '' && reader.text.charAt(reader.at) !== '}') {
    throw new WordMistake(`${name} in braces uses a form that is not understood here (known: :- - :+ + :? ?)`);
  }
  const other = readUntil(reader, '}');
  reader.at++;
  reader.depth--;

  const value = reader.value(name);
  const isSet = value !== undefined && !(operator.startsWith(':') && value === '');
  if (operator.endsWith('-')) return isSet ? value : other;
  if (operator.endsWith('+')) return isSet ? other : '';
  if (operator.endsWith('?') && !isSet) throw new WordMistake(other || `${name} is not set`);
  return value ?? '';
}
