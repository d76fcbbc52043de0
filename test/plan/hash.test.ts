import {describe, expect, test} from 'vitest';
import {planHash} from '../../src/engine/plan/hash.ts';
import {outlineOf} from '../../src/engine/plan/outline.ts';
import type {Plan, Task} from '../../src/engine/plan/types.ts';

const task = (change: Partial<Task> = {}): Task => ({
  id: 'build/x',
  title: 'Build x',
  needs: ['build/a', 'build/b'],
  touches: 'this computer',
  does: [
    {kind: 'docker', call: 'build', image: 'x:1'},
    {kind: 'file', path: '$STATE/keys/x', digest: 'sha256:1'},
  ],
  expected: 'change',
  why: ['Dockerfile changed'],
  run: async () => ({changed: true, result: null}),
  ...change,
});
const plan = (...tasks: readonly Task[]): Plan => ({operation: 'image build', title: 'Build', notices: [], tasks});
const hash = planHash(plan(task()));

describe('the hash of a plan', () => {
  test('is a digest', () => {
    expect(hash).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  const different: readonly (readonly [string, Partial<Task>])[] = [
    ['another id', {id: 'build/y'}],
    ['another need', {needs: ['build/a']}],
    ['another machine', {on: 'node-1'}],
    [
      'another digest of a file',
      {does: [task().does[0] as never, {kind: 'file', path: '$STATE/keys/x', digest: 'sha256:2'}]},
    ],
    ['another effect', {does: [task().does[0] as never]}],
    ['an effect that is decided while running', {does: task().does.map((effect) => ({...effect, decided: 'maybe'}))}],
    ['another expectation', {expected: 'decided while running'}],
    ['a critical task', {critical: true}],
    ['a wider reach', {touches: 'the cluster'}],
    ['another slot', {resource: 'build'}],
  ];
  test.each(different)('is another one for %s', (_name, change) => {
    expect(planHash(plan(task(change)))).not.toBe(hash);
  });

  test('is another one for something else to go by, and the same for its keys in another order', () => {
    const by = (basis: unknown) => planHash({...plan(task()), basis});
    expect(by({a: 1, b: {c: 'routes'}})).not.toBe(hash);
    expect(by({a: 1, b: {c: 'routes'}})).not.toBe(by({a: 1, b: {c: 'host'}}));
    expect(by({b: {c: 'routes'}, a: 1})).toBe(by({a: 1, b: {c: 'routes'}}));
  });

  const same: readonly (readonly [string, Partial<Task>])[] = [
    ['words', {title: 'Build it', why: ['3 files changed, 12 s ago'], undo: 'docker rmi'}],
    ['the order of needs', {needs: ['build/b', 'build/a']}],
    ['the order of effects', {does: task().does.toReversed()}],
    ['the order of keys', {does: [{image: 'x:1', call: 'build', kind: 'docker'}, task().does[1] as never]}],
    ['how often is tried', {retry: {attempts: 3, on: [], waitMs: 1, maxWaitMs: 1}}],
  ];
  test.each(same)('does not depend on %s', (_name, change) => {
    expect(planHash(plan(task(change)))).toBe(hash);
  });

  test('does not depend on the order of tasks, but on the operation', () => {
    const [a, b] = [task({id: 'a', needs: []}), task({id: 'b', needs: []})];
    expect(planHash(plan(a, b))).toBe(planHash(plan(b, a)));
    expect(planHash({...plan(a, b), operation: 'image push'})).not.toBe(planHash(plan(a, b)));
  });
});

test('the outline of a task is all of it but its functions, as plain JSON', () => {
  const outline = outlineOf(task({critical: true, on: 'node-1', undo: 'by hand', resource: 'build'}));
  expect(JSON.parse(JSON.stringify(outline))).toEqual(outline);
  expect(outline).toMatchObject({id: 'build/x', critical: true, on: 'node-1', undo: 'by hand', resource: 'build'});
  expect(Object.keys(outlineOf(task()))).toEqual(['id', 'title', 'needs', 'touches', 'does', 'expected', 'why']);
});
