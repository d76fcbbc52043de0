/** Host keys that somebody accepted just now, beside those that are known. */

import type {HostKeyBook} from '../../remote/host-key-check.ts';
import type {ProbeRequest} from '../types.ts';

/**
 * Trusts an accepted key where nothing is known of the machine, and there alone: what is known to be another one, or
 * revoked, stays refused.
 */
export function acceptingBook(book: HostKeyBook, accepted: NonNullable<ProbeRequest['accept']>): HostKeyBook {
  const blobs = new Set(accepted.flatMap(({address, keys}) => keys.map(({blob}) => `${address} ${blob}`)));
  const typesOf = new Map(accepted.map(({address, keys}) => [address, keys.map(({type}) => type)]));
  return {
    check(owner, key) {
      const verdict = book.check(owner, key);
      const isAccepted = verdict.kind === 'unknown' && blobs.has(`${owner.address} ${key.blob}`);
      return isAccepted ? {kind: 'trusted', from: 'accepted just now'} : verdict;
    },
    preferredTypes(owner) {
      const known = book.preferredTypes(owner);
      return known.length > 0 ? known : (typesOf.get(owner.address) ?? []);
    },
    // Somebody looked at the key: then no certificate has to speak for it.
    wantsCertificate: (owner) => !typesOf.has(owner.address) && (book.wantsCertificate?.(owner) ?? false),
    learn: (owner, certificate) => book.learn?.(owner, certificate),
  };
}
