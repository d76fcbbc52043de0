// What opens an engine is in engine.ts, and what a runner does in runner-main.ts: main.tsx loads them when it comes
// to that. Whatever this file imports, every command loads (--version too).
export type * from './api.ts';
export {imageOrder} from './catalog/image-order.ts';
export type * from './catalog/types.ts';
export {type FoldedResult, foldResults, stateCounts} from './cluster/check/fold-results.ts';
export {foldFindings} from './cluster/status/fold-findings.ts';
export {summarizeStatus} from './cluster/status/summarize-status.ts';
export {isWithoutMasters} from './cluster/status/without-masters.ts';
export type * from './cluster/types.ts';
export type {WrittenValue} from './config/change-value.ts';
export type * from './config/generate/types.ts';
export type {ConfigReading} from './config/open.ts';
export {fileIn, originWords} from './config/origins.ts';
export {dots} from './config/secret-keys.ts';
export type * from './config/types.ts';
export type {ValueNode, ViewName} from './config/value-tree.ts';
export {leavesOf, valueTree, viewDocument} from './config/value-tree.ts';
export type {HostKey, RemoteEnd, RemoteShell} from './machine-tools.ts';
export {foldHostNames} from './machines/host-names.ts';
export type * from './machines/types.ts';
export {wantedSecret} from './machines/wanted-secret.ts';
export {displayText, nearestNames} from './names.ts';
export type * from './output-text.ts';
export {effectWords, shellWord} from './plan/effect-words.ts';
export {type FoldedTask, foldTasks, foldUndo, taskTitle} from './plan/fold-tasks.ts';
export {outlineOf} from './plan/outline.ts';
export {together} from './plan/together.ts';
export type {Task} from './plan/types.ts';
export type {ExitCode, Problem} from './problem.ts';

export {exitCodeOf, isError, ProblemError, problemCounts, problemOf} from './problem.ts';
export {hostKeyWords} from './remote/host-key.ts';
export {readFingerprints} from './remote/host-key-list.ts';

export type {RunEvent, RunStatus, TaskState, TaskStatus} from './run/events.ts';
export {whoami} from './run/process.ts';
export {Secret} from './secret.ts';
export type {LiveStore, Store} from './store.ts';
export {createStore} from './store.ts';
export {usualDrainMs} from './usual-drain.ts';
