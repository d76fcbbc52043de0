import {EventEmitter} from 'node:events';
import {Text} from 'ink';
import {useState} from 'react';
import {expect, test} from 'vitest';
import {useKeys} from '../../../src/ui/keys/use-keys.ts';
import {openScreen} from '../../helpers/screen.tsx';

function Typed() {
  const [keys, setKeys] = useState('');
  const binding = (key: string) => ({keys: [key], word: key, help: key, run: () => setKeys((before) => before + key)});
  useKeys([binding('a'), binding('b')], {layer: 'screen'});
  return <Text>typed: {keys}</Text>;
}

function toBeLoaded() {
  let resolve = () => {};
  const done = new Promise<void>((settle) => {
    resolve = settle;
  });
  return {done, resolve};
}

test('what is typed before Ink is loaded is heard when it is', async () => {
  const loading = toBeLoaded();
  const screen = openScreen(<Typed />, {loaded: loading.done, firstFrame: () => ['the first frame']});
  screen.press('a', 'b');
  await screen.shows('the first frame');
  loading.resolve();
  await screen.shows('typed: ab');
  await screen.close();
});

test('an end before Ink is loaded gives the terminal back, and Ink never draws', async () => {
  const loading = toBeLoaded();
  const screen = openScreen(<Typed />, {loaded: loading.done, firstFrame: () => ['the first frame']});
  await screen.shows('the first frame');
  expect(screen.kind()).toBe('alternate');
  screen.app.exit();
  expect(await screen.app.exited).toEqual({reason: 'exit', code: 0});
  await screen.until(() => screen.kind() === 'normal');
  const written = screen.written.all;
  loading.resolve();
  await loading.done;
  await screen.settled();
  expect(screen.written.all).toBe(written);
});

test('when Ink cannot be loaded the terminal is given back and the reason is said', async () => {
  const screen = openScreen(<Typed />, {
    loaded: Promise.reject(new Error('a chunk is missing')),
    firstFrame: () => ['the first frame'],
  });
  expect(await screen.app.exited).toMatchObject({reason: 'crash', code: 70});
  await screen.shows('a chunk is missing');
  expect(screen.kind()).toBe('normal');
});

test('a signal before Ink is loaded gives the terminal back', async () => {
  const signals = Object.assign(new EventEmitter(), {stderr: undefined});
  const screen = openScreen(<Typed />, {
    loaded: new Promise(() => {}),
    firstFrame: () => ['the first frame'],
    process: signals as never,
  });
  await screen.shows('the first frame');
  signals.emit('SIGTERM', 'SIGTERM');
  expect(await screen.app.exited).toMatchObject({reason: 'signal', code: 143});
  await screen.until(() => screen.kind() === 'normal');
});
