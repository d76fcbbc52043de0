import {expect, onTestFinished, test} from 'vitest';
import {Dialog} from '../../../src/ui/widgets/Dialog.tsx';
import {Rows} from '../../../src/ui/widgets/Rows.tsx';
import {row} from '../../../src/ui/widgets/rows.ts';
import {TextDialog} from '../../../src/ui/widgets/TextDialog.tsx';
import {openScreen} from '../../helpers/screen.tsx';

function openDialog(typeName?: {what: string; name: string}) {
  const done: string[] = [];
  const screen = openScreen(
    <Dialog
      title="Remove node-3?"
      screen={{columns: 80, rows: 24}}
      width={50}
      height={12}
      buttons={[
        {label: 'Cancel', run: () => done.push('cancel')},
        {label: 'Remove', run: () => done.push('remove')},
      ]}
      onCancel={() => done.push('left')}
      {...(typeName ? {typeName} : {})}
    >
      {(width, height) => <Rows rows={[row('3 pods will go.')]} width={width} height={height} />}
    </Dialog>,
  );
  onTestFinished(() => screen.close());
  return {screen, done};
}

test('Enter presses the harmless button until a person moves away from it', async () => {
  const {screen, done} = openDialog();
  await screen.shows('▸Cancel');
  screen.press('enter');
  screen.press('tab', 'enter');
  await screen.until(() => done.length === 2);
  expect(done).toEqual(['cancel', 'remove']);
});

test('where data would be lost nothing works before the name was typed', async () => {
  const {screen, done} = openDialog({what: 'the name of the node', name: 'node-3'});
  await screen.shows('Type the name of the node node-3 to go on:');
  screen.press('tab', 'enter');
  screen.press('node-', 'enter');
  await screen.shows('node- is not node-3.');
  await screen.settled();
  expect(done).toEqual([]);
  screen.press('3', 'enter');
  await screen.until(() => done.length > 0);
  expect(done).toEqual(['remove']);
});

test('Esc leaves, also while a name is typed', async () => {
  const {screen, done} = openDialog({what: 'the name of the node', name: 'node-3'});
  await screen.shows('Type the name');
  screen.press('esc');
  await screen.until(() => done.length > 0);
  expect(done).toEqual(['left']);
});

test('what is higher than the screen is scrolled, and the title says how much there is', async () => {
  const texts = Array.from({length: 30}, (_, line) => `sentence ${line}`);
  const screen = openScreen(
    <TextDialog
      title="Everything"
      screen={{columns: 80, rows: 23}}
      texts={texts}
      buttons={[{label: 'Close', run: () => {}}]}
      onCancel={() => {}}
    />,
  );
  onTestFinished(() => screen.close());
  await screen.shows('1-20 of 59');
  expect(screen.text()).not.toContain('sentence 20');
  screen.press('G');
  await screen.shows('sentence 29');
  await screen.shows('40-59 of 59');
  await screen.shows('▸Close');
  screen.press('k', 'g');
  await screen.shows('sentence 0');
});

test('buttons that do not fit beside each other stand below each other, and the focus goes through them', async () => {
  const done: string[] = [];
  const screen = openScreen(
    <TextDialog
      title="Remove node-3?"
      screen={{columns: 30, rows: 9}}
      texts={['3 pods will go.']}
      buttons={['Leave it', 'Remove it now', 'Drain it first'].map((label) => ({label, run: () => done.push(label)}))}
      onCancel={() => done.push('left')}
    />,
    {columns: 30, rows: 9},
  );
  onTestFinished(() => screen.close());
  await screen.shows('3 pods will go.');
  await screen.shows('▸Leave it');
  await screen.shows('[Remove it now]');
  screen.press('tab', 'tab');
  await screen.shows('▸Drain it first');
  screen.press('enter');
  await screen.until(() => done.length > 0);
  expect(done).toEqual(['Drain it first']);
});
