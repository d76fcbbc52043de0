/** Jinja2's tokens, as nunjucks's parser takes them. */

import nunjucks, {type Token} from 'nunjucks';
import {blankClass, stripped} from '../values/blank.ts';
import {EscapeError, unescaped} from './string-escapes.ts';

// nunjucks exports its tokenizer as a function that makes one; the class is reached through what it makes.
const Tokenizer = nunjucks.lexer.lex('').constructor as new (source: string) => ReturnType<typeof nunjucks.lexer.lex>;

/** At the end of a template the parser is given this, again and again. */
export const endOfTemplate = 'end of template';

/**
 * Reads a template as Jinja2 does. The state (place, line, column, inside a tag or not) is kept by nunjucks; what makes a
 * token is decided here: white space control and `raw` belong to the tokens, and there are no regular expressions,
 * `===` or words such as `null`.
 */
export class TemplateTokenizer extends Tokenizer {
  #waiting: Token[] = [];
  #open: string[] = [];
  #end: 'block-end' | 'variable-end' = 'block-end';

  constructor(text: string) {
    // One newline at the end is dropped, and there is one kind of newline.
    super(text.replace(/\r\n?/g, '\n').replace(/\n$/, ''));
  }

  override nextToken(): Token {
    const waiting = this.#waiting.shift();
    if (waiting) return waiting;
    if (this.in_code) return this.#codeToken();
    if (this.isFinished()) return this.#token(endOfTemplate, '');
    return this.#textToken();
  }

  #token(type: string, value: string): Token {
    return {type, value, lineno: this.lineno, colno: this.colno};
  }

  /** Text up to the next tag; the tag's own opening waits behind it. */
  #textToken(): Token {
    const token = this.#token('data', '');
    const start = this.index;
    const opening = this.#search(openings);
    const text = this.str.slice(start, opening?.index ?? this.len);
    this.forwardN(text.length);
    if (!opening) return {...token, value: text};
    const [all, , sign = ''] = opening;
    this.#openTag(opening[1] as string, all, sign);
    return {...token, value: sign === '-' ? stripped(text, 'right') : text};
  }

  #openTag(kind: string, all: string, sign: string): void {
    if (kind === '{#') {
      this.forwardN(kind.length + sign.length);
      this.#skipComment();
      return;
    }
    const raw = kind === '{%' ? this.#match(rawBegin) : undefined;
    if (raw) {
      this.forwardN(raw.length);
      this.#waiting.push(this.#rawToken());
      return;
    }
    this.#end = kind === '{%' ? 'block-end' : 'variable-end';
    this.#waiting.push(this.#token(kind === '{%' ? 'block-start' : 'variable-start', all));
    this.forwardN(all.length);
    this.in_code = true;
  }

  #skipComment(): void {
    const end = this.#search(commentEnd);
    // At the very end Jinja2 takes an opening for a whole comment.
    if (!end && this.isFinished()) return;
    if (!end) this.#fail('A comment {# is not closed; write #} where it ends.');
    this.forwardN(end.index - this.index + end[0].length);
  }

  #rawToken(): Token {
    const token = this.#token('data', '');
    const end = this.#search(rawEnd);
    if (!end && this.isFinished()) return token;
    if (!end) this.#fail('A raw block is not closed; write {% endraw %} where it ends.');
    const text = this.str.slice(this.index, end.index);
    this.forwardN(text.length + end[0].length);
    return {...token, value: end[1] === '-' ? stripped(text, 'right') : text};
  }

  #codeToken(): Token {
    const ends = this.#end === 'block-end' ? blockEnd : variableEnd;
    // Brackets that are open keep a tag open: {{ {'a': {}}}}.
    const end = this.#open.length === 0 ? this.#match(ends) : undefined;
    if (end) {
      const token = this.#token(this.#end, end);
      this.forwardN(end.length);
      this.in_code = false;
      return token;
    }
    this.forwardN(this.#match(blanks)?.length ?? 0);
    if (this.#open.length === 0 && this.#match(ends)) return this.#codeToken();
    if (this.isFinished()) return this.#token(endOfTemplate, '');
    for (const [type, pattern] of kinds) {
      const text = this.#match(pattern);
      if (text) return this.#take(type, text);
    }
    const character = String.fromCodePoint(this.str.codePointAt(this.index) ?? 0);
    this.#fail(`The character ${JSON.stringify(character)} does not belong into a tag.`);
  }

  #take(type: string, text: string): Token {
    const token = this.#token(type, this.#valueOf(type, text));
    if (type === 'operator') this.#balance(text);
    this.forwardN(text.length);
    return token;
  }

  #valueOf(type: string, text: string): string {
    if (type === 'int' || type === 'float') return text.replaceAll('_', '');
    if (type === 'symbol' && !/^[\p{XID_Start}_]\p{XID_Continue}*$/u.test(text)) {
      this.#fail(`${JSON.stringify(text)} is no name.`);
    }
    if (type !== 'string') return text;
    try {
      return unescaped(text.slice(1, -1));
    } catch (error) {
      if (error instanceof EscapeError) this.#fail(error.message);
      throw error;
    }
  }

  #balance(bracket: string): void {
    const closing = {'(': ')', '[': ']', '{': '}'}[bracket];
    if (closing) this.#open.push(closing);
    if (bracket !== ')' && bracket !== ']' && bracket !== '}') return;
    const expected = this.#open.pop();
    if (expected === bracket) return;
    this.#fail(expected ? `A ${expected} is expected here, not ${bracket}.` : `There is a ${bracket} too many.`);
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.index;
    return pattern.exec(this.str)?.[0];
  }

  #search(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.index;
    return pattern.exec(this.str) ?? undefined;
  }

  #fail(message: string): never {
    throw new nunjucks.lib.TemplateError(message, this.lineno + 1, this.colno + 1);
  }
}

const blank = blankClass;
const openings = /(\{[%{#])([-+]?)/g;
const commentEnd = new RegExp(`(?:\\+#\\}|-#\\}${blank}*|#\\})`, 'g');
const rawBegin = new RegExp(`\\{%[-+]?${blank}*raw${blank}*(?:-%\\}${blank}*|%\\})`, 'y');
const rawEnd = new RegExp(`\\{%([-+]?)${blank}*endraw${blank}*(?:\\+%\\}|-%\\}${blank}*|%\\})`, 'g');
const blockEnd = new RegExp(`(?:\\+%\\}|-%\\}${blank}*|%\\})`, 'y');
const variableEnd = new RegExp(`(?:-\\}\\}${blank}*|\\}\\})`, 'y');
const blanks = new RegExp(`${blank}+`, 'y');

/** In the order in which Jinja2 tries them. */
const kinds: readonly (readonly [string, RegExp])[] = [
  ['float', /\d+(?:_\d+)*(?:(?:\.\d+(?:_\d+)*)?e[-+]?\d+(?:_\d+)*|\.\d+(?:_\d+)*)/iy],
  ['int', /0b(?:_?[01])+|0o(?:_?[0-7])+|0x(?:_?[\da-f])+|[1-9](?:_?\d)*|0(?:_?0)*/iy],
  ['symbol', /[\p{XID_Continue}\p{N}_]+/uy],
  ['string', /'[^'\\]*(?:\\.[^'\\]*)*'|"[^"\\]*(?:\\.[^"\\]*)*"/sy],
  ['operator', /\/\/|\*\*|==|!=|>=|<=|[-+/*%~[\](){}><=.:|,;]/y],
];
