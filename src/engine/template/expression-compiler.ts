/**
 * Expressions as JavaScript. Every operation is a call of the runtime (`t`), which knows Python's rules; the last number
 * of a call is the place in the template. Names of the template reach the code only as texts in quotes.
 */

import nunjucks from 'nunjucks';
import {findAll} from './analyze.ts';
import type {CallArguments, Expression, Pair, TemplateNode} from './ast.ts';
import {type Frame, softFrame} from './frame.ts';
import {pathOf} from './path.ts';
import {placeNumber} from './place.ts';

/** Is there a filter or a test of that name? */
export interface Known {
  filter(name: string): boolean;
  test(name: string): boolean;
}

type Of<Name extends TemplateNode['typename']> = Extract<TemplateNode, {typename: Name}>;

export class ExpressionCompiler extends nunjucks.compiler.Compiler {
  readonly #known: Known;
  /** Variables of the function that is being written. */
  protected locals = new Set<string>();
  /** Parameters of a macro whose defaults are not there yet. */
  protected waiting = new Set<string>();

  constructor(name: string, known: Known) {
    super(name);
    this.#known = known;
  }

  /** What a node compiles to, instead of adding it to the code. */
  protected code(node: TemplateNode, frame: Frame): string {
    return this.captured(() => this.compile(node, frame));
  }

  protected captured(emit: () => void): string {
    const outer = this.codebuf;
    this.codebuf = [];
    emit();
    const code = this.codebuf.join('');
    this.codebuf = outer;
    return code;
  }

  protected local(): string {
    const name = this._tmpid();
    this.locals.add(name);
    return name;
  }

  /** Fails the whole template. Places counted as the nodes count them. */
  protected failAt(at: {readonly lineno: number; readonly colno: number}, message: string): never {
    return this.fail(message, at.lineno, at.colno);
  }

  #list(nodes: readonly Expression[], frame: Frame): string {
    return `[${nodes.map((node) => this.code(node, frame)).join(', ')}]`;
  }

  compileLiteral({value}: Of<'Literal'>): void {
    this._emit(
      typeof value === 'string' ? JSON.stringify(value) : typeof value === 'bigint' ? `${value}n` : String(value),
    );
  }

  compileSymbol(node: Of<'Symbol'>, frame: Frame): void {
    const variable = this.variable(node, frame);
    const isSet = frame.symbols.findLoad(variable)?.type === 'parameter' && !this.waiting.has(variable);
    const unknown = `t.unknown(${JSON.stringify(node.value)}, ${placeNumber(node)})`;
    this._emit(isSet || node.use !== 'load' ? variable : `(${variable} === undefined ? ${unknown} : ${variable})`);
  }

  protected variable(
    node: {readonly value: string; readonly lineno: number; readonly colno: number},
    frame: Frame,
  ): string {
    const variable = frame.symbols.find(node.value);
    return variable ?? this.failAt(node, `The name ${node.value} cannot be used here.`);
  }

  compileArray(node: Of<'Array'>, frame: Frame): void {
    this._emit(`t.list(${this.#list(node.children, frame)})`);
  }

  compileTuple(node: Of<'Tuple'>, frame: Frame): void {
    this._emit(`t.tuple(${this.#list(node.children, frame)})`);
  }

  compileDict(node: Of<'Dict'>, frame: Frame): void {
    this._emit(`t.dict(${this.#pairs(node.children, frame)}, ${placeNumber(node)})`);
  }

  #pairs(pairs: readonly Pair[], frame: Frame): string {
    return `[${pairs.map(({key, value}) => `[${this.code(key, frame)}, ${this.code(value, frame)}]`).join(', ')}]`;
  }

  compileMember(node: Of<'Member'>, frame: Frame): void {
    this.#lookup(`t.member(${this.code(node.target, frame)}, ${JSON.stringify(node.name)}`, node);
  }

  compileLookupVal(node: Of<'LookupVal'>, frame: Frame): void {
    this.#lookup(`t.item(${this.code(node.target, frame)}, ${this.code(node.val, frame)}`, node);
  }

  /** The path is what the template wrote, for the sentence about what is missing. */
  #lookup(call: string, node: Of<'Member'> | Of<'LookupVal'>): void {
    this._emit(`${call}, ${placeNumber(node)}, ${JSON.stringify(pathOf(node.target))})`);
  }

  compileSliceLookup(node: Of<'SliceLookup'>, frame: Frame): void {
    const part = (each: Expression | null) => (each ? this.code(each, frame) : 'null');
    const bounds = `${part(node.start)}, ${part(node.stop)}, ${part(node.step)}`;
    this._emit(`t.slice(${this.code(node.target, frame)}, ${bounds}, ${placeNumber(node)})`);
  }

  /** `more`: a named argument beside those that were written. */
  protected argumentCode(
    node: CallArguments,
    frame: Frame,
    more?: {readonly name: string; readonly code: string},
  ): string {
    const rest = node.rest ? [`...t.spread(${this.code(node.rest, frame)})`] : [];
    const positional = [...node.positional.map((each) => this.code(each, frame)), ...rest].join(', ');
    const added = more ? `.concat([[${JSON.stringify(more.name)}, ${more.code}]])` : '';
    const named = node.named.length > 0 || more ? this.#pairs(node.named, frame) + added : 'undefined';
    return `[${positional}], ${named}, ${node.restNamed ? this.code(node.restNamed, frame) : 'undefined'}`;
  }

  compileCall(node: Of<'Call'>, frame: Frame): void {
    this._emit(this.callCode(node, frame));
  }

  protected callCode(node: Of<'Call'>, frame: Frame, more?: {readonly name: string; readonly code: string}): string {
    return `t.call(${this.code(node.target, frame)}, ${this.argumentCode(node, frame, more)}, ${placeNumber(node)})`;
  }

  compileFilter(node: Of<'Filter'>, frame: Frame): void {
    this.#checkKnown('filter', node, frame);
    // Without a target what the block around it wrote is filtered.
    const target = node.target ? this.code(node.target, frame) : frame.buffer;
    const given = `${target}, ${this.argumentCode(node, frame)}`;
    this._emit(`t.filter(${JSON.stringify(node.name)}, ${given}, ${placeNumber(node)})`);
  }

  compileTest(node: Of<'Test'>, frame: Frame): void {
    this.#checkKnown('test', node, frame);
    const given = `${this.code(node.target, frame)}, ${this.argumentCode(node, frame)}`;
    this._emit(`t.test(${JSON.stringify(node.name)}, ${given}, ${placeNumber(node)})`);
  }

  #checkKnown(what: 'filter' | 'test', node: Of<'Filter'> | Of<'Test'>, frame: Frame): void {
    if (!this.#known[what](node.name) && !frame.isSoft) {
      this.failAt(node, `There is no ${what} named ${node.name}.`);
    }
  }

  compileNot(node: Of<'Not'>, frame: Frame): void {
    this._emit(`!${this.truth(node.target, frame)}`);
  }

  /** Is it true, as JavaScript's true or false. */
  protected truth(node: Expression, frame: Frame): string {
    return `t.truth(${this.code(node, frame)})`;
  }

  compileNeg(node: Of<'Neg'>, frame: Frame): void {
    this._emit(`t.negate(${this.code(node.target, frame)}, ${placeNumber(node)})`);
  }

  compilePos(node: Of<'Pos'>, frame: Frame): void {
    this._emit(`t.keepSign(${this.code(node.target, frame)}, ${placeNumber(node)})`);
  }

  compileAnd(node: Of<'And'>, frame: Frame): void {
    const left = this.local();
    this._emit(`(t.truth(${left} = ${this.code(node.left, frame)}) ? ${this.code(node.right, frame)} : ${left})`);
  }

  compileOr(node: Of<'Or'>, frame: Frame): void {
    const left = this.local();
    this._emit(`(t.truth(${left} = ${this.code(node.left, frame)}) ? ${left} : ${this.code(node.right, frame)})`);
  }

  compileAdd = this.#operator('+');
  compileSub = this.#operator('-');
  compileMul = this.#operator('*');
  compileDiv = this.#operator('/');
  compileFloorDiv = this.#operator('//');
  compileMod = this.#operator('%');

  /** A constant with a minus before it takes the minus to the power only where the power is constant too. */
  compilePow(node: Of<'Pow'>, frame: Frame): void {
    const {left, right} = node;
    const at = placeNumber(node);
    const base = this.code(left, frame);
    const power = (each: string) => `t.operate('**', ${each}, ${this.code(right, frame)}, ${at})`;
    const isOdd = isNegative(left) && !isConstant(right);
    this._emit(isOdd ? `t.negate(${power(`t.negate(${base}, ${at})`)}, ${at})` : power(base));
  }

  #operator(sign: string) {
    return (
      node: {readonly left: Expression; readonly right: Expression; readonly lineno: number; readonly colno: number},
      frame: Frame,
    ): void => {
      const operands = `${this.code(node.left, frame)}, ${this.code(node.right, frame)}`;
      this._emit(`t.operate('${sign}', ${operands}, ${placeNumber(node)})`);
    };
  }

  compileConcat(node: Of<'Concat'>, frame: Frame): void {
    this._emit(`t.concat(${this.code(node.left, frame)}, ${this.code(node.right, frame)}, ${placeNumber(node)})`);
  }

  /** a < b < c is a < b and b < c, with b asked for once. */
  compileCompare(node: Of<'Compare'>, frame: Frame): void {
    let left = this.code(node.expr, frame);
    const parts = node.ops.map((operand, index) => {
      const right = this.code(operand.expr, frame);
      const isLast = index === node.ops.length - 1;
      const kept = isLast ? '' : this.local();
      const part = `t.compare('${operand.type}', ${left}, ${isLast ? right : `${kept} = ${right}`}, ${placeNumber(operand)})`;
      left = kept;
      return part;
    });
    this._emit(`(${parts.join(' && ')})`);
  }

  compileInlineIf(node: Of<'InlineIf'>, frame: Frame): void {
    const soft = softFrame(frame);
    const otherwise = node.else_ ? this.code(node.else_, soft) : `t.noElse(${placeNumber(node)})`;
    this._emit(`(${this.truth(node.cond, soft)} ? ${this.code(node.body, soft)} : ${otherwise})`);
  }
}

/** A number with an odd count of minus signs before it. */
function isNegative(node: Expression): boolean {
  if (node.typename === 'Neg') return isNumber(node.target) && !isNegative(node.target);
  return node.typename === 'Pos' && isNegative(node.target);
}

function isNumber(node: Expression): boolean {
  if (node.typename === 'Neg' || node.typename === 'Pos') return isNumber(node.target);
  return node.typename === 'Literal' && (typeof node.value === 'bigint' || typeof node.value === 'number');
}

function isConstant(node: Expression): boolean {
  return findAll(node, 'Symbol').length === 0;
}
