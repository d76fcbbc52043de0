import {Text} from 'ink';
import {describe, expect, test} from 'vitest';
import {firstFrame} from '../../src/screens/first-frame.ts';
import {createTheme} from '../../src/ui/theme/theme.ts';
import {openScreen} from '../helpers/screen.tsx';
import {openApp} from './open-app.tsx';

describe.each([
  [80, 24],
  [100, 30],
  [200, 50],
])('at %i x %i', (columns, rows) => {
  test('nothing moves when the screens take over from the first frame', async () => {
    const app = openApp({columns, rows, answers: {status: 'pending'}});
    // In the title: from then on the model stands still.
    await app.shows('Problems · asking');
    await app.shows('? help');
    const listWidth = Math.min(columns, 120);
    const first = firstFrame(
      app.model,
      columns,
      rows,
      createTheme({environment: {TERM: 'xterm-256color', LANG: 'C.UTF-8'}}),
    );
    expect(first).toHaveLength(rows - 1);
    const shown = app
      .text()
      .split('\n')
      .slice(0, rows - 1);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are made of control characters
    const plain = first.map((row) => row.replaceAll(/\x1b\[[\d;]*m/g, ''));
    expect(plain.slice(0, 2).map((row) => row.trimEnd())).toEqual(shown.slice(0, 2).map((row) => row.trimEnd()));
    expect(plain.slice(2)).toEqual(shown.slice(2).map((row) => row.slice(0, listWidth)));
  });
});

test('the first frame is on the terminal before anything Ink draws, and Ink writes over all of it', async () => {
  const frames: string[] = [];
  const screen = openScreen(<Text>drawn by Ink</Text>, {
    columns: 80,
    rows: 24,
    firstFrame: () => {
      frames.push('asked');
      return ['first row', 'second row'];
    },
  });
  expect(frames).toEqual(['asked']);
  await screen.shows('drawn by Ink');
  expect(screen.text()).not.toContain('second row');
  await screen.close();
});

test('a terminal too small for the screens gets no first frame', async () => {
  const frames: string[] = [];
  const screen = openScreen(<Text>small</Text>, {
    columns: 40,
    rows: 12,
    firstFrame: () => {
      frames.push('asked');
      return ['x'];
    },
  });
  await screen.shows('small');
  expect(frames).toEqual([]);
  await screen.close();
});
