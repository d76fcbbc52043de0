import {expect, test} from 'vitest';
import {quorumSheet} from '../../../src/engine/cluster/etcdfix/quorum-sheet.ts';
import type {MembershipChange, QuorumSheet} from '../../../src/engine/cluster/etcdfix/types.ts';
import {reportOf} from './reports.ts';

/** What is asked of the last of the members, or of one that is added. */
function sheet(
  signs: string,
  kind: 'replace' | 'remove' | 'add' | 'add voter' | 'promote' | 'promote new',
): QuorumSheet {
  const report = reportOf(signs);
  const member = report.members.at(-1);
  if (!member) throw new Error('No members.');
  const changes: Readonly<Record<typeof kind, MembershipChange>> = {
    replace: {kind: 'replace', member},
    remove: {kind: 'remove', member},
    add: {kind: 'add', name: 'node-9', asLearner: true},
    'add voter': {kind: 'add', name: 'node-9', asLearner: false},
    promote: {kind: 'promote', member, isReplacement: true},
    'promote new': {kind: 'promote', member, isReplacement: false},
  };
  return quorumSheet(report, changes[kind]);
}

const allowed = undefined;

test.each([
  // Both rules for one that is stopped first: a majority of now, and of what is left, without it.
  ['hhd', 'replace', allowed],
  ['hhh', 'replace', allowed],
  ['hhc', 'replace', allowed],
  ['hhhd', 'replace', allowed],
  ['hhhdd', 'replace', allowed],
  ['hhhhddd', 'replace', allowed],
  ['hhdd', 'replace', 'takes the votes of 3 of 4 voting members, and 2 are healthy without it.'],
  ['hh?d', 'replace', 'takes the votes of 3 of 4 voting members, and 2 are healthy without it.'],
  // A member with damaged data may vote, and is nothing to build on.
  ['hhcc', 'replace', 'takes the votes of 3 of 4 voting members, and 2 are healthy without it.'],
  ['hhdh', 'replace', 'takes the votes of 3 of 4 voting members, and 2 are healthy without it.'],
  ['hd', 'replace', 'Replacing etcd2 on node-2 takes the votes of both voting members, and 1 is healthy without it.'],
  ['hh', 'replace', 'Replacing etcd2 on node-2 takes the votes of both voting members, and 1 is healthy without it.'],
  ['d', 'replace', 'etcd1 on node-1 is the only voting member: without it there is no etcd.'],
  // One that runs votes for its own removal.
  ['hhh', 'remove', allowed],
  ['hhd', 'remove', allowed],
  ['hh', 'remove', allowed],
  ['hd', 'remove', 'Removing etcd2 on node-2 takes the votes of both voting members, and 1 is healthy.'],
  ['dh', 'remove', 'Removing etcd2 on node-2 takes the votes of both voting members, and 1 is healthy.'],
  ['hhdd', 'remove', 'Removing etcd4 on node-4 takes the votes of 3 of 4 voting members, and 2 are healthy.'],
  [
    'hdh',
    'remove',
    'Without etcd3 on node-3 both voting members are needed, and 1 is healthy: etcd would stand still.',
  ],
  [
    'hhddh',
    'remove',
    'Without etcd5 on node-5 3 of 4 voting members are needed, and 2 are healthy: etcd would stand still.',
  ],
  ['h', 'remove', 'etcd1 on node-1 is the only voting member: without it there is no etcd.'],
  ['hhl', 'remove', allowed],
  ['hdl', 'remove', 'Removing etcd3 on node-3 takes the votes of both voting members, and 1 is healthy.'],
  ['h', 'add', allowed],
  ['hh?', 'add', allowed],
  ['hhd', 'add', 'etcd adds nobody while a voting member is not connected to it: etcd3 on node-3.'],
  ['hhhl', 'add', 'etcd takes one learner at a time, and etcd4 on node-4 is one.'],
  ['hd', 'add', 'To add node-9, 2 healthy voting members are needed, and 1 is.'],
  ['hh', 'add voter', allowed],
  ['h', 'add voter', 'To add node-9, 2 healthy voting members are needed, and 1 is.'],
  ['hhd', 'add voter', 'To add node-9, 3 healthy voting members are needed, and 2 are.'],
  ['hl', 'promote new', allowed],
  ['hhl', 'promote new', allowed],
  ['hhl', 'promote', allowed],
  ['hhhdl', 'promote', allowed],
  ['hhhdl', 'promote new', 'etcd5 on node-5 is given no vote before all others are healthy: etcd4 on node-4 is not.'],
  ['hhdl', 'promote', '3 of 4 voting members are needed, and without it 2 are healthy.'],
  ['hhn', 'promote', 'etcd3 on node-3 does not answer as a learner, so it is given no vote.'],
] as const)('of %s the last: %s, %s', (signs, kind, refused) => {
  const {isAllowed, refusal} = sheet(signs, kind);
  expect(isAllowed).toBe(refused === allowed);
  expect(refusal?.message).toEqual(refused === allowed ? undefined : expect.stringContaining(refused));
  expect(refusal?.code).toBe(refused === allowed ? undefined : 'etcd-quorum-risk');
});

test('the arithmetic is said, also where it allows the change', () => {
  expect(sheet('hhhdd', 'replace').lines).toEqual([
    '5 voting members, 3 healthy, 3 needed.',
    'Not counted as healthy: etcd4 on node-4, etcd5 on node-5.',
    'To remove etcd5 on node-5, which is stopped by then, 3 of 5 voting members must agree; 3 are healthy without it.',
    'After that 3 of 4 voting members are needed; 3 are healthy.',
    'The new one is given a vote only while 3 are healthy without it.',
    'etcd adds nobody while etcd4 on node-4 is not connected: mend or remove it next.',
  ]);
  expect(sheet('hh', 'remove').lines.at(-1)).toBe('One master is left: no fault is tolerated any more.');
  for (const lines of [sheet('h', 'add').lines, sheet('hl', 'promote new').lines]) {
    expect(lines.at(-1)).toContain('Two voting members are worse than one');
  }
});

test.each([
  ['hhdd', 'replace', 'Bring back etcd3 on node-3 first; if that cannot be, restore etcd from a snapshot.'],
  ['hhdh', 'replace', 'Mend or remove etcd3 on node-3 first.'],
  [
    'hd',
    'replace',
    'Heal etcd2 on node-2 as it is, or restore etcd from a snapshot: of so few members a sick one is not replaced.',
  ],
  ['hh', 'replace', 'Add a member first.'],
  ['d', 'replace', 'Heal it, or restore etcd from a snapshot.'],
  ['h', 'remove', 'Keep it: the last member is never removed.'],
  ['hhd', 'add', 'Mend etcd3 on node-3 first, then begin again with node-9.'],
  ['hhhl', 'add', 'Promote or remove that one first.'],
  ['h', 'add voter', 'If it did not start, etcd would stand still: bring etcd to 3.4 first.'],
] as const)('a refusal says what to do instead: of %s, %s', (signs, kind, hint) => {
  expect(sheet(signs, kind).refusal?.hint).toBe(hint);
});

test('nothing is changed where nobody told who the members are', () => {
  const report = {...reportOf('hhd'), isMembershipKnown: false};
  const {isAllowed, refusal} = quorumSheet(report, {kind: 'add', name: 'node-9', asLearner: true});
  expect(isAllowed).toBe(false);
  expect(refusal?.message).toBe('No member of etcd told who its members are, so nothing about node-9 is changed.');
});

// Members may die while they are asked: then some count as healthy though there is no quorum any more.
test('whatever number of healthy ones was told, a change takes more than half of now and of what is left', () => {
  for (const voters of [1, 2, 3, 4, 5, 6, 7]) {
    for (let others = 0; others < voters; others++) {
      for (const target of ['h', 'd']) {
        const signs = 'h'.repeat(others) + 'd'.repeat(voters - 1 - others) + target;
        const healthy = others + (target === 'h' ? 1 : 0);
        const isLast = voters === 1;
        const [isMajorityNow, isMajorityThen] = [2 * healthy > voters, 2 * others > voters - 1];
        expect([signs, sheet(signs, 'remove').isAllowed]).toEqual([signs, !isLast && isMajorityNow && isMajorityThen]);
        expect([signs, sheet(signs, 'replace').isAllowed]).toEqual([signs, !isLast && 2 * others > voters]);
      }
    }
  }
});
