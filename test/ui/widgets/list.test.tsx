import {useState} from 'react';
import {expect, onTestFinished, test} from 'vitest';
import {List} from '../../../src/ui/widgets/List.tsx';
import {useKeyTable} from '../../../src/ui/widgets/use-key-table.ts';
import {openScreen} from '../../helpers/screen.tsx';

interface SampleProps {
  readonly length: number;
  readonly onDraw: () => void;
}

function Sample({length, onDraw}: SampleProps) {
  const [cursor, setCursor] = useState(0);
  useKeyTable([{keys: ['j'], word: 'down', help: 'Move down.', run: () => setCursor((at) => at + 1)}], {
    layer: 'screen',
  });
  return (
    <List
      length={length}
      cursor={cursor}
      width={80}
      height={10}
      focused
      rowOf={(index) => {
        onDraw();
        return [{text: `row ${index}`}];
      }}
    />
  );
}

test.each([20, 1000, 100_000])('moving in a list of %i draws only the rows that are seen', async (length) => {
  let drawn = 0;
  const screen = openScreen(<Sample length={length} onDraw={() => (drawn += 1)} />);
  onTestFinished(() => screen.close());
  await screen.shows('▸ row 0');
  await screen.settled();
  drawn = 0;
  screen.press('j');
  await screen.shows('▸ row 1');
  await screen.settled();
  expect(drawn).toBe(10);
});
