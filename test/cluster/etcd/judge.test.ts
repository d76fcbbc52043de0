import {describe, expect, test} from 'vitest';
import {judgeEtcd} from '../../../src/engine/cluster/etcd/judge.ts';
import type {EtcdAnswer, EtcdReport, SeenEtcd} from '../../../src/engine/cluster/etcd/types.ts';
import {answersOf, masters, recorded, seenEnded, seenMember, versions} from './recordings.ts';

const judge = (answers: readonly EtcdAnswer[], of = masters) => judgeEtcd(answers, of);
const said = ({problems}: EtcdReport) => problems.map(({code, message}) => `${code}: ${message}`);
const states = ({members}: EtcdReport) => members.map(({name, state}) => `${name} ${state}`);
/** The same answers, with something else seen on one master. */
function other(answers: readonly EtcdAnswer[], master: string, change: (seen: SeenEtcd) => SeenEtcd): EtcdAnswer[] {
  return answers.map((answer) => {
    if (answer.master !== master || !answer.seen) return answer;
    return {...answer, seen: change(answer.seen)};
  });
}
/** The same, where the machine could not be asked. */
function silent(answers: readonly EtcdAnswer[], ...names: readonly string[]): EtcdAnswer[] {
  return answers.map(({master, at, seen}) =>
    names.includes(master)
      ? {master, at, problem: {code: 'machine-unreachable', message: `${master} does not answer.`, machine: master}}
      : {master, at, ...(seen ? {seen} : {})},
  );
}

describe.each(versions)('of etcd %s', (version) => {
  test('three members that answer are well, and who leads is known', () => {
    const report = judge(answersOf(version, 'healthy'));
    expect(report.problems).toEqual([]);
    expect(report.state).toBe('ok');
    expect(report.quorum.words).toBe('3 voting members, all healthy. One may fail: 2 are needed.');
    expect(states(report)).toEqual(['etcd1 healthy', 'etcd2 healthy', 'etcd3 healthy']);
    // Ids of 64 bits keep every digit, as etcdctl prints and takes them.
    expect(report.members.map(({id}) => id)).toEqual(['ddd67b312462fd7b', '7b568e76abe44e69', '97b196af72bd0d19']);
    expect(report.members.map(({machine}) => machine)).toEqual(['node-1', 'node-2', 'node-3']);
    expect(report.leader?.isLeader).toBe(true);
    expect(report.term).toBeGreaterThan(1);
    const [{status} = {}] = report.members;
    expect(status).toMatchObject({version, dbBytes: 20480, isLearner: false, revision: 2});
    expect(status?.dbBytesInUse).toBe(version === '3.3.25' ? undefined : 16384);
  });

  test('one that ended is named, and none more may fail', () => {
    const report = judge(answersOf(version, 'one down'));
    expect(report.state).toBe('degraded');
    expect(report.quorum.words).toBe('3 voting members, 2 healthy. None more may fail: 2 are needed.');
    expect(states(report)).toEqual(['etcd1 healthy', 'etcd2 healthy', 'etcd3 unhealthy']);
    expect(said(report)).toEqual([
      'etcd-member-down: etcd3 on node-3 is not healthy. Its container ended with exit code 137.',
    ]);
  });

  test('without a quorum the members are known all the same, and nobody is called healthy', () => {
    const report = judge(answersOf(version, 'two down'));
    expect(report.state).toBe('no quorum');
    expect(report.isMembershipKnown).toBe(true);
    expect(states(report)).toEqual(['etcd1 unhealthy', 'etcd2 unhealthy', 'etcd3 unhealthy']);
    expect(report.leader).toBeUndefined();
    expect(report.members[0]?.reason).toBe('It answers and knows of no leader.');
    expect(said(report)[0]).toBe(
      'etcd-no-quorum: etcd has 3 voting members, none healthy. No quorum: 2 are needed, and without them nothing can be read or written.',
    );
  });

  test('one that was added and not started, and then follows', () => {
    const seenBy = seenMember(version, 'unstarted', 'etcd1');
    const [one, two, three] = answersOf(version, 'learner');
    if (!one || !two || !three) throw new Error('three masters');
    const before = judge([
      {...one, seen: seenBy},
      {...two, seen: {...seenMember(version, 'learner', 'etcd2'), members: seenBy.members ?? []}},
      {...three, seen: seenEnded(version, 'etcd3')},
    ]);
    expect(before.members[2]).toMatchObject({name: 'etcd3', state: 'unstarted', machine: 'node-3'});
    expect(before.members[2]?.reason).toBe('It was added and never started. Its container ended with exit code 137.');
    const after = judge([one, two, three]);
    // 3.3 knows no learners: there it votes from the beginning.
    if (version === '3.3.25') {
      expect(after.state).toBe('ok');
      expect(before.quorum.voters).toBe(3);
      return;
    }
    expect(before.quorum.voters).toBe(2);
    expect(after.quorum.words).toBe('2 voting members, both healthy. None may fail: 2 are needed.');
    expect(after.members[2]).toMatchObject({state: 'learner', isLearner: true});
    expect(said(after)).toEqual([
      'etcd-membership: etcd3 on node-3 is a learner: it follows, and does not vote yet.',
      'etcd-membership: etcd has two voting members: when either fails, the cluster stands still. That is worse than one.',
    ]);
  });

  test('a database at its quota is told by its alarm, once for each member, and is no lack of quorum', () => {
    const answers = answersOf(version, 'quota reached');
    const report = judge(answers.slice(0, 2), masters.slice(0, 2));
    expect(report.quorum.healthy).toBe(2);
    const full = report.members.filter(({alarms}) => alarms.includes('NOSPACE')).map(({name}) => name);
    expect(full).toContain('etcd1');
    expect(said(report).filter((line) => line.startsWith('etcd-alarm'))).toEqual(
      report.members
        .filter(({alarms}) => alarms.length > 0)
        .map(({name, machine}) => {
          const called = machine === undefined ? name : `${name} on ${machine}`;
          return `etcd-alarm: The database of ${called} has reached its quota (NOSPACE): etcd takes no writes any more.`;
        }),
    );
  });

  test('the log of one that ended says why', () => {
    const cause = (log: string) => seenEnded(version, 'etcd3', log).container?.cause;
    expect(cause('port taken')).toBe('port taken');
    expect(cause('data lost, new')).toBe('data lost');
    expect(cause('database damaged')).toBe('data damaged');
    expect(cause('removed')).toBe('removed');
    // 3.5 reads what is left of a log that was cut short, and then misses what it had agreed to.
    expect(cause('log damaged')).toBe(version === '3.5.16' ? 'data lost' : 'data damaged');
    const answers = answersOf(version, 'one down');
    const [problem] = judge(other(answers, 'node-3', () => seenEnded(version, 'etcd3', 'database damaged'))).problems;
    expect(problem).toMatchObject({
      code: 'etcd-member-down',
      machine: 'node-3',
      message: 'etcd3 on node-3 is not healthy. Its container ended with exit code 2. Its data is damaged.',
      hint: 'Move its data aside, take the member out of the cluster and add it anew.',
      detail: expect.stringMatching(/open database/),
    });
    expect(problem?.detail?.split('\n').length).toBeLessThanOrEqual(6);
  });
});

const healthy = () => answersOf('3.4.23', 'healthy');

describe('a machine that cannot be asked', () => {
  test('is not called down: its member may be well', () => {
    const report = judge(silent(healthy(), 'node-3'));
    expect(report.state).toBe('degraded');
    expect(report.quorum.words).toBe(
      '3 voting members, 2 healthy, 1 could not be asked. None more may fail, unless the one that could not be asked is healthy: 2 are needed.',
    );
    expect(report.members[2]).toMatchObject({state: 'unknown', reason: 'node-3 does not answer.'});
    expect(said(report)).toEqual(['machine-unreachable: node-3 does not answer.']);
  });

  test('where none can be asked, nothing is known but the configuration', () => {
    const report = judge(silent(healthy(), 'node-1', 'node-2', 'node-3'));
    expect(report).toMatchObject({state: 'unknown', isMembershipKnown: false});
    expect(states(report)).toEqual(['etcd1 unknown', 'etcd2 unknown', 'etcd3 unknown']);
    expect(judge([]).state).toBe('unknown');
  });

  test('one that is cut off does not speak for the two that were not asked', () => {
    const alone = answersOf('3.4.23', 'two down');
    expect(judge(silent(alone, 'node-2', 'node-3')).state).toBe('unknown');
    expect(judge(silent(alone, 'node-3')).state).toBe('no quorum');
  });
});

describe('members and configuration', () => {
  test('one address is no other of which it is the beginning', () => {
    const long = masters.map((master) => ({...master, address: `${master.address}1`, etcdId: `x-${master.etcdId}`}));
    const answers = silent(healthy(), 'node-2', 'node-3');
    const report = judge(answers, long);
    // node-1 told who it is; the others are members of machines that nobody knows.
    expect(report.members.map(({machine}) => machine)).toEqual(['node-1', undefined, undefined]);
    expect(said(report)).toContain(
      'etcd-membership: etcd2 (http://127.0.0.2:12380) is a member of etcd and no master of the configuration.',
    );
    expect(said(report)).toContain('etcd-membership: node-2 is a master and no member of etcd.');
  });

  test('a member is found by its name where masters are configured by theirs', () => {
    const named = masters.map((master) => ({...master, address: `${master.name}.example`}));
    const report = judge(silent(healthy(), 'node-2'), named);
    expect(report.members.map(({machine}) => machine)).toEqual(['node-1', 'node-2', 'node-3']);
  });

  test('one that the others removed and that runs all the same is told', () => {
    const without = (seen: SeenEtcd): SeenEtcd => ({
      ...seen,
      members: seen.members?.filter(({name}) => name !== 'etcd3') ?? [],
    });
    const report = judge(other(other(healthy(), 'node-1', without), 'node-2', without));
    expect(states(report)).toEqual(['etcd1 healthy', 'etcd2 healthy']);
    const [lists, master] = report.problems;
    expect(lists).toMatchObject({message: 'The members do not agree about who is one.'});
    expect(lists?.detail).toMatch(/^node-1, node-2: [^\n]*\nnode-3: [^\n]*$/);
    expect(master?.message).toMatch(
      /^node-3 is a master and no member of etcd\. An etcd runs there that the others do not know: member 97b196af72bd0d19 /,
    );
  });

  test('members of different clusters are told, and so is who leads in a split', () => {
    const report = judge(
      other(healthy(), 'node-3', (seen) => {
        if (!seen.status) throw new Error('it answers');
        const status = {...seen.status, clusterId: 'abc', leader: seen.status.id, term: seen.status.term - 1};
        return {...seen, status};
      }),
    );
    expect(said(report)).toEqual([
      'etcd-membership: The masters run members of different clusters.',
      'etcd-membership: The members do not agree about who leads.',
    ]);
    expect(report.problems[0]?.detail).toBe('node-1, node-2: cluster 505bf4d172da5dff\nnode-3: cluster abc');
    expect(report.problems[1]?.detail).toMatch(/node-3: etcd3 leads, term \d+$/);
    // The one of the later term leads.
    expect(report.leader?.id).toBe(healthy()[0]?.seen?.status?.leader);
  });

  test('another member on the machine of one is not taken for it', () => {
    const report = judge(
      other(healthy(), 'node-3', (seen) => {
        if (!seen.status) throw new Error('it answers');
        return {...seen, status: {...seen.status, id: 'beef'}};
      }),
    );
    expect(report.members[2]).toMatchObject({
      state: 'unhealthy',
      reason: 'Another member runs there, which says that it is beef.',
    });
    expect(report.members[2]?.status).toBeUndefined();
  });
});

test('an even number of members is named, and four that are well are well', () => {
  const four = [...masters, {name: 'node-4', address: '127.0.0.4', etcdId: 'etcd4'}];
  const added = {id: 'f', name: 'etcd4', peerUrls: ['http://127.0.0.4:12380'], clientUrls: [], isLearner: false};
  const answers = healthy().map((answer) => {
    const {seen} = answer;
    return seen ? {...answer, seen: {...seen, members: [...(seen.members ?? []), added]}} : answer;
  });
  const [last] = answers;
  if (!last?.seen?.status) throw new Error('it answers');
  const report = judge(
    [...answers, {...last, master: 'node-4', seen: {...last.seen, status: {...last.seen.status, id: 'f'}}}],
    four,
  );
  expect(report.state).toBe('ok');
  expect(said(report)).toEqual([
    'etcd-membership: etcd has 4 voting members, an even number: no more of them may fail than of 3, which is 1.',
  ]);
});

describe('room', () => {
  test('a database near its quota is told before it is full, with what would help', () => {
    const grown = (inUse: number) =>
      judge(
        other(healthy(), 'node-2', (seen) => {
          if (!seen.status) throw new Error('it answers');
          return {...seen, status: {...seen.status, dbBytes: 14 * 1024 ** 2, dbBytesInUse: inUse * 1024 ** 2}};
        }),
      ).problems;
    expect(grown(3)).toMatchObject([
      {
        code: 'etcd-space',
        severity: 'warning',
        machine: 'node-2',
        message: 'The database of etcd2 on node-2 has 14 MiB of the 16 MiB it may have, of which 3 MiB are in use.',
        hint: 'Defragment it, one member after the other.',
      },
    ]);
    expect(grown(13)[0]?.hint).toMatch(/^See what fills it/);
  });

  test('a disk with little left is told', () => {
    const disk = {mount: '/var', size: 100 * 1024 ** 3, available: 2 * 1024 ** 3};
    const report = judge(other(healthy(), 'node-1', (seen) => ({...seen, data: {...seen.data, disk}})));
    expect(said(report)).toEqual([
      'etcd-space: The disk of etcd1 on node-1 (/var, with /var/etcd/data) has 2048 MiB of 102400 MiB left.',
    ]);
  });
});

test('why nothing answers on a machine is said by what is there', () => {
  const reason = (change: (seen: SeenEtcd) => SeenEtcd) =>
    judge(other(answersOf('3.4.23', 'one down'), 'node-3', change)).members[2]?.reason;
  const bare = ({container: _, ...seen}: SeenEtcd): SeenEtcd => seen;
  expect(reason((seen) => ({...bare(seen), docker: 'absent'}))).toBe('There is no docker on its machine.');
  expect(reason((seen) => ({...bare(seen), docker: 'silent'}))).toBe('The docker of its machine does not answer.');
  expect(reason(bare)).toBe(
    'There is no container of etcd on its machine, though /etc/kubernetes/manifests/etcd.yaml is there.',
  );
  expect(reason(({manifest: _, ...seen}) => bare(seen))).toBe(
    'There is no container of etcd on its machine and nothing that would start one.',
  );
  expect(reason((seen) => ({...seen, ...(seen.container && {container: {...seen.container, oomKilled: true}})}))).toBe(
    'Its container was killed because its machine or its limit had no memory left.',
  );
  const noRoom = 'Docker and etcd: no room in /dev/shm, /tmp and /var/tmp for what they say.';
  expect(reason((seen) => ({...bare(seen), docker: 'silent', missing: [noRoom]}))).toBe(
    `It could not be asked: ${noRoom}`,
  );
  // What etcdctl said at the member that was killed, as if its container went on.
  const running = seenMember('3.4.23', 'one down', 'etcd3');
  expect(recorded('3.4.23', 'one down', 'etcd3').status.exit).toBe(1);
  expect(reason(() => running)).toMatch(/^Its container runs and etcd does not answer: .*connection refused\.$/);
});

test('one that runs and could not be asked is not called down', () => {
  const unasked = (change: (seen: SeenEtcd) => SeenEtcd) => {
    const report = judge(other(answersOf('3.4.23', 'one down'), 'node-3', change));
    expect(report.members[2]?.state).toBe('unknown');
    expect(report.quorum.unknown).toBe(1);
    expect(report.problems[0]).toMatchObject({code: 'etcd-member-down', severity: 'warning', machine: 'node-3'});
    // Nothing is mended where nothing is known to be wrong.
    expect(report.problems[0]?.hint).toMatch(/^Ask it by hand|^Look after docker/);
    return report.members[2]?.reason;
  };
  const bare = ({container: _, ...seen}: SeenEtcd): SeenEtcd => ({...seen, runsUnseen: true});
  expect(unasked((seen) => ({...bare(seen), docker: 'silent'}))).toBe(
    'The docker of its machine does not answer. An etcd runs there.',
  );
  expect(unasked((seen) => ({...bare(seen), docker: 'absent'}))).toBe(
    'There is no docker on its machine. An etcd runs there.',
  );
  expect(unasked(bare)).toBe('An etcd runs there that is in no container with etcd in its name, so it was not asked.');
  const silence = {by: 'docker', said: 'exec: "etcdctl": executable file not found in $PATH'} as const;
  expect(unasked(() => ({...withoutStatus(), silence}))).toBe(
    'Its container runs, and it could not be asked there: exec: "etcdctl": executable file not found in $PATH.',
  );
});

function withoutStatus(): SeenEtcd {
  const {status: _, commits: __, members: ___, ...seen} = seenMember('3.4.23', 'healthy', 'etcd3');
  return seen;
}
