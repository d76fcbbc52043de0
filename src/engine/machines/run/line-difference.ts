import type {DifferenceLine} from '../types.ts';

/** Lines that are the same around each difference. */
const context = 3;
/** Changed lines that are looked for; texts that differ more are shown one after the other. */
const mostChanges = 500;
/** Lines that are shown. */
const mostLines = 2000;

/** How a text differs from another, line by line: the shortest way from one to the other, with what stands around it. */
export function lineDifference(from: string, to: string): readonly DifferenceLine[] {
  const old = from.split('\n');
  const now = to.split('\n');
  let head = 0;
  while (head < old.length && head < now.length && old[head] === now[head]) head++;
  let tail = 0;
  while (tail < Math.min(old.length, now.length) - head && old.at(-1 - tail) === now.at(-1 - tail)) tail++;
  const lines: DifferenceLine[] = [
    ...same(old.slice(0, head)),
    ...changes(old.slice(head, old.length - tail), now.slice(head, now.length - tail)),
    ...same(old.slice(old.length - tail)),
  ];
  return shortened(lines);
}

function same(lines: readonly string[]): DifferenceLine[] {
  return lines.map((text) => ({kind: 'same', text}));
}

/**
 * E. W. Myers, "An O(ND) Difference Algorithm and Its Variations" (1986): `reached[k]` is how far in `old` one comes
 * on diagonal k with so many changes; the ways are kept and gone back.
 */
function changes(old: readonly string[], now: readonly string[]): readonly DifferenceLine[] {
  const all = [...begin(old.map(removed)), ...begin(now.map(added))];
  if (old.length === 0 || now.length === 0) return all;
  const trace: Map<number, number>[] = [];
  let reached = new Map([[1, 0]]);
  for (let depth = 0; depth <= Math.min(mostChanges, old.length + now.length); depth++) {
    trace.push(reached);
    const next = new Map<number, number>();
    for (let k = -depth; k <= depth; k += 2) {
      let x = isDown(reached, k, depth) ? (reached.get(k + 1) ?? 0) : (reached.get(k - 1) ?? 0) + 1;
      while (x < old.length && x - k < now.length && old[x] === now[x - k]) x++;
      next.set(k, x);
      if (x >= old.length && x - k >= now.length) return wayBack(trace, old, now);
    }
    reached = next;
  }
  return all;
}

function isDown(reached: ReadonlyMap<number, number>, k: number, depth: number): boolean {
  return k === -depth || (k !== depth && (reached.get(k - 1) ?? -1) < (reached.get(k + 1) ?? -1));
}

function wayBack(
  trace: readonly ReadonlyMap<number, number>[],
  old: readonly string[],
  now: readonly string[],
): readonly DifferenceLine[] {
  const lines: DifferenceLine[] = [];
  let x = old.length;
  let y = now.length;
  for (let depth = trace.length - 1; depth >= 0; depth--) {
    const reached = trace[depth] ?? new Map();
    const k = x - y;
    const before = isDown(reached, k, depth) ? k + 1 : k - 1;
    const fromX = reached.get(before) ?? 0;
    const fromY = fromX - before;
    while (x > fromX && y > fromY) {
      if (depth === 0 && x === 0) break;
      lines.push({kind: 'same', text: old[--x] ?? ''});
      y--;
    }
    if (depth === 0) break;
    if (y > fromY) lines.push(added(now[--y] ?? ''));
    else lines.push(removed(old[--x] ?? ''));
  }
  return lines.reverse();
}

function removed(text: string): DifferenceLine {
  return {kind: 'removed', text};
}

function added(text: string): DifferenceLine {
  return {kind: 'added', text};
}

/** Long stretches without a difference become one line, and what comes after the most that is shown another. */
function shortened(lines: readonly DifferenceLine[]): readonly DifferenceLine[] {
  const shown: DifferenceLine[] = [];
  let at = 0;
  while (at < lines.length && shown.length < mostLines) {
    let end = at;
    while (lines[end]?.kind === 'same') end++;
    const first = at === 0 ? 0 : context;
    const last = end === lines.length ? 0 : context;
    if (end - at > first + last + 1) {
      shown.push(...lines.slice(at, at + first), leftOut(end - at - first - last, 'the same'));
      at = end - last;
    }
    shown.push(...lines.slice(at, Math.max(end, at + 1)));
    at = Math.max(end, at + 1);
  }
  return at < lines.length ? [...shown, leftOut(lines.length - at, 'more')] : shown;
}

/** Of one side of texts that have nothing in common. */
function begin(lines: readonly DifferenceLine[]): readonly DifferenceLine[] {
  const most = mostLines / 2 - 1;
  return lines.length <= most + 1 ? lines : [...lines.slice(0, most), leftOut(lines.length - most, 'more')];
}

function leftOut(count: number, what: string): DifferenceLine {
  return {kind: 'left out', text: `${count} lines ${what}`};
}
