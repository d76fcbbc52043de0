/** The configuration modules of the known trees as data: defaults, how they are overruled, what is derived (3.7). */

import type {Data, ValueMap} from '../../context-values.ts';
import type {Release} from '../../release.ts';
import type {MapShape} from '../../shape.ts';
import type {Assign} from '../assign.ts';

export interface ServiceModule {
  readonly name: string;
  /** The first release that has it so. Of several rows with one name the last that fits counts. */
  readonly since?: Release;
  /** The first release that has it no more. */
  readonly until?: Release;
  /** The clusters it is for, where a tree does not say (v0.16 and later); absent: all. */
  readonly type?: ClusterType;
  /** Where a tree's own config/<name>.yaml is not at hand. */
  readonly defaults?: {readonly [key: string]: Data};
  readonly merge: Merge;
  /** Word by word: `{master}` is the address of the first pai-master, `{port}` the value of that key. */
  readonly derives?: Readonly<Record<string, string>>;
  /** What cannot be said in words. */
  readonly run?: (input: ModuleInput) => void;
  /** Only these keys are in the result, in this order; absent: all. */
  readonly returns?: readonly string[];
  /** What may be written in services-configuration.yaml. */
  readonly shape?: MapShape;
  /** `service.key` of other modules that must be there in the end. */
  readonly needs?: readonly string[];
  /** The same in clusters that schedule with YARN: all until v0.15, and by cluster-type until v1.0. */
  readonly needsOfYarn?: readonly string[];
}

type ClusterType = 'k8s' | 'yarn';

export type Merge =
  | 'shallow' // each key of the override replaces the default's
  | 'deep'
  | 'none' // what is overridden does not count
  | {readonly only: readonly string[]}; // shallow, and other keys of the override do not count

export interface ModuleInput {
  /** Defaults with the override; the result is made in it. */
  readonly own: ValueMap;
  readonly release: Release;
  /** What machines are made of, by sku. */
  readonly skus: ValueMap;
  /** In the order of the file, each with what the model adds to it. */
  readonly hosts: readonly ValueMap[];
  /** Address of the first pai-master; a model without one is reported elsewhere. */
  readonly master?: string;
  /** What the layout says of Kubernetes. */
  readonly layoutUrls: {readonly api?: string; readonly dashboard?: string};
  /** Names of folders that the module looks for in the tree; absent without a tree. */
  readonly treeFolders?: readonly string[];
  readonly assign: Assign;
  /** Reports what is wrong at a key of the service. */
  problem(key: readonly string[], message: string, hint: string, severity?: 'warning'): void;
}
