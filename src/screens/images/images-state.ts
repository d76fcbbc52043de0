import type {Catalog, ImageStatusReport, Problem} from '../../engine/index.ts';
import type {ListState} from '../../ui/widgets/list-state.ts';
import type {LiveImages} from './live-images.ts';

export const imageViews = ['list', 'graph', 'problems'] as const;
type ImageView = (typeof imageViews)[number];

/** What the Images screen knows now; a part that is still being asked for is absent, and nothing waits for it. */
export interface ImagesState {
  readonly catalog?: Catalog | undefined;
  /** Why the tree cannot be shown at all. */
  readonly treeProblem?: Problem | undefined;
  readonly report?: ImageStatusReport | undefined;
  /** Why there is no report. */
  readonly statusProblem?: Problem | undefined;
  /** What runs do to images now, by name. */
  readonly live: LiveImages;
  readonly reading: boolean;
  readonly asking: boolean;
  readonly view: ImageView;
  /** In the graph: a tree, or groups that could build at the same time. */
  readonly asLevels: boolean;
  readonly list: ListState;
  readonly problems: ListState;
  readonly filtering: boolean;
  readonly detailFocused: boolean;
  readonly detailTop: number;
}

/** Everything that is wrong: in the tree first, then what the engine said. */
export function imageProblems({catalog, treeProblem, statusProblem, report}: ImagesState): readonly Problem[] {
  return [
    ...(treeProblem ? [treeProblem] : []),
    ...(catalog?.problems ?? []),
    ...(statusProblem && statusProblem.code !== treeProblem?.code ? [statusProblem] : []),
    ...(report?.problems ?? []),
  ];
}

/** The problem that keeps images from being built, when there is one: of the tree, or of the engine. */
export function buildingImpossible(state: ImagesState): Problem | undefined {
  return state.treeProblem ?? engineProblem(state);
}

/** Why the engine cannot be asked. */
export function engineProblem(state: ImagesState): Problem | undefined {
  const problems = [...(state.statusProblem ? [state.statusProblem] : []), ...(state.report?.problems ?? [])];
  return problems.find(({code}) => code === 'engine-unreachable' || code === 'engine-refused');
}
