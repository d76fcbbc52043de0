import {expect, test} from 'vitest';
import {nodeTooOld} from '../src/node-too-old.ts';

test.each([
  ['20.20.2', true],
  ['22.11.9', true],
  ['22.12.0', false],
  ['22.12.0-nightly20241101', false],
  ['24.1.0', false],
])('whether Node %s is too old', (has, isTooOld) => {
  expect(nodeTooOld(has, '>=22.12', '/usr/bin/node') !== undefined).toBe(isTooOld);
});

test('what is said names what is needed and what is there', () => {
  expect(nodeTooOld('20.20.2', '>=22.12', '/usr/bin/node')).toBe(
    'pai-tui needs Node 22.12 or later, and /usr/bin/node is Node 20.20.2.',
  );
});
