import {createStore, type LiveStore, problemOf, type RunSummary, type RunView} from '../../engine/index.ts';
import {emptyList} from '../../ui/widgets/list-state.ts';
import type {AppSettings} from '../app-settings.ts';
import {createImagesShown, type ShownImages} from './images-shown.ts';
import type {ImagesState} from './images-state.ts';
import {type LiveImage, liveImages, watchLiveImages} from './live-images.ts';

export interface ImagesModel {
  get(): ImagesState;
  subscribe(listener: () => void): () => void;
  /** What the list or the graph shows of it. */
  shown(): ShownImages;
  /** Changes what a person chose on this screen. */
  set(change: Partial<ImagesState>): void;
  /** Settles when the tree was read for the first time, or could not be. */
  readonly treeRead: Promise<void>;
  /** Reads the tree and asks for the state of images again. */
  refresh(options?: {readonly checkBases?: boolean}): void;
  /** Follows what runs do to images, while somebody looks at them. The function returned ends it. */
  watchRuns(): () => void;
  close(): void;
}

/** Asks the engine about a tree, now and after each run that ended, and keeps the answers. */
export function createImagesModel(
  {engine, source, config, catalog: beingRead}: AppSettings,
  runList: LiveStore<readonly RunSummary[]>,
  me: string,
): ImagesModel {
  const store = createStore<ImagesState>({
    live: noneLive,
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
  let seen: readonly RunView[] = [];
  let askAgain = false;
  let closed = false;

  const showLive = (): void => {
    const {catalog, live} = store.get();
    const next = catalog ? new Map(seen.flatMap((view) => [...liveImages(view, catalog, me)])) : noneLive;
    if (!sameLive(live, next)) set({live: next});
  };

  const readTree = async (opened = engine.openTree(source, config)): Promise<void> => {
    reading += 1;
    const mine = reading;
    set({reading: true});
    try {
      const catalog = await opened;
      if (mine !== reading || closed) return;
      set({catalog, treeProblem: undefined, reading: false});
      showLive();
    } catch (thrown) {
      if (mine === reading && !closed) set({treeProblem: problemOf(thrown), reading: false});
    }
  };

  const askStatus = async (checkBases: boolean): Promise<void> => {
    askAgain = false;
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
    if (askAgain && !mine.signal.aborted) void askStatus(false);
  };
  /** Asks as soon as the question that is asked now is answered: tasks that end quickly do not cut each other off. */
  const askSoon = (): void => {
    if (store.get().asking) askAgain = true;
    else void askStatus(false);
  };

  let runningBefore = runningIds(runList.get());
  const unsubscribe = runList.subscribe(() => {
    const running = runningIds(runList.get());
    const someEnded = [...runningBefore].some((id) => !running.has(id));
    runningBefore = running;
    if (someEnded) askSoon();
  });

  const refresh = ({checkBases = false}: {readonly checkBases?: boolean} = {}): void => {
    void readTree();
    void askStatus(checkBases);
  };
  // The engine is asked when there is something to show: finding out how to ask it takes longer than reading the tree.
  const treeRead = readTree(beingRead);
  void treeRead.then(() => {
    if (!closed) void askStatus(false);
  });
  return {
    get: store.get,
    treeRead,
    subscribe: store.subscribe,
    shown: () => shown(store.get()),
    set,
    refresh,
    watchRuns() {
      const watch = watchLiveImages(engine, runList, source, {
        images: (views) => {
          seen = views;
          showLive();
        },
        taskEnded: askSoon,
      });
      return () => {
        watch.close();
        seen = [];
        showLive();
      };
    },
    close() {
      closed = true;
      unsubscribe();
      asking?.abort(new Error('closed'));
    },
  };
}

const noneLive: ReadonlyMap<string, LiveImage> = new Map();

function sameLive(a: ReadonlyMap<string, LiveImage>, b: ReadonlyMap<string, LiveImage>): boolean {
  return a.size === b.size && JSON.stringify([...a]) === JSON.stringify([...b]);
}

function runningIds(runs: readonly RunSummary[]): ReadonlySet<string> {
  return new Set(runs.filter(({status}) => status === 'running' || status === 'waiting').map(({id}) => id));
}
