import type {Value} from '../values/types.ts';

/** Where a name may be found. */
export interface Names {
  get(name: string): Value | undefined;
}

export interface BlockCode {
  /** Tells apart the blocks of one name in templates that extend each other. */
  readonly code: unknown;
  render(context: Context): string;
}

/** The names that a template sees. */
export class Context {
  /** The nearest first. */
  readonly #layers: readonly Names[];
  /** What the template set outside of loops and macros. */
  readonly #vars = new Map<string, Value>();
  readonly #exported = new Set<string>();
  /** The blocks of a name: those of the template itself first, then those of what it extends. */
  readonly blocks: Map<string, BlockCode[]>;

  constructor(layers: readonly Names[], blocks: Map<string, BlockCode[]>) {
    this.#layers = layers;
    this.blocks = blocks;
  }

  resolve(name: string): Value | undefined {
    const own = this.#vars.get(name);
    if (own !== undefined) return own;
    for (const layer of this.#layers) {
      const value = layer.get(name);
      if (value !== undefined) return value;
    }
    return undefined;
  }

  /** Seen by blocks, and by templates that import this one. */
  publish(name: string, value: Value | undefined): void {
    if (value === undefined) return;
    this.#vars.set(name, value);
    if (!name.startsWith('_')) this.#exported.add(name);
  }

  /** Seen by blocks alone. */
  hide(name: string, value: Value | undefined): void {
    if (value !== undefined) this.#vars.set(name, value);
    this.#exported.delete(name);
  }

  exported(): ReadonlyMap<string, Value> {
    return new Map([...this.#vars].filter(([name]) => this.#exported.has(name)));
  }

  /** How many templates up a block is. */
  depthOf(name: string, code: unknown): number {
    return this.blocks.get(name)?.findIndex((block) => block.code === code) ?? -1;
  }

  /** The same, with variables of loops and macros on top; for another template without the blocks. */
  derived(locals: readonly (readonly [string, Value | undefined])[], blocks = this.#copiedBlocks()): Context {
    const top = new Map<string, Value>();
    for (const [name, value] of locals) if (value !== undefined) top.set(name, value);
    return new Context([top, new Map(this.#vars), ...this.#layers], blocks);
  }

  #copiedBlocks(): Map<string, BlockCode[]> {
    return new Map([...this.blocks].map(([name, codes]) => [name, [...codes]]));
  }

  /** The names, for a template that has blocks of its own. */
  withBlocks(blocks: Map<string, BlockCode[]>): Context {
    return this.derived([], blocks);
  }
}
