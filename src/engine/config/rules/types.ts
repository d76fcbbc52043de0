/** Rules: what must hold across keys and files of a configuration, each with its place, sentence and hint. */

import type {Severity} from '../../problem.ts';
import type {Sources} from '../sources.ts';
import type {ClusterConfig} from '../types.ts';
import type {Place} from '../yaml-access.ts';
import type {Computer} from './computer.ts';
import type {Entry} from './entries.ts';

export interface Rule {
  /** Stays the same from release to release; in problems and in docs/configuration.md. */
  readonly name: string;
  readonly severity: Severity;
  /** What is in order, for docs/configuration.md. */
  readonly holds: string;
  /** Every breach. What the shape of a file says already is not said again. */
  readonly find: (input: RuleInput) => readonly Finding[];
}

export interface RuleInput {
  /** Whatever could be read. */
  readonly config: ClusterConfig;
  readonly sources: Sources;
  /** The machines as they are listed, also those that lack something. */
  readonly entries: readonly Entry[];
  readonly computer: Computer;
}

export interface Finding {
  readonly at: Place | Spot;
  readonly message: string;
  readonly hint: string;
}

/** Where a value of a view comes from. */
export interface Spot {
  readonly file: string;
  readonly line: number;
  readonly key: string;
}
