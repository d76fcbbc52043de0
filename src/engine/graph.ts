/** Order, closure and rings of names. Knows nothing of what the names stand for. */

/** From each name to the names it needs. A needed name that is no key is left out of every answer. */
export type Needs = ReadonlyMap<string, readonly string[]>;

export interface Order {
  /** Names of one group need only names of earlier groups; each group sorted. Names on or behind a ring are absent. */
  readonly groups: string[][];
  /** One ring per knot of names that need each other: the shortest through its smallest name, which comes first. */
  readonly cycles: string[][];
}

/** Groups that could be worked on at the same time, each as early as possible. A ring is a value, never an error. */
export function orderGroups(needs: Needs): Order {
  const waitsFor = new Map<string, number>();
  const neededBy = reversed(needs);
  for (const [name, wanted] of needs) waitsFor.set(name, knownNeeds(needs, wanted).length);

  const groups: string[][] = [];
  let ready = [...needs.keys()].filter((name) => waitsFor.get(name) === 0).sort();
  while (ready.length > 0) {
    groups.push(ready);
    const next: string[] = [];
    for (const name of ready) {
      for (const dependent of neededBy.get(name) ?? []) {
        const left = (waitsFor.get(dependent) ?? 0) - 1;
        waitsFor.set(dependent, left);
        if (left === 0) next.push(dependent);
      }
    }
    ready = next.sort();
  }
  const done = groups.reduce((sum, group) => sum + group.length, 0);
  return {groups, cycles: done === needs.size ? [] : rings(needs)};
}

/** The names and everything they need, directly or not; sorted. */
export function closure(needs: Needs, names: Iterable<string>): string[] {
  return reach(names, (name) => needs.get(name) ?? [])
    .filter((name) => needs.has(name))
    .sort();
}

function knownNeeds(needs: Needs, wanted: readonly string[]): string[] {
  return [...new Set(wanted)].filter((name) => needs.has(name));
}

function reversed(needs: Needs): Map<string, string[]> {
  const result = new Map<string, string[]>();
  for (const [name, wanted] of needs) {
    for (const need of knownNeeds(needs, wanted)) {
      const list = result.get(need);
      if (list) list.push(name);
      else result.set(need, [name]);
    }
  }
  return result;
}

function reach(from: Iterable<string>, next: (name: string) => readonly string[]): string[] {
  const seen = new Set(from);
  // A Set may grow while it is walked: what is added is visited too.
  for (const name of seen) for (const other of next(name)) seen.add(other);
  return [...seen];
}

function rings(needs: Needs): string[][] {
  const found: string[][] = [];
  for (const knot of knots(needs)) {
    const start = [...knot].sort()[0];
    if (start === undefined) continue;
    const ring = shortestRing(needs, start, knot);
    if (ring) found.push(ring);
  }
  return found.sort((a, b) => ((a[0] ?? '') < (b[0] ?? '') ? -1 : 1));
}

/** Breadth first from the start, inside the knot, until the start comes up again. */
function shortestRing(needs: Needs, start: string, knot: ReadonlySet<string>): string[] | undefined {
  const cameFrom = new Map<string, string>();
  const queue = [start];
  for (const name of queue) {
    for (const need of [...(needs.get(name) ?? [])].sort()) {
      if (need === start) {
        const ring = [name];
        for (let at = name; at !== start; ) {
          const before = cameFrom.get(at);
          if (before === undefined) break;
          ring.unshift(before);
          at = before;
        }
        return ring;
      }
      if (knot.has(need) && !cameFrom.has(need)) {
        cameFrom.set(need, name);
        queue.push(need);
      }
    }
  }
  return undefined;
}

/** Strongly connected parts (Tarjan), without recursion: a chain of names may be longer than the call stack. */
function knots(needs: Needs): Set<string>[] {
  const found: Set<string>[] = [];
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const open: string[] = [];
  const isOpen = new Set<string>();

  for (const root of needs.keys()) {
    if (index.has(root)) continue;
    const work: {name: string; wanted: string[]; at: number}[] = [];
    const visit = (name: string) => {
      index.set(name, index.size);
      low.set(name, index.get(name) ?? 0);
      open.push(name);
      isOpen.add(name);
      work.push({name, wanted: knownNeeds(needs, needs.get(name) ?? []), at: 0});
    };
    const lower = (name: string, value: number | undefined) =>
      low.set(name, Math.min(low.get(name) ?? 0, value ?? Number.POSITIVE_INFINITY));
    visit(root);
    for (let step = work.at(-1); step; step = work.at(-1)) {
      const need = step.wanted[step.at++];
      if (need !== undefined) {
        if (!index.has(need)) visit(need);
        else if (isOpen.has(need)) lower(step.name, index.get(need));
        continue;
      }
      work.pop();
      const parent = work.at(-1);
      if (parent) lower(parent.name, low.get(step.name));
      if (low.get(step.name) !== index.get(step.name)) continue;
      const knot = new Set<string>();
      for (let name = open.pop(); name !== undefined; name = open.pop()) {
        isOpen.delete(name);
        knot.add(name);
        if (name === step.name) break;
      }
      found.push(knot);
    }
  }
  return found;
}
