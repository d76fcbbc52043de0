import {nearestNames} from '../engine/index.ts';

/** "Did you mean x, y or z?", or undefined when nothing is near. */
export function didYouMean(typed: string, words: readonly string[]): string | undefined {
  const near = nearestNames(typed, words);
  if (near.length === 0) return undefined;
  return `Did you mean ${near.length === 1 ? near[0] : `${near.slice(0, -1).join(', ')} or ${near.at(-1)}`}?`;
}
