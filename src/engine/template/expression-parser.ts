/** Jinja2's expressions, with its precedence: filters and tests bind tighter than every operator. */

import type {BinaryOf, Expression} from './ast.ts';
import {make} from './nodes.ts';
import {OperandParser, type TupleOptions} from './operand-parser.ts';
import {described} from './token-parser.ts';

type BinaryName = Parameters<typeof make>[0] & BinaryOf<'Add' | 'Sub' | 'Mul' | 'Div' | 'FloorDiv' | 'Mod'>['typename'];

const sums: Readonly<Record<string, BinaryName>> = {'+': 'Add', '-': 'Sub'};
const products: Readonly<Record<string, BinaryName>> = {'*': 'Mul', '/': 'Div', '//': 'FloorDiv', '%': 'Mod'};
const comparisons = ['==', '!=', '<', '<=', '>', '>='] as const;

export class ExpressionParser extends OperandParser {
  override parseExpression(): Expression {
    return this.deeper(() => this.#inlineIf());
  }

  override parseTuple(options: TupleOptions = {}): Expression {
    const start = this.peekToken();
    const items: Expression[] = [];
    let isTuple = false;
    while (!this.#isTupleEnd()) {
      items.push(options.withoutIf ? this.deeper(() => this.#or()) : this.parseExpression());
      if (!this.skipOperator(',')) break;
      isTuple = true;
    }
    const [first] = items;
    if (!isTuple && first) return first;
    if (!isTuple && !options.canBeEmpty) {
      this.failAt(this.peekToken(), `Expected an expression, but there is ${described(this.peekToken())}.`);
    }
    return make('Tuple', start, {children: items});
  }

  #isTupleEnd(): boolean {
    return this.isNext('variable-end') || this.isNext('block-end') || this.isOperator(')');
  }

  #inlineIf(): Expression {
    let at = this.peekToken();
    let body = this.#or();
    while (this.isWord('if')) {
      this.nextToken();
      const cond = this.#or();
      const else_ = this.skipSymbol('else') ? this.deeper(() => this.#inlineIf()) : null;
      body = make('InlineIf', at, {cond, body, else_});
      at = this.peekToken();
    }
    return body;
  }

  #or(): Expression {
    let left = this.#and();
    while (this.isWord('or')) left = make('Or', this.nextToken(), {left, right: this.#and()});
    return left;
  }

  #and(): Expression {
    let left = this.#not();
    while (this.isWord('and')) left = make('And', this.nextToken(), {left, right: this.#not()});
    return left;
  }

  #not(): Expression {
    if (!this.isWord('not')) return this.#compare();
    return make('Not', this.nextToken(), {target: this.deeper(() => this.#not())});
  }

  #compare(): Expression {
    const at = this.peekToken();
    const expr = this.#sum();
    const ops: ReturnType<typeof make<'CompareOperand'>>[] = [];
    for (;;) {
      const token = this.peekToken();
      const sign = comparisons.find((each) => this.isOperator(each));
      if (sign) {
        this.nextToken();
        ops.push(make('CompareOperand', token, {type: sign, expr: this.#sum()}));
      } else if (this.skipSymbol('in')) ops.push(make('CompareOperand', token, {type: 'in', expr: this.#sum()}));
      else if (this.isWord('not') && this.isWord('in', 1)) {
        this.nextToken();
        this.nextToken();
        ops.push(make('CompareOperand', token, {type: 'not in', expr: this.#sum()}));
      } else break;
    }
    return ops.length === 0 ? expr : make('Compare', at, {expr, ops});
  }

  #sum(): Expression {
    let left = this.#concat();
    for (let name = this.#operatorOf(sums); name; name = this.#operatorOf(sums)) {
      left = make(name, this.nextToken(), {left, right: this.#concat()}) as Expression;
    }
    return left;
  }

  #concat(): Expression {
    let left = this.#product();
    while (this.isOperator('~')) left = make('Concat', this.nextToken(), {left, right: this.#product()});
    return left;
  }

  #product(): Expression {
    let left = this.#power();
    for (let name = this.#operatorOf(products); name; name = this.#operatorOf(products)) {
      left = make(name, this.nextToken(), {left, right: this.#power()}) as Expression;
    }
    return left;
  }

  #power(): Expression {
    let left = this.#unary();
    while (this.isOperator('**')) left = make('Pow', this.nextToken(), {left, right: this.#unary()});
    return left;
  }

  #operatorOf(names: Readonly<Record<string, BinaryName>>): BinaryName | undefined {
    const token = this.peekToken();
    return token.type === 'operator' ? names[token.value] : undefined;
  }

  #unary(withFilter = true): Expression {
    const signed = this.isOperator('-') ? 'Neg' : this.isOperator('+') ? 'Pos' : undefined;
    const node = signed
      ? make(signed, this.nextToken(), {target: this.deeper(() => this.#unary(false))})
      : this.parseOperand();
    const whole = this.parsePostfix(node as Expression);
    return withFilter ? this.parseFiltersAndTests(whole) : whole;
  }
}
