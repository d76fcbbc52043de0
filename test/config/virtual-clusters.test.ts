import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import type {ValueMap} from '../../src/engine/config/context-values.ts';
import {shareOut} from '../../src/engine/config/object-model/virtual-clusters.ts';
import type {Release} from '../../src/engine/config/release.ts';

const clusters = (capacities: Readonly<Record<string, number>>): ValueMap =>
  new Map(
    Object.entries(capacities).map(([name, capacity]) => [
      name,
      new Map<string, string | bigint>([
        ['description', `of ${name}`],
        ['capacity', BigInt(capacity)],
      ]),
    ]),
  );

function weights(capacities: Readonly<Record<string, number>>, release: Release) {
  const {queues, remarks} = shareOut(clusters(capacities), release);
  const all = Object.fromEntries([...queues].map(([name, queue]) => [name, (queue as ValueMap).get('weight')]));
  return {weights: all, remarks: remarks.map(({severity, vc = '', message}) => `${severity} ${vc} ${message}`)};
}

describe('until v0.5', () => {
  test('default gets what the others leave', () => {
    expect(weights({vision: 60, speech: 10}, 'v0.5').weights).toEqual({vision: 60, speech: 10, default: 30});
  });

  test('more than 100 is scaled down, and default gets nothing', () => {
    expect(weights({vision: 150, speech: 50}, 'v0.4')).toEqual({
      weights: {vision: 75, speech: 25, default: 0},
      remarks: ['warning  make 200 percent together; each is reduced so that they make 100'],
    });
  });
});

describe('from v0.6 to v0.8', () => {
  test('shares are in proportion, and default is added with nothing', () => {
    expect(weights({vision: 30, speech: 10}, 'v0.7').weights).toEqual({vision: 75, speech: 25, default: 0});
  });

  test('a negative capacity counts as 0, and nothing at all is shared evenly', () => {
    expect(weights({vision: -5, speech: 10, default: 30}, 'v0.8')).toEqual({
      weights: {vision: 0, speech: 25, default: 75},
      remarks: ['warning vision is negative and counts as 0'],
    });
    expect(weights({vision: 0}, 'v0.6').weights).toEqual({vision: 50, default: 50});
  });

  test('shares make 100 whatever is written', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({minLength: 1}), fc.integer({min: -100, max: 1000})), (capacities) => {
        const sum = Object.values(weights(capacities, 'v0.7').weights).reduce<number>((a, b) => a + Number(b), 0);
        expect(sum).toBeCloseTo(100, 6);
      }),
    );
  });
});

describe('since v0.9', () => {
  test.each([
    [{default: 100}, []],
    [{default: 40, vision: 70}, ['error  make 110 percent together, and must make 100']],
    [{default: 110, vision: -10}, ['error vision is negative']],
  ])('%j', (capacities, remarks) => {
    expect(weights(capacities, 'v0.14').remarks).toEqual(remarks);
  });
});
