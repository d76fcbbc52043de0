import {expect, test} from 'vitest';
import {age, bytes, count, duration, moment, stopwatch} from '../../../src/ui/widgets/amounts.ts';

test.each([
  [0, '0.0s'],
  [412, '0.4s'],
  [9949, '9.9s'],
  [9950, '10s'],
  [72_000, '1m12s'],
  [7_500_000, '2h05m'],
  [273_600_000, '3d4h'],
  [-5, '0.0s'],
])('%i ms is %s', (ms, expected) => {
  expect(duration(ms)).toBe(expected);
});

test.each([
  [48_000, '00:48'],
  [3_730_000, '1:02:10'],
])('a stopwatch shows %i ms as %s', (ms, expected) => {
  expect(stopwatch(ms)).toBe(expected);
});

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.0 kB'],
  [1_400_000, '1.4 MB'],
  [23_000_000_000, '23 GB'],
  [999_999, '1.0 MB'],
])('%i bytes are %s', (amount, expected) => {
  expect(bytes(amount)).toBe(expected);
});

test.each([
  [1000, 'now'],
  [41_000, '41s'],
  [300_000, '5m'],
  [10_800_000, '3h'],
  [1_036_800_000, '12d'],
])('%i ms ago is %s', (ms, expected) => {
  expect(age(ms)).toBe(expected);
});

test('one image is not "1 images"', () => {
  expect([count(1, 'image'), count(3, 'image')]).toEqual(['1 image', '3 images']);
});

test('a moment of today is a time, any other has its date', () => {
  const now = Date.UTC(2026, 10, 20, 20, 19);
  expect(moment(now - 3_600_000, now)).toBe('19:19');
  expect(moment(now - 86_400_000, now)).toBe('2026-11-19 20:19');
});
