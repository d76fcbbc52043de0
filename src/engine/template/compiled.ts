import type {Context} from './context.ts';

/** A template as JavaScript. `runtime` is the one of the rendering. */
export interface CompiledTemplate {
  readonly name: string;
  readonly root: RenderPart;
  readonly blocks: ReadonlyMap<string, RenderPart>;
}

export type RenderPart = (runtime: object, context: Context) => string;

/** The template of a name; undefined when there is none. */
export type FindTemplate = (name: string) => CompiledTemplate | undefined;
