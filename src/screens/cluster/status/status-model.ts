import {
  type ClusterStatus,
  createStore,
  type Engine,
  type LiveStore,
  type MachinesRequest,
  type Problem,
  type StatusLook,
} from '../../../engine/index.ts';
import {type TreeLine, treeLines} from '../../../ui/widgets/tree-lines.ts';
import {foldedTree, type TreeState} from '../../../ui/widgets/tree-state.ts';
import {firstUnfolded, problemsId, type StatusItem, statusItems} from './status-items.ts';

/** What the Cluster screen knows of the running cluster. */
interface StatusView {
  /** The last that was known, also while it is asked anew. */
  readonly status?: ClusterStatus | undefined;
  /** What is wrong with the configuration: nothing is asked by it. */
  readonly problem?: Problem | undefined;
  /** Not everything has answered yet. */
  readonly asking: boolean;
  readonly tree: TreeState;
  readonly items: readonly StatusItem[];
  readonly detailFocused: boolean;
  readonly detailTop: number;
}

export interface StatusModel {
  get(): StatusView;
  subscribe(listener: () => void): () => void;
  set(change: Partial<Pick<StatusView, 'tree' | 'detailFocused' | 'detailTop'>>): void;
  lines(): readonly TreeLine<StatusItem>[];
  /** Asks the cluster again and again from now on. The function returned ends it; what was seen stays. */
  watch(): () => void;
  /** Asks everything anew where it is watched: with another configuration, or another password. */
  again(): void;
  /** Unfolds what should be seen first, on so many rows; does so once. */
  unfoldFirst(page: number): void;
}

export interface StatusModelOptions {
  readonly engine: Engine;
  /** As the Machines screen asks them: with the passwords that were given there. */
  readonly request: () => MachinesRequest;
}

/** Watches the cluster while somebody looks at it. */
export function createStatusModel({engine, request}: StatusModelOptions): StatusModel {
  const store = createStore<StatusView>({
    asking: false,
    tree: {...foldedTree, unfolded: new Set([problemsId])},
    items: [],
    detailFocused: false,
    detailTop: 0,
  });
  const set = (change: Partial<StatusView>): void => store.set({...store.get(), ...change});
  let watched: LiveStore<StatusLook> | undefined;
  let unfolded = false;
  let linesOf: {readonly of: StatusView; readonly lines: readonly TreeLine<StatusItem>[]} | undefined;

  const take = ({status, problem}: StatusLook): void => {
    const before = store.get().status;
    const asking = problem === undefined && (status === undefined || status.health === 'asking');
    // What was known before is worth more than what is known of a cluster that is being asked.
    const shown = status && !(asking && before && before.health !== 'asking') ? status : before;
    set({status: shown, problem, asking, ...(shown && shown !== before ? {items: statusItems(shown)} : {})});
  };
  const open = (): void => {
    const {names: _, ...query} = request();
    const opened = engine.cluster.watchStatus(query);
    watched = opened;
    opened.subscribe(() => {
      if (watched === opened) take(opened.get());
    });
    take(opened.get());
  };
  const close = (): void => {
    watched?.close();
    watched = undefined;
  };

  return {
    get: store.get,
    subscribe: store.subscribe,
    set,
    lines() {
      const view = store.get();
      if (linesOf?.of.items !== view.items || linesOf.of.tree.unfolded !== view.tree.unfolded) {
        linesOf = {of: view, lines: treeLines(view.items, view.tree.unfolded)};
      }
      return linesOf.lines;
    },
    watch() {
      open();
      return () => {
        close();
        set({asking: false});
      };
    },
    again() {
      if (!watched) return;
      close();
      open();
    },
    unfoldFirst(page) {
      if (unfolded || store.get().status === undefined) return;
      unfolded = true;
      const {tree, items} = store.get();
      set({tree: {...tree, unfolded: firstUnfolded(items, page)}});
    },
  };
}
