import fc from 'fast-check';
import {expect, test} from 'vitest';
import {quorumOf} from '../../../src/engine/cluster/etcd/quorum.ts';

test.each([
  [1, 1, 0, '1 voting member, healthy. It is the only one: when it fails, the cluster stands still.'],
  [1, 0, 0, '1 voting member, not healthy. Without it nothing can be read or written.'],
  [1, 0, 1, '1 voting member, not asked. Whether it is well is not known.'],
  [2, 2, 0, '2 voting members, both healthy. None may fail: 2 are needed.'],
  [3, 3, 0, '3 voting members, all healthy. One may fail: 2 are needed.'],
  [3, 2, 0, '3 voting members, 2 healthy. None more may fail: 2 are needed.'],
  [
    3,
    2,
    1,
    '3 voting members, 2 healthy, 1 could not be asked. None more may fail, unless the one that could not be asked is healthy: 2 are needed.',
  ],
  [
    3,
    1,
    2,
    '3 voting members, 1 healthy, 2 could not be asked. There is a quorum all the same, which takes 2; how many more may fail is not known.',
  ],
  [
    3,
    0,
    1,
    '3 voting members, none healthy, 1 could not be asked. No quorum: 2 are needed, and without them nothing can be read or written.',
  ],
  [
    3,
    0,
    2,
    '3 voting members, none healthy, 2 could not be asked. Whether the 2 are there that are needed is not known.',
  ],
  [4, 4, 0, '4 voting members, all healthy. One may fail: 3 are needed.'],
  [5, 5, 0, '5 voting members, all healthy. 2 may fail: 3 are needed.'],
  [5, 4, 1, '5 voting members, 4 healthy, 1 could not be asked. At least one more may fail: 3 are needed.'],
  [5, 4, 0, '5 voting members, 4 healthy. One more may fail: 3 are needed.'],
])('%i voters, %i healthy, %i unknown: %s', (voters, healthy, unknown, words) => {
  expect(quorumOf({voters, healthy, unknown}).words).toBe(words);
});

test('as many may fail as leave a majority, and without a majority that could be there, there is none', () => {
  const counts = fc.integer({min: 1, max: 9}).chain((voters) =>
    fc.integer({min: 0, max: voters}).chain((healthy) =>
      fc.record({
        voters: fc.constant(voters),
        healthy: fc.constant(healthy),
        unknown: fc.integer({min: 0, max: voters - healthy}),
      }),
    ),
  );
  fc.assert(
    fc.property(counts, (given) => {
      const {needed, spare, isThere} = quorumOf(given);
      // Two majorities always share a voter, and one voter less is no majority.
      expect(needed * 2).toBeGreaterThan(given.voters);
      expect((needed - 1) * 2).toBeLessThanOrEqual(given.voters);
      if (spare > 0) expect(given.healthy - spare).toBe(needed);
      if (given.healthy === 0) expect(isThere).toBe(given.unknown < needed ? false : undefined);
      else expect(isThere).toBe(true);
    }),
  );
});
