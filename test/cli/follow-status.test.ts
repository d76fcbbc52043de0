import {PassThrough} from 'node:stream';
import {expect, test} from 'vitest';
import {statusText} from '../../src/cli/follow-status.ts';
import {openStatusLine} from '../../src/cli/status-line.ts';
import {runOf, taskState} from '../helpers/fake-engine.ts';

const tasks = [
  taskState('build/a', 'done'),
  taskState('build/b', 'running'),
  taskState('build/c', 'running', {title: 'Build \u001b[31mc\u001b[0m'}),
  taskState('build/d', 'waiting'),
];

test('the status names how far it is, the time, and what runs with its time', () => {
  const view = runOf({id: 'run-1', status: 'running', tasks});
  expect(statusText(view, 0, false)).toBe('| 1/4  48s  Build b 12s, Build c 12s');
  expect(statusText(view, 20_500, false)).toBe('- 1/4  1m09s  Build b 32s, Build c 32s');
  expect(statusText(view, 0, true)).toMatch(/^\u2839 1\/4 /);
});

test('a run that is asked to stop says so', () => {
  const view = runOf({id: 'run-1', status: 'running', tasks: [taskState('build/b', 'running')]});
  const stopping = {...view, state: {...view.state, cancel: {stage: 1, by: 'ops'} as const}};
  expect(statusText(stopping, 0, false)).toBe('| 0/1  48s  stopping  Build b 12s');
});

function openLine(columns: number) {
  const stream = Object.assign(new PassThrough(), {columns});
  return {line: openStatusLine(stream, true), written: () => String(stream.read() ?? '')};
}

test('the line is cut before the last column, wide characters included, and written only when it changed', () => {
  const {line, written} = openLine(10);
  line.draw('0123456789ABC');
  expect(written()).toBe('\r012345678\u001b[K');
  line.draw('0123456789XYZ');
  expect(written()).toBe('');
  line.draw('\u6f22\u6f22\u6f22\u6f22\u6f22');
  expect(written()).toBe('\r\u6f22\u6f22\u6f22\u6f22\u001b[K');
});

test('it is erased once, and drawn anew after that', () => {
  const {line, written} = openLine(80);
  line.erase();
  expect(written()).toBe('');
  line.draw('here');
  line.erase();
  line.erase();
  line.draw('here');
  expect(written()).toBe('\rhere\u001b[K\r\u001b[K\rhere\u001b[K');
});
