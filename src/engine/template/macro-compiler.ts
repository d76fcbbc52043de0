/** Macros and call blocks. */

import {analyzeMacro, undeclared} from './analyze.ts';
import type {CallBlock, Macro, MacroParts} from './ast.ts';
import {type Frame, innerFrame} from './frame.ts';
import {LoopCompiler} from './loop-compiler.ts';
import {placeNumber} from './place.ts';

export class MacroCompiler extends LoopCompiler {
  compileMacro(node: Macro, frame: Frame): void {
    const variable = frame.symbols.find(node.name);
    this._emitLine(`${variable} = ${this.#macroCode(node, node.name, frame)};`);
    this.publish([node.name], frame);
  }

  compileCallBlock(node: CallBlock, frame: Frame): void {
    const caller = this.local();
    this._emitLine(`${caller} = ${this.#macroCode(node, null, frame)};`);
    const call = this.callCode(node.call, frame, {name: 'caller', code: caller});
    this.write(`t.joined(${call}, ${placeNumber(node)})`, frame);
  }

  #macroCode(node: (Macro | CallBlock) & MacroParts, name: string | null, outer: Frame): string {
    const buffer = this._tmpid();
    const frame = innerFrame(outer, {buffer, checksExtends: false});
    analyzeMacro(frame.symbols, node);
    const names = node.params.map(({value}) => value);
    const parameters = names.map((each) => frame.symbols.find(each) as string);
    const special = undeclared(node.body, ['caller', 'kwargs', 'varargs']);
    const takes = {caller: special.has('caller'), kwargs: false, varargs: false};
    if (takes.caller && !names.includes('caller')) parameters.push(frame.symbols.declareParameter('caller'));
    if (takes.caller && names.includes('caller')) this.#checkCaller(node);
    for (const each of ['kwargs', 'varargs'] as const) {
      if (!special.has(each) || names.includes(each)) continue;
      takes[each] = true;
      parameters.push(frame.symbols.declareParameter(each));
    }
    analyzeMacro(frame.symbols, node);
    const code = this.functionCode(`(${parameters.join(', ')}) =>`, parameters, () => {
      this.locals.add(buffer);
      this._emitLine(`${buffer} = "";`);
      this.enterScope(frame);
      this.#defaults(node, frame);
      this.compileBody(node.body, frame);
      this._emitLine(`return ${buffer};`);
    });
    const shape = JSON.stringify({name, parameters: names, ...takes});
    return `t.macro(${code}, ${shape})`;
  }

  /** One after the other, so that a default can use the parameters before it. */
  #defaults(node: MacroParts, frame: Frame): void {
    const outer = this.waiting;
    this.waiting = frame.symbols.parameters();
    node.params.forEach((param, index) => {
      const variable = this.variable(param, frame);
      const fallback = node.defaults[index - (node.params.length - node.defaults.length)];
      const value = fallback
        ? this.code(fallback, frame)
        : `t.notGiven(${JSON.stringify(param.value)}, ${placeNumber(param)})`;
      this._emitLine(`if (${variable} === undefined) ${variable} = ${value};`);
      this.waiting.delete(variable);
    });
    this.waiting = outer;
  }

  #checkCaller(node: (Macro | CallBlock) & MacroParts): void {
    const index = node.params.findIndex(({value}) => value === 'caller');
    if (index < node.params.length - node.defaults.length) {
      this.failAt(node, 'A parameter named caller must have a default.');
    }
  }
}
