import {expect, it} from 'vitest';
import {createClassicTraces} from '../../src/engine/docker/classic-traces.ts';

const said = (...messages: readonly string[]) => {
  const traces = createClassicTraces();
  for (const message of messages) traces.take(message);
  return traces.get();
};
const from = ['Step 1/3 : FROM busybox', '\n', ' ---> 40dcaecc5da0\n'];
const run = ['Step 2/3 : RUN make', '\n', ' ---> Running in 017d746851ae\n', 'output of make\n'];

it.each<[string, readonly string[], ReturnType<typeof said>]>([
  ['nothing', [], {containers: [], layer: undefined, hasBegun: false}],
  ['a base', from, {containers: [], layer: '40dcaecc5da0', hasBegun: false}],
  ['a step that just began', [...from, 'Step 2/3 : RUN make'], {containers: [], layer: '40dcaecc5da0', hasBegun: true}],
  ['a command', [...from, ...run], {containers: ['017d746851ae'], layer: '40dcaecc5da0', hasBegun: false}],
  [
    'a layer that was made',
    [...from, ...run, 'Removing intermediate container 017d746851ae\n', ' ---> 0123456789ab\n'],
    {containers: [], layer: '0123456789ab', hasBegun: false},
  ],
  [
    'a step from the cache',
    [...from, 'Step 2/3 : RUN make', '\n', ' ---> Using cache\n', ' ---> 0123456789ab\n'],
    {containers: [], layer: '0123456789ab', hasBegun: false},
  ],
])('knows what a build has at work by what it said: %s', (_what, messages, expected) => {
  expect(said(...messages)).toEqual(expected);
});
