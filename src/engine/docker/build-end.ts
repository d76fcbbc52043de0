import {setTimeout as sleep} from 'node:timers/promises';
import type {ClassicTraces} from './classic-traces.ts';
import type {Connection} from './connection.ts';

/** How long an engine may take to put away containers, in milliseconds; less than a run waits for its tasks. */
const patienceMs = 20_000;

/**
 * Waits until the engine has removed what a build of the classic builder had at work when its connection was closed;
 * false when it has not in time, or cannot be asked. (What BuildKit runs is shown by no call of the engine.)
 */
export async function containersGone(
  {ask}: Connection,
  {containers, layer, hasBegun}: ClassicTraces,
): Promise<boolean> {
  const end = performance.now() + patienceMs;
  // A container that was being made is there a moment later.
  for (let looks = hasBegun ? 2 : 1, pauseMs = 50; ; pauseMs = Math.min(500, pauseMs * 2)) {
    const left = await ask((docker) => docker.listContainers({all: true}), undefined, patienceMs).catch(
      () => undefined,
    );
    if (left === undefined) return false;
    const mine = left.filter(
      ({Id, ImageID, State}) =>
        containers.some((id) => Id.startsWith(id)) ||
        (State === 'created' && layer !== undefined && ImageID.startsWith(`sha256:${layer}`)),
    );
    if (mine.length === 0 && --looks === 0) return true;
    if (performance.now() > end) return false;
    await sleep(mine.length === 0 ? 500 : pauseMs);
  }
}
