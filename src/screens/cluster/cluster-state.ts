import type {ConfigReading, Problem, ViewName, WrittenValue} from '../../engine/index.ts';
import type {ListState} from '../../ui/widgets/list-state.ts';
import type {TreeState} from '../../ui/widgets/tree-state.ts';

/** The views of a configuration: what templates of services see, what those of Kubernetes see, what is wrong. */
export const configViews = ['services', 'kubernetes', 'problems'] as const;
type ConfigView = (typeof configViews)[number];

/** What the Cluster screen knows now. */
export interface ClusterState {
  /** Absent until the configuration was read for the first time. */
  readonly reading?: ConfigReading | undefined;
  readonly checking: boolean;
  /** The configuration is looked at, not the summary. */
  readonly inConfig: boolean;
  /** The checks of machines are looked at. */
  readonly inChecks: boolean;
  readonly view: ConfigView;
  readonly trees: Readonly<Record<ViewName, TreeState>>;
  readonly problems: ListState;
  readonly filter: string;
  readonly filtering: boolean;
  /** The value that is being changed in its file. */
  readonly editing?: WrittenValue | undefined;
  readonly detailFocused: boolean;
  readonly detailTop: number;
}

export const noProblems: readonly Problem[] = [];
