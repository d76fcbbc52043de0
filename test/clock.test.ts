import {execFileSync} from 'node:child_process';
import {describe, expect, it, vi} from 'vitest';
import {createClock} from '../src/engine/clock.ts';

describe('the clock', () => {
  it('has one monotonic time for all processes of this computer', () => {
    const clock = createClock();
    const before = clock.monotonic();
    const between = Number(execFileSync(process.execPath, ['-p', 'Number(process.hrtime.bigint()) / 1e6']));
    expect(between).toBeGreaterThan(before);
    expect(clock.monotonic()).toBeGreaterThan(between);
  });

  it('sleeps at least as long as it should', async () => {
    const clock = createClock();
    for (const milliseconds of [0, 1, 5, 20]) {
      const before = clock.monotonic();
      await clock.sleep(milliseconds);
      expect(clock.monotonic() - before).toBeGreaterThanOrEqual(milliseconds);
    }
  });

  it('wakes with the reason of the signal, also before it sleeps, and forgets the signal afterwards', async () => {
    const clock = createClock();
    const stop = new AbortController();
    const added = vi.spyOn(stop.signal, 'addEventListener');
    const removed = vi.spyOn(stop.signal, 'removeEventListener');
    await clock.sleep(1, stop.signal);
    expect(removed).toHaveBeenCalledTimes(added.mock.calls.length);
    const sleeping = clock.sleep(1_000_000, stop.signal);
    stop.abort('enough');
    await expect(sleeping).rejects.toBe('enough');
    await expect(clock.sleep(1, stop.signal)).rejects.toBe('enough');
  });

  it('does not wake at once from a sleep longer than a timer can be', async () => {
    vi.useFakeTimers();
    try {
      let awake = false;
      const stop = new AbortController();
      const sleeping = createClock()
        .sleep(2 ** 31 + 5, stop.signal)
        .then(
          () => (awake = true),
          () => undefined,
        );
      await vi.advanceTimersByTimeAsync(1_000);
      expect(awake).toBe(false);
      stop.abort();
      await sleeping;
    } finally {
      vi.useRealTimers();
    }
  });
});
