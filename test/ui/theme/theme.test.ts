import {expect, test} from 'vitest';
import {cellWidth} from '../../../src/ui/terminal/cell-text.ts';
import type {Role} from '../../../src/ui/theme/theme.ts';
import {colourDepth, createTheme} from '../../../src/ui/theme/theme.ts';

test.each([
  [{TERM: 'xterm'}, '16'],
  [{TERM: 'linux'}, '16'],
  [{TERM: 'screen-256color'}, '256'],
  [{TERM: 'xterm', COLORTERM: 'truecolor'}, 'truecolor'],
  [{TERM: 'xterm-256color', COLORTERM: 'truecolor', NO_COLOR: '1'}, 'none'],
  [{TERM: 'xterm-256color', NO_COLOR: ''}, '256'],
  [{TERM: 'xterm-256color', FORCE_COLOR: '0'}, 'none'],
  [{TERM: 'dumb'}, 'none'],
  [{TERM: 'dumb', FORCE_COLOR: '3'}, 'truecolor'],
] as const)('the environment %j has colours: %s', (environment, depth) => {
  expect(colourDepth(environment)).toBe(depth);
});

const roles: readonly Role[] = [
  'ok',
  'running',
  'waiting',
  'warning',
  'failed',
  'skipped',
  'unknown',
  'selected',
  'match',
];

test('without colours nothing but weight and inversion is written', () => {
  const theme = createTheme({environment: {TERM: 'xterm', NO_COLOR: '1', LANG: 'C.UTF-8'}});
  for (const role of roles) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control sequences.
    expect(theme.paint(role, 'x')).toMatch(/^(x|\x1b\[[127](;7)?mx\x1b\[0m)$/);
    expect(theme.look(role)).not.toHaveProperty('color');
  }
  expect(theme.paint('selected', 'x')).toBe('\x1b[7mx\x1b[0m');
});

test('every state has a glyph of one cell, in ASCII too, and no two are alike', () => {
  for (const ascii of [false, true]) {
    const {glyphs} = createTheme({environment: {TERM: 'xterm'}, ascii});
    const states = [
      glyphs.ok,
      glyphs.running,
      glyphs.waiting,
      glyphs.warning,
      glyphs.failed,
      glyphs.skipped,
      glyphs.unknown,
    ];
    expect(states.every((glyph) => cellWidth(glyph) === 1)).toBe(true);
    expect(cellWidth(glyphs.spinner)).toBe(1);
    expect(new Set(states).size).toBe(7);
    if (ascii) expect(JSON.stringify({...glyphs, spinner: ''})).toMatch(/^[ -~]*$/);
  }
});

test('a locale that is not UTF-8 gets ASCII', () => {
  expect(createTheme({environment: {TERM: 'xterm', LANG: 'C'}}).ascii).toBe(true);
  expect(createTheme({environment: {TERM: 'xterm', LANG: 'en_US.UTF-8'}}).ascii).toBe(false);
  expect(createTheme({environment: {TERM: 'xterm', LANG: 'en_US.UTF-8', LC_ALL: 'POSIX'}}).ascii).toBe(true);
  expect(createTheme({environment: {TERM: 'xterm'}}).ascii).toBe(false);
});
