/** Plans for hundreds of machines made short: what is done on many of them in the same way stands there once. */

import {foldHostNames} from '../machines/host-names.ts';
import {effectWords} from './effect-words.ts';
import type {Effect, Task} from './types.ts';

/** What is folded of a task, of a plan or of a run. */
export type FoldableTask = Pick<
  Task,
  'id' | 'title' | 'on' | 'touches' | 'does' | 'expected' | 'why' | 'critical' | 'after' | 'undo'
>;

/** Tasks that do the same on several machines; or one by itself, whose words are its own. */
export interface FoldedTask<T extends FoldableTask = FoldableTask> {
  readonly tasks: readonly [T, ...T[]];
  /** 'Set up docker on 16 machines' */
  readonly title: string;
  /** The machines as a host list, where there are several: 'gpu-[01-16]'. */
  readonly hosts?: string;
  /** Reasons, each once, with the machines where they are not those of all. */
  readonly why: readonly string[];
  /** Everything that may be changed, in words, each once. */
  readonly does: readonly string[];
}

/** In the order of the plan; what is folded stands where the first of its tasks stood. */
export function foldTasks<T extends FoldableTask>(tasks: readonly T[]): readonly FoldedTask<T>[] {
  const groups = groupBy(tasks, (task) =>
    task.on === undefined
      ? task.id
      : JSON.stringify([withoutName(task.title, task.on), task.expected, task.touches, task.critical]),
  );
  return groups.map(folded);
}

/** Each way back once, and whose it is: 'Set up docker on 16 machines'. */
export function foldUndo(
  folded: readonly FoldedTask[],
): readonly {readonly undo: string; readonly whose: readonly string[]}[] {
  const ways = folded.flatMap(({tasks: [{undo, expected}], title}) =>
    undo === undefined || expected === 'unchanged' ? [] : [{undo, title}],
  );
  return groupBy(ways, ({undo}) => undo).map((same) => ({undo: same[0].undo, whose: same.map(({title}) => title)}));
}

/** What a task is called where those of other machines stand beside it: its machine is named, once. */
export function taskTitle({title, on}: Pick<Task, 'title' | 'on'>): string {
  return on === undefined || withoutName(title, on) !== title ? title : `${title} on ${on}`;
}

function folded<T extends FoldableTask>(tasks: readonly [T, ...T[]]): FoldedTask<T> {
  const [task] = tasks;
  const {title, on} = task;
  if (tasks.length === 1) return {tasks, title: taskTitle(task), why: task.why, does: task.does.map(effectWords)};
  const many = `${tasks.length} machines`;
  const pattern = withoutName(title, on ?? '');
  return {
    tasks,
    title: pattern.includes(itself) ? pattern.replaceAll(itself, many) : `${title} on ${many}`,
    hosts: foldHostNames(hostsOf(tasks)),
    why: foldedWhy(tasks),
    does: foldedEffects(tasks),
  };
}

/** Reasons that differ from machine to machine are told of so many, unless they say which data go. */
const mostReasons = 4;

function foldedWhy(tasks: readonly FoldableTask[]): readonly string[] {
  const told = tasks.flatMap(({why, on = ''}) => why.map((text) => ({text, on, pattern: withoutName(text, on)})));
  const reasons = groupBy(told, ({pattern}) => pattern).map((same) => {
    const hosts = hostsOf(same);
    const words = hosts.length === 1 ? same[0].text : same[0].pattern.replaceAll(itself, 'each');
    return hosts.length === tasks.length ? words : `${foldHostNames(hosts)}: ${words}`;
  });
  const most = tasks[0]?.touches === 'data' ? reasons.length : mostReasons;
  // One more is as short as saying that it is there.
  if (reasons.length <= most + 1) return reasons;
  return [...reasons.slice(0, most), `and ${reasons.length - most} more of this kind`];
}

/** Scripts that get other arguments on each machine are told of once. */
const mostArguments = 2;

function foldedEffects(tasks: readonly FoldableTask[]): readonly string[] {
  const told = tasks.flatMap(({does, on = ''}) =>
    does.map((effect) => {
      const there = withoutOn(effect, on);
      return {on, pattern: effectWords(there), name: effectWords(withoutArguments(there))};
    }),
  );
  return groupBy(told, ({name}) => name).flatMap((alike) => {
    const same = groupBy(alike, ({pattern}) => pattern);
    if (same.length <= mostArguments) return same.map((each) => withHosts(each[0].pattern, each, tasks.length));
    return [`${withHosts(alike[0].name, alike, tasks.length)}, with arguments of its own`];
  });
}

function withHosts(pattern: string, on: readonly {readonly on: string}[], all: number): string {
  const hosts = hostsOf(on);
  const where = hosts.length === all ? 'each' : foldHostNames(hosts);
  if (pattern.includes(itself)) return pattern.replaceAll(itself, where);
  return hosts.length === all ? pattern : `${pattern}, for ${where}`;
}

/** Stands for the name of the machine that a task is on. */
const itself = '\u0000';

function withoutName(text: string, name: string): string {
  if (name === '' || !text.includes(name)) return text;
  const escaped = name.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return text.replaceAll(new RegExp(`(?<![\\w.-])${escaped}(?![\\w-]|\\.\\w)`, 'g'), itself);
}

function withoutOn(effect: Effect, on: string): Effect {
  if (!('on' in effect) || effect.on !== on) return effect;
  if (effect.kind !== 'script' || !effect.args) return {...effect, on: itself};
  return {...effect, on: itself, args: effect.args.map((arg) => withoutName(arg, on).replaceAll(itself, 'MACHINE'))};
}

function withoutArguments(effect: Effect): Effect {
  if (effect.kind !== 'script') return effect;
  const {args: _, ...rest} = effect;
  return rest;
}

function hostsOf(on: readonly {readonly on?: string | undefined}[]): readonly string[] {
  return [...new Set(on.flatMap(({on: name}) => (name === undefined ? [] : [name])))];
}

function groupBy<T>(all: readonly T[], keyOf: (one: T) => string): readonly (readonly [T, ...T[]])[] {
  const groups = new Map<string, [T, ...T[]]>();
  for (const one of all) {
    const group = groups.get(keyOf(one));
    if (group) group.push(one);
    else groups.set(keyOf(one), [one]);
  }
  return [...groups.values()];
}
