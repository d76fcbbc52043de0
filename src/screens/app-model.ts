import type {ReactElement} from 'react';
import {createStore, type LiveStore, problemOf, type RunSummary, type Store, whoami} from '../engine/index.ts';
import type {Role} from '../ui/theme/theme.ts';
import {plain} from '../ui/widgets/cells.ts';
import type {AppSettings, ScreenSize} from './app-settings.ts';
import {machineClock, type ShownClock} from './clock.ts';
import {type CheckModel, createCheckModel} from './cluster/check-model.ts';
import {type ClusterModel, createClusterModel} from './cluster/cluster-model.ts';
import {createStatusModel, type StatusModel} from './cluster/status/status-model.ts';
import {createImagesModel, type ImagesModel} from './images/images-model.ts';
import {createMachinesModel, type MachinesModel} from './machines/machines-model.ts';
import {problemWords} from './problem-words.ts';
import {createRunsModel, type RunsModel} from './runs/runs-model.ts';
import {createSeconds} from './seconds.ts';

export const tabs = [
  {key: '1', word: 'Images', tab: 'images'},
  {key: '2', word: 'Cluster', tab: 'cluster'},
  {key: '3', word: 'Machines', tab: 'machines'},
  {key: '4', word: 'Services', tab: 'services'},
  {key: '5', word: 'Runs', tab: 'runs'},
] as const;

export type Tab = (typeof tabs)[number]['tab'];

interface AppState {
  readonly tab: Tab;
  /** The run that is looked at, on the Runs tab. */
  readonly run?: string | undefined;
  /** Where the run was opened from: Esc goes back there. */
  readonly from?: Tab | undefined;
  /** A dialog, or the palette. */
  readonly overlay?: ((screen: ScreenSize) => ReactElement) | undefined;
  /** The help: above a dialog, which stays as it is. */
  readonly help?: ((screen: ScreenSize) => ReactElement) | undefined;
  readonly message?: {readonly text: string; readonly tone: Role} | undefined;
  /** Words of commands chosen in the palette, the last one first. */
  readonly history: readonly string[];
}

/** What the app as a whole knows and does, apart from drawing it. */
export interface AppModel {
  readonly settings: AppSettings;
  /** user@host of whoever looks. */
  readonly me: string;
  readonly clock: ShownClock;
  /** Goes on by one each second while somebody listens. */
  readonly seconds: Store<number>;
  readonly state: {get(): AppState; subscribe(listener: () => void): () => void};
  readonly images: ImagesModel;
  readonly cluster: ClusterModel;
  readonly checks: CheckModel;
  /** How the cluster runs. */
  readonly status: StatusModel;
  readonly machines: MachinesModel;
  readonly runs: RunsModel;
  readonly runList: LiveStore<readonly RunSummary[]>;
  go(tab: Tab): void;
  /** Looks at a run; at one of its tasks where it is named. */
  openRun(id: string, task?: string): void;
  /** Leaves the run that is looked at, to where it was opened from. */
  leaveRun(): void;
  open(overlay: (screen: ScreenSize) => ReactElement): void;
  closeOverlay(): void;
  openHelp(help: (screen: ScreenSize) => ReactElement): void;
  closeHelp(): void;
  say(text: string, tone?: Role): void;
  sayProblem(thrown: unknown): void;
  silence(): void;
  remember(command: string): void;
  close(): void;
}

export function createAppModel(settings: AppSettings): AppModel {
  const {engine, sourceNote, attach} = settings;
  const clock = settings.clock ?? machineClock;
  const state = createStore<AppState>({
    tab: attach === undefined ? 'images' : 'runs',
    run: attach,
    history: [],
    ...(sourceNote === undefined ? {} : {message: {text: sourceNote, tone: 'accent'}}),
  });
  const set = (change: Partial<AppState>): void => state.set({...state.get(), ...change});
  const say = (text: string, tone: Role = 'accent'): void => set({message: {text: plain(text), tone}});
  const me = settings.who ?? whoami();
  const runList = engine.runs.watchList(settings.shown);
  const images = createImagesModel(settings, runList, me);
  const runs = createRunsModel(engine, clock);
  const machines = createMachinesModel(settings);
  const checks = createCheckModel({engine, request: () => machines.request([]), now: () => clock.now()});
  return {
    settings,
    me,
    clock,
    seconds: createSeconds(),
    state,
    images,
    cluster: createClusterModel(settings, images),
    checks,
    status: createStatusModel({engine, request: () => machines.request([])}),
    machines,
    runs,
    runList,
    go: (tab) => set({tab, run: tab === 'runs' ? state.get().run : undefined, from: undefined, message: undefined}),
    openRun(id, task) {
      if (task !== undefined) {
        try {
          runs.follow(id).choose(task);
        } catch (thrown) {
          say(problemWords(problemOf(thrown)), 'failed');
          return;
        }
      }
      set({tab: 'runs', run: id, from: state.get().tab, message: undefined});
    },
    leaveRun: () => set({tab: state.get().from ?? 'runs', run: undefined, from: undefined}),
    open: (overlay) => set({overlay, message: undefined}),
    closeOverlay: () => set({overlay: undefined, help: undefined, message: undefined}),
    openHelp: (help) => set({help}),
    closeHelp: () => set({help: undefined}),
    say,
    sayProblem: (thrown) => say(problemWords(problemOf(thrown)), 'failed'),
    silence: () => set({message: undefined}),
    remember: (command) =>
      set({history: [command, ...state.get().history.filter((word) => word !== command)].slice(0, 20)}),
    close() {
      images.close();
      runs.close();
      checks.stop();
      machines.close();
      runList.close();
    },
  };
}
