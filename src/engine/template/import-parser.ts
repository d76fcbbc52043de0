/** Tags that name other templates. */

import type {Token} from 'nunjucks';
import type {FromImport, Statement} from './ast.ts';
import {make} from './nodes.ts';
import {TargetParser} from './target-parser.ts';

export class ImportParser extends TargetParser {
  protected parseImportOf(tag: Token): Statement {
    const template = this.parseExpression();
    this.expectWord('as');
    const target = this.parseName('store');
    return make('Import', tag, {template, target, withContext: this.#parseContext(false)});
  }

  #parseContext(usual: boolean): boolean {
    if (!(this.isWord('with') || this.isWord('without')) || !this.isWord('context', 1)) return usual;
    const withContext = this.nextToken().value === 'with';
    this.nextToken();
    return withContext;
  }

  protected parseIncludeOf(tag: Token): Statement {
    const template = this.parseExpression();
    const ignoreMissing = this.isWord('ignore') && this.isWord('missing', 1);
    if (ignoreMissing) {
      this.nextToken();
      this.nextToken();
    }
    return make('Include', tag, {template, ignoreMissing, withContext: this.#parseContext(true)});
  }

  protected parseFromOf(tag: Token): Statement {
    const template = this.parseExpression();
    this.expectWord('import');
    const names: FromImport['names'][number][] = [];
    const isContext = () => (this.isWord('with') || this.isWord('without')) && this.isWord('context', 1);
    for (;;) {
      if (names.length > 0) this.expectOperator(',');
      if (isContext()) break;
      const name = this.parseName('store');
      if (name.value.startsWith('_')) this.failAt(name, 'Names that begin with _ cannot be imported.');
      names.push({name: name.value, target: this.skipSymbol('as') ? this.parseName('store') : name});
      if (isContext() || !this.isOperator(',')) break;
    }
    return make('FromImport', tag, {template, names, withContext: this.#parseContext(false)});
  }
}
