/** Running the configuration modules of a tree, as the reader of a configuration asks for it. */

import type {Problem} from '../../problem.ts';
import type {Value} from '../context-values.ts';

export interface ModulesRequest {
  readonly toolRoot: string;
  readonly modules: readonly ModuleCall[];
  /** What all modules together are checked against; the results are put into it. */
  readonly whole: Value;
  /** Texts that no message may hold. */
  readonly secrets: ReadonlySet<string>;
}

interface ModuleCall {
  readonly name: string;
  /** The arguments of its class: the machines, the configuration's own section, the defaults. */
  readonly given: readonly [Value, Value, Value];
}

export interface ModulesAnswer {
  /** By name; absent when one failed, which is then in the problems. */
  readonly values?: ReadonlyMap<string, Value>;
  readonly problems: readonly Problem[];
}

/** Never throws for what a module does. */
export type RunModules = (request: ModulesRequest) => Promise<ModulesAnswer>;

/** The file of a module in its tree. */
export function moduleFile(name: string): string {
  return `src/${name}/config/${name.replaceAll('-', '_')}.py`;
}
