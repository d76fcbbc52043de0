/** Scopes: which variables a function has, and what they are when a scope begins and ends. */

import type {NamespaceRef, Target} from './ast.ts';
import {ExpressionCompiler} from './expression-compiler.ts';
import type {Frame} from './frame.ts';
import {limitWords, mostHandedOn} from './own-limits.ts';
import {placeNumber} from './place.ts';

export class ScopeCompiler extends ExpressionCompiler {
  #handedOn = 0;

  /** A function with its variables declared before everything else, as Python has them. */
  protected functionCode(head: string, parameters: readonly string[], emitBody: () => void): string {
    const outer = this.locals;
    this.locals = new Set();
    const body = this.captured(emitBody);
    const names = [...this.locals].filter((name) => !parameters.includes(name));
    this.locals = outer;
    const declared = names.length > 0 ? `let ${names.join(', ')};\n` : '';
    return `${head} {\n${declared}${body}}`;
  }

  /** A buffer that is empty here. */
  protected emptyBuffer(): string {
    const buffer = this.local();
    this._emitLine(`${buffer} = "";`);
    return buffer;
  }

  protected enterScope({symbols}: Frame): void {
    for (const [variable, load] of symbols.loads) {
      this.locals.add(variable);
      if (load.type === 'resolve') this._emitLine(`${variable} = context.resolve(${JSON.stringify(load.name)});`);
      else if (load.type === 'alias') this._emitLine(`${variable} = ${load.of};`);
      else if (load.type === 'undefined') this._emitLine(`${variable} = undefined;`);
    }
  }

  protected leaveScope({symbols}: Frame): void {
    const names = [...symbols.loads.keys()];
    if (names.length > 0) this._emitLine(`${names.join(' = ')} = undefined;`);
  }

  protected assign(target: Target, value: string, frame: Frame): void {
    if (target.typename === 'Symbol') this._emitLine(`${this.variable(target, frame)} = ${value};`);
    else if (target.typename === 'NamespaceRef') this.#setAttribute(target, value, frame);
    else {
      const parts = this.local();
      this._emitLine(`${parts} = t.unpack(${value}, ${target.children.length}, ${placeNumber(target)});`);
      target.children.forEach((part, index) => {
        this.assign(part as Target, `${parts}[${index}]`, frame);
      });
    }
  }

  #setAttribute(target: NamespaceRef, value: string, frame: Frame): void {
    const name = JSON.stringify(target.attribute);
    this._emitLine(`t.setAttribute(${this.variable(target, frame)}, ${name}, ${value}, ${placeNumber(target)});`);
  }

  /** What is set outside of loops and macros can be imported, and is seen by blocks. */
  protected publish(names: readonly string[], frame: Frame): void {
    if (!frame.isTopLevel) return;
    for (const name of names) {
      const variable = frame.symbols.find(name);
      this._emitLine(`context.publish(${JSON.stringify(name)}, ${variable});`);
    }
  }

  /** Everything that is set here, for templates that are included with their context. */
  protected localsCode(frame: Frame, at: {readonly lineno: number; readonly colno: number}): string {
    const variables = frame.symbols.storedVariables();
    this.#handedOn += variables.size;
    if (this.#handedOn > mostHandedOn) this.failAt(at, limitWords.handedOn);
    const pairs = [...variables].map(([name, variable]) => `[${JSON.stringify(name)}, ${variable}]`);
    return `[${pairs.join(', ')}]`;
  }
}

/** The plain names in a target. */
export function namesIn(target: Target): string[] {
  if (target.typename === 'Symbol') return [target.value];
  return target.typename === 'Tuple' ? target.children.flatMap((part) => namesIn(part as Target)) : [];
}
