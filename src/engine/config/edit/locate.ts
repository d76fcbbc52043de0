import type {YamlPath} from '../yaml.ts';
import type {YamlScalar} from '../yaml-scalars.ts';
import type {Entry, Spot} from './outline.ts';
import {type Place, refusal} from './refusal.ts';

/** What a path names. */
export interface Located {
  readonly spot: Spot;
  /** The collections on the way with the entry taken in each; the last one holds the spot. */
  readonly steps: readonly Step[];
}

export interface Step {
  readonly collection: Spot;
  readonly index: number;
  readonly entry: Entry;
  /** The key as a value, or the index in a list. */
  readonly key: YamlScalar;
}

/** Follows a path. Throws a refusal where it ends early, is not clear, or leads through what stands elsewhere. */
export function locate(root: Spot, path: YamlPath, place: Place): Located {
  const steps: Step[] = [];
  let spot = root;
  for (const part of path) {
    const step = stepInto(spot, part, place);
    steps.push(step);
    spot = step.entry.value;
  }
  if (spot.kind === 'alias') throw throughAlias(spot, place);
  return {spot, steps};
}

function stepInto(spot: Spot, part: string | number, place: Place): Step {
  if (spot.kind === 'alias') throw throughAlias(spot, place);
  const found = spot.kind === 'list' ? itemAt(spot, part) : spot.kind === 'map' ? keysNamed(spot, part) : [];
  const [first, second] = found;
  if (!first) throw notThere(spot, part, place);
  if (second) {
    const because = `The key ${part} is there twice, and only the last one counts.`;
    throw refusal(place, first.entry.start, because, 'Remove one of the two first.');
  }
  return first;
}

function itemAt(collection: Spot, part: string | number): readonly Step[] {
  const index = Number(part);
  const entry = collection.entries[index];
  return entry && !entry.key ? [{collection, index, entry, key: BigInt(index)}] : [];
}

function keysNamed(collection: Spot, part: string | number): readonly Step[] {
  return collection.entries.flatMap((entry, index) =>
    entry.key && !entry.key.isMerge && entry.key.text === String(part)
      ? [{collection, index, entry, key: entry.key.value}]
      : [],
  );
}

function throughAlias(spot: Spot, place: Place) {
  const name = place.text.slice(spot.start, spot.end);
  const hint = `Change it where the anchor &${name.slice(1)} is, or write the value out here first.`;
  return refusal(place, spot.start, `Here stands only ${name}, which repeats what is written elsewhere.`, hint);
}

function notThere(spot: Spot, part: string | number, place: Place) {
  const merge = spot.entries.find(({key}) => key?.isMerge);
  if (merge) {
    const because = `${part} is not written here; it may come from <<, which other places share.`;
    return refusal(place, merge.start, because, 'Change it where it is written, or write it here by hand.');
  }
  return refusal(place, spot.start, `There is no ${part} here.`, 'Read the file again: it may have changed.');
}
