import {expect, onTestFinished, test} from 'vitest';
import {Table} from '../../../src/ui/widgets/Table.tsx';
import type {Column} from '../../../src/ui/widgets/table-columns.ts';
import {openScreen} from '../../helpers/screen.tsx';

test('of a thousand items only the rows of the window are made', async () => {
  let made = 0;
  const columns: readonly Column<number>[] = [
    {
      title: 'NUMBER',
      width: 10,
      priority: 0,
      cell: (item) => {
        made += 1;
        return {text: `item ${item}`};
      },
    },
  ];
  const items = Array.from({length: 1000}, (_, index) => index);
  const screen = openScreen(
    <Table
      items={items}
      columns={columns}
      cursor={500}
      now={0}
      sorted={{sort: 1}}
      width={40}
      height={10}
      focused
      isMarked={(item) => item === 498}
    />,
    {columns: 40, rows: 10},
  );
  onTestFinished(screen.close);
  await screen.shows('▸ item 500');
  await screen.shows(' ●item 498');
  expect(screen.row(0)).toBe('  NUMBER↑');
  // Nine rows below the header, for each time the window was drawn.
  expect(made % 9).toBe(0);
  expect(made).toBeLessThan(100);
});
