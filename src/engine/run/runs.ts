import {resolve} from 'node:path';
import type {OperationRequest, RunSummary, Runs, RunView} from '../api.ts';
import {ProblemError} from '../problem.ts';
import {createStore, type LiveStore} from '../store.ts';
import {configurationChange, type ReadConfiguration} from './config-copy.ts';
import type {RunEvent} from './events.ts';
import {allRuns, findRun, runsFolders} from './find-run.ts';
import type {RunFolder} from './folder.ts';
import {readJournal} from './journal.ts';
import {createOutputText, watchOutput} from './output-view.ts';
import {readRequest} from './read-record.ts';
import {requestCancel, resume} from './requests.ts';
import {medianOf, openRun, type RunReader} from './run-reader.ts';
import {saveText} from './save-output.ts';
import type {RunnerCommand} from './spawn.ts';
import {mayPass, watchFolders} from './watch.ts';

export interface RunsWorld extends RunnerCommand {
  /** The folder that holds the clusters' state folders, absolute. */
  readonly stateHome: string;
  /** What the configuration says now, to compare it with what a run read; absent: it is not compared. */
  readonly readConfiguration?: ReadConfiguration;
}

const pollMs = 1000;

/** All runs below a state home: their folders are all there is to know, and all that is written to. */
export function createRuns(world: RunsWorld): Runs {
  const {stateHome, clock} = world;
  const known = new Map<string, RunReader>();

  const reader = (run: RunFolder): RunReader => {
    const kept = known.get(run.folder);
    if (kept) {
      // An ended run does not change any more; its journal need not be looked at.
      if (kept.state.endedAt === undefined) kept.refresh();
      return kept;
    }
    const fresh = openRun(run, clock);
    known.set(run.folder, fresh);
    return fresh;
  };
  const find = (id: string) => reader(findRun(stateHome, id));
  const list = (): readonly RunSummary[] => {
    const all = allRuns(stateHome);
    const folders = new Set(all.map(({folder}) => folder));
    for (const folder of known.keys()) if (!folders.has(folder)) known.delete(folder);
    return all.flatMap((run) => {
      try {
        return [summaryOf(reader(run))];
      } catch (error) {
        // In the middle of being made, or something else that lies among the runs.
        if (mayPass(error)) return [];
        throw error;
      }
    });
  };
  // Else the list would learn of a run's end only by the slow poll, and say "running" of what has ended.
  const underWay = (): readonly string[] =>
    [...known.values()].flatMap(({run, status}) => (status === 'running' || status === 'waiting' ? [run.folder] : []));
  const view = (one: RunReader): RunView => {
    const explanation = one.explanation();
    const {given} = one.request;
    const usualMs = usualOf(one, known.values());
    return {
      summary: summaryOf(one),
      state: one.state,
      ...(explanation === undefined ? {} : {explanation}),
      ...(usualMs === undefined ? {} : {usualMs}),
      ...(given === undefined ? {} : {given}),
      up: clock.monotonic(),
    };
  };
  // The median needs all runs, the view of one run only itself.
  const shown = (id: string): RunReader => {
    const one = find(id);
    list();
    return one;
  };

  return {
    list: async () => list(),
    watchList: () => watched(list, () => [stateHome, ...runsFolders(stateHome), ...underWay()], sameList, world),
    async show(id) {
      const one = shown(id);
      const whole = view(one);
      if (whole.explanation === undefined) return whole;
      return {
        ...whole,
        explanation: `${whole.explanation}${configWords(await configurationChange(one.run, one.request.request, world.readConfiguration))}`,
      };
    },
    follow(id) {
      const one = shown(id);
      return watched(
        () => {
          one.refresh();
          return view(one);
        },
        () => [one.run.folder],
        (a, b) => a.state === b.state && a.summary.status === b.summary.status,
        world,
      );
    },
    output(id, task) {
      const one = find(id);
      checkTask(one, task);
      // Its own reader: the shared one is read on by others in between.
      return watchOutput(openRun(one.run, clock), task, clock);
    },
    journal: (id, offset) => journalReader(findRun(stateHome, id), offset),
    async saveOutput(id, task, file) {
      const one = find(id);
      checkTask(one, task);
      return saveText(createOutputText(one.run.folder, task), resolve(file));
    },
    cancel: async (id) => requestCancel(find(id)),
    resume: (id, options) => resume(find(id), world, options),
    requestOf: async (id) => readRequest(findRun(stateHome, id)).request as OperationRequest,
    async export(id, file) {
      const path = resolve(file);
      // Loaded when it is asked for: it brings a packer of archives along.
      const {exportRun} = await import('./export.ts');
      const {run, state} = find(id);
      await exportRun(run, state, path);
    },
  };
}

function journalReader({journal}: RunFolder, from: number): () => readonly RunEvent[] {
  let offset = from;
  return () => {
    const part = readJournal(journal, offset);
    offset = part.offset;
    return part.events;
  };
}

function summaryOf(reader: RunReader): RunSummary {
  const {run, request, state, status} = reader;
  const count = (...wanted: readonly string[]) => state.tasks.filter((task) => wanted.includes(task.status)).length;
  return {
    id: run.run,
    operation: state.operation,
    title: state.title,
    status,
    who: request.from === undefined ? request.who : `${request.who} from ${request.from}`,
    startedAt: state.startedAt ?? request.at,
    ...(state.endedAt === undefined ? {} : {endedAt: state.endedAt}),
    ...(state.tookMs === undefined ? {} : {tookMs: state.tookMs}),
    tasks: {
      total: state.tasks.length,
      done: count('done'),
      failed: count('failed'),
      changed: state.tasks.filter(({changed}) => changed).length,
    },
    folder: run.folder,
  };
}

function configWords(lines: readonly string[]): string {
  if (lines.length === 0) return '';
  const more = lines.length > 3 ? ` (and ${lines.length - 3} more)` : '';
  return ` The configuration changed since: ${lines.slice(0, 3).join('; ')}${more}. Resume goes on with what the run read then.`;
}

function usualOf(one: RunReader, all: Iterable<RunReader>): number | undefined {
  const durations: number[] = [];
  for (const {state, run} of all)
    if (state.status === 'done' && state.runner === 1 && state.tookMs !== undefined && run.run < one.run.run)
      if (state.operation === one.state.operation && state.title === one.state.title) durations.push(state.tookMs);
  return medianOf(durations);
}

/** A value made again after each change in the folders; the same object while `same` says so. */
function watched<T>(
  make: () => T,
  folders: () => readonly string[],
  same: (a: T, b: T) => boolean,
  {clock}: RunsWorld,
): LiveStore<T> {
  const store = createStore(make());
  let watching = folders();
  let closed = false;
  const look = () => {
    const next = make();
    if (!same(store.get(), next)) store.set(next);
    const now = folders();
    // Whoever was told may have closed it.
    if (closed || now.join('\n') === watching.join('\n')) return;
    watching = now;
    watch.close();
    watch = watchFolders(watching, clock, pollMs, look);
  };
  let watch = watchFolders(watching, clock, pollMs, look);
  return {
    get: store.get,
    subscribe: store.subscribe,
    close() {
      closed = true;
      watch.close();
    },
  };
}

function sameList(a: readonly RunSummary[], b: readonly RunSummary[]): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function checkTask({state, run}: RunReader, task: string): void {
  if (state.tasks.some(({id}) => id === task)) return;
  throw new ProblemError({
    code: 'unknown-name',
    message: `Run ${run.run} has no task ${task}.`,
    hint: `Its tasks: ${state.tasks.map(({id}) => id).join(', ')}.`,
  });
}
