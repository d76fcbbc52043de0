/** The tokens of nunjucks's parser, with a look further ahead, an end that can be seen, and a limit of depth. */

import nunjucks, {type Token} from 'nunjucks';
import {deepest, limitWords} from './own-limits.ts';
import {endOfTemplate} from './tokenizer.ts';

export class TokenParser extends nunjucks.parser.Parser {
  readonly #queue: Token[] = [];
  #depth = 0;

  override nextToken(): Token {
    return this.#queue.shift() ?? this.#read();
  }

  /** `ahead`: how many tokens further. */
  override peekToken(ahead = 0): Token {
    while (this.#queue.length <= ahead) this.#queue.push(this.#read());
    return this.#queue[ahead] as Token;
  }

  override pushToken(token: Token): void {
    this.#queue.unshift(token);
  }

  #read(): Token {
    return this.tokens.nextToken() as Token;
  }

  protected isNext(type: string, value?: string, ahead = 0): boolean {
    const token = this.peekToken(ahead);
    return token.type === type && (value === undefined || token.value === value);
  }

  protected isWord(word: string, ahead = 0): boolean {
    return this.isNext('symbol', word, ahead);
  }

  protected isOperator(value: string, ahead = 0): boolean {
    return this.isNext('operator', value, ahead);
  }

  protected skipOperator(value: string): boolean {
    return this.skipValue('operator', value);
  }

  protected expectOperator(value: string): Token {
    if (this.isOperator(value)) return this.nextToken();
    return this.failAt(this.peekToken(), `Expected ${value}, but there is ${described(this.peekToken())}.`);
  }

  protected expectWord(word: string): Token {
    if (this.isWord(word)) return this.nextToken();
    return this.failAt(this.peekToken(), `Expected ${word}, but there is ${described(this.peekToken())}.`);
  }

  protected expectName(): Token {
    if (this.isNext('symbol')) return this.nextToken();
    return this.failAt(this.peekToken(), `Expected a name, but there is ${described(this.peekToken())}.`);
  }

  protected expectEnd(end: 'block-end' | 'variable-end'): void {
    if (this.skip(end)) return;
    const tag = end === 'block-end' ? '%}' : '}}';
    this.failAt(this.peekToken(), `Expected ${tag}, but there is ${described(this.peekToken())}.`);
  }

  protected failAt(at: Pick<Token, 'lineno' | 'colno'>, message: string): never {
    return this.fail(message, at.lineno, at.colno);
  }

  /** One level further in; fails before the levels use up the stack. */
  protected deeper<T>(parse: () => T): T {
    if (++this.#depth > deepest) this.failAt(this.peekToken(), limitWords.depth);
    const parsed = parse();
    this.#depth--;
    return parsed;
  }
}

/** A token as a person would call it. */
export function described(token: Token): string {
  if (token.type === endOfTemplate) return 'the end of the template';
  if (token.type === 'block-end') return '%}';
  if (token.type === 'variable-end') return '}}';
  if (token.type === 'string') return 'a text';
  return JSON.stringify(token.value);
}
