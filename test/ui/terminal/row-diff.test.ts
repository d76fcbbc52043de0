import xterm from '@xterm/headless';
import fc from 'fast-check';
import {expect, test} from 'vitest';
import {rowDiff, unknownRow} from '../../../src/ui/terminal/row-diff.ts';
import type {CellRow} from '../../../src/ui/terminal/shadow-screen.ts';

const columns = 24;

/** A row of these characters, wide ones in two cells, cut and filled to the width of the terminal. */
function rowOf(parts: readonly (readonly [character: string, style: string])[]): CellRow {
  const characters: string[] = [];
  const styles: string[] = [];
  for (const [character, style] of parts) {
    const wide = character > '\u1100';
    if (characters.length + (wide ? 2 : 1) > columns) break;
    characters.push(character, ...(wide ? [''] : []));
    styles.push(style, ...(wide ? [style] : []));
  }
  while (characters.length < columns) {
    characters.push(' ');
    styles.push('');
  }
  return {characters, styles};
}

const anyRow = fc
  .array(fc.tuple(fc.constantFrom('a', 'b', ' ', ' ', '日', '本'), fc.constantFrom('', '', '7', '1;31')), {
    maxLength: columns,
  })
  .map(rowOf);

function cellsOf(terminal: InstanceType<typeof xterm.Terminal>): string[] {
  const line = terminal.buffer.active.getLine(0);
  return Array.from({length: columns}, (_, x) => {
    const cell = line?.getCell(x);
    return `${cell?.getWidth() === 0 ? '' : cell?.getChars() || ' '} ${cell?.isInverse() ? 'i' : ''}${cell?.getFgColor()}`;
  });
}

async function shownAfter(writes: readonly string[]): Promise<string[]> {
  const terminal = new xterm.Terminal({cols: columns, rows: 2, allowProposedApi: true});
  for (const data of ['\x1b[?7l', ...writes]) await new Promise<void>((done) => terminal.write(data, done));
  const cells = cellsOf(terminal);
  terminal.dispose();
  return cells;
}

/** The row as it looks when all of it is written at once. */
function whole(row: CellRow): string {
  return rowDiff(0, row, unknownRow(columns), undefined);
}

test('whatever a row showed before, after the difference it shows what it should', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyRow, {minLength: 2, maxLength: 4}), async (rows) => {
      const shown = unknownRow(columns);
      const writes = rows.map((row) => rowDiff(0, row, shown, undefined));
      expect(await shownAfter(writes)).toEqual(await shownAfter([whole(rows.at(-1) ?? rowOf([]))]));
    }),
    {numRuns: 200},
  );
});

test('covered cells are left alone, and a wide character half under them becomes a space', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyRow, {minLength: 1, maxLength: 3}),
      fc.integer({min: 0, max: columns - 4}),
      fc.integer({min: 1, max: 8}),
      async (rows, from, length) => {
        const to = Math.min(columns, from + length);
        const covered = new Uint8Array(columns).fill(1, from, to);
        const shown = unknownRow(columns);
        const pane = `\x1b[1;${from + 1}H${'#'.repeat(to - from)}`;
        const writes = rows.map((row) => rowDiff(0, row, shown, covered));
        const cells = await shownAfter([pane, ...writes]);
        const last = rows.at(-1) ?? rowOf([]);
        for (let x = 0; x < columns; x++) {
          const wanted = last.characters[x] ?? ' ';
          const cut =
            (wanted === '' && covered[x - 1] === 1) || (last.characters[x + 1] === '' && covered[x + 1] === 1);
          expect(cells[x]?.split(' ')[0] || cells[x]?.slice(0, 1)).toBe(
            covered[x] ? '#' : cut || wanted === ' ' ? ' ' : wanted === '' ? ' ' : wanted,
          );
        }
      },
    ),
    {numRuns: 200},
  );
});

test('equal rows need nothing, one cell needs a few bytes, an emptied row is erased', () => {
  const row = rowOf([...'status: fine'].map((character) => [character, '']));
  const shown = unknownRow(columns);
  rowDiff(0, row, shown, undefined);
  expect(rowDiff(0, row, shown, undefined)).toBe('');
  const changed = rowOf([...'status: fire'].map((character) => [character, '']));
  expect(rowDiff(4, changed, shown, undefined)).toBe('\x1b[5;11Hr');
  expect(rowDiff(0, rowOf([]), shown, undefined)).toBe('\x1b[1;1H\x1b[K');
});
