import {type ConfigReading, createStore, problemOf} from '../../engine/index.ts';
import {emptyList} from '../../ui/widgets/list-state.ts';
import {foldedTree} from '../../ui/widgets/tree-state.ts';
import type {AppSettings} from '../app-settings.ts';
import type {ImagesModel} from '../images/images-model.ts';
import type {ClusterState} from './cluster-state.ts';
import {createShownConfig, type ShownConfig} from './config-shown.ts';

export interface ClusterModel {
  get(): ClusterState;
  subscribe(listener: () => void): () => void;
  /** Changes what a person chose on this screen. */
  set(change: Partial<ClusterState>): void;
  /** The tree that is shown now; of the services while the problems are. */
  shown(): ShownConfig;
  /** Reads the configuration again; settles when that is shown, or a later reading is. */
  check(): Promise<void>;
  /**
   * Reads the configuration, and again whenever its files change, while somebody looks at it; `changed` hears of each
   * reading after that. The function returned ends it.
   */
  watch(changed: (before: ConfigReading, after: ConfigReading) => void): () => void;
}

/** Asks the engine about the configuration, and keeps the answer with what a person unfolded of it. */
export function createClusterModel({engine, config}: AppSettings, images: ImagesModel): ClusterModel {
  const store = createStore<ClusterState>({
    checking: false,
    inConfig: false,
    inChecks: false,
    view: 'services',
    trees: {services: foldedTree, kubernetes: foldedTree},
    problems: emptyList,
    filter: '',
    filtering: false,
    detailFocused: false,
    detailTop: 0,
  });
  const set = (change: Partial<ClusterState>): void => store.set({...store.get(), ...change});
  const shown = createShownConfig();
  let going: Promise<void> | undefined;
  let again: Promise<void> | undefined;

  const read = async (): Promise<void> => {
    if (config === undefined) return;
    set({checking: true});
    await images.treeRead;
    const {catalog} = images.get();
    const reading = await engine
      .openConfig(config, catalog ? {tree: catalog} : {})
      .catch((thrown: unknown): ConfigReading => ({problems: [problemOf(thrown)]}));
    set({reading, checking: false});
  };
  /** A reading that goes on may have missed what just changed: whoever asks meanwhile waits for one more. */
  const check = (): Promise<void> => {
    if (going !== undefined) {
      again ??= going.then(() => {
        again = undefined;
        return check();
      });
      return again;
    }
    going = read().finally(() => {
      going = undefined;
    });
    return going;
  };

  return {
    get: store.get,
    subscribe: store.subscribe,
    set,
    shown() {
      const state = store.get();
      return shown(state, state.view === 'kubernetes' ? 'kubernetes' : 'services');
    },
    check,
    watch(changed) {
      if (config === undefined) return () => {};
      const watching = engine.watchConfig(config, () => {
        const before = store.get().reading;
        void check().then(() => {
          const after = store.get().reading;
          if (before && after && before !== after) changed(before, after);
        });
      });
      void check();
      return watching.close;
    },
  };
}
