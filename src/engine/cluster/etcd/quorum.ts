/** The arithmetic of a quorum, and its words. Learners count in nothing here. */

import type {Quorum} from './types.ts';

export interface VoterCounts {
  readonly voters: number;
  readonly healthy: number;
  readonly unknown: number;
}

/** How many of so many voters must agree for anything to be written. */
export function majorityOf(voters: number): number {
  return Math.floor(voters / 2) + 1;
}

export function quorumOf({voters, healthy, unknown}: VoterCounts): Quorum {
  const needed = majorityOf(voters);
  // A healthy one has read through a quorum, whoever the others are. Without one, the unknown ones may be a quorum.
  const isThere = healthy > 0 ? true : unknown < needed ? false : undefined;
  const spare = Math.max(0, healthy - needed);
  const counts = {voters, healthy, unknown, needed, ...(isThere === undefined ? {} : {isThere}), spare};
  return {...counts, words: `${countWords(counts)} ${outlook(counts)}`};
}

type Counts = Omit<Quorum, 'words'>;

function countWords({voters, healthy, unknown}: Counts): string {
  if (voters === 1)
    return `1 voting member, ${healthy === 1 ? 'healthy' : unknown === 1 ? 'not asked' : 'not healthy'}.`;
  const well = healthy === voters ? `${voters === 2 ? 'both' : 'all'} healthy` : `${healthy || 'none'} healthy`;
  return `${voters} voting members, ${well}${unknown === 0 ? '' : `, ${unknown} could not be asked`}.`;
}

function outlook({voters, healthy, unknown, needed, isThere, spare}: Counts): string {
  if (isThere === undefined) {
    return voters === 1
      ? 'Whether it is well is not known.'
      : `Whether the ${needed} are there that are needed is not known.`;
  }
  if (!isThere) {
    return voters === 1
      ? 'Without it nothing can be read or written.'
      : `No quorum: ${needed} are needed, and without them nothing can be read or written.`;
  }
  if (voters === 1) return 'It is the only one: when it fails, the cluster stands still.';
  if (healthy < needed) {
    return `There is a quorum all the same, which takes ${needed}; how many more may fail is not known.`;
  }
  const more = healthy === voters ? '' : ' more';
  if (spare === 0) {
    const others = unknown === 1 ? 'the one that could not be asked is' : 'those that could not be asked are';
    return `None${more} may fail${unknown === 0 ? '' : `, unless ${others} healthy`}: ${needed} are needed.`;
  }
  const amount = spare === 1 ? 'one' : String(spare);
  const sentence = `${unknown === 0 ? '' : 'at least '}${amount}${more} may fail: ${needed} are needed.`;
  return `${sentence.slice(0, 1).toUpperCase()}${sentence.slice(1)}`;
}
