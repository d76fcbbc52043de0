import type {
  Catalog,
  Engine,
  LiveStore,
  RunStatus,
  RunSummary,
  RunView,
  TaskState,
  TaskStatus,
} from '../../engine/index.ts';

/** What a run that goes on does to an image. */
export interface LiveImage {
  readonly doing: 'build' | 'push';
  readonly status: Exclude<TaskStatus, 'done' | 'skipped' | 'stopped'>;
  /** Steps or layers, as far as the engine says. */
  readonly progress?: TaskState['progress'];
  /** Why it failed. */
  readonly failure?: string;
  readonly run: string;
  readonly task: string;
  /** Who started the run, when that is not `me`. */
  readonly who?: string;
}

export type LiveImages = ReadonlyMap<string, LiveImage>;

/** The images a run is busy with, has still to come to, or failed on; those it is done with are left out. */
export function liveImages({summary, state}: RunView, catalog: Catalog, me: string): LiveImages {
  const live = new Map<string, LiveImage>();
  if (!goesOn(summary.status)) return live;
  for (const task of state.tasks) {
    const {status, problem, progress} = task;
    if (status === 'done' || status === 'skipped' || status === 'stopped') continue;
    for (const [name, doing] of imagesOf(task, catalog)) {
      live.set(name, {
        doing,
        status,
        ...(progress ? {progress} : {}),
        ...(problem ? {failure: problem.message} : {}),
        run: summary.id,
        task: task.id,
        ...(isMine(summary, me) ? {} : {who: summary.who}),
      });
    }
  }
  return live;
}

export interface LiveImagesWatch {
  close(): void;
}

/**
 * Follows all runs on a tree that go on, whoever started them, and tells what they do to its images and when another
 * of their tasks has ended.
 */
export function watchLiveImages(
  {runs}: Engine,
  runList: LiveStore<readonly RunSummary[]>,
  source: string,
  tell: {readonly images: (views: readonly RunView[]) => void; readonly taskEnded: () => void},
): LiveImagesWatch {
  const followed = new Map<string, {readonly view: LiveStore<RunView>; ended: number}>();
  const asked = new Set<string>();
  let closed = false;

  const told = (): void => tell.images([...followed.values()].map(({view}) => view.get()));
  const follow = (id: string): void => {
    const view = runs.follow(id);
    const one = {view, ended: endedTasks(view.get())};
    followed.set(id, one);
    view.subscribe(() => {
      if (!followed.has(id)) return;
      const ended = endedTasks(view.get());
      const more = ended > one.ended;
      one.ended = ended;
      told();
      if (more) tell.taskEnded();
    });
    told();
  };
  const look = (): void => {
    const going = runList.get().filter(({status, operation}) => goesOn(status) && operation.startsWith('image '));
    const ids = new Set(going.map(({id}) => id));
    for (const [id, {view}] of followed) {
      if (ids.has(id)) continue;
      followed.delete(id);
      view.close();
      told();
    }
    for (const id of ids) {
      if (asked.has(id)) continue;
      asked.add(id);
      runs.requestOf(id).then(
        (request) => {
          if (!closed && request.source === source) follow(id);
        },
        // A run that is being made, or removed meanwhile: the list tells of it again.
        () => asked.delete(id),
      );
    }
  };
  const unsubscribe = runList.subscribe(look);
  look();
  return {
    close() {
      closed = true;
      unsubscribe();
      for (const {view} of followed.values()) view.close();
      followed.clear();
    },
  };
}

/** Whether this person started a run; `who` may also name the host an SSH session came from. */
export function isMine({who}: Pick<RunSummary, 'who'>, me: string): boolean {
  return who === me || who.startsWith(`${me} `);
}

function goesOn(status: RunStatus): boolean {
  return status === 'running' || status === 'waiting';
}

function endedTasks({state}: RunView): number {
  return state.tasks.filter(({status}) => status !== 'waiting' && status !== 'running').length;
}

/** Which images a task builds or pushes, by the effects it named. */
function imagesOf({does}: TaskState, {images}: Catalog): readonly (readonly [name: string, doing: 'build' | 'push'])[] {
  return does.flatMap((effect) => {
    if (effect.kind !== 'docker' || (effect.call !== 'build' && effect.call !== 'push')) return [];
    const {call} = effect;
    const meant = images.filter(({name, localName}) =>
      call === 'build' ? localName === effect.image : lastPart(effect.image) === name,
    );
    return meant.map(({name}) => [name, call] as const);
  });
}

/** 'web' of 'registry:5000/space/web:v1'. */
function lastPart(reference: string): string {
  return reference.slice(reference.lastIndexOf('/') + 1).replace(/[:@].*$/, '');
}
