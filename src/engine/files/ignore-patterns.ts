import {normalize} from 'node:path/posix';
import {ProblemError} from '../problem.ts';
import {shown} from './file-problem.ts';

/** One line of a .dockerignore, ready to be compared with paths. */
export interface IgnorePattern {
  /** Cleaned, without '!' and leading slash. */
  readonly text: string;
  /** Starts with '!': takes paths back in. */
  readonly exception: boolean;
  matches(path: string): boolean;
}

/** Which patterns matched a folder, handed down to what lies in it. */
export type ParentMatches = readonly boolean[];

/**
 * The patterns of a .dockerignore, read as the docker CLI reads them (moby/patternmatcher, `ignorefile`): lines
 * trimmed, comments only in the first column, '!' before the path, a leading slash dropped. `file` is named in the
 * `file-unreadable` Problem of a pattern docker would refuse.
 */
export function parseIgnoreFile(content: string, file: string): IgnorePattern[] {
  const patterns: IgnorePattern[] = [];
  for (const [index, line] of content
    .replace(/^\ufeff/, '')
    .split('\n')
    .entries()) {
    if (line.startsWith('#')) continue;
    const pattern = trimmed(line);
    if (pattern === '') continue;
    try {
      patterns.push(parsePattern(pattern));
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      throw new ProblemError({
        code: 'file-unreadable',
        message: `The pattern "${shown(pattern)}" in .dockerignore cannot be understood: ${error.message}.`,
        hint: 'docker build would refuse it too. Correct the line.',
        file,
        line: index + 1,
      });
    }
  }
  return patterns;
}

/** Reads one pattern, throws a SyntaxError saying what is wrong. */
function parsePattern(line: string): IgnorePattern {
  const exception = line.startsWith('!');
  let text = exception ? trimmed(line.slice(1)) : line;
  if (exception && text === '') throw new SyntaxError('nothing follows the "!"');
  text = clean(text);
  if (text.length > 1 && text.startsWith('/')) text = text.slice(1);
  if (exception && text === '/') throw new SyntaxError('nothing follows the "!"');
  checkSyntax(text);
  return {text, exception, matches: matcher(text)};
}

/**
 * Whether a path is left out, and which patterns matched it, for what lies below. Without `parent` every folder
 * above the path is tried too. The last pattern that matches decides.
 */
export function ignored(
  patterns: readonly IgnorePattern[],
  path: string,
  parent?: ParentMatches,
): {readonly out: boolean; readonly matches: ParentMatches} {
  const matches = new Array<boolean>(patterns.length).fill(false);
  let out = false;
  for (const [index, pattern] of patterns.entries()) {
    let match = parent?.[index] ?? false;
    if (!match) {
      // It could change nothing: an exception to nothing, or out a second time.
      if (pattern.exception !== out) continue;
      match = pattern.matches(path) || (parent === undefined && foldersAbove(path).some(pattern.matches));
    }
    matches[index] = match;
    if (match) out = !pattern.exception;
  }
  return {out, matches};
}

/** Whether a folder that is left out must be entered because an exception names something in it. */
export function mayHoldExceptions(patterns: readonly IgnorePattern[], folder: string): boolean {
  return patterns.some((pattern) => pattern.exception && `${pattern.text}/`.startsWith(`${folder}/`));
}

/** Without what Go calls white space at both ends: not U+FEFF, but U+0085. */
function trimmed(text: string): string {
  return text.replace(/^(?:(?!\ufeff)[\s\u0085])+|(?:(?!\ufeff)[\s\u0085])+$/g, '');
}

/** Go's filepath.Clean. */
function clean(path: string): string {
  const normal = normalize(path);
  return normal.length > 1 && normal.endsWith('/') ? normal.slice(0, -1) : normal;
}

function foldersAbove(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

/** Go's filepath.Match refuses these, and docker asks it. */
function checkSyntax(pattern: string): void {
  const chars = [...pattern];
  let at = 0;
  const character = () => {
    if (at >= chars.length || chars[at] === '-' || chars[at] === ']') throw new SyntaxError('a range in [] is broken');
    if (chars[at] === '\\') at++;
    at++;
    if (at >= chars.length) throw new SyntaxError('a [ is not closed');
  };
  while (at < chars.length) {
    const char = chars[at++];
    if (char === '\\') {
      if (at++ >= chars.length) throw new SyntaxError('a backslash ends it');
    } else if (char === '[') {
      if (chars[at] === '^') at++;
      for (let ranges = 0; ranges === 0 || chars[at] !== ']'; ranges++) {
        character();
        if (chars[at] === '-') {
          at++;
          character();
        }
      }
      at++;
    }
  }
}

/** The four ways in which docker compares, which do not always agree with one another: `**x` is any name ending in x. */
function matcher(pattern: string): (path: string) => boolean {
  const {kind, source} = translate(pattern);
  if (kind === 'exact') return (path) => path === pattern;
  if (kind === 'prefix') return (path) => path.startsWith(pattern.slice(0, -2));
  if (kind === 'suffix') {
    const suffix = pattern.slice(2);
    return (path) => path.endsWith(suffix) || (suffix.startsWith('/') && path === suffix.slice(1));
  }
  const expression = new RegExp(toJavaScript(`^${source}$`), 'u');
  return (path) => expression.test(path);
}

/** The regular expression of Go that docker makes of a pattern, and whether it is needed at all. */
function translate(pattern: string): {kind: 'exact' | 'prefix' | 'suffix' | 'expression'; source: string} {
  let kind: 'exact' | 'prefix' | 'suffix' | 'expression' = 'exact';
  let source = '';
  const chars = [...pattern];
  for (let at = 0, step = 0; at < chars.length; step++) {
    const char = chars[at++] ?? '';
    if (char === '*' && chars[at] === '*') {
      at++;
      if (chars[at] === '/') at++;
      if (at >= chars.length && kind === 'exact') {
        kind = 'prefix';
      } else {
        source += at >= chars.length ? '.*' : '(.*/)?';
        kind = 'expression';
      }
      if (step === 0) kind = 'suffix';
    } else if (char === '*' || char === '?') {
      source += char === '*' ? '[^/]*' : '[^/]';
      kind = 'expression';
    } else if ('.+()|{}$'.includes(char)) {
      source += `\\${char}`;
    } else if (char === '\\') {
      source += `\\${chars[at++] ?? ''}`;
      kind = 'expression';
    } else {
      source += char;
      if (char === '[' || char === ']') kind = 'expression';
    }
  }
  return {kind, source};
}

/** Go's expressions take some characters as they are that JavaScript wants escaped, and the other way round. */
function toJavaScript(source: string): string {
  const chars = [...source];
  let result = '';
  let inClass = false;
  for (let at = 0; at < chars.length; at++) {
    const char = chars[at] ?? '';
    if (char === '\\') {
      result += escapeOf(chars[++at] ?? '', inClass);
    } else if (!inClass && char === '[') {
      inClass = true;
      result += char;
      if (chars[at + 1] === '^') result += chars[++at];
      if (chars[at + 1] === ']') result += `\\${chars[++at]}`;
    } else if (inClass && char === ']') {
      inClass = false;
      result += char;
    } else if (char === ']' || (inClass && char === '[')) {
      result += `\\${char}`;
    } else if (!inClass && char === '.') {
      result += '[^\\n]';
    } else {
      result += char;
    }
  }
  return result;
}

/** A letter after a backslash is not itself but a class, as an accident of docker's that trees may rely on. */
function escapeOf(char: string, inClass: boolean): string {
  if (char === 'a') return '\\x07';
  if (/[\^$\\.*+?()[\]{}|/dDwWsSbBfnrtv]/.test(char) || (inClass && char === '-')) return `\\${char}`;
  if (/[A-Za-z0-9]/.test(char)) throw new SyntaxError(`there is no \\${char}`);
  return char;
}
