/** Every other tag, and the template as a whole. */

import {analyzeAll, findAll, undeclared} from './analyze.ts';
import type {
  Block,
  Extends,
  FilterBlock,
  FromImport,
  If,
  Import,
  Include,
  Output,
  Root,
  Scope,
  SetBlock,
  SetValue,
  With,
} from './ast.ts';
import {type Frame, innerFrame, outermostFrame, softFrame} from './frame.ts';
import {MacroCompiler} from './macro-compiler.ts';
import {placeNumber} from './place.ts';
import {namesIn} from './scope-compiler.ts';

export class StatementCompiler extends MacroCompiler {
  /** Was another template extended outside of every `if`? Then nothing behind it is written. */
  #isExtending = false;
  #hasExtends = false;

  compileRoot(node: Root): void {
    const blocks = findAll(node, 'Block');
    const twice = blocks.find((block, index) => blocks.findIndex(({name}) => name === block.name) < index);
    if (twice) this.failAt(twice, `The block ${twice.name} is there twice.`);
    this.#hasExtends = findAll(node, 'Extends').length > 0;
    const frame = outermostFrame('o', this.#hasExtends, true);
    const root = this.functionCode('(t, context) =>', [], () => {
      this._emitLine('let o = "", parent;');
      if (undeclared(node.children, ['self']).size > 0) {
        this._emitLine(`${this.#declare(frame, 'self')} = t.self(context);`);
      }
      analyzeAll(frame.symbols, node.children);
      this.enterScope(frame);
      this.compileBody(node.children, frame);
      this._emitLine('return parent === undefined ? o : o + t.renderParent(parent, context);');
    });
    const named = blocks.map((block) => `[${JSON.stringify(block.name)}, ${this.#blockCode(block)}]`);
    this._emitLine(`"use strict";\nreturn {root: ${root},\nblocks: new Map([${named.join(',\n')}])};`);
  }

  #declare(frame: Frame, name: string): string {
    const variable = frame.symbols.declareParameter(name);
    this.locals.add(variable);
    return variable;
  }

  /** A block sees the context, not the variables around it. */
  #blockCode(block: Block): string {
    const frame = outermostFrame('o', false, false);
    this.#isExtending = false;
    return this.functionCode('(t, context) =>', [], () => {
      this._emitLine('let o = "";');
      const special = undeclared(block.body, ['self', 'super']);
      if (special.has('self')) this._emitLine(`${this.#declare(frame, 'self')} = t.self(context);`);
      if (special.has('super')) {
        const parent = `t.super(context, ${JSON.stringify(block.name)}, ${placeNumber(block)})`;
        this._emitLine(`${this.#declare(frame, 'super')} = ${parent};`);
      }
      analyzeAll(frame.symbols, block.body);
      this.enterScope(frame);
      this.compileBody(block.body, frame);
      this._emitLine('return o;');
    });
  }

  compileOutput(node: Output, frame: Frame): void {
    if (frame.checksExtends && this.#isExtending) return;
    const parts = node.children.map((child) =>
      child.typename === 'TemplateData'
        ? JSON.stringify(child.value)
        : `t.text(${this.code(child, frame)}, ${placeNumber(child)})`,
    );
    // Only plain text and {{ }} are left out behind extends; what blocks of tags write is kept, as in Jinja2.
    if (frame.checksExtends) this._emit('if (parent === undefined) ');
    this.write(parts.length === 1 ? (parts[0] as string) : `(${parts.join(' + ')})`, frame);
  }

  compileIf(node: If, frame: Frame): void {
    const soft = softFrame(frame);
    this._emitLine(`if (${this.truth(node.cond, soft)}) {`);
    this.compileBody(node.body, soft);
    for (const elif of node.elifs) {
      this._emitLine(`} else if (${this.truth(elif.cond, soft)}) {`);
      this.compileBody(elif.body, soft);
    }
    if (node.else_.length > 0) {
      this._emitLine('} else {');
      this.compileBody(node.else_, soft);
    }
    this._emitLine('}');
  }

  compileSetValue(node: SetValue, frame: Frame): void {
    this.assign(node.target, this.code(node.value, frame), frame);
    this.publish(namesIn(node.target), frame);
  }

  compileSetBlock(node: SetBlock, frame: Frame): void {
    const inside = innerFrame(frame, {buffer: this.emptyBuffer(), checksExtends: false});
    analyzeAll(inside.symbols, [...node.body, node.filter]);
    this.enterScope(inside);
    this.compileBody(node.body, inside);
    this.assign(node.target, node.filter ? this.code(node.filter, inside) : inside.buffer, frame);
    this.publish(namesIn(node.target), frame);
    this.leaveScope(inside);
  }

  compileFilterBlock(node: FilterBlock, frame: Frame): void {
    const inside = innerFrame(frame, {buffer: this.emptyBuffer()});
    analyzeAll(inside.symbols, [...node.body, node.filter]);
    this.enterScope(inside);
    this.compileBody(node.body, inside);
    this.write(`t.joined(${this.code(node.filter, inside)}, ${placeNumber(node)})`, frame);
    this.leaveScope(inside);
  }

  compileWith(node: With, frame: Frame): void {
    const inside = innerFrame(frame);
    analyzeAll(inside.symbols, [...node.targets, ...node.body]);
    this.enterScope(inside);
    node.targets.forEach((target, index) => {
      const value = node.values[index];
      if (value) this.assign(target, this.code(value, frame), inside);
    });
    this.compileBody(node.body, inside);
    this.leaveScope(inside);
  }

  compileScope(node: Scope, frame: Frame): void {
    const inside = innerFrame(frame);
    analyzeAll(inside.symbols, node.body);
    this.enterScope(inside);
    this.compileBody(node.body, inside);
    this.leaveScope(inside);
  }

  compileBlock(node: Block, frame: Frame): void {
    if (frame.isTopLevel && this.#isExtending) return;
    const context = node.scoped ? `context.derived(${this.localsCode(frame, node)})` : 'context';
    const call = `t.block(${context}, ${JSON.stringify(node.name)}, ${node.required}, ${placeNumber(node)})`;
    this._emitLine(
      `${frame.isTopLevel && this.#hasExtends ? 'if (parent === undefined) ' : ''}${frame.buffer} += ${call};`,
    );
  }

  compileExtends(node: Extends, frame: Frame): void {
    if (!frame.isTopLevel)
      this.failAt(node, 'Another template can be extended only outside of loops, macros and blocks.');
    this._emitLine(`parent = t.extend(context, parent, ${this.code(node.template, frame)}, ${placeNumber(node)});`);
    if (frame.isRootLevel) this.#isExtending = true;
  }

  compileInclude(node: Include, frame: Frame): void {
    const name = this.code(node.template, frame);
    const context = node.withContext ? `context.derived(${this.localsCode(frame, node)})` : 'undefined';
    this.write(`t.include(${name}, ${context}, ${node.ignoreMissing}, ${placeNumber(node)})`, frame);
  }

  compileImport(node: Import, frame: Frame): void {
    const {value: name} = node.target;
    this.assign(node.target, this.#moduleCode(node, frame), frame);
    this.#hide(name, frame);
  }

  compileFromImport(node: FromImport, frame: Frame): void {
    const module = this.local();
    this._emitLine(`${module} = ${this.#moduleCode(node, frame)};`);
    for (const {name, target} of node.names) {
      const found = `t.imported(${module}, ${JSON.stringify(name)}, ${placeNumber(target)})`;
      this.assign(target, found, frame);
      this.#hide(target.value, frame);
    }
  }

  #moduleCode(node: Import | FromImport, frame: Frame): string {
    const context = node.withContext ? `context.derived(${this.localsCode(frame, node)})` : 'undefined';
    return `t.importModule(${this.code(node.template, frame)}, ${context}, ${placeNumber(node)})`;
  }

  /** What was imported is seen by blocks, but not imported again from here. */
  #hide(name: string, frame: Frame): void {
    if (frame.isTopLevel) this._emitLine(`context.hide(${JSON.stringify(name)}, ${frame.symbols.find(name)});`);
  }
}
