import {expect, it} from 'vitest';
import {createTurns} from '../../src/engine/images/turns.ts';
import {settled} from '../run/fake-clock.ts';

const never = new AbortController().signal;

/** Work that lasts until it is told to end. */
function lasting(log: string[], name: string) {
  let resolve: () => void = () => {};
  const promise = new Promise<void>((end) => {
    resolve = end;
  });
  const work = async () => {
    log.push(`${name} begins`);
    await promise;
    log.push(`${name} ends`);
    return name;
  };
  return {work, end: () => resolve()};
}

it('lets one work at a time, in the order they came, and tells whom the others wait for', async () => {
  const log: string[] = [];
  const turns = createTurns();
  const [a, b, c] = [lasting(log, 'a'), lasting(log, 'b'), lasting(log, 'c')];
  const waits = (name: string) => (other: string) => log.push(`${name} waits for ${other}`);
  const all = [
    turns.take('a', waits('a'), never, a.work),
    turns.take('b', waits('b'), never, b.work),
    turns.take('c', waits('c'), never, c.work),
  ];
  for (const each of [c, b]) each.end();
  await settled();
  expect(log).toEqual(['a begins', 'b waits for a', 'c waits for b']);
  a.end();
  expect(await Promise.all(all)).toEqual(['a', 'b', 'c']);
  expect(log.slice(3)).toEqual(['a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
  await settled();
  expect(await turns.take('d', waits('d'), never, async () => 'd')).toBe('d');
  expect(log).not.toContainEqual(expect.stringContaining('d waits'));
});

it('goes on after work that failed', async () => {
  const turns = createTurns();
  const failing = turns.take(
    'a',
    () => {},
    never,
    () => Promise.reject(new Error('broken')),
  );
  const next = turns.take(
    'b',
    () => {},
    never,
    async () => 'b',
  );
  await expect(failing).rejects.toThrow('broken');
  expect(await next).toBe('b');
});

it('keeps the next one waiting when one in between gives up', async () => {
  const log: string[] = [];
  const turns = createTurns();
  const a = lasting(log, 'a');
  const first = turns.take('a', () => {}, never, a.work);
  const gaveUp = new AbortController();
  const second = turns.take('b', () => {}, gaveUp.signal, lasting(log, 'b').work);
  const third = turns.take(
    'c',
    () => {},
    never,
    async () => log.push('c ran'),
  );
  gaveUp.abort(new Error('stopped'));
  await expect(second).rejects.toThrow('stopped');
  await settled();
  expect(log).toEqual(['a begins']);
  a.end();
  await Promise.all([first, third]);
  expect(log).toEqual(['a begins', 'a ends', 'c ran']);
});
