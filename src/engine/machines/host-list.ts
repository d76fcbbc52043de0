/** Host lists: which machines an expression such as '@workers,@gpu&!node-7' names. Pure; the same as people type it. */

import {displayText, nearestNames} from '../names.ts';
import type {Problem} from '../problem.ts';
import {groupNamed, type HostGroup, hostGroups} from './host-groups.ts';
import {foldHostNames, writeOut} from './host-names.ts';
import type {HostListMatch, MachineInfo} from './types.ts';

/**
 * The machines that host lists name, each once, in the order of the configuration; all without any. Several are the
 * words of a command line: each adds its machines, and one that begins with '!' takes away from those before it.
 *
 * A word is a name or an address, with ranges ('gpu[01-04,07]') and globs ('gpu*', 'node-?'), or a group ('@workers',
 * '@sku:NC24R', '@sku:NC*'). Words are joined from the left, one after the other, none binding tighter than another:
 * ',' or '|' or a space adds, '&' keeps what both have, '!' takes away, with or without another sign before it. So
 * '@workers,@gpu&!node-7' is all workers and all with GPUs, and never node-7. A list that begins with '!' is all
 * machines but those. Parentheses go first: '@workers,(@gpu&@cpu)'.
 *
 * A name, range, glob or group that no machine has is a problem, since who types it believes in it. A combination that
 * leaves no machine is none.
 */
export function matchHostLists(lists: readonly string[], machines: readonly MachineInfo[]): HostListMatch {
  const known = knownMachines(machines);
  try {
    let chosen: Set<number> | undefined;
    for (const list of lists) chosen = add(chosen, new Reading(list, known));
    return {machines: machines.filter((_, index) => chosen?.has(index) ?? true)};
  } catch (error) {
    if (error instanceof Mistake) return {problem: error.problem};
    throw error;
  }
}

function add(before: Set<number> | undefined, reading: Reading): Set<number> {
  if (before && reading.startsWith('!')) return reading.whole(before);
  return joined(before, reading.whole(), ',');
}

interface Known {
  readonly count: number;
  /** Indexes by name and by address. */
  readonly byName: ReadonlyMap<string, readonly number[]>;
  readonly names: readonly string[];
  readonly groups: ReadonlyMap<string, HostGroup>;
}

function knownMachines(machines: readonly MachineInfo[]): Known {
  const byName = new Map<string, number[]>();
  // A name that is also the address of another stands for the name alone.
  const names = new Set(machines.map(({name}) => name));
  const note = (word: string, index: number) => byName.set(word, [...(byName.get(word) ?? []), index]);
  for (const [index, {name, address}] of machines.entries()) {
    note(name, index);
    if (!names.has(address)) note(address, index);
  }
  return {
    count: machines.length,
    byName,
    names: [...names],
    groups: new Map(hostGroups(machines).map((group) => [group.name, group])),
  };
}

type Sign = ',' | '&' | '!';

/** Changes the left set. */
function joined(left: Set<number> | undefined, right: Set<number>, sign: Sign): Set<number> {
  if (!left) return right;
  switch (sign) {
    case ',':
      for (const index of right) left.add(index);
      return left;
    case '&':
      for (const index of left) if (!right.has(index)) left.delete(index);
      return left;
    case '!':
      for (const index of right) left.delete(index);
      return left;
  }
}

// A word may hold signs inside of brackets alone. Whatever else stands there is a token of one character.
const tokens = /(?:\[[^[\]]*\]|[^\s,|&!()[\]])+|\S/g;
const signs = new Set([',', '|', '&', '!']);
const longest = 1_000_000;
const deepest = 50;

/** One list while it is read. */
class Reading {
  private readonly list: string;
  private readonly known: Known;
  private readonly tokens: readonly string[];
  private at = 0;

  constructor(list: string, known: Known) {
    if (list.length > longest) throw mistake(list, 'is too long');
    this.list = list;
    this.known = known;
    this.tokens = list.match(tokens) ?? [];
    if (this.tokens.includes('[')) throw mistake(list, 'has a [ without a ] after it');
    if (this.tokens.includes(']')) throw mistake(list, 'has a ] without a [ before it');
  }

  startsWith(token: string): boolean {
    return this.tokens[0] === token;
  }

  whole(before?: Set<number>): Set<number> {
    const chosen = this.words(before, 0);
    if (this.next() === ')') throw mistake(this.list, 'has a ) without a ( before it');
    if (!chosen) throw mistake(this.list, 'is empty');
    return chosen;
  }

  private words(before: Set<number> | undefined, depth: number): Set<number> | undefined {
    let chosen = before;
    for (let next = this.next(); next !== undefined && next !== ')'; next = this.next()) {
      if (!chosen && next === '!') chosen = new Set(Array(this.known.count).keys());
      const sign = this.sign(chosen !== undefined);
      chosen = joined(chosen, this.operand(depth), sign);
    }
    return chosen;
  }

  private sign(isBetween: boolean): Sign {
    let sign: Sign = ',';
    const next = this.next();
    if (next === ',' || next === '|' || next === '&') {
      if (!isBetween) throw mistake(this.list, `has nothing before its ${next}`);
      sign = next === '&' ? '&' : ',';
      this.at++;
    }
    if (this.next() !== '!') return sign;
    this.at++;
    return '!';
  }

  private operand(depth: number): Set<number> {
    const next = this.next();
    if (next === undefined || next === ')' || signs.has(next)) {
      const before = this.tokens[this.at - 1] ?? '';
      throw mistake(this.list, `has nothing after its ${before}`);
    }
    this.at++;
    if (next === '(') return this.parentheses(depth + 1);
    return next.startsWith('@') ? inGroup(next, this.known) : named(next, this.list, this.known);
  }

  private parentheses(depth: number): Set<number> {
    if (depth > deepest) throw mistake(this.list, 'has too many parentheses in each other');
    const chosen = this.words(undefined, depth);
    if (this.next() !== ')') throw mistake(this.list, 'has a ( without a ) after it');
    this.at++;
    if (!chosen) throw mistake(this.list, 'has nothing between ( and )');
    return chosen;
  }

  private next(): string | undefined {
    return this.tokens[this.at];
  }
}

function inGroup(word: string, {groups, byName}: Known): Set<number> {
  const found = isGlob(word)
    ? globbed(word, groups.keys()).map((name) => groups.get(name))
    : [groupNamed(word, groups)];
  const members = found.flatMap((group) => group?.machines ?? []);
  if (found.length > 0 && found.every((group) => group !== undefined))
    return new Set(members.flatMap((name) => byName.get(name) ?? []));
  const known = [...groups.keys()].map(displayText);
  throw new Mistake({
    code: 'unknown-name',
    message: `There is no group ${displayText(word)}.`,
    hint: `${meant(nearestNames(word, groups.keys()))}Groups are ${known.slice(0, mostTold).join(' ')}${known.length > mostTold ? ' …' : ''}.`,
  });
}

function named(word: string, list: string, known: Known): Set<number> {
  const {byName} = known;
  const exact = byName.get(word);
  if (exact) return new Set(exact);
  const {names: wanted, wrong} = writeOut(word);
  if (wrong !== undefined) throw mistake(list, wrong);
  const found = new Set<number>();
  const missing: string[] = [];
  for (const name of wanted) {
    const indexes =
      byName.get(name) ?? (isGlob(name) ? globbed(name, byName.keys()).flatMap((one) => byName.get(one) ?? []) : []);
    if (indexes.length === 0) missing.push(name);
    for (const index of indexes) found.add(index);
  }
  if (missing.length > 0) throw unknownMachines(missing, known);
  return found;
}

function unknownMachines(missing: readonly string[], {names, groups}: Known): Mistake {
  const [first = ''] = missing;
  const folded = displayText(foldHostNames(missing));
  const group = groupNamed(`@${first}`, groups);
  const near = group ? [group.name] : nearestNames(first, names);
  const what = isGlob(first) ? 'machine like' : missing.length === 1 ? 'machine' : 'machines';
  return new Mistake({
    code: 'unknown-name',
    message: `The configuration has no ${what} ${folded}.`,
    hint: `${meant(near)}'pai-tui machine list' shows the machines there are.`,
  });
}

const mostTold = 20;

function meant(near: readonly string[]): string {
  return near.length === 0 ? '' : `Did you mean ${near.map(displayText).join(' or ')}? `;
}

function isGlob(word: string): boolean {
  return /[*?]/.test(word);
}

function globbed(glob: string, names: Iterable<string>): string[] {
  return [...names].filter((name) => matchesGlob(glob, name));
}

/** In steps that grow with both lengths alone, whatever is typed: after a miss only the last star takes more. */
function matchesGlob(glob: string, name: string): boolean {
  let at = 0;
  let star = -1;
  let taken = 0;
  for (let index = 0; index < name.length; ) {
    const wanted = glob[at];
    if (wanted === '*') {
      star = at++;
      taken = index;
    } else if (wanted !== undefined && (wanted === '?' || wanted === name[index])) {
      at++;
      index++;
    } else if (star >= 0) {
      at = star + 1;
      index = ++taken;
    } else return false;
  }
  return /^\**$/.test(glob.slice(at));
}

/** Problems travel as values; this carries one out of the depth of a list. */
class Mistake extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.message);
    this.problem = problem;
  }
}

function mistake(list: string, wrong: string): Mistake {
  const shown = displayText(list);
  return new Mistake({
    code: 'usage',
    message: `The host list ${shown.length > 60 ? `${shown.slice(0, 59)}…` : `'${shown}'`} ${wrong}.`,
    hint: "Write names, ranges and groups, as in gpu[01-16], @workers or '@all&!node-7'.",
  });
}
