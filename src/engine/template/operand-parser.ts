/** Operands of expressions: names, literals, what stands in brackets, and all that can hang behind them. */

import type {Token} from 'nunjucks';
import {Fault} from '../values/fault.ts';
import {parseFloating, parseInteger} from '../values/parse-number.ts';
import type {CallArguments, Expression, Pair} from './ast.ts';
import {make} from './nodes.ts';
import {described, TokenParser} from './token-parser.ts';

type Subscript = {readonly key: Expression} | {readonly slice: Expression};

export abstract class OperandParser extends TokenParser {
  abstract parseExpression(): Expression;

  /** Expressions with commas between them are one tuple. */
  abstract parseTuple(options: TupleOptions): Expression;

  /** A name, a literal or what stands in brackets. */
  protected parseOperand(): Expression {
    const token = this.nextToken();
    switch (token.type) {
      case 'symbol':
        return named(token);
      case 'string':
        return make('Literal', token, {value: this.#adjacentTexts(token.value)});
      case 'int':
        return make('Literal', token, {value: this.#whole(token)});
      case 'float':
        return make('Literal', token, {value: parseFloating(token.value)});
    }
    if (token.type === 'operator') {
      if (token.value === '(') return this.#parenthesized();
      if (token.value === '[') return make('Array', token, {children: this.#items(']', () => this.parseExpression())});
      if (token.value === '{') return make('Dict', token, {children: this.#items('}', () => this.#pair())});
    }
    return this.failAt(token, `Expected an expression, but there is ${described(token)}.`);
  }

  #whole(token: Token): bigint {
    try {
      return parseInteger(token.value, 0);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      return this.failAt(token, 'This number has too many digits.');
    }
  }

  #adjacentTexts(first: string): string {
    let text = first;
    while (this.isNext('string')) text += this.nextToken().value;
    return text;
  }

  #parenthesized(): Expression {
    const inside = this.deeper(() => this.parseTuple({canBeEmpty: true}));
    this.expectOperator(')');
    return inside;
  }

  #items<T>(end: string, parse: () => T): T[] {
    const items: T[] = [];
    while (!this.isOperator(end)) {
      if (items.length > 0) this.#expectComma();
      if (this.isOperator(end)) break;
      items.push(parse());
    }
    this.nextToken();
    return items;
  }

  #expectComma(): void {
    if (!this.skipOperator(',')) {
      this.failAt(this.peekToken(), `Expected a comma, but there is ${described(this.peekToken())}.`);
    }
  }

  #pair(): Pair {
    const key = this.parseExpression();
    this.expectOperator(':');
    return make('Pair', key, {key, value: this.parseExpression()});
  }

  protected parsePostfix(node: Expression): Expression {
    let whole = node;
    for (;;) {
      if (this.isOperator('.')) whole = this.#member(whole);
      else if (this.isOperator('[')) whole = this.#lookup(whole);
      else if (this.isOperator('(')) whole = this.#call(whole);
      else return whole;
    }
  }

  #member(target: Expression): Expression {
    const dot = this.nextToken();
    const token = this.nextToken();
    if (token.type === 'symbol') return make('Member', dot, {target, name: token.value});
    if (token.type !== 'int') this.failAt(token, 'Expected a name or a number behind the dot.');
    const val = make('Literal', token, {value: this.#whole(token)});
    return make('LookupVal', dot, {target, val});
  }

  #lookup(target: Expression): Expression {
    const bracket = this.nextToken();
    const keys: Subscript[] = [];
    while (!this.isOperator(']')) {
      if (keys.length > 0) this.#expectComma();
      keys.push(this.#subscript(target, bracket));
    }
    this.nextToken();
    const [first] = keys;
    if (first && keys.length === 1) {
      return 'slice' in first ? first.slice : make('LookupVal', bracket, {target, val: first.key});
    }
    const children = keys.map((key) =>
      'key' in key ? key.key : this.failAt(bracket, 'A slice must stand alone in its brackets.'),
    );
    return make('LookupVal', bracket, {target, val: make('Tuple', bracket, {children})});
  }

  /** What stands between the brackets: a key, or a slice with its colons. */
  #subscript(target: Expression, bracket: Token): Subscript {
    const isEnd = () => this.isOperator(']') || this.isOperator(',');
    const part = () => (this.isOperator(':') || isEnd() ? null : this.parseExpression());
    const start = this.isOperator(':') ? null : this.parseExpression();
    if (start && !this.isOperator(':')) return {key: start};
    this.nextToken();
    const stop = part();
    const step = this.skipOperator(':') ? part() : null;
    return {slice: make('SliceLookup', bracket, {target, start, stop, step})};
  }

  #call(target: Expression): Expression {
    const at = this.peekToken();
    return make('Call', at, {target, ...this.#arguments()});
  }

  #arguments(): CallArguments {
    const positional: Expression[] = [];
    const named: Pair[] = [];
    let rest: Expression | null = null;
    let restNamed: Expression | null = null;
    const at = this.expectOperator('(');
    const ensure = (isRight: boolean) => {
      if (!isRight) this.failAt(at, 'The arguments of this call stand in an order that is not possible.');
    };
    let isFirst = true;
    while (!this.isOperator(')')) {
      if (!isFirst) this.#expectComma();
      if (this.isOperator(')')) break;
      isFirst = false;
      if (this.skipOperator('*')) {
        ensure(rest === null && restNamed === null);
        rest = this.parseExpression();
      } else if (this.skipOperator('**')) {
        ensure(restNamed === null);
        restNamed = this.parseExpression();
      } else if (this.isNext('symbol') && this.isOperator('=', 1)) {
        ensure(restNamed === null);
        const name = this.nextToken();
        this.nextToken();
        if (named.some(({key}) => key.typename === 'Literal' && key.value === name.value)) {
          this.failAt(name, `The argument ${name.value} is given twice.`);
        }
        named.push(
          make('Pair', name, {key: make('Literal', name, {value: name.value}), value: this.parseExpression()}),
        );
      } else {
        ensure(rest === null && restNamed === null && named.length === 0);
        positional.push(this.parseExpression());
      }
    }
    this.nextToken();
    return {positional, named, rest, restNamed};
  }

  protected parseFiltersAndTests(node: Expression): Expression {
    let whole = node;
    for (;;) {
      if (this.isOperator('|')) whole = this.parseFilter(whole);
      else if (this.isWord('is')) whole = this.#test(whole);
      else if (this.isOperator('(')) whole = this.#call(whole);
      else return whole;
    }
  }

  /** `|name(…)`; without the bar where a filter block or a set block begins with one. */
  protected parseFilter(target: Expression | null): ReturnType<typeof make<'Filter'>> {
    this.skipOperator('|');
    const token = this.expectName();
    const name = this.#dotted(token.value);
    const given = this.isOperator('(') ? this.#arguments() : noArguments;
    return make('Filter', token, {target, name, ...given});
  }

  #dotted(first: string): string {
    let name = first;
    while (this.skipOperator('.')) name += `.${this.expectName().value}`;
    return name;
  }

  #test(target: Expression): Expression {
    const at = this.nextToken();
    const isNegated = this.skipSymbol('not');
    const name = this.#dotted(this.expectName().value);
    const test = make('Test', at, {target, name, ...this.#testArguments()});
    return isNegated ? make('Not', at, {target: test}) : test;
  }

  #testArguments(): CallArguments {
    if (this.isOperator('(')) return this.#arguments();
    const {type} = this.peekToken();
    const begins = ['symbol', 'string', 'int', 'float'].includes(type) || this.isOperator('[') || this.isOperator('{');
    if (!begins || ['else', 'or', 'and'].some((word) => this.isWord(word))) return noArguments;
    if (this.isWord('is')) this.failAt(this.peekToken(), 'Tests with is cannot follow each other; use and.');
    return {...noArguments, positional: [this.parsePostfix(this.parseOperand())]};
  }
}

export interface TupleOptions {
  /** In brackets of its own it may hold nothing. */
  readonly canBeEmpty?: boolean;
  /** Its expressions end before an `if`. */
  readonly withoutIf?: boolean;
}

const noArguments: CallArguments = {positional: [], named: [], rest: null, restNamed: null};

/** The constants are words that are reserved; `null` is a name as any other. */
function named(token: Token): Expression {
  const constants: Readonly<Record<string, boolean | null>> = {
    true: true,
    True: true,
    false: false,
    False: false,
    none: null,
    None: null,
  };
  return Object.hasOwn(constants, token.value)
    ? make('Literal', token, {value: constants[token.value] ?? null})
    : make('Symbol', token, {value: token.value, use: 'load'});
}
