import type {Problem} from '../../problem.ts';
import type {YamlPath, YamlValue} from '../yaml.ts';

/** One change of a file. A path names what is there already; only `insert-…` add to it. */
export type Edit =
  | {readonly type: 'set'; readonly path: YamlPath; readonly value: YamlValue}
  /** At the end of the map at `path`. */
  | {readonly type: 'insert-key'; readonly path: YamlPath; readonly key: string; readonly value: YamlValue}
  /** Before the item that is `at` now; without it at the end of the list at `path`. */
  | {readonly type: 'insert-item'; readonly path: YamlPath; readonly at?: number; readonly value: YamlValue}
  /** A key or an item, with its lines and the comment right above it. */
  | {readonly type: 'remove'; readonly path: YamlPath}
  /** Gives the key at `path` another name, in its place. */
  | {readonly type: 'rename'; readonly path: YamlPath; readonly key: string};

export type Edited =
  | {readonly type: 'edited'; readonly text: string}
  /** Code `edit-refused`, or `yaml-invalid` for a file that cannot be read. The file stays as it is. */
  | {readonly type: 'refused'; readonly problem: Problem};
