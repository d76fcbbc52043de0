/** Jinja2's tags: those of a plain environment, without extensions. */

import type {Token} from 'nunjucks';
import {isBlank} from '../values/blank.ts';
import type {Body, Expression, If, MacroParts, Name, Output, Root, Statement, Target, TemplateData} from './ast.ts';
import {ImportParser} from './import-parser.ts';
import {make} from './nodes.ts';
import {limitWords, mostTags} from './own-limits.ts';
import {described} from './token-parser.ts';
import {TemplateTokenizer} from './tokenizer.ts';

/** Throws nunjucks's TemplateError, with line and column, for what is no template. */
export function parseTemplate(text: string): Root {
  return new StatementParser(new TemplateTokenizer(text)).parseWhole();
}

class StatementParser extends ImportParser {
  /** Tags that are open, the innermost last. */
  readonly #tags: string[] = [];
  #count = 0;

  parseWhole(): Root {
    const at = this.peekToken();
    return make('Root', at, {children: this.#body([])});
  }

  /** Text and tags up to one of the words, which is not taken. */
  #body(ends: readonly string[]): Body {
    const body: Statement[] = [];
    let output: (Expression | TemplateData)[] = [];
    const flush = () => {
      const [first] = output;
      if (first) body.push(make('Output', first, {children: output}));
      output = [];
    };
    for (;;) {
      const token = this.nextToken();
      if (token.type === 'data') {
        if (token.value !== '') output.push(make('TemplateData', token, {value: token.value}));
      } else if (token.type === 'variable-start') {
        output.push(this.parseTuple());
        this.expectEnd('variable-end');
      } else if (token.type === 'block-start') {
        flush();
        if (ends.some((word) => this.isWord(word))) return body;
        body.push(this.deeper(() => this.#statement(ends)));
        this.expectEnd('block-end');
      } else {
        flush();
        if (ends.length > 0) this.#failOpen(token, `The template ends where ${wordList(ends)} is expected.`);
        return body;
      }
    }
  }

  #failOpen(at: Token, message: string): never {
    const tag = this.#tags.at(-1);
    this.failAt(at, tag === undefined ? message : `${message} The tag ${tag} is still open.`);
  }

  /** From behind a tag's last word to its end word, which is taken unless more can follow. */
  #block(...ends: readonly string[]): Body {
    this.skipOperator(':');
    this.expectEnd('block-end');
    return this.#body(ends);
  }

  #closed(end: string): Body {
    const body = this.#block(end);
    this.nextToken();
    return body;
  }

  #statement(ends: readonly string[]): Statement {
    const tag = this.peekToken();
    if (++this.#count > mostTags) this.failAt(tag, limitWords.tags);
    if (tag.type !== 'symbol') this.failAt(tag, `Expected the name of a tag, but there is ${described(tag)}.`);
    const parse = Object.hasOwn(this.#statements, tag.value) ? this.#statements[tag.value] : undefined;
    if (!parse) {
      const wanted = ends.length > 0 ? ` Expected ${wordList(ends)}.` : '';
      this.#failOpen(tag, `There is no tag ${described(tag)} here.${wanted}`);
    }
    this.#tags.push(tag.value);
    this.nextToken();
    const statement = parse(tag);
    this.#tags.pop();
    return statement;
  }

  readonly #statements: Readonly<Record<string, (tag: Token) => Statement>> = {
    for: (tag) => this.#for(tag),
    if: (tag) => this.#if(tag),
    set: (tag) => this.#set(tag),
    with: (tag) => this.#with(tag),
    macro: (tag) => this.#macro(tag),
    call: (tag) => this.#callBlock(tag),
    filter: (tag) => {
      const filter = this.#filters(null);
      return make('FilterBlock', tag, {filter, body: this.#closed('endfilter')});
    },
    print: (tag) => this.#print(tag),
    block: (tag) => this.#namedBlock(tag),
    extends: (tag) => make('Extends', tag, {template: this.parseExpression()}),
    include: (tag) => this.parseIncludeOf(tag),
    import: (tag) => this.parseImportOf(tag),
    from: (tag) => this.parseFromOf(tag),
    autoescape: (tag) => this.#autoescape(tag),
  };

  #for(tag: Token): Statement {
    const target = this.parseTarget();
    this.expectWord('in');
    const arr = this.parseTuple({withoutIf: true});
    const test = this.skipSymbol('if') ? this.parseExpression() : null;
    const recursive = this.skipSymbol('recursive');
    const body = this.#block('endfor', 'else');
    const else_ = this.nextToken().value === 'else' ? this.#closed('endfor') : [];
    return make('For', tag, {target, arr, body, else_, test, recursive});
  }

  #if(tag: Token): If {
    const cond = this.parseTuple({withoutIf: true});
    const body = this.#block('elif', 'else', 'endif');
    const elifs: If[] = [];
    let next = this.nextToken();
    while (next.value === 'elif') {
      const otherwise = this.parseTuple({withoutIf: true});
      const inside = this.#block('elif', 'else', 'endif');
      elifs.push(make('If', next, {cond: otherwise, body: inside, elifs: [], else_: []}));
      next = this.nextToken();
    }
    const else_ = next.value === 'else' ? this.#closed('endif') : [];
    return make('If', tag, {cond, body, elifs, else_});
  }

  #set(tag: Token): Statement {
    const target = this.parseTarget({withNamespace: true});
    if (this.skipOperator('=')) return make('SetValue', tag, {target, value: this.parseTuple()});
    const filter = this.isOperator('|') ? this.#filters(null) : null;
    return make('SetBlock', tag, {target, filter, body: this.#closed('endset')});
  }

  /** One filter after the other. */
  #filters(first: Expression | null): ReturnType<StatementParser['parseFilter']> {
    let filter = this.parseFilter(first);
    while (this.isOperator('|')) filter = this.parseFilter(filter);
    return filter;
  }

  #with(tag: Token): Statement {
    const targets: Target[] = [];
    const values: Expression[] = [];
    while (!this.isNext('block-end')) {
      if (targets.length > 0) this.expectOperator(',');
      targets.push(this.#withTarget());
      this.expectOperator('=');
      values.push(this.parseExpression());
    }
    return make('With', tag, {targets, values, body: this.#closed('endwith')});
  }

  #withTarget(): Target {
    return this.parseTarget({use: 'param'});
  }

  #macro(tag: Token): Statement {
    const name = this.parseName('store').value;
    const signature = this.#signature();
    return make('Macro', tag, {name, ...signature, body: this.#closed('endmacro')});
  }

  #callBlock(tag: Token): Statement {
    const signature = this.isOperator('(') ? this.#signature() : {params: [], defaults: []};
    const call = this.parseExpression();
    if (call.typename !== 'Call') return this.failAt(tag, 'Behind call stands the call of a macro.');
    return make('CallBlock', tag, {call, ...signature, body: this.#closed('endcall')});
  }

  #signature(): Omit<MacroParts, 'body'> {
    const params: Name[] = [];
    const defaults: Expression[] = [];
    this.expectOperator('(');
    while (!this.isOperator(')')) {
      if (params.length > 0) this.expectOperator(',');
      const param = this.parseName('param');
      if (params.some(({value}) => value === param.value)) {
        this.failAt(param, `The parameter ${param.value} is there twice.`);
      }
      if (this.skipOperator('=')) defaults.push(this.parseExpression());
      else if (defaults.length > 0) this.failAt(param, 'A parameter without default stands behind one with a default.');
      params.push(param);
    }
    this.nextToken();
    return {params, defaults};
  }

  #print(tag: Token): Output {
    const children: Expression[] = [];
    while (!this.isNext('block-end')) {
      if (children.length > 0) this.expectOperator(',');
      children.push(this.parseExpression());
    }
    return make('Output', tag, {children});
  }

  #namedBlock(tag: Token): Statement {
    const name = this.expectName().value;
    const scoped = this.skipSymbol('scoped');
    const required = this.skipSymbol('required');
    const body = this.#closed('endblock');
    const isEmpty = body.every(
      (part) =>
        part.typename === 'Output' &&
        part.children.every((child) => child.typename === 'TemplateData' && isBlank(child.value)),
    );
    if (required && !isEmpty) this.failAt(tag, 'A required block can hold only comments and white space.');
    this.skipSymbol(name);
    return make('Block', tag, {name, body, scoped, required});
  }

  #autoescape(tag: Token): Statement {
    const wanted = this.parseExpression();
    if (wanted.typename !== 'Literal' || wanted.value !== false) {
      this.failAt(tag, 'Escaping of HTML cannot be switched on here; use the filter e.');
    }
    return make('Scope', tag, {body: this.#closed('endautoescape')});
  }
}

function wordList(words: readonly string[]): string {
  return words.join(' or ');
}
