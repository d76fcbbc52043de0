import type {Engine} from '../engine/index.ts';
import type {Options} from './flags.ts';
import type {Output} from './output.ts';
import type {World} from './world.ts';

/** What a command works with. */
export interface Context {
  readonly engine: Engine;
  readonly world: World;
  readonly output: Output;
  readonly options: Options;
  readonly names: readonly string[];
  /** Words behind --. */
  readonly rest: readonly string[];
  /** The name of a command that takes exactly one. */
  readonly name: string;
  /** The tree must be named or here; the sample does not stand in. */
  readonly treeIsHere: boolean;
}
