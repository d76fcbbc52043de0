/**
 * Whether what is read back from a run folder is what was written there. Folders are shared between accounts, outlive
 * versions and lose bytes with their disk: what is no record of ours is told or passed over, never worked with.
 */

import type {RunEvent} from './events.ts';

/** True for what may be taken for a value of its kind. */
export type Check = (value: unknown) => boolean;
type Fields = Readonly<Record<string, Check>>;

const text: Check = (value) => typeof value === 'string';
const number: Check = (value) => typeof value === 'number' && Number.isFinite(value);
const flag: Check = (value) => typeof value === 'boolean';
const anything: Check = () => true;
const oneOf =
  (...values: readonly unknown[]): Check =>
  (value) =>
    values.includes(value);
const list =
  (of: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(of);
const maybe =
  (of: Check): Check =>
  (value) =>
    value === undefined || of(value);
/** With more fields than these, too: a later version may write some. */
const record =
  (fields: Fields): Check =>
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.entries(fields).every(([name, of]) => of(Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined));

const problem = record({
  code: text,
  message: text,
  severity: maybe(oneOf('error', 'warning', 'notice')),
  hint: maybe(text),
  detail: maybe(text),
  file: maybe(text),
  line: maybe(number),
  column: maybe(number),
  machine: maybe(text),
  command: maybe(text),
  exitCode: maybe(number),
});

const request = record({
  operation: text,
  source: maybe(text),
  config: maybe(text),
  names: maybe(list(text)),
  force: maybe(flag),
  noCache: maybe(flag),
  builder: maybe(text),
  parallel: maybe(number),
  failFast: maybe(flag),
  timeoutMs: maybe(number),
});

const effect = record({
  kind: text,
  argv: maybe(list(text)),
  on: maybe(text),
  name: maybe(text),
  args: maybe(list(text)),
  path: maybe(text),
  image: maybe(text),
  decided: maybe(text),
});

const outline = record({
  id: text,
  title: text,
  on: maybe(text),
  needs: list(text),
  after: maybe(list(text)),
  touches: text,
  does: list(effect),
  expected: text,
  why: list(text),
  deadlineMs: maybe(number),
  resource: maybe(text),
  undo: maybe(text),
});

/** A process number of 0 or below would mean a group of processes. */
const processNumber: Check = (value) => Number.isSafeInteger(value) && Number(value) > 0;
const identity = {pid: processNumber, started: maybe(text), bootId: text, host: text};

export const requestRecord = record({
  run: text,
  request,
  planHash: text,
  who: text,
  from: maybe(text),
  programVersion: text,
  at: number,
});
export const planRecord = record({operation: text, title: text, tasks: list(outline), notices: list(problem)});
export const runnerRecord = record({...identity, programVersion: text, ready: flag, left: maybe(problem)});
export const cancelRecord = record({stage: oneOf(1, 2), by: text});
export const holderRecord = record({...identity, user: text, run: text, since: number});

/** A copy of a configuration file; its values are texts under any names. */
export const configurationCopy = record({
  file: text,
  settings: (value) => record({})(value) && Object.values(value as object).every(text),
});

const script = record({machine: text, processGroup: processNumber});
const ofTask = (fields: Fields): Check => record({task: text, ...fields});

const events: {readonly [Type in RunEvent['type']]: Check} = {
  'run-started': record({
    run: text,
    operation: text,
    title: text,
    planHash: text,
    runner: number,
    bootId: text,
    tasks: list(outline),
  }),
  'task-started': ofTask({attempt: number}),
  'task-progress': ofTask({done: number, total: maybe(number)}),
  'task-done': ofTask({changed: flag, note: maybe(text), result: anything}),
  'task-failed': ofTask({problem}),
  'task-skipped': ofTask({because: text}),
  'task-retried': ofTask({attempt: number, problem, waitMs: number}),
  'task-stopped': ofTask({halfDone: maybe(text)}),
  'command-started': ofTask({command: record({...identity, numbers: maybe(text)})}),
  'command-ended': ofTask({session: number}),
  'script-started': ofTask({script}),
  'script-ended': ofTask({script}),
  'task-reopened': ofTask({because: text}),
  'cancel-requested': record({stage: oneOf(1, 2), by: text}),
  'run-noticed': record({problem}),
  'run-ended': record({outcome: oneOf('done', 'failed', 'stopped'), problem: maybe(problem)}),
};
const stamped = record({type: text, at: number, up: number});

/** An event of a kind that a later version may have is one, too. */
export function isRunEvent(value: unknown): value is RunEvent {
  if (!stamped(value)) return false;
  const {type} = value as {type: string};
  return !Object.hasOwn(events, type) || events[type as RunEvent['type']](value);
}
