import {describe, expect, test} from 'vitest';
import type {EtcdfixRequest} from '../../../src/engine/api.ts';
import type {EtcdAnswer, ListedMember, SeenEtcd} from '../../../src/engine/cluster/etcd/types.ts';
import type {EtcdfixFacts} from '../../../src/engine/cluster/etcdfix/facts.ts';
import type {Note} from '../../../src/engine/cluster/etcdfix/note.ts';
import type {ClusterMachine} from '../../../src/engine/cluster/layout/types.ts';
import {etcdfix, planEtcdfix} from '../../../src/engine/plan/etcd/etcdfix.ts';
import {checkIdentity} from '../../../src/engine/plan/etcd/etcdfix-add-remove.ts';
import {planHash} from '../../../src/engine/plan/hash.ts';
import type {Plan} from '../../../src/engine/plan/types.ts';
import {type Problem, ProblemError} from '../../../src/engine/problem.ts';
import {clusterOf} from '../../cluster/sample-clusters.ts';

const request: EtcdfixRequest = {operation: 'machine etcdfix', config: '/config', machine: 'master-3'};
const scripts: EtcdfixFacts['scripts'] = {
  ...{snapshot: 'snapshot', membership: 'membership', hash: 'hash', entry: 'entry', stop: 'stop', tend: 'tend'},
  ...{moveData: 'move', putBack: 'back', putManifest: 'put', startKubelet: 'start'},
};

const listed = ({name, etcdId = '', address}: ClusterMachine, more: Partial<ListedMember> = {}): ListedMember => ({
  ...{id: `a${name.slice(-1)}`, name: etcdId, peerUrls: [`https://${address}:2380`]},
  ...{clientUrls: [`https://${address}:2379`], isLearner: false},
  ...more,
});

/** What a master says whose member is well. */
const seenWell = (machine: ClusterMachine, members: readonly ListedMember[], leader = 'a1'): SeenEtcd => ({
  docker: 'answers',
  container: {
    ...{
      name: 'k8s_etcd_etcd',
      image: 'etcd',
      isRunning: true,
      state: 'running',
      exitCode: 0,
      oomKilled: false,
      log: [],
    },
  },
  ...{runsUnseen: false, manifest: '/etc/kubernetes/manifests/etcd.yaml', settings: {quotaBytes: 2 ** 31}},
  data: {folder: '/var/etcd/data', isThere: true, bytes: 3 * 2 ** 20, kept: []},
  status: {
    ...{id: `a${machine.name.slice(-1)}`, clusterId: 'c1', version: '3.4.23', leader, term: 2, raftIndex: 100},
    ...{revision: 90, isLearner: false, dbBytes: 2 ** 20, errors: []},
  },
  ...{commits: true, members, alarms: [], missing: []},
});

/** What it says where its data are of no use. */
function seenDamaged(machine: ClusterMachine): SeenEtcd {
  const {status: _, commits: __, members: ___, alarms: ____, container, ...rest} = seenWell(machine, []);
  if (!container) throw new Error('no container');
  const ended = {...container, isRunning: false, state: 'exited', exitCode: 2, cause: 'data damaged' as const};
  return {...rest, container: ended};
}

const seenStopped = (machine: ClusterMachine): SeenEtcd => {
  const {container: _, manifest: __, ...rest} = seenDamaged(machine);
  return {...rest, data: {folder: '/var/etcd/data', isThere: false, kept: [{folder: '/var/etcd/data.bak-1'}]}};
};

interface Change {
  readonly members?: (all: readonly ListedMember[]) => readonly ListedMember[];
  readonly seen?: (machine: ClusterMachine, well: SeenEtcd) => SeenEtcd | undefined;
  readonly note?: Note;
}

async function factsOf({
  members: listing = (all) => all,
  seen = (_, well) => well,
  note = {},
}: Change): Promise<EtcdfixFacts> {
  const layout = {...(await clusterOf('external-balancer')), etcdDataPath: '/var/etcd'};
  const members = listing(layout.masters.map((master) => listed(master)));
  const answers = layout.masters.map((machine): EtcdAnswer => {
    const said = seen(machine, seenWell(machine, members));
    const problem: Problem = {code: 'machine-unreachable', message: 'Nobody answers.'};
    return {master: machine.name, at: 1, ...(said ? {seen: said} : {problem})};
  });
  return {layout, scripts, answers, obstacles: [], note};
}

const damagedThird: Change = {seen: (machine, well) => (machine.name === 'master-3' ? seenDamaged(machine) : well)};
const steps = ({tasks}: Plan) => tasks.map(({id, expected}) => `${id} ${expected}`);
const messages = ({notices}: Plan) => notices.map(({message}) => message);

async function refusal(change: Change): Promise<Problem> {
  const facts = await factsOf(change);
  try {
    planEtcdfix(request, facts);
  } catch (error) {
    if (error instanceof ProblemError) return error.problem;
    throw error;
  }
  throw new Error('it was planned');
}

describe('a member of etcd whose data are of no use', () => {
  test('is replaced step by step, with the arithmetic shown and every way back', async () => {
    const facts = await factsOf(damagedThird);
    const plan = planEtcdfix(request, facts);
    expect(steps(plan)).toEqual([
      'cluster/etcd-snapshot change',
      'master-3/etcd-leadership decided while running',
      'master-3/etcd-stop change',
      'master-3/etcd-data change',
      'cluster/etcd-remove change',
      'cluster/etcd-add change',
      'master-3/etcd-start change',
      'master-3/etcd-catch-up unchanged',
      'cluster/etcd-promote change',
      'cluster/etcd-verify unchanged',
    ]);
    expect(plan.tasks.map(({needs}) => needs)).toEqual([[], ...plan.tasks.slice(0, -1).map(({id}) => [id])]);
    expect(messages(plan)).toContain('3 voting members, 2 healthy, 2 needed.');
    expect(messages(plan).join('\n')).toContain('2 of 3 voting members must agree; 2 are healthy without it.');
    const touching = plan.tasks.filter(({touches}) => touches !== 'nothing' && touches !== 'this computer');
    for (const {id, undo, critical} of touching) {
      if (id.endsWith('leadership')) continue;
      expect(critical, id).toBe(true);
      expect(undo, id).toBeDefined();
    }
    const add = plan.tasks.find(({id}) => id === 'cluster/etcd-add')?.does[0];
    expect(add).toMatchObject({
      on: 'master-1',
      args: ['pai-tui-etcd', 'add', 'etcd-master-3', 'https://10.0.0.3:2380'],
    });
    expect(etcdfix.clusterLock?.(request, facts)).toEqual({masters: ['master-1', 'master-2', 'master-3']});
    expect(etcdfix.locks(request, facts).map(({scope}) => scope)).toEqual(['machines']);
  });

  test('has the same plan whatever was measured meanwhile', async () => {
    const later = await factsOf({
      seen: (machine, well) =>
        machine.name === 'master-3'
          ? seenDamaged(machine)
          : {
              ...well,
              ...(well.status ? {status: {...well.status, raftIndex: 5000, revision: 4000, leader: 'a2'}} : {}),
            },
    });
    const hashes = [await factsOf(damagedThird), later].map((facts) => planHash(planEtcdfix(request, facts)));
    expect(hashes[0]).toBe(hashes[1]);
  });

  test('is not replaced where the others have no quorum without it', async () => {
    const two: Change = {seen: (machine, well) => (machine.name === 'master-1' ? well : seenDamaged(machine))};
    expect(
      await refusal({...two, seen: (m, w) => (m.name === 'master-1' ? {...w, commits: false} : seenDamaged(m))}),
    ).toMatchObject({
      code: 'etcd-no-quorum',
      message: expect.stringContaining('2 are needed'),
    });
    // Two voting members: one that is sick is not replaced.
    const pair: Change = {
      members: (all) => all.filter(({id}) => id !== 'a2'),
      seen: (machine, well) => (machine.name === 'master-3' ? seenDamaged(machine) : well),
    };
    expect(await refusal(pair)).toMatchObject({code: 'etcd-quorum-risk'});
  });

  test('is left alone where it is another etcd than a boot sets up', async () => {
    const old: Change = {
      ...damagedThird,
      members: (all) =>
        all.map((member) => ({...member, peerUrls: member.peerUrls.map((url) => url.replace('https', 'http'))})),
    };
    expect((await refusal(old)).message).toContain('is not as a boot of pai-tui sets it up');
  });

  test('stays where its machine cannot be asked', async () => {
    const away: Change = {seen: (machine, well) => (machine.name === 'master-3' ? undefined : well)};
    expect(await refusal(away)).toMatchObject({code: 'machine-unreachable', machine: 'master-3'});
  });
});

describe('a replacement that was broken off', () => {
  const begun: Note = {replaces: 'a3'};
  const stopped: Change['seen'] = (machine, well) => (machine.name === 'master-3' ? seenStopped(machine) : well);

  test('goes on before the member is removed', async () => {
    const plan = planEtcdfix(request, await factsOf({seen: stopped, note: begun}));
    expect(plan.title).toBe('Replace the member of etcd on master-3');
    expect(messages(plan)).toContain(
      'Data that were moved aside stay on master-3 until somebody removes them: /var/etcd/data.bak-1.',
    );
    expect(steps(plan)).toContain('cluster/etcd-remove change');
  });

  test('goes on when it is removed, also where nobody noted it', async () => {
    const members: Change['members'] = (all) => all.filter(({id}) => id !== 'a3');
    for (const note of [begun, {}]) {
      const plan = planEtcdfix(request, await factsOf({seen: stopped, members, note}));
      expect(steps(plan)).toContain('cluster/etcd-add change');
      expect(steps(plan)[0]).toBe('cluster/etcd-snapshot change');
    }
  });

  test('starts the learner that was added', async () => {
    const members: Change['members'] = (all) =>
      all.map((member) => (member.id === 'a3' ? {...member, id: 'b3', name: '', isLearner: true} : member));
    const plan = planEtcdfix(request, await factsOf({seen: stopped, members, note: {...begun, added: 'b3'}}));
    expect(steps(plan)).toEqual([
      'master-3/etcd-start change',
      'master-3/etcd-catch-up unchanged',
      'cluster/etcd-promote change',
      'cluster/etcd-verify unchanged',
    ]);
  });
});

test('a member that is well is left alone', async () => {
  const plan = planEtcdfix(request, await factsOf({}));
  expect(plan.title).toBe('Mend nothing: the member of etcd on master-3 is well');
  expect(plan.tasks.every(({expected}) => expected === 'unchanged')).toBe(true);
});

test('a member whose process is down is started, with its manifest where that is missing', async () => {
  const {cause: _, ...ended} = seenDamaged((await clusterOf('external-balancer')).masters[2] as ClusterMachine)
    .container as NonNullable<SeenEtcd['container']>;
  const down = (hasManifest: boolean): Change => ({
    seen(machine, well) {
      if (machine.name !== 'master-3') return well;
      const {manifest, ...rest} = seenDamaged(machine);
      return {...rest, container: ended, ...(hasManifest && manifest !== undefined ? {manifest} : {})};
    },
  });
  for (const hasManifest of [true, false]) {
    const plan = planEtcdfix(request, await factsOf(down(hasManifest)));
    expect(steps(plan)).toEqual(['master-3/etcd-start change', 'cluster/etcd-verify unchanged']);
    const puts = plan.tasks[0]?.does.some((effect) => effect.kind === 'machine file');
    expect(puts).toBe(!hasManifest);
  }
});

test('a member is known by its whole address and its name', () => {
  const target = {
    name: 'm',
    nodeName: 'm',
    address: '10.0.0.1',
    etcdId: 'one',
    roles: [],
    labels: [],
    dockerData: '',
  } as const;
  const member = (more: Partial<ListedMember>): ListedMember => ({
    ...{id: 'a1', name: 'one', peerUrls: ['https://10.0.0.1:2380'], clientUrls: [], isLearner: false},
    ...more,
  });
  const check = (more: Partial<ListedMember>) => () => checkIdentity('a1', [member(more)], {target});
  expect(check({})).not.toThrow();
  expect(check({name: ''})).not.toThrow();
  expect(check({peerUrls: ['https://10.0.0.11:2380']})).toThrow(/is one at https:\/\/10\.0\.0\.11:2380/);
  expect(check({name: 'eleven'})).toThrow(/left alone/);
  expect(check({id: 'a11'})).toThrow(/none of the members/);
});

describe('a database that has reached its quota', () => {
  const alarmed = (alarm: 'NOSPACE' | 'CORRUPT', more: Change['seen'] = (_, well) => well): Change => ({
    seen: (machine, well) => {
      const seen = more(machine, well);
      const alarms = [
        {memberId: 'a2', alarm: 'NOSPACE'},
        {memberId: 'a2', alarm},
      ] as const;
      return seen?.status ? {...seen, alarms} : seen;
    },
  });

  test('is emptied of what is old, one member after the other, who leads last; then etcd takes writes again', async () => {
    const plan = planEtcdfix(request, await factsOf(alarmed('NOSPACE')));
    expect(plan.title).toBe('Make room in the databases of etcd');
    expect(steps(plan)).toEqual([
      'cluster/etcd-compact change',
      'master-2/etcd-defrag change',
      'master-3/etcd-defrag change',
      'master-1/etcd-defrag change',
      'cluster/etcd-disarm change',
      'cluster/etcd-verify unchanged',
    ]);
    expect(plan.tasks.map(({needs}) => needs)).toEqual([[], ...plan.tasks.slice(0, -1).map(({id}) => [id])]);
    const changing = plan.tasks.filter(({touches}) => touches !== 'nothing');
    expect(changing.every(({critical, does}) => critical && does.length === 1)).toBe(true);
    expect(plan.tasks.at(-2)?.does[0]).toMatchObject({on: 'master-1', args: ['pai-tui-etcd', '10', 'disarm']});
    expect(messages(plan)[0]).toMatch(/etcd-master-2 .*has reached its quota: etcd takes no writes any more/);
    const asked = (leader: string): Change =>
      alarmed('NOSPACE', (_, well) => ({
        ...well,
        ...(well.status ? {status: {...well.status, leader, revision: 9000}} : {}),
      }));
    expect(planHash(planEtcdfix(request, await factsOf(asked('a1'))))).toBe(planHash(plan));
  });

  test.each<[string, Change, Partial<Problem>]>([
    [
      'another alarm would go with it',
      alarmed('CORRUPT'),
      {code: 'etcd-membership', machine: 'master-2', hint: 'Mend that one first: pai-tui machine etcdfix master-2'},
    ],
    [
      'its member cannot be defragmented, for want of a disk',
      alarmed('NOSPACE', (machine, well) =>
        machine.name === 'master-2'
          ? {...well, data: {...well.data, disk: {mount: '/var', size: 2 ** 30, available: 1000}}}
          : well,
      ),
      {code: 'etcd-space', severity: 'error', machine: 'master-2'},
    ],
    [
      'another member is sick and none can be spared',
      alarmed('NOSPACE', (machine, well) => (machine.name === 'master-1' ? seenDamaged(machine) : well)),
      {code: 'etcd-quorum-risk'},
    ],
  ])('stays as it is where %s', async (_, change, problem) => {
    expect(await refusal(change)).toMatchObject(problem);
  });

  test('waits for a member whose data differs, which is replaced first', async () => {
    const plan = planEtcdfix({...request, machine: 'master-2'}, await factsOf(alarmed('CORRUPT')));
    expect(plan.title).toBe('Replace the member of etcd on master-2');
  });

  test('waits for a sick member where none can be spared, which is replaced first', async () => {
    const sick = alarmed('NOSPACE', (machine, well) => (machine.name === 'master-3' ? seenDamaged(machine) : well));
    const plan = planEtcdfix(request, await factsOf(sick));
    expect(plan.title).toBe('Replace the member of etcd on master-3');
    expect(messages(plan).at(-1)).toMatch(/stays so: etcd takes no writes before room is made/);
  });
});

describe('a learner', () => {
  const asLearner: Change['members'] = (all) =>
    all.map((member) => (member.id === 'a3' ? {...member, isLearner: true} : member));
  const following: Change['seen'] = (machine, well) => {
    if (machine.name !== 'master-3' || !well.status) return well;
    const {commits: _, ...rest} = well;
    return {...rest, status: {...well.status, isLearner: true, raftIndex: 40}};
  };

  test('that runs is given its vote once it has caught up', async () => {
    const plan = planEtcdfix(request, await factsOf({members: asLearner, seen: following}));
    expect(plan.title).toBe('Give the new member of etcd on master-3 its vote');
    expect(steps(plan)).toContain('cluster/etcd-promote change');
    expect(messages(plan)[0]).toBe("etcd-master-3 on master-3 is a learner and has 40 % of the leader's log.");
  });

  test('that did not catch up is removed by its id, through another one, to be added anew', async () => {
    const note: Note = {tried: ['promote learner']};
    const plan = planEtcdfix(request, await factsOf({members: asLearner, seen: following, note}));
    expect(steps(plan)).toEqual(['cluster/etcd-remove change', 'cluster/etcd-verify unchanged']);
    expect(plan.tasks[0]?.does[0]).toMatchObject({on: 'master-1', args: ['pai-tui-etcd', 'remove', 'a3']});
    expect(messages(plan)).toContain('After this master-3 has no member.');
    expect(messages(plan).join('\n')).toContain('2 voting members, 2 healthy, 2 needed.');
    expect(messages(plan).join('\n')).not.toContain('stays as it is');
  });

  const stray: ListedMember = {
    ...{id: 'c0', name: '', peerUrls: ['https://10.0.0.33:2380'], clientUrls: [], isLearner: true},
  };

  test('that is on no master and never started is removed, whoever is asked about', async () => {
    for (const seen of [undefined, damagedThird.seen]) {
      const members: Change['members'] = (all) => [...all, stray];
      const plan = planEtcdfix(request, await factsOf({members, ...(seen ? {seen} : {})}));
      expect(plan.title).toBe('Remove the learner c0 from etcd');
      expect(plan.tasks[0]?.does[0]).toMatchObject({args: ['pai-tui-etcd', 'remove', 'c0']});
      expect(messages(plan).some((words) => /^etcd-master-3 on master-3 is not well/.test(words))).toBe(!!seen);
    }
  });

  test('that is on no master and has started is left alone', async () => {
    const members: Change['members'] = (all) => [...all, {...stray, name: 'fourth'}];
    expect(planEtcdfix(request, await factsOf({members})).title).toMatch(/^Mend nothing/);
  });
});

describe('a member that the others look for elsewhere', () => {
  const at = (url: string): Change => ({
    members: (all) => all.map((member) => (member.id === 'a3' ? {...member, peerUrls: [url]} : member)),
    seen: (machine, well) => (machine.name === 'master-3' ? {...well, commits: false} : well),
  });

  test('has its address corrected, by its exact id and to the exact address', async () => {
    const plan = planEtcdfix(request, await factsOf(at('https://10.0.0.33:2380')));
    expect(plan.title).toBe('Correct the address of the member of etcd on master-3');
    expect(steps(plan)).toEqual(['master-3/etcd-address change', 'cluster/etcd-verify unchanged']);
    const [task] = plan.tasks;
    expect(task?.does[0]).toMatchObject({
      on: 'master-1',
      args: ['pai-tui-etcd', 'update', 'a3', 'https://10.0.0.3:2380'],
    });
    expect(task?.undo).toContain('member update a3 --peer-urls=https://10.0.0.33:2380');
  });

  test('stays where its address differs in more than the host', async () => {
    for (const url of ['http://10.0.0.33:2380', 'https://10.0.0.33:7001']) {
      expect((await refusal(at(url))).message).toMatch(/differs in more than the host/);
    }
  });
});
