/**
 * What the files of a run must hold to be read back. Folders are shared between accounts, outlive versions and lose
 * bytes with their disk: what is no record of ours is told or passed over, never worked with.
 */

import * as z from 'zod/mini';
import {
  anything,
  exactly,
  fits,
  flag,
  list,
  maybe,
  named,
  number,
  oneOf,
  record,
  type Schema,
  schemaFor,
  text,
} from '../json.ts';
import type {Effect, RunRequest} from '../plan/types.ts';
import type {Problem} from '../problem.ts';
import type {RunEvent, StartedCommand, TaskOutline} from './events.ts';
import type {Cancel} from './execution.ts';
import type {ProcessIdentity} from './process.ts';

const problem = schemaFor<Problem>()(
  record({
    code: text,
    message: text,
    severity: maybe(oneOf('error', 'warning', 'notice')),
    hint: maybe(text),
    detail: maybe(text),
    file: maybe(text),
    line: maybe(number),
    column: maybe(number),
    key: maybe(text),
    rule: maybe(text),
    machine: maybe(text),
    command: maybe(text),
    exitCode: maybe(number),
  }),
);

/** Of any operation: with the fields that only one of them has. */
const request = schemaFor<RunRequest>()(
  record({
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
    readOnly: maybe(flag),
    takeOverLock: maybe(flag),
  }),
);

const effect = schemaFor<Effect>()(
  record({
    kind: text,
    argv: maybe(list(text)),
    on: maybe(text),
    name: maybe(text),
    args: maybe(list(text)),
    path: maybe(text),
    image: maybe(text),
    decided: maybe(text),
  }),
);

const outline = schemaFor<TaskOutline>()(
  record({
    id: text,
    title: text,
    on: maybe(text),
    needs: list(text),
    after: maybe(list(text)),
    touches: text,
    does: list(effect),
    expected: text,
    why: list(text),
    critical: maybe(exactly(true)),
    deadlineMs: maybe(number),
    resource: maybe(text),
    undo: maybe(text),
  }),
);

/** A process number of 0 or below would mean a group of processes. */
const processNumber = z.int().check(z.positive());
const identity = {pid: processNumber, started: maybe(text), bootId: text, host: text} satisfies {
  readonly [Field in keyof ProcessIdentity]: z.ZodMiniType;
};

/** request.json: what was asked for, by whom, from where, with which program. Never holds a secret. */
export const requestRecord = record({
  run: text,
  request,
  planHash: text,
  who: text,
  /** The computer the operator's SSH session came from. */
  from: maybe(text),
  /** What the operator gave to log in to machines with; a resumed run needs it again. */
  given: maybe(list(oneOf('password', 'passphrase', 'jumpPassword'))),
  programVersion: text,
  /** Epoch milliseconds. */
  at: number,
  /** What no other run has, of whatever computer; by it the run knows its own lock on a cluster. */
  token: maybe(text),
});

/** plan.json: what was approved, for people and for the screens. */
export const planRecord = record({operation: text, title: text, tasks: list(outline), notices: list(problem)});

/** runner.json: who carries the run out, or why it left without having ended the run. */
export const runnerRecord = record({
  ...identity,
  programVersion: text,
  /** It has read its secrets and is at work. */
  ready: flag,
  left: maybe(problem),
});

const stage = oneOf(1, 2);
export const cancelRecord = schemaFor<Cancel>()(record({stage, by: text}));

/** A lock: who holds it, and for what. */
export const holderRecord = record({
  ...identity,
  user: text,
  run: text,
  /** Epoch milliseconds. */
  since: number,
});

/** A copy of a configuration file: what it says, by dotted key, secrets replaced by references. */
export const configurationCopy = record({
  /** Absolute. */
  file: text,
  settings: named(text),
});

/** Secrets by name, as the runner is handed them. */
export const secretTexts = named(text);

const stamps = {at: number, up: number};
type Fields = Readonly<Record<string, z.ZodMiniType>>;
const script = record({machine: text, processGroup: processNumber});
// Of events it is only asked whether they are ones, and there are many: these do not copy what else is in them.
const ofTask = <F extends Fields>(fields: F) => z.object({...stamps, task: text, ...fields});

const events: {readonly [Type in RunEvent['type']]: Schema<Omit<Extract<RunEvent, {type: Type}>, 'type'>>} = {
  'run-started': z.object({
    ...stamps,
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
  'task-done': ofTask({changed: flag, note: maybe(text), result: maybe(anything)}),
  'task-failed': ofTask({problem}),
  'task-skipped': ofTask({because: text}),
  'task-retried': ofTask({attempt: number, problem, waitMs: number}),
  'task-stopped': ofTask({halfDone: maybe(text)}),
  'command-started': ofTask({command: schemaFor<StartedCommand>()(record({...identity, numbers: maybe(text)}))}),
  'command-ended': ofTask({session: number}),
  'script-started': ofTask({script}),
  'script-ended': ofTask({script}),
  'task-reopened': ofTask({because: text}),
  'cancel-requested': z.object({...stamps, stage, by: text}),
  'run-noticed': z.object({...stamps, problem}),
  'run-ended': z.object({...stamps, outcome: oneOf('done', 'failed', 'stopped'), problem: maybe(problem)}),
};
const stamped = z.object({...stamps, type: text});

/** An event of a kind that a later version may have is one, too. */
export function isRunEvent(value: unknown): value is RunEvent {
  const {type} = (value ?? {}) as {readonly type?: unknown};
  const known = typeof type === 'string' && Object.hasOwn(events, type);
  const schema: z.ZodMiniType = known ? events[type as RunEvent['type']] : stamped;
  return fits(schema, value);
}
