import {createStore, type LiveStore, problemOf, type RunSummary} from '../../engine/index.ts';
import {emptyList} from '../../ui/widgets/list-state.ts';
import type {AppSettings} from '../app-settings.ts';
import {createImagesShown, type ShownImages} from './images-shown.ts';
import type {ImagesState} from './images-state.ts';

export interface ImagesModel {
  get(): ImagesState;
  subscribe(listener: () => void): () => void;
  /** What the list or the graph shows of it. */
  shown(): ShownImages;
  /** Changes what a person chose on this screen. */
  set(change: Partial<ImagesState>): void;
  /** Reads the tree and asks for the state of images again. */
  refresh(options?: {readonly checkBases?: boolean}): void;
  close(): void;
}

/** Asks the engine about a tree, now and after each run that ended, and keeps the answers. */
export function createImagesModel(
  {engine, source, config}: AppSettings,
  runList: LiveStore<readonly RunSummary[]>,
): ImagesModel {
  const store = createStore<ImagesState>({
    reading: false,
    asking: false,
    view: 'list',
    asLevels: false,
    list: emptyList,
    problems: emptyList,
    filtering: false,
    detailFocused: false,
    detailTop: 0,
  });
  const set = (change: Partial<ImagesState>): void => store.set({...store.get(), ...change});
  const shown = createImagesShown();
  let asking: AbortController | undefined;
  let reading = 0;
  let closed = false;

  const readTree = async (): Promise<void> => {
    reading += 1;
    const mine = reading;
    set({reading: true});
    try {
      const catalog = await engine.openTree(source);
      if (mine === reading && !closed) set({catalog, treeProblem: undefined, reading: false});
    } catch (thrown) {
      if (mine === reading && !closed) set({treeProblem: problemOf(thrown), reading: false});
    }
  };

  const askStatus = async (checkBases: boolean): Promise<void> => {
    asking?.abort(new Error('asked again'));
    const mine = new AbortController();
    asking = mine;
    set({asking: true});
    try {
      const request = {source, ...(config === undefined ? {} : {config}), ...(checkBases ? {checkBases} : {})};
      const report = await engine.imageStatus(request, mine.signal);
      if (!mine.signal.aborted) set({report, statusProblem: undefined, asking: false});
    } catch (thrown) {
      if (!mine.signal.aborted) set({statusProblem: problemOf(thrown), asking: false});
    }
  };

  let runningBefore = runningIds(runList.get());
  const unsubscribe = runList.subscribe(() => {
    const running = runningIds(runList.get());
    const someEnded = [...runningBefore].some((id) => !running.has(id));
    runningBefore = running;
    if (someEnded) void askStatus(false);
  });

  const refresh = ({checkBases = false}: {readonly checkBases?: boolean} = {}): void => {
    void readTree();
    void askStatus(checkBases);
  };
  refresh();
  return {
    get: store.get,
    subscribe: store.subscribe,
    shown: () => shown(store.get()),
    set,
    refresh,
    close() {
      closed = true;
      unsubscribe();
      asking?.abort(new Error('closed'));
    },
  };
}

function runningIds(runs: readonly RunSummary[]): ReadonlySet<string> {
  return new Set(runs.filter(({status}) => status === 'running' || status === 'waiting').map(({id}) => id));
}
