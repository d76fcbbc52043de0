/** From the text of a Dockerfile to its instructions: comments gone, continued lines joined, here-documents apart. */

export interface Instruction {
  /** Upper case: FROM, RUN. */
  readonly keyword: string;
  /** What follows the keyword, continued lines joined, trimmed. */
  readonly rest: string;
  /** Line of the keyword, counted from 1. */
  readonly line: number;
  /** Whether here-documents follow it. */
  readonly heredoc: boolean;
}

export interface Mistake {
  readonly line: number;
  readonly message: string;
}

export interface Instructions {
  readonly instructions: readonly Instruction[];
  /** Of the parser directives at the top; `\` unless the file says a backtick. */
  readonly escapeMark: '\\' | '`';
  readonly syntax?: {readonly value: string; readonly line: number};
  readonly errors: readonly Mistake[];
}

/** Reads as Docker's own parser does; whatever the text holds, it ends and answers. */
export function readInstructions(text: string): Instructions {
  const lines = text.replace(/^\ufeff/, '').split(/\r?\n/);
  const {escapeMark, syntax, errors} = readDirectives(lines);
  const continued = escapeMark === '\\' ? /(?:^|[^\\])(\\)[ \t]*$/ : /(?:^|[^`])(`)[ \t]*$/;
  const instructions: Instruction[] = [];

  for (let at = 0; at < lines.length; ) {
    const first = lines[at] ?? '';
    if (isBlankOrComment(first)) {
      at++;
      continue;
    }
    const line = at + 1;
    const parts: string[] = [];
    // Blank lines and comments between continued lines do not end the instruction.
    for (let open = true; open && at < lines.length; at++) {
      const raw = lines[at] ?? '';
      if (parts.length > 0 && isBlankOrComment(raw)) continue;
      const mark = continued.exec(raw);
      open = mark !== null;
      parts.push(mark ? raw.slice(0, raw.lastIndexOf(escapeMark)) : raw);
    }
    const joined = parts.join('').trim();
    if (joined === '') continue;
    const [, word = '', rest = ''] = /^(\S+)\s*([\s\S]*)$/.exec(joined) ?? [];
    const keyword = word.toUpperCase();

    const ends = takesHeredoc(keyword, rest) ? heredocs(rest, escapeMark) : [];
    for (const {name, tabs} of ends) {
      while (at < lines.length && (tabs ? (lines[at] ?? '').replace(/^\t+/, '') : lines[at]) !== name) at++;
      if (at >= lines.length) {
        errors.push({line, message: `the here-document that begins in line ${line} never ends with ${name}`});
        break;
      }
      at++;
    }
    instructions.push({keyword, rest, line, heredoc: ends.length > 0});
  }
  return {instructions, escapeMark, ...(syntax ? {syntax} : {}), errors};
}

function isBlankOrComment(line: string): boolean {
  return /^\s*(?:#|$)/.test(line);
}

/** Directives count only at the very top: the first line that is none ends them. */
function readDirectives(lines: readonly string[]): {
  escapeMark: '\\' | '`';
  syntax?: {value: string; line: number};
  errors: Mistake[];
} {
  let escapeMark: '\\' | '`' = '\\';
  let syntax: {value: string; line: number} | undefined;
  const errors: Mistake[] = [];
  const seen = new Set<string>();
  for (const [index, text] of lines.entries()) {
    const [, key = '', value = ''] = /^#[ \t]*([a-zA-Z][a-zA-Z0-9]*)[ \t]*=[ \t]*(\S.*)$/.exec(text) ?? [];
    const name = key.toLowerCase();
    if (name !== 'escape' && name !== 'syntax' && name !== 'check') break;
    const line = index + 1;
    if (seen.has(name)) errors.push({line, message: `the directive ${name} is there twice`});
    seen.add(name);
    if (name === 'syntax') syntax = {value: value.trim(), line};
    if (name !== 'escape') continue;
    if (value.trim() === '`') escapeMark = '`';
    else if (value.trim() !== '\\')
      errors.push({line, message: 'the escape directive must be a backslash or a backtick'});
  }
  return {escapeMark, ...(syntax ? {syntax} : {}), errors};
}

function takesHeredoc(keyword: string, rest: string): boolean {
  if (keyword === 'ONBUILD') return /^(?:RUN|COPY|ADD)\s/i.test(rest);
  return keyword === 'RUN' || keyword === 'COPY' || keyword === 'ADD';
}

/** `<<EOF`, `<<-EOF`, `3<<"EOF"` as words of their own; `1<<2` inside an expression and `<<<` are none. */
function heredocs(rest: string, escapeMark: string): {name: string; tabs: boolean}[] {
  const found: {name: string; tabs: boolean}[] = [];
  for (const word of splitWords(rest, escapeMark)) {
    const [, dash = '', name = ''] = /^\d*<<(-?)([^<]+)$/.exec(word) ?? [];
    const plain = name.replace(/["'\\]/g, '');
    if (plain !== '') found.push({name: plain, tabs: dash === '-'});
  }
  return found;
}

/** Words as a shell splits them; quotes and escapes stay in the words. */
export function splitWords(text: string, escapeMark: string): string[] {
  const words: string[] = [];
  let word = '';
  let quote = '';
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    if (quote === '' && /\s/.test(character)) {
      if (word !== '') words.push(word);
      word = '';
      continue;
    }
    word += character;
    if (character === escapeMark && quote !== "'" && at + 1 < text.length) word += text.charAt(++at);
    else if (quote === character) quote = '';
    else if (quote === '' && (character === '"' || character === "'")) quote = character;
  }
  if (word !== '') words.push(word);
  return words;
}
