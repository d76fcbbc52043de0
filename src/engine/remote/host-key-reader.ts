import type {Problem} from '../problem.ts';
import {hostKeyBook} from './host-key-book.ts';
import type {HostKeyBook} from './host-key-check.ts';
import {readKnownHosts} from './known-hosts.ts';
import {type KnownHostsPlace, knownHostsReader} from './known-hosts-files.ts';
import type {PinStore} from './pins.ts';

export interface HostKeyReading {
  readonly book: HostKeyBook;
  /** Warnings: lines and files that cannot be read. */
  readonly problems: readonly Problem[];
}

/**
 * Reads pins and known_hosts files as they are now; the same book again while nothing of them changed, so that asking
 * before every connection costs little. Throws `file-unreadable` when the pins cannot be read.
 */
export function hostKeyReader(pins: PinStore, places: readonly KnownHostsPlace[]): () => Promise<HostKeyReading> {
  const readFiles = knownHostsReader(places);
  let last: {readonly text: string; readonly files: unknown; readonly reading: HostKeyReading} | undefined;
  return async () => {
    const [text, known] = await Promise.all([pins.read(), readFiles()]);
    if (last && last.text === text && last.files === known.files) return last.reading;
    const pinned = readKnownHosts(text, pins.file);
    const reading = {
      book: hostKeyBook(pinned.entries, known.files),
      problems: [...pinned.problems, ...known.problems],
    };
    last = {text, files: known.files, reading};
    return reading;
  };
}
