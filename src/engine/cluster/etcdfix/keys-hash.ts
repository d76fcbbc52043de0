import {fittingJson, list, maybe, number, record} from '../../json.ts';

/** The hash of all keys that a member has up to a revision. */
export interface KeysHash {
  readonly revision: number;
  readonly hash: number;
  /** What was compacted up to; hashes of other ones cannot be compared. */
  readonly compacted: number;
}

const reply = list(record({HashKV: record({hash: maybe(number), compact_revision: maybe(number)})}));

/** Of `endpoint hashkv -w json`, which asked one endpoint; undefined where it is something else. */
export function keysHashIn(json: string, revision: number): KeysHash | undefined {
  const told = fittingJson(reply, json)?.[0]?.HashKV;
  return told && {revision, hash: told.hash ?? 0, compacted: told.compact_revision ?? 0};
}
