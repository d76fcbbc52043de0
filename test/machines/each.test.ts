import {expect, test} from 'vitest';
import {each} from '../../src/engine/machines/each.ts';
import {createFakeClock} from '../run/fake-clock.ts';

const clock = createFakeClock();

test('results are in the order of the items, so many at once', async () => {
  let now = 0;
  let most = 0;
  const results = await each([3, 1, 2], {parallel: 2, clock}, async (item) => {
    most = Math.max(most, ++now);
    for (let turns = 0; turns < item; turns++) await Promise.resolve();
    now--;
    return item * 10;
  });
  expect(results).toEqual([30, 10, 20]);
  expect(most).toBe(2);
  expect(clock.sleepers).toBe(0);
});

test('those that take long make room for others, and are waited for', async () => {
  let end = (_: string) => {};
  const slow = new Promise<string>((resolve) => {
    end = resolve;
  });
  const done: string[] = [];
  const all = each(['slow', 'a', 'b'], {parallel: 1, clock}, async (item) => {
    if (item === 'slow') await slow;
    done.push(item);
    return item;
  });
  await clock.pass(3000);
  expect(done).toEqual(['a', 'b']);
  end('now');
  expect(await all).toEqual(['slow', 'a', 'b']);
});

test('rejects when all have ended', async () => {
  const done: string[] = [];
  const all = each(['bad', 'good'], {parallel: 2, clock}, async (item) => {
    if (item === 'bad') throw new Error('bad');
    await Promise.resolve();
    done.push(item);
  });
  await expect(all).rejects.toThrow('bad');
  expect(done).toEqual(['good']);
});
