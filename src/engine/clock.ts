import type {Clock} from './tools.ts';

/** Longer timers than this fire at once in Node. */
const longestTimerMs = 2 ** 31 - 1;

/** The clock of this computer. */
export function createClock(): Clock {
  return {now: Date.now, monotonic, sleep};
}

/** CLOCK_MONOTONIC, which all processes of one boot share and nobody can set. */
function monotonic(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

async function sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
  const end = monotonic() + milliseconds;
  do {
    await pause(Math.min(Math.max(end - monotonic(), 0), longestTimerMs), signal);
  } while (monotonic() < end);
}

function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    }, milliseconds);
    signal?.addEventListener('abort', onAbort, {once: true});
  });
}
