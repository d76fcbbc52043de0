import {PythonObject, type Value} from '../values/types.ts';

/** What `import` gives: the names that a template set, and its text when it is printed. */
export class TemplateModule extends PythonObject {
  readonly typeName = 'TemplateModule';
  readonly name: string;
  readonly #names: ReadonlyMap<string, Value>;
  readonly #text: string;

  constructor(name: string, names: ReadonlyMap<string, Value>, text: string) {
    super();
    this.name = name;
    this.#names = names;
    this.#text = text;
  }

  override repr(): string {
    return `<TemplateModule '${this.name}'>`;
  }

  override str(): string {
    return this.#text;
  }

  override isTrue(): boolean {
    return true;
  }

  override attribute(name: string): Value | undefined {
    return this.#names.get(name);
  }
}
