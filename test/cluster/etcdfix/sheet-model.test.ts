import {describe, expect, test, vi} from 'vitest';
import {judgeEtcd} from '../../../src/engine/cluster/etcd/judge.ts';
import type {EtcdMember} from '../../../src/engine/cluster/etcd/types.ts';
import {quorumSheet} from '../../../src/engine/cluster/etcdfix/quorum-sheet.ts';
import type {MembershipChange} from '../../../src/engine/cluster/etcdfix/types.ts';
import {Refused, type World} from './model.ts';
import {type Ailment, choicesOf, worldOf} from './worlds.ts';

// Thousands of clusters: on a busy computer longer than a test may take.
vi.setConfig({testTimeout: 300_000});

/** Clusters of 1 to 7 voters with every mixture of these, and a node-0 that is no member. */
function* mixturesOf(alphabet: readonly Ailment[], more: readonly Ailment[] = []): Generator<readonly Ailment[]> {
  for (const size of [1, 2, 3, 4, 5, 6, 7]) {
    for (const voters of choicesOf(alphabet, size)) {
      // One that was added with a vote and never started is one at most: etcd adds no second one.
      if (voters.filter((sign) => sign === 'u').length < 2 && voters.some((sign) => sign !== 'u')) {
        yield ['o', ...voters, ...more];
      }
    }
  }
}

interface Trial {
  readonly words: string;
  readonly isAllowed: boolean;
  /** What becomes of it when it is done, allowed or not. */
  readonly end: 'quorum' | 'no quorum' | 'refused';
  readonly signs: readonly Ailment[];
}

function trialOf(
  signs: readonly Ailment[],
  change: (member: EtcdMember | undefined) => MembershipChange,
  at: number,
  act: (world: World, id: string) => void,
): Trial {
  const world = worldOf(signs);
  const report = judgeEtcd(world.answers(), world.masters);
  const member = report.members.find(({machine}) => machine === `node-${at + 1}`);
  const {isAllowed} = quorumSheet(report, change(member));
  return {words: `${signs.join('')} ${at}`, isAllowed, end: endOf(world, () => act(world, member?.id ?? '')), signs};
}

function endOf(world: World, act: () => void): Trial['end'] {
  try {
    act();
  } catch (error) {
    if (error instanceof Refused) return 'refused';
    throw error;
  }
  return world.hasQuorum ? 'quorum' : 'no quorum';
}

/** Each kind of member of a state once. */
function placesIn(signs: readonly Ailment[], ...but: readonly Ailment[]): number[] {
  return signs.flatMap((sign, at) => (signs.indexOf(sign) === at && !but.includes(sign) ? [at] : []));
}

function membersOf(
  alphabet: readonly Ailment[],
  kind: 'replace' | 'remove',
  act: (world: World, id: string, at: number) => void,
) {
  return [...mixturesOf(alphabet)].flatMap((signs) =>
    placesIn(signs, 'o').map((at) =>
      trialOf(
        signs,
        (member) => {
          if (!member) throw new Error(`${signs.join('')}: node-${at + 1} is no member.`);
          return {kind, member};
        },
        at,
        (world, id) => act(world, id, at),
      ),
    ),
  );
}

/** Both happened often, else nothing was tested. */
function expectBoth(trials: readonly Trial[], least: number): void {
  const allowed = trials.filter(({isAllowed}) => isAllowed).length;
  expect(Math.min(allowed, trials.length - allowed)).toBeGreaterThan(least);
}

const states: readonly Ailment[] = ['h', 'd', 'p', 'm', 'u'];

describe('the sheet against etcd, in all states of 1 to 7 voters', () => {
  test('a removal is allowed exactly where etcd carries it out and keeps its quorum', () => {
    const trials = membersOf(states, 'remove', (world, id) => world.remove(id));
    for (const {words, isAllowed, end} of trials) expect([words, isAllowed]).toEqual([words, end === 'quorum']);
    expectBoth(trials, 100);
  });

  test('a replacement is allowed exactly where there is a quorum at each of its steps', () => {
    const trials = membersOf(states, 'replace', (world, id, at) => {
      const host = world.host(`node-${at + 1}`);
      world.stop(host);
      if (!world.hasQuorum) throw new Refused('not even stopped');
      world.remove(id);
    });
    for (const {words, isAllowed, end} of trials) expect([words, isAllowed]).toEqual([words, end === 'quorum']);
    expectBoth(trials, 100);
  });

  test('a member with other data than the rest counts for nothing, though it votes', () => {
    for (const kind of ['remove', 'replace'] as const) {
      const trials = membersOf(['h', 'd', 'c'], kind, (world, id, at) => {
        const host = world.host(`node-${at + 1}`);
        if (kind === 'replace') world.stop(host);
        world.remove(id);
        const well = world.hosts.filter((one) => world.isWell(one)).length;
        if (well * 2 <= world.members.length) throw new Refused('not enough of them are well');
      });
      for (const {words, isAllowed, end} of trials) if (isAllowed) expect([words, end]).toEqual([words, 'quorum']);
      expectBoth(trials, 30);
    }
  });

  test('adding is allowed exactly where etcd adds it and keeps its quorum though it does not start', () => {
    const trials = [...mixturesOf(states)].flatMap((signs) =>
      [true, false].map((asLearner) =>
        trialOf(
          signs,
          () => ({kind: 'add', name: 'node-1', asLearner}),
          0,
          (world) => void world.add(world.host('node-1').url, asLearner),
        ),
      ),
    );
    for (const {words, isAllowed, end, signs} of trials) {
      // Of a machine that cannot be asked it is not known whether etcd refuses: then it is tried.
      const isHarmless = end === 'quorum' || (end === 'refused' && signs.includes('m'));
      expect([words, isAllowed && !isHarmless]).toEqual([words, false]);
      expect([words, end === 'quorum' && !isAllowed]).toEqual([words, false]);
    }
    const allowed = trials.filter(({isAllowed, end}) => isAllowed && end === 'quorum');
    expect(allowed.length).toBeGreaterThan(12);
  });

  test('one learner at a time', () => {
    for (const signs of mixturesOf(['h'], ['l'])) {
      const change: MembershipChange = {kind: 'add', name: 'node-1', asLearner: true};
      const trial = trialOf(
        signs,
        () => change,
        0,
        (world) => void world.add(world.host('node-1').url, true),
      );
      expect(trial).toMatchObject({isAllowed: false, end: 'refused'});
    }
  });

  test.each([true, false])(
    'a learner is given a vote where there is a quorum though it ends then (replacement: %s)',
    (isReplacement) => {
      const trials = [...mixturesOf(['h', 'd', 'm', 'u'], ['l'])].map((signs) =>
        trialOf(
          signs,
          (member) => {
            if (!member) throw new Error('The learner is no member.');
            return {kind: 'promote', member, isReplacement};
          },
          signs.length - 1,
          (world, id) => {
            world.promote(id);
            if (!world.hasQuorum) throw new Error(`${signs.join('')}: it took the quorum.`);
            // The only one goes by another rule: without a second one there is never a third.
            if (signs.length > 3) world.stop(world.host(`node-${signs.length}`));
          },
        ),
      );
      for (const {words, isAllowed, end, signs} of trials) {
        const areAllWell = signs.slice(1, -1).every((sign) => sign === 'h');
        expect([words, isAllowed]).toEqual([words, end === 'quorum' && (isReplacement || areAllWell)]);
      }
      expect(trials.filter(({isAllowed}) => isAllowed).length).toBeGreaterThan(6);
    },
  );

  test('a learner is removed wherever etcd does it', () => {
    for (const signs of mixturesOf(states, ['n'])) {
      const remove = (member: EtcdMember | undefined): MembershipChange => {
        if (!member) throw new Error('The learner is no member.');
        return {kind: 'remove', member};
      };
      const {words, isAllowed, end} = trialOf(signs, remove, signs.length - 1, (world, id) => world.remove(id));
      expect([words, isAllowed]).toEqual([words, end === 'quorum']);
    }
  });
});
