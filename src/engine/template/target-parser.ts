/** What a value can be assigned to: names, `ns.name`, and tuples of them. */

import type {Expression, Name, Target} from './ast.ts';
import {ExpressionParser} from './expression-parser.ts';
import {make} from './nodes.ts';

export class TargetParser extends ExpressionParser {
  protected parseName(use: Name['use']): Name {
    const token = this.expectName();
    return this.#usable(make('Symbol', token, {value: token.value, use}), token.value);
  }

  protected parseTarget(options: {readonly use?: Name['use']; readonly withNamespace?: boolean} = {}): Target {
    const start = this.peekToken();
    const items: Expression[] = [];
    let isTuple = false;
    while (!this.isNext('block-end') && !this.isOperator(')')) {
      items.push(this.#one(options.withNamespace ?? false));
      if (!this.skipOperator(',')) break;
      isTuple = true;
    }
    const [first] = items;
    if (!first && !isTuple) this.failAt(start, 'Expected a name that can be set.');
    const target = first && !isTuple ? first : make('Tuple', start, {children: items});
    return this.#stored(target, options.use ?? 'store');
  }

  #one(withNamespace: boolean): Expression {
    if (!withNamespace || !this.isNext('symbol') || !this.isOperator('.', 1)) return this.parseOperand();
    const token = this.nextToken();
    this.nextToken();
    return make('NamespaceRef', token, {value: token.value, attribute: this.expectName().value});
  }

  #stored(target: Expression, use: Name['use']): Target {
    if (target.typename === 'NamespaceRef') return target;
    if (target.typename === 'Symbol') {
      target.use = use;
      return this.#usable(target, target.value);
    }
    if (target.typename !== 'Tuple') return this.failAt(target, 'Nothing can be assigned to this.');
    for (const item of target.children) this.#stored(item, use);
    return target;
  }

  #usable<T extends Name>(name: T, word: string): T {
    const reserved = ['true', 'True', 'false', 'False', 'none', 'None'];
    if (reserved.includes(word)) this.failAt(name, `${word} cannot be set: it is a constant.`);
    return name;
  }
}
