/** `t` of compiled templates: what one template asks for while it is rendered once. */

import {Fault} from '../values/fault.ts';
import {itemsOf, iterate} from '../values/iterate.ts';
import {Lazy} from '../values/lazy.ts';
import {textOf} from '../values/markup-text.ts';
import {quoted} from '../values/repr.ts';
import {Tuple} from '../values/tuple.ts';
import {isList, type Value} from '../values/types.ts';
import {blockAt, SelfReference} from './block-reference.ts';
import type {CompiledTemplate} from './compiled.ts';
import {type BlockCode, Context, type Names} from './context.ts';
import {Namespace} from './helpers.ts';
import {LoopContext, type RenderLoop} from './loop-context.ts';
import {Macro, type MacroShape} from './macro.ts';
import {TemplateModule} from './module.ts';
import {Operations} from './operations.ts';
import {placed, TemplateMissing} from './placed-fault.ts';
import type {Rendering} from './rendering.ts';

export class Runtime extends Operations {
  readonly #compiled: CompiledTemplate;

  constructor(rendering: Rendering, compiled: CompiledTemplate) {
    super(rendering, compiled.name);
    this.#compiled = compiled;
  }

  /** The whole template, in a context of its own. */
  render(layers: readonly Names[]): {readonly text: string; readonly context: Context} {
    const context = new Context(layers, this.blocks());
    return {text: this.renderRoot(context), context};
  }

  renderRoot(context: Context): string {
    return this.#guard(() => this.#compiled.root(this, context));
  }

  /** The blocks of this template, to be put into a context. */
  blocks(): Map<string, BlockCode[]> {
    const blocks = new Map<string, BlockCode[]>();
    for (const [name, render] of this.#compiled.blocks) {
      blocks.set(name, [{code: render, render: (context) => this.#guard(() => render(this, context))}]);
    }
    return blocks;
  }

  /** Runs something of this template; a fault in it gets its place. */
  #guard(run: () => string): string {
    try {
      const text = this.rendering.deeper(run);
      this.meter.allow(text.length);
      return text;
    } catch (error) {
      throw placed(error, this.template, this.at);
    }
  }

  // Loops, macros and assignments

  each(value: Value, at: number): Iterable<Value> {
    this.at = at;
    if (isList(value)) return value;
    const iterator = iterate(value);
    return {[Symbol.iterator]: () => iterator};
  }

  loop(items: Value, render: RenderLoop | undefined, depth: number, at: number): LoopContext {
    this.at = at;
    const inner = render && ((inside: Value, level: number) => this.rendering.deeper(() => render(inside, level)));
    return new LoopContext(items, inner, depth, this.meter);
  }

  /** Asked at the beginning of every round. */
  round(written: string, at: number): void {
    this.at = at;
    this.meter.spend(1);
    this.meter.allow(written.length);
  }

  selecting(select: (source: Value) => Generator<Value, void>): (source: Value) => Lazy {
    return (source) => new Lazy(select(source));
  }

  unpack(value: Value, count: number, at: number): readonly Value[] {
    this.at = at;
    const items = value instanceof Tuple ? value.items : itemsOf(value, this.meter);
    if (items.length > count) throw new Fault('ValueError', `too many values to unpack (expected ${count})`);
    if (items.length < count) {
      throw new Fault('ValueError', `not enough values to unpack (expected ${count}, got ${items.length})`);
    }
    return items;
  }

  setAttribute(target: Value | undefined, name: string, value: Value, at: number): void {
    this.at = at;
    if (!(target instanceof Namespace)) throw new Fault('TypeError', 'cannot assign attribute on non-namespace object');
    target.set(name, value);
  }

  macro(render: (...given: (Value | undefined)[]) => string, shape: MacroShape): Macro {
    return new Macro((...given) => this.#guard(() => render(...given)), shape);
  }

  // Other templates

  self(context: Context): SelfReference {
    return new SelfReference(context);
  }

  super(context: Context, name: string, at: number): Value {
    this.at = at;
    return blockAt(context, name, context.depthOf(name, this.#compiled.blocks.get(name)) + 1);
  }

  block(context: Context, name: string, isRequired: boolean, at: number): string {
    this.at = at;
    const blocks = context.blocks.get(name) ?? [];
    if (isRequired && blocks.length <= 1) throw new Fault('TypeError', `Required block ${quoted(name)} not found`);
    return blocks[0]?.render(context) ?? '';
  }

  extend(context: Context, parent: Runtime | undefined, name: Value, at: number): Runtime {
    this.at = at;
    if (parent !== undefined) throw new Fault('TypeError', 'extended multiple times');
    const runtime = this.#template(name);
    for (const [block, codes] of runtime.blocks()) {
      context.blocks.set(block, [...(context.blocks.get(block) ?? []), ...codes]);
    }
    return runtime;
  }

  renderParent(parent: Runtime, context: Context): string {
    return parent.renderRoot(context);
  }

  /** Without a context the template sees only the names that all have. */
  include(name: Value, context: Context | undefined, ignoresMissing: boolean, at: number): string {
    this.at = at;
    const runtime = this.#included(name, ignoresMissing);
    if (!runtime) return '';
    return context === undefined
      ? runtime.render([this.rendering.globals]).text
      : runtime.renderRoot(context.withBlocks(runtime.blocks()));
  }

  /** The first of several that is there. */
  #included(name: Value, ignoresMissing: boolean): Runtime | undefined {
    const names =
      textOf(name) === undefined && (isList(name) || name instanceof Tuple) ? itemsOf(name, this.meter) : [name];
    for (const each of names) {
      try {
        return this.#template(each);
      } catch (error) {
        if (!(error instanceof TemplateMissing)) throw error;
        if (names.length === 1 && !ignoresMissing) throw error;
      }
    }
    if (ignoresMissing) return undefined;
    throw new TemplateMissing('None of the templates that could be included is there.');
  }

  #template(name: Value): Runtime {
    const text = textOf(name);
    if (text === undefined) throw new TemplateMissing('The name of a template must be a text.');
    const compiled = this.rendering.find(text);
    if (!compiled) throw new TemplateMissing(`There is no template ${quoted(text)} in this tree.`);
    return new Runtime(this.rendering, compiled);
  }

  importModule(name: Value, context: Context | undefined, at: number): TemplateModule {
    this.at = at;
    const known = typeof name === 'string' && context === undefined ? this.rendering.modules.get(name) : undefined;
    if (known) return known;
    const runtime = this.#template(name);
    const own = context?.withBlocks(runtime.blocks()) ?? new Context([this.rendering.globals], runtime.blocks());
    const text = runtime.renderRoot(own);
    const module = new TemplateModule(runtime.template, own.exported(), text);
    if (typeof name === 'string' && context === undefined) this.rendering.modules.set(name, module);
    return module;
  }

  imported(module: TemplateModule, name: string, at: number): Value {
    this.at = at;
    const message = `the template ${quoted(module.name)} does not export the requested name ${quoted(name)}`;
    const found = module.attribute(name);
    return found === undefined ? this.undefined(message) : found;
  }
}
