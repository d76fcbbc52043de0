import type {Entry} from './entries.ts';

/** Entries that say the same as an earlier one; each is named with the first that says so. */
export function pairsOf(
  entries: readonly Entry[],
  same: (entry: Entry) => string | number | undefined,
  which: 'all' | 'of different hosts' = 'all',
): readonly {readonly first: Entry; readonly again: Entry}[] {
  const known = new Map<string | number, Entry>();
  return entries.flatMap((entry) => {
    const value = same(entry);
    if (value === undefined) return [];
    const first = known.get(value);
    if (!first) known.set(value, entry);
    if (!first || (which === 'of different hosts' && isSameHost(first, entry))) return [];
    return [{first, again: entry}];
  });
}

/** One machine listed twice is told as that, not by each value that both entries have. */
function isSameHost(one: Entry, other: Entry): boolean {
  return one.hostname !== undefined && one.hostname.toLowerCase() === other.hostname?.toLowerCase();
}
