import {Box, Text} from 'ink';
import {afterEach, expect, test} from 'vitest';
import {createAnimationClock, frameMilliseconds} from '../../../src/ui/theme/animation.ts';
import {useTheme} from '../../../src/ui/theme/use-theme.ts';
import {createManualClock} from '../../helpers/manual-clock.ts';
import type {TestScreen} from '../../helpers/screen.tsx';
import {openScreen} from '../../helpers/screen.tsx';

let screen: TestScreen | undefined;
afterEach(async () => {
  await screen?.close();
  screen = undefined;
});

test('one timer drives everyone, and none runs when nobody looks', () => {
  const clock = createManualClock();
  const animation = createAnimationClock(clock);
  expect(clock.waiting).toBe(0);
  let ticks = 0;
  const stops = Array.from({length: 20}, () => animation.subscribe(() => ticks++));
  expect(clock.waiting).toBe(1);
  clock.pass(frameMilliseconds * 3);
  expect(ticks).toBe(60);
  expect(animation.frame()).toBe(3);
  expect(clock.waiting).toBe(1);
  for (const stop of stops) stop();
  expect(clock.waiting).toBe(0);
});

test('frames follow the time, also when ticks come late', () => {
  const clock = createManualClock();
  const animation = createAnimationClock(clock);
  animation.subscribe(() => {});
  clock.pass(frameMilliseconds * 2.5);
  expect(animation.frame()).toBe(2);
  clock.pass(frameMilliseconds * 10);
  expect(animation.frame()).toBe(12);
});

test('a still clock never ticks', () => {
  const clock = createManualClock();
  createAnimationClock(clock, {still: true}).subscribe(() => {});
  expect(clock.waiting).toBe(0);
});

let drawings = 0;

function Spinners() {
  const {glyphs} = useTheme();
  drawings++;
  return (
    <Box>
      <Text>{`[${glyphs.spinner}${glyphs.spinner}${glyphs.running}]`}</Text>
    </Box>
  );
}

test('spinners turn together; what does not run shows its still glyph', async () => {
  screen = openScreen(<Spinners />, {columns: 20, rows: 2});
  await screen.shows(/\[([⠋⠙⠸⠼⠴⠦⠧⠇⠏])\1⠹\]/);
  await screen.close();
  screen = openScreen(<Spinners />, {columns: 20, rows: 2, environment: {LANG: 'C'}});
  await screen.shows(/\[([|/\\-])\1\*\]/);
});

test('spinners turn without anything being drawn again, and stop where there are none', async () => {
  const clock = createManualClock();
  drawings = 0;
  screen = openScreen(<Spinners />, {columns: 20, rows: 2, clock});
  await screen.shows('[⠋⠋⠹]');
  const drawn = drawings;
  for (const frame of ['⠙', '⠹', '⠸']) {
    clock.pass(frameMilliseconds);
    await screen.shows(`[${frame}${frame}⠹]`);
  }
  expect(drawings).toBe(drawn);
  await screen.close();
  expect(clock.waiting).toBe(0);
  screen = undefined;
});
