import type {Catalog, Engine, KubectlPlaces} from '../engine/index.ts';
import type {ShownClock} from './clock.ts';

/** What the app is opened with. */
export interface AppSettings {
  readonly engine: Engine;
  /** Absolute path of the tree. */
  readonly source: string;
  /**
   * Said once at the start where nobody named a tree, and that of the sample stands in with its configuration: 'sample
   * tree; open a real one with -s DIR'. Its machines are made up.
   */
  readonly sourceNote?: string | undefined;
  /** The tree, where somebody is reading it already. */
  readonly catalog?: Promise<Catalog> | undefined;
  readonly config?: string | undefined;
  /** Where a cluster that is booted is put for kubectl of this computer. */
  readonly kubectl: KubectlPlaces;
  /** Absolute path of the folder that was given for runs and locks (--state). */
  readonly state?: string | undefined;
  readonly readOnly?: boolean | undefined;
  /** Fulfilled when there is something on the screen: what that does not show waits for it. Absent: at once. */
  readonly shown?: Promise<void> | undefined;
  /** The run to open at once. */
  readonly attach?: string | undefined;
  /** user@host of whoever looks; absent: of this process. */
  readonly who?: string | undefined;
  readonly clock?: ShownClock | undefined;
}

/** The room of the whole terminal. */
export interface ScreenSize {
  readonly columns: number;
  readonly rows: number;
}
