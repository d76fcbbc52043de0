import {type FSWatcher, watch} from 'node:fs';
import {ProblemError} from '../problem.ts';
import type {Clock} from '../tools.ts';

/** Changes that come in bursts are told once in this time: an output that pours is shown 20 times a second. */
const burstMs = 30;

/**
 * Calls back after something changed in one of the folders (not below them), and every `pollMs` in any case: file
 * events get lost on some file systems, and a folder may not be there yet.
 */
export function watchFolders(
  folders: readonly string[],
  clock: Clock,
  pollMs: number,
  onChange: () => void,
): {close(): void} {
  const closed = new AbortController();
  const watchers = new Map<string, FSWatcher>();
  let pending = false;

  const tell = () => {
    try {
      onChange();
    } catch (error) {
      if (!mayPass(error)) throw error;
    }
  };
  const soon = () => {
    if (pending) return;
    pending = true;
    void clock.sleep(burstMs, closed.signal).then(
      () => {
        pending = false;
        tell();
      },
      () => {},
    );
  };
  const attach = () => {
    for (const folder of folders) {
      if (watchers.has(folder)) continue;
      try {
        const watcher = watch(folder, soon);
        watchers.set(folder, watcher);
        watcher.on('error', () => {
          watcher.close();
          watchers.delete(folder);
        });
      } catch {
        // Not there yet, or no more watches to be had: the poll is the net.
      }
    }
  };
  const poll = async () => {
    for (;;) {
      await clock.sleep(pollMs, closed.signal);
      attach();
      tell();
    }
  };

  attach();
  poll().catch((error: unknown) => {
    if (!closed.signal.aborted) throw error;
  });
  return {
    close() {
      closed.abort();
      for (const watcher of watchers.values()) watcher.close();
    },
  };
}

/**
 * Whether an error is one of the system (no more file descriptors, a network folder that is away) and not of ours:
 * whoever keeps something up to date shows what it has, and the next look may find it better.
 */
export function mayPass(error: unknown): boolean {
  return error instanceof ProblemError || (error instanceof Error && 'syscall' in error);
}
