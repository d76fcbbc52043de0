import {fileURLToPath} from 'node:url';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {parse} from 'yaml';
import {createClock} from '../../src/engine/clock.ts';
import {judgeEtcd} from '../../src/engine/cluster/etcd/judge.ts';
import {membersIn} from '../../src/engine/cluster/etcd/parse-replies.ts';
import {readEtcd} from '../../src/engine/cluster/etcd/read-etcd.ts';
import type {EtcdMaster, EtcdReport} from '../../src/engine/cluster/etcd/types.ts';
import type {ClusterLayout, ClusterMachine} from '../../src/engine/cluster/layout/types.ts';
import {clusterPackage} from '../../src/engine/cluster/packages/packages.ts';
import {resolveInside} from '../../src/engine/files/inside.ts';
import {
  authorityFiles,
  issueCertificate,
  makeAuthority,
  wantedCertificates,
} from '../../src/engine/kube/certificates.ts';
import {askMachine} from '../../src/engine/machine-answer.ts';
import type {MachineAccess, Remote} from '../../src/engine/machine-tools.ts';
import {readMachineScript} from '../../src/engine/machines/machine-script.ts';
import {problemOf} from '../../src/engine/problem.ts';
import {bootableLayout} from '../cluster/layouts.ts';
import {modelOf} from '../config/configs.ts';
import {connectTo} from '../lab/connect.ts';
import {
  type KubernetesLab,
  kubernetesLabMs,
  startKubernetesLab,
  whyNoKubernetesLab,
} from '../lab/kubernetes/kubernetes-lab.ts';
import type {Host} from '../lab/lab.ts';
import {tellObstacle} from '../lab/obstacles.ts';

const obstacle = tellObstacle('Tests of etcd on lab hosts', whyNoKubernetesLab());

const assets = fileURLToPath(new URL('../../assets', import.meta.url));
const clock = createClock();
const {signal} = new AbortController();

/** The parts of a static pod that are looked at here. */
interface Pod {
  readonly metadata: {readonly name: string; readonly namespace: string};
  readonly spec: {
    readonly containers: readonly {
      readonly name: string;
      readonly image: string;
      readonly command: readonly string[];
      readonly volumeMounts: readonly {readonly name: string; readonly mountPath: string}[];
    }[];
    readonly volumes: readonly {readonly name: string; readonly hostPath: {readonly path: string}}[];
  };
}

describe.skipIf(obstacle)('etcd on three real masters', () => {
  let lab: KubernetesLab;
  let hosts: readonly [Host, Host, Host];
  let masters: readonly EtcdMaster[];
  let layout: ClusterLayout;
  const remotes = new Map<string, Promise<Remote>>();
  const containers = new Map<string, string>();
  let started = 0;

  beforeAll(async () => {
    lab = await startKubernetesLab({hosts: 3});
    hosts = lab.hosts as unknown as [Host, Host, Host];
    const machines = hosts.map(
      ({name, address}, index): ClusterMachine => ({
        ...{name, nodeName: name, address, roles: ['master'], dockerData: '/var/lib/docker', labels: []},
        etcdId: `etcd${index + 1}`,
      }),
    );
    const usual = await bootableLayout();
    const images = {...usual.images, etcd: `${lab.images.registry}/etcd:${lab.images.versions.etcd}`};
    layout = {...usual, machines, masters: machines, workers: [], images, etcdDataPath: '/var/etcd'};
    masters = machines;
    await installCertificates();
    for (const host of hosts) await install(host);
    for (const host of hosts) await start(host);
    await until(({state}) => state === 'ok');
  }, kubernetesLabMs);
  afterAll(async () => {
    const all = await Promise.allSettled(remotes.values());
    await Promise.all(all.map((one) => (one.status === 'fulfilled' ? one.value.close() : undefined)));
    await lab?.close();
  });

  /** Those of etcd alone, as the product makes them, where its manifest has them. */
  async function installCertificates() {
    const now = new Date();
    const authority = await makeAuthority('etcd', {now});
    const cluster = {machines: [], apiHosts: [], serviceRange: '10.254.0.0/16', serviceDomain: 'cluster.local'};
    for (const {sh, name, address} of hosts) {
      const put = (path: string, text: string) => sh(`mkdir -p "$(dirname ${path})"; umask 077; cat > ${path}`, text);
      const machine = {nodeName: name, hosts: [name, address], roles: ['etcd' as const]};
      await put(authorityFiles.etcd.certificate, authority.certificate);
      for (const wanted of wantedCertificates(machine, cluster)) {
        const {certificate, key} = await issueCertificate(authority, wanted, {now});
        await put(wanted.certificateFile, certificate);
        await put(wanted.keyFile, key.reveal());
      }
    }
  }

  /** Its manifest, as the package for a master has it. */
  async function install(host: Host) {
    const machine = layout.machines.find(({name}) => name === host.name);
    if (!machine) throw new Error('no machine');
    const choice = {podNetwork: {kind: 'host' as const}};
    const config = await modelOf('g');
    const request = {assets, config, layout, choice, machine, operation: 'deploy' as const, files: {resolveInside}};
    const {package: pack} = await clusterPackage(request);
    const file = pack?.files.find(({installed}) => installed === manifest);
    if (!file) throw new Error('no manifest of etcd');
    await host.sh(`mkdir -p /etc/kubernetes/manifests; cat > ${manifest}`, await file.read());
  }

  /** Starts the container of its manifest, called and labelled as kubelet does, beside those that have ended. */
  async function start(host: Host, more: readonly string[] = []) {
    const {metadata, spec} = parse(await host.sh(`cat ${manifest}`)) as Pod;
    const [container] = spec.containers;
    if (!container) throw new Error('no container');
    const pod = `${metadata.name}-${host.name}_${metadata.namespace}_4f1c`;
    const mounts = container.volumeMounts.map(({name, mountPath}) => {
      const volume = spec.volumes.find((one) => one.name === name);
      return `--volume ${volume?.hostPath.path}:${mountPath}`;
    });
    const name = `k8s_${container.name}_${pod}_${started++}`;
    const [program = '', ...words] = container.command;
    await host.sh(`mkdir -p /var/etcd; docker run --detach --network=host --name ${name} ${mounts.join(' ')} \
      --label io.kubernetes.container.name=${container.name} --label io.kubernetes.pod.namespace=${metadata.namespace} \
      --entrypoint ${program} ${container.image} ${[...words, ...more].map((word) => `'${word}'`).join(' ')}`);
    containers.set(host.name, name);
  }
  const kill = (host: Host) => host.sh(`docker kill ${containers.get(host.name)}`);
  const ended = (host: Host) =>
    host.sh(`docker wait ${containers.get(host.name)} > /dev/null; docker ps --quiet --filter name=etcd`);

  const machines: MachineAccess = {
    async use(name, work) {
      const host = hosts.find((one) => one.name === name) as Host;
      const remote = remotes.get(name) ?? connectTo(lab, host, 'admin', {connectMs: 20_000});
      remotes.set(name, remote);
      return work(await remote);
    },
  };

  async function look(of = masters, etcdDataPath = '/var/etcd'): Promise<EtcdReport> {
    const told: string[] = [];
    const question = {machines, clock, assets, masters: of, etcdDataPath, patienceSeconds: 20};
    const answers = await readEtcd(question, ({master}) => told.push(master), signal);
    expect(answers.map(({master}) => master)).toEqual(of.map(({name}) => name));
    expect(told.toSorted()).toEqual(of.map(({name}) => name));
    return judgeEtcd(answers, of);
  }
  /** Looks until it is so: elections and starts take their time. */
  async function until(isSo: (report: EtcdReport) => boolean): Promise<EtcdReport> {
    for (const deadline = Date.now() + 90_000; ; ) {
      const report = await look();
      if (isSo(report)) return report;
      if (Date.now() > deadline) throw new Error(`still: ${JSON.stringify(report, undefined, 2)}`);
    }
  }
  const states = ({members}: EtcdReport) => members.map(({name, machine, state}) => `${name} ${machine} ${state}`);

  test('all three are found, and each says the same', async () => {
    const report = await until(({state}) => state === 'ok');
    expect(report.problems).toEqual([]);
    expect(states(report)).toEqual(['etcd1 node-1 healthy', 'etcd2 node-2 healthy', 'etcd3 node-3 healthy']);
    expect(report.quorum.words).toBe('3 voting members, all healthy. One may fail: 2 are needed.');
    expect(report.members.filter(({isLeader}) => isLeader)).toEqual([report.leader]);
    expect(report.members[0]).toMatchObject({
      peerUrls: [`https://${hosts[0].address}:2380`],
      status: {version: lab.images.versions.etcd, isLearner: false},
    });
  });

  test('members tell who they are also at the address of their peers, for when there is no quorum', async () => {
    const script = await readMachineScript(assets, 'etcd.sh', 'etcd/settings.sh');
    const ask = (remote: Remote) => askMachine(remote, {script, args: ['20', '/var/etcd'], sudo: true}, signal);
    const {answer} = await machines.use(hosts[0].name, ask, signal);
    const asPeers = membersIn(answer.lines('peers').join(''));
    expect(asPeers).toHaveLength(3);
    expect(asPeers).toEqual(membersIn(answer.lines('members').join('')));
  });

  test('who looks leaves nothing and changes nothing', async () => {
    const [host] = hosts;
    await host.sh('touch /run/mark; sleep 1.1');
    await look();
    const changed = await host.sh(
      'find /tmp /var/tmp /dev/shm -mindepth 1; find /etc /var/etcd -newer /run/mark -type f -not -path "/var/etcd/data/member/*"',
    );
    expect(changed).toBe('');
    expect(await host.sh('docker ps --quiet | wc -l')).toBe('1\n');
    // Nothing goes into the log of etcd either.
    const indexes = async () => (await look()).members.map(({status}) => status?.raftIndex);
    expect(await indexes()).toEqual(await indexes());
  });

  test('an account that may not become root is told why it sees nothing', async () => {
    const guest: MachineAccess = {
      async use(name, work) {
        const remote = await connectTo(lab, hosts.find((one) => one.name === name) as Host, 'guest');
        try {
          return await work(remote);
        } finally {
          await remote.close();
        }
      },
    };
    const question = {machines: guest, clock, assets, masters, etcdDataPath: '/var/etcd'};
    const report = judgeEtcd(await readEtcd(question, () => {}, signal), masters);
    expect(report.state).toBe('unknown');
    expect(report.problems.map(({code, machine}) => `${code} ${machine}`)).toEqual([
      'sudo-refused node-1',
      'sudo-refused node-2',
      'sudo-refused node-3',
    ]);
  });

  test('a machine that is cut off may be well: the others have a quorum', async () => {
    const [, , third] = hosts;
    await third.cut();
    const question = {clock, assets, masters, etcdDataPath: '/var/etcd', patienceSeconds: 20};
    const reachable: MachineAccess = {
      async use(name, work) {
        if (name !== third.name) return machines.use(name, work, signal);
        const remote = await connectTo(lab, third, 'admin', {connectMs: 3000});
        return work(remote);
      },
    };
    try {
      const report = judgeEtcd(await readEtcd({...question, machines: reachable}, () => {}, signal), masters);
      expect(report.members[2]).toMatchObject({name: 'etcd3', machine: 'node-3', state: 'unknown'});
      expect(report.quorum).toMatchObject({healthy: 2, unknown: 1, isThere: true});
      expect(report.problems[0]).toMatchObject({code: 'machine-unreachable', machine: 'node-3'});
    } finally {
      await third.join();
      remotes.delete(third.name);
    }
    await until(({state}) => state === 'ok');
  });

  test('one that was killed is named with how it ended, and comes back', async () => {
    const [, second] = hosts;
    await kill(second);
    const report = await until(({quorum}) => quorum.healthy === 2);
    expect(report.state).toBe('degraded');
    expect(states(report)[1]).toBe('etcd2 node-2 unhealthy');
    expect(report.quorum.words).toBe('3 voting members, 2 healthy. None more may fail: 2 are needed.');
    expect(report.problems.at(0)).toMatchObject({
      code: 'etcd-member-down',
      machine: 'node-2',
      message: 'etcd2 on node-2 is not healthy. Its container ended with exit code 137.',
    });
    await start(second);
    await until(({state}) => state === 'ok');
  });

  test('two that were killed take the quorum with them, and the one that is left says who they are', async () => {
    const [first, second, third] = hosts;
    await kill(second);
    await kill(third);
    const report = await until(({members}) => members[0]?.status?.leader === undefined);
    expect(report.state).toBe('no quorum');
    expect(states(report)).toEqual(['etcd1 node-1 unhealthy', 'etcd2 node-2 unhealthy', 'etcd3 node-3 unhealthy']);
    expect(report.isMembershipKnown).toBe(true);
    expect(report.leader).toBeUndefined();
    expect(report.problems[0]).toMatchObject({code: 'etcd-no-quorum'});
    expect(report.members.every(({peerUrls}) => peerUrls.length === 1)).toBe(true);
    await kill(first);
    const none = await look();
    expect(none).toMatchObject({state: 'no quorum', isMembershipKnown: false, quorum: {voters: 3, unknown: 0}});
    for (const host of hosts) await start(host);
    await until(({state}) => state === 'ok');
  });

  test('one whose data is damaged, and then gone, is told from one that was stopped', async () => {
    const [, , third] = hosts;
    await kill(third);
    await third.sh('head -c 20000 /dev/urandom | dd of=/var/etcd/data/member/snap/db conv=notrunc 2> /dev/null');
    await start(third);
    expect(await ended(third)).toBe('');
    const damaged = await until(({quorum}) => quorum.healthy === 2);
    expect(damaged.problems).toMatchObject([
      {
        code: 'etcd-member-down',
        message: 'etcd3 on node-3 is not healthy. Its container ended with exit code 2. Its data is damaged.',
        detail: expect.stringContaining('open database'),
      },
    ]);
    await third.sh('mv /var/etcd/data /var/etcd/data.kept-20261128');
    await start(third);
    expect(await ended(third)).toBe('');
    const question = {machines, clock, assets, masters, etcdDataPath: '/var/etcd', patienceSeconds: 20};
    const answers = await readEtcd(question, () => {}, signal);
    expect(answers[2]?.seen?.container).toMatchObject({exitCode: 1, cause: 'data lost', isRunning: false});
    expect(answers[2]?.seen?.data).toMatchObject({
      folder: '/var/etcd/data',
      kept: [{folder: '/var/etcd/data.kept-20261128', bytes: expect.any(Number)}],
      disk: {available: expect.any(Number)},
    });
    expect(judgeEtcd(answers, masters).problems[0]?.hint).toBe(
      'Take the member out of the cluster and add it anew; started as it is, it does not come back.',
    );
  });

  test('one that is taken out and added as a learner is followed through all of it', async () => {
    const [first, , third] = hosts;
    const before = await look();
    const tls =
      '--cacert=/etc/kubernetes/pki/etcd/ca.crt --cert=/etc/kubernetes/pki/etcd/client.crt --key=/etc/kubernetes/pki/etcd/client.key';
    const ctl = (words: string) =>
      first.sh(
        `docker exec -e ETCDCTL_API=3 ${containers.get(first.name)} etcdctl ${tls} --endpoints=https://127.0.0.1:2379 ${words}`,
      );
    await ctl(`member remove ${before.members[2]?.id}`);
    const removed = await until(({quorum}) => quorum.voters === 2 && quorum.healthy === 2);
    expect(removed.problems.map(({message}) => message)).toEqual([
      'node-3 is a master and no member of etcd.',
      'etcd has two voting members: when either fails, the cluster stands still. That is worse than one.',
    ]);
    // It is refused for a moment: the others count as newly connected.
    await expect
      .poll(
        () => ctl(`member add etcd3 --learner --peer-urls=https://${third.address}:2380`).then(() => 'added', String),
        {
          timeout: 60_000,
        },
      )
      .toBe('added');
    expect(states(await look())[2]).toBe('etcd3 node-3 unstarted');
    await third.sh('rm -rf /var/etcd/data');
    await start(third, ['--initial-cluster-state=existing']);
    const follows = await until(({members}) => members[2]?.state === 'learner');
    expect(follows.quorum.voters).toBe(2);
    const [, , learner] = follows.members;
    await expect
      .poll(() => ctl(`member promote ${learner?.id}`).then(() => 'promoted', String), {timeout: 60_000})
      .toBe('promoted');
    expect((await until(({state}) => state === 'ok')).quorum.voters).toBe(3);
  });

  test('one of an old tree, by plain HTTP on port 4001 and with other names, is found too', async () => {
    const [first] = hosts;
    await kill(first);
    const name = `k8s_etcd-container_etcd-server-${first.address}_kube-system_9b_0`;
    const words = [
      ...['--name', 'etcdid1', '--data-dir', '/var/etcd/data'],
      `--initial-cluster=etcdid1=http://${first.address}:2380`,
      `--initial-advertise-peer-urls=http://${first.address}:2380`,
      ...['--listen-peer-urls=http://0.0.0.0:2380', '--listen-client-urls=http://0.0.0.0:4001'],
      `--advertise-client-urls=http://${first.address}:4001`,
    ];
    await first.sh(`docker run --detach --network=host --name ${name} --volume /var/old/etcd:/var/etcd \
      ${layout.images.etcd} /usr/local/bin/etcd ${words.join(' ')}`);
    const alone = [{name: first.name, address: first.address, etcdId: 'etcdid1'}];
    await expect.poll(async () => (await look(alone)).state, {timeout: 60_000}).toBe('ok');
    const report = await look(alone);
    expect(report.quorum.words).toBe(
      '1 voting member, healthy. It is the only one: when it fails, the cluster stands still.',
    );
    expect(report.leader).toMatchObject({
      name: 'etcdid1',
      machine: 'node-1',
      clientUrls: [`http://${first.address}:4001`],
    });
    const question = {machines, clock, assets, masters: alone, etcdDataPath: '/elsewhere'};
    const [answer] = await readEtcd(question, () => {}, signal);
    expect(answer?.seen?.data).toMatchObject({folder: '/var/old/etcd/data', isThere: true});
    // An image without etcdctl says nothing of its etcd.
    await first.sh(`docker exec ${name} sh -c 'rm -f /usr/bin/etcdctl /usr/local/bin/etcdctl'`);
    const unasked = await look(alone);
    expect(unasked).toMatchObject({state: 'unknown', quorum: {unknown: 1}});
    expect(unasked.members[0]?.reason).toMatch(/^Its container runs, and it could not be asked there: .*etcdctl/);
  });

  test('who stops asking is not held up', async () => {
    const stopped = AbortSignal.abort(new Error('enough'));
    const question = {machines, clock, assets, masters, etcdDataPath: '/var/etcd'};
    const asked = readEtcd(question, () => {}, stopped);
    expect(problemOf(await asked.catch((error: unknown) => error)).message).toContain('enough');
  });
});

const manifest = '/etc/kubernetes/manifests/etcd.yaml';
