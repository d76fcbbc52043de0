import type {HostKey} from '../machine-tools.ts';
import type {HostKeyBook, HostKeyOwner, HostKeyVerdict} from './host-key-check.ts';

/** What is to be thought of a machine that shows these keys. */
export interface HostKeyJudgement {
  readonly state: 'new' | 'known' | 'changed' | 'revoked' | 'disagreeing';
  /** Where it is known from. */
  readonly from?: string;
  /** Keys that are known, where the machine shows others. */
  readonly known?: readonly HostKey[];
  /** Why what is known of a new machine does not help. */
  readonly because?: string;
}

/**
 * Judges all keys of a machine together: one that is revoked decides, then one that is trusted, because that is the
 * kind a connection asks for.
 */
export function judgeHostKeys(book: HostKeyBook, owner: HostKeyOwner, keys: readonly HostKey[]): HostKeyJudgement {
  const verdicts = keys.map((key) => book.check(owner, key));
  const first = <Kind extends HostKeyVerdict['kind']>(kind: Kind) =>
    verdicts.find((verdict): verdict is Extract<HostKeyVerdict, {kind: Kind}> => verdict.kind === kind);
  const revoked = first('revoked');
  if (revoked) return {state: 'revoked', from: revoked.from};
  const trusted = first('trusted');
  if (trusted) return {state: 'known', ...(trusted.from === undefined ? {} : {from: trusted.from})};
  const differing = first('disagreeing') ?? first('changed');
  if (differing) return {state: differing.kind, from: differing.from, known: differing.known};
  const because = first('unknown')?.because;
  return {state: 'new', ...(because === undefined ? {} : {because})};
}
