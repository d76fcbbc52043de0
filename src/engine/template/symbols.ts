/** Which variable a name means where: Jinja2's idtracking, which decides at compile time and not while rendering. */

export type Load =
  | {readonly type: 'parameter'}
  /** Looked up in the context when the scope is entered. */
  | {readonly type: 'resolve'; readonly name: string}
  /** Begins as what the variable of an outer scope is. */
  | {readonly type: 'alias'; readonly of: string}
  | {readonly type: 'undefined'};

/** The names of one scope. */
export class Symbols {
  readonly #level: number;
  readonly #parent: Symbols | undefined;
  #refs = new Map<string, string>();
  #loads = new Map<string, Load>();
  #stores = new Set<string>();

  constructor(parent?: Symbols) {
    this.#parent = parent;
    this.#level = parent ? parent.#level + 1 : 0;
  }

  get loads(): ReadonlyMap<string, Load> {
    return this.#loads;
  }

  get stores(): ReadonlySet<string> {
    return this.#stores;
  }

  /** The variable of a name; undefined when no scope up to here knows it. */
  find(name: string): string | undefined {
    return this.#refs.get(name) ?? this.#parent?.find(name);
  }

  findLoad(variable: string): Load | undefined {
    return this.#loads.get(variable) ?? this.#parent?.findLoad(variable);
  }

  load(name: string): void {
    if (this.find(name) === undefined) this.#define(name, {type: 'resolve', name});
  }

  store(name: string): void {
    this.#stores.add(name);
    if (this.#refs.has(name)) return;
    const outer = this.#parent?.find(name);
    this.#define(name, outer === undefined ? {type: 'undefined'} : {type: 'alias', of: outer});
  }

  declareParameter(name: string): string {
    this.#stores.add(name);
    return this.#define(name, {type: 'parameter'});
  }

  #define(name: string, load: Load): string {
    const variable = `l${this.#level}_${name.replace(/[^A-Za-z0-9_]/gu, (each) => `$${each.codePointAt(0)?.toString(16)}$`)}`;
    this.#refs.set(name, variable);
    this.#loads.set(variable, load);
    return variable;
  }

  copy(): Symbols {
    const copy = new Symbols(this.#parent);
    copy.#refs = new Map(this.#refs);
    copy.#loads = new Map(this.#loads);
    copy.#stores = new Set(this.#stores);
    return copy;
  }

  /** Takes over what the branches of an `if` know: a name that only one of them sets is looked up before. */
  mergeBranches(branches: readonly Symbols[]): void {
    const stored = new Set(branches.flatMap((branch) => [...branch.#stores]).filter((name) => !this.#stores.has(name)));
    for (const branch of branches) {
      for (const [name, variable] of branch.#refs) this.#refs.set(name, variable);
      for (const [variable, load] of branch.#loads) this.#loads.set(variable, load);
      for (const name of branch.#stores) this.#stores.add(name);
    }
    for (const name of stored) {
      const variable = this.find(name);
      const outer = this.#parent?.find(name);
      if (variable !== undefined) {
        this.#loads.set(variable, outer === undefined ? {type: 'resolve', name} : {type: 'alias', of: outer});
      }
    }
  }

  /** Everything that is set up to here, the innermost first. */
  storedVariables(): Map<string, string> {
    const all = new Map<string, string>();
    for (let scope: Symbols | undefined = this; scope; scope = scope.#parent) {
      for (const name of [...scope.#stores].sort()) {
        const variable = this.find(name);
        if (!all.has(name) && variable !== undefined) all.set(name, variable);
      }
    }
    return all;
  }

  parameters(): Set<string> {
    const all = new Set<string>();
    for (const [variable, load] of this.#loads) if (load.type === 'parameter') all.add(variable);
    return all;
  }
}
