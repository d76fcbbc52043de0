import type {WritableStore} from '../store.ts';
import type {Clock} from '../tools.ts';
import type {Cancel} from './execution.ts';
import type {RunFolder} from './folder.ts';
import {readCancel} from './read-record.ts';
import {watchFolders} from './watch.ts';

const pollMs = 1000;

/** Tells the store when someone puts or changes the cancel file of a run. A stage once heard is not taken back. */
export function listenForCancel(
  run: RunFolder,
  clock: Clock,
  cancel: WritableStore<Cancel | undefined>,
): {close(): void} {
  const look = () => {
    const asked = readCancel(run);
    if (asked && asked.stage > (cancel.get()?.stage ?? 0)) cancel.set({stage: asked.stage === 2 ? 2 : 1, by: asked.by});
  };
  const watch = watchFolders([run.folder], clock, pollMs, look);
  look();
  return watch;
}
