/** `for`, with everything that hangs on it. */

import {analyzeLoop, findAll, undeclared} from './analyze.ts';
import type {Body, For, Target} from './ast.ts';
import {type Frame, innerFrame} from './frame.ts';
import {placeNumber} from './place.ts';
import {ScopeCompiler} from './scope-compiler.ts';

export class LoopCompiler extends ScopeCompiler {
  protected compileBody(body: Body, frame: Frame): void {
    for (const statement of body) this.compile(statement, frame);
  }

  compileFor(node: For, frame: Frame): void {
    this.#checkTargets(node);
    const buffer = node.recursive ? this._tmpid() : frame.buffer;
    const inside = innerFrame(frame, {buffer});
    const otherwise = innerFrame(frame, {buffer});
    const isExtended = this.#needsLoop(node);
    const loop = isExtended ? inside.symbols.declareParameter('loop') : undefined;
    analyzeLoop(inside.symbols, node, 'body');
    analyzeLoop(otherwise.symbols, node, 'else');
    const test = node.test ? this.#test(node, inside, innerFrame(frame)) : undefined;
    if (!node.recursive) {
      this.#rounds(node, this.code(node.arr, frame), {inside, otherwise, loop, test}, 'undefined, 0');
      return;
    }
    const render = this.local();
    const head = `${render} = (source, depth) =>`;
    const code = this.functionCode(head, [], () => {
      this.locals.add(buffer);
      this._emitLine(`${buffer} = "";`);
      this.#rounds(node, 'source', {inside, otherwise, loop, test}, `${render}, depth`);
      this._emitLine(`return ${buffer};`);
    });
    this._emitLine(`${code};`);
    this.write(`${render}(${this.code(node.arr, frame)}, 0)`, frame);
  }

  /** Adds the code of a text to what is written. */
  protected write(code: string, frame: Frame): void {
    this._emitLine(`${frame.buffer} += ${code};`);
  }

  #rounds(
    node: For,
    source: string,
    parts: {inside: Frame; otherwise: Frame; loop: string | undefined; test: string | undefined},
    recursion: string,
  ): void {
    const {inside, otherwise, loop, test} = parts;
    const at = placeNumber(node.arr);
    const items = test ? `${test}(${source})` : source;
    const isEmpty = node.else_.length > 0 ? this.local() : undefined;
    const item = this._tmpid();
    if (isEmpty) this._emitLine(`${isEmpty} = true;`);
    if (loop) {
      const rounds = this.local();
      this._emitLine(`${rounds} = t.loop(${items}, ${recursion}, ${at});`);
      this._emitLine(`for (const ${item} of ${rounds}.rounds()) {`);
      this._emitLine(`${loop} = ${rounds};`);
      this.locals.add(loop);
    } else this._emitLine(`for (const ${item} of t.each(${items}, ${at})) {`);
    this._emitLine(`t.round(${inside.buffer}, ${at});`);
    for (const variable of inside.symbols.loads.keys()) this.locals.add(variable);
    this.assign(node.target, item, inside);
    this.enterScope(inside);
    this.compileBody(node.body, inside);
    if (isEmpty) this._emitLine(`${isEmpty} = false;`);
    this._emitLine('}');
    this.leaveScope(inside);
    if (!isEmpty) return;
    this._emitLine(`if (${isEmpty}) {`);
    this.enterScope(otherwise);
    this.compileBody(node.else_, otherwise);
    this.leaveScope(otherwise);
    this._emitLine('}');
  }

  /** The items for which the test behind `if` is true, one after the other. */
  #test(node: For, inside: Frame, frame: Frame): string {
    analyzeLoop(frame.symbols, node, 'test');
    const name = this.local();
    const code = this.functionCode(`${name} = t.selecting(function* (source)`, [], () => {
      for (const variable of inside.symbols.loads.keys()) this.locals.add(variable);
      this.enterScope(frame);
      this._emitLine(`for (const item of t.each(source, ${placeNumber(node.arr)})) {`);
      this._emitLine(`t.round("", ${placeNumber(node.arr)});`);
      this.assign(node.target, 'item', inside);
      if (node.test) this._emitLine(`if (${this.truth(node.test, frame)}) yield ${this.#packed(node.target, inside)};`);
      this._emitLine('}');
    });
    this._emitLine(`${code});`);
    return name;
  }

  #packed(target: Target, frame: Frame): string {
    if (target.typename === 'Symbol') return this.variable(target, frame);
    if (target.typename !== 'Tuple') return 'item';
    return `t.tuple([${target.children.map((part) => this.#packed(part as Target, frame)).join(', ')}])`;
  }

  /** Only loops that ask for `loop` pay for it. */
  #needsLoop(node: For): boolean {
    if (node.recursive || undeclared(node.body, ['loop']).size > 0) return true;
    return findAll(node, 'Block').some(({scoped}) => scoped);
  }

  #checkTargets(node: For): void {
    const wrong = findAll(node, 'Symbol').find(({use, value}) => use === 'store' && value === 'loop');
    if (wrong) this.failAt(wrong, 'The name loop cannot be set inside a loop.');
  }
}
