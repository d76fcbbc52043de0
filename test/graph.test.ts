import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {closure, orderGroups} from '../src/engine/graph.ts';

const graph = (needs: Record<string, string[]>) => new Map(Object.entries(needs));

describe('orderGroups', () => {
  test.each([
    ['nothing', {}, [], []],
    ['one name', {a: []}, [['a']], []],
    ['a chain', {c: ['b'], b: ['a'], a: []}, [['a'], ['b'], ['c']], []],
    ['a diamond', {d: ['b', 'c'], b: ['a'], c: ['a'], a: []}, [['a'], ['b', 'c'], ['d']], []],
    ['a name as early as it can', {b: ['a'], a: [], z: []}, [['a', 'z'], ['b']], []],
    ['a need named twice', {b: ['a', 'a'], a: []}, [['a'], ['b']], []],
    ['a need that is no name', {a: ['elsewhere']}, [['a']], []],
    ['a name that needs itself', {a: ['a'], b: []}, [['b']], [['a']]],
    ['a ring, from its smallest name', {c: ['a'], a: ['b'], b: ['c']}, [], [['a', 'b', 'c']]],
    ['what stands on a ring is in no group', {a: ['b'], b: ['a'], c: ['a'], d: []}, [['d']], [['a', 'b']]],
    [
      'two rings',
      {a: ['b'], b: ['a'], x: ['y'], y: ['x']},
      [],
      [
        ['a', 'b'],
        ['x', 'y'],
      ],
    ],
    ['the shortest ring of a knot', {a: ['b', 'c'], b: ['c'], c: ['a']}, [], [['a', 'c']]],
  ] as [string, Record<string, string[]>, string[][], string[][]][])('%s', (_title, needs, groups, cycles) => {
    expect(orderGroups(graph(needs))).toEqual({groups, cycles});
  });

  test('a chain longer than the call stack is ordered, and so is a ring of that length', () => {
    const names = Array.from({length: 30_000}, (_, index) => `n${String(index).padStart(6, '0')}`);
    const chain = new Map(names.map((name, index) => [name, index === 0 ? [] : [names[index - 1] ?? '']]));
    expect(orderGroups(chain).groups).toHaveLength(names.length);
    chain.set(names[0] ?? '', [names.at(-1) ?? '']);
    expect(orderGroups(chain).cycles[0]).toHaveLength(names.length);
  });

  test('any graph: needs come before, a ring really is one, every name is placed or on or behind a ring', () => {
    const name = fc.integer({min: 0, max: 8}).map(String);
    fc.assert(
      fc.property(fc.dictionary(name, fc.array(name)), (needs) => {
        const all = graph(needs);
        const {groups, cycles} = orderGroups(all);
        const level = new Map(groups.flatMap((group, index) => group.map((member) => [member, index] as const)));
        for (const [member, index] of level) {
          for (const need of needs[member] ?? []) {
            if (all.has(need)) expect(level.get(need) ?? Number.POSITIVE_INFINITY).toBeLessThan(index);
          }
        }
        for (const ring of cycles) {
          ring.forEach((member, index) => {
            expect(needs[member]).toContain(ring[(index + 1) % ring.length]);
          });
          expect(ring[0]).toBe([...ring].sort()[0]);
        }
        const onRing = new Set(cycles.flat());
        for (const member of all.keys()) {
          expect(level.has(member)).toBe(!closure(all, [member]).some((need) => onRing.has(need)));
        }
      }),
    );
  });
});

test('closure gives the names and all they need, also those of a ring', () => {
  const needs = graph({web: ['base'], run: ['base'], test: ['run'], base: ['gone'], alone: [], a: ['b'], b: ['a']});
  expect(closure(needs, ['test'])).toEqual(['base', 'run', 'test']);
  expect(closure(needs, [])).toEqual([]);
  expect(closure(needs, ['a'])).toEqual(['a', 'b']);
});
