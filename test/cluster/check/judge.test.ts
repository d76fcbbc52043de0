import {describe, expect, test} from 'vitest';
import {canRoutePods, judgeCluster} from '../../../src/engine/cluster/check/judge.ts';
import {
  type CheckedMachine,
  type CheckName,
  type CheckResult,
  type CheckState,
  checkNames,
} from '../../../src/engine/cluster/check/types.ts';
import {type Changes, factsWith, judged, sampleAnswer, sampleCluster, sampleFacts} from './sample-cluster.ts';

const gibibyte = 1024 ** 3;
const masterNode: CheckedMachine = {
  name: 'master-1',
  address: '10.0.0.11',
  roles: ['master'],
  dockerData: '/var/lib/docker',
};
const three = sampleCluster.machines.map((machine): CheckedMachine => ({...machine, roles: ['master']}));

test('where all is well, every check says so, for every machine it is about', () => {
  const results = judged();
  expect(results.filter(({state}) => state !== 'ok')).toEqual([]);
  expect(new Set(results.map(({check}) => check))).toEqual(new Set(checkNames));
  for (const {detail} of results) expect(detail).toMatch(/^\S.*\.$/);
});

test("a machine that cannot be asked is one result, with what to do, and stands in nobody else's way", () => {
  const problem = {code: 'machine-unreachable', message: 'gpu-02 does not answer.', hint: 'Switch it on.'} as const;
  const changes: Changes = {on: 'gpu-02', asked: {problem}};
  const facts = factsWith(changes);
  const silent = {
    ...facts,
    machines: facts.machines.map((one) => (one.name === 'gpu-02' ? {name: 'gpu-02', problem} : one)),
  };
  const results = judgedOf(silent);
  expect(results.filter(({machine}) => machine === 'gpu-02')).toEqual([
    {machine: 'gpu-02', check: 'reachable', state: 'failed', detail: problem.message, fix: problem.hint},
  ]);
  expect(notOk(results.filter(({machine}) => machine !== 'gpu-02'))).toEqual(['segment unknown']);
});

test.each([
  ['what a boot brings', ['/var/lib/kubelet'], "'pai-tui cluster k8s-clean' takes it away."],
  ['what it does not', ['/var/lib/etcd', '/opt/cni/bin'], 'Take away /var/lib/etcd, /opt/cni/bin by what brought it.'],
  [
    'both',
    ['/etc/kubernetes', '/etc/rancher'],
    "'pai-tui cluster k8s-clean' takes it away. Take away /etc/rancher by what brought it.",
  ],
])('a clean is said to take away %s', (_what, leftovers, fix) => {
  expect(judged({facts: {leftovers}}).find(({check}) => check === 'leftovers')?.fix).toBe(fix);
});

test('where only the second question was not answered, what it was for is unknown', () => {
  const facts = factsWith();
  const answerProblem = {code: 'machine-lost', message: 'The connection broke.'} as const;
  const [first, ...rest] = facts.machines;
  const results = judgedOf({
    ...facts,
    machines: [{name: 'master-1', facts: sampleFacts('master-1'), answerProblem}, ...rest],
  });
  expect(first?.name).toBe('master-1');
  const own = results.filter(({machine}) => machine === 'master-1');
  expect(own.filter(({state}) => state === 'unknown').map(({check}) => check)).toEqual([
    'sudo',
    'disk',
    'cgroup',
    'modules',
    'docker',
    'ports',
    'etcd data',
    'registry',
    'images',
    'dns',
    'network',
    'segment',
  ]);
  expect(own.find(({check}) => check === 'disk')?.detail).toBe('The connection broke.');
});

type Row = readonly [name: string, check: CheckName, state: CheckState, detail: RegExp, changes: Changes];

const image = (
  state: 'absent' | 'plain' | 'refused' | 'unreachable' | 'unknown' | 'here',
  which = sampleCluster.images.etcd,
  said?: string,
) =>
  sampleAnswer('master-1').images.map((one) =>
    one.image === which ? {image: which, state, ...(said ? {said} : {})} : one,
  );
const noDocker = (more: Changes['answer'] = {}): Changes => {
  const {docker: _, ...answer} = sampleAnswer('master-1');
  return {asked: {answer: {...answer, hasDocker: false, ...more}}};
};
const stoppedDocker = (more: Changes['answer'] = {}): Changes => {
  const {docker: _, ...answer} = sampleAnswer('master-1');
  return {asked: {answer: {...answer, ...more}}};
};
const engine = (more: object): Changes => ({
  answer: {
    docker: {
      version: '20.10.24',
      dataRoot: '/var/lib/docker',
      storageDriver: 'overlay2',
      insecureRegistries: [],
      containers: [],
      ...more,
    },
  },
});
const room = (available: number, more: object = {}): Changes => ({
  answer: {
    folders: [
      {
        folder: '/var/lib/docker',
        at: '/var/lib',
        isLocked: false,
        mount: '/',
        size: 100 * gibibyte,
        used: 90 * gibibyte - available,
        available,
        ...more,
      },
    ],
  },
});
const port = (number: number, process?: string) => ({
  ports: [{port: number, protocol: 'tcp' as const, address: '0.0.0.0', ...(process ? {process} : {})}],
});
const ours = {servers: ['https://10.0.0.11:6443']};
const way = (more: object) => ({
  others: sampleAnswer('master-1').others.map((one, index) => (index === 0 ? {...one, ...more} : one)),
});
const endpoint = (host: string, state: 'answers' | 'refused' | 'silent' | 'no TLS', ...certificates: string[]) => ({
  host,
  port: 6443,
  state,
  certificates,
});
const behind = {host: '10.0.0.100', port: 6443};
const external: Changes['cluster'] = {machines: three, api: behind, availability: 'external-balancer'};
const masters = (...states: ('answers' | 'silent')[]) =>
  states.map((state, index) =>
    endpoint(`10.0.0.${11 + index}`, state, ...(state === 'answers' ? [`certificate ${index}`] : [])),
  );

const rows: readonly Row[] = [
  [
    'sudo that is refused',
    'sudo',
    'failed',
    /^sudo refuses admin/,
    {answer: {isRoot: false}, asked: {sudoProblem: {code: 'sudo-refused', message: 'sudo refuses admin.'}}},
  ],
  ['a system of another kind', 'system', 'failed', /Its kernel is FreeBSD/, {facts: {kernel: 'FreeBSD 14.0'}}],
  ['an old kernel', 'system', 'failed', /3\.10\.0-1160.*4\.0/, {facts: {kernel: 'Linux 3.10.0-1160.el7'}}],
  ['another processor', 'system', 'warning', /aarch64/, {facts: {architecture: 'aarch64'}}],
  ['a kernel that is not told', 'system', 'unknown', /does not say/, {facts: {kernel: ''}}],
  [
    'a master with little memory',
    'memory',
    'failed',
    /1\.5 GiB.*a master needs/,
    {facts: {memory: {total: 1.5 * gibibyte, available: 0}}},
  ],
  [
    'a worker with the same',
    'memory',
    'warning',
    /1\.5 GiB.*little/,
    {on: 'gpu-01', facts: {memory: {total: 1.5 * gibibyte, available: 0}}},
  ],
  ['one processor', 'memory', 'warning', /one processor/, {facts: {cpus: 1}}],
  ['memory that is not told', 'memory', 'unknown', /does not say/, {facts: {memory: {total: 0, available: 0}}}],
  ['swap', 'swap', 'warning', /8 GiB of swap/, {facts: {swap: {total: 8 * gibibyte, used: 0}}}],
  ['a disk that is all but full', 'disk', 'failed', /^1 GiB are free on \/ for \/var\/lib\/docker: /, room(gibibyte)],
  ['a large disk with less than the evictions want', 'disk', 'failed', /drive pods away/, room(4 * gibibyte)],
  ['little room', 'disk', 'warning', /9 GiB.*little/, room(9 * gibibyte)],
  [
    'a disk without inodes',
    'disk',
    'warning',
    /95 % of the inodes/,
    {
      ...room(50 * gibibyte),
      facts: {
        disks: [
          {
            mount: '/',
            device: '/dev/sda',
            type: 'ext4',
            size: 1,
            used: 1,
            available: 1,
            inodesUsed: 0.95,
            readOnly: false,
          },
        ],
      },
    },
  ],
  ['a disk that is read-only', 'disk', 'failed', /read-only/, room(50 * gibibyte, {isLocked: true})],
  [
    'a disk that df does not come back from',
    'disk',
    'unknown',
    /cannot be seen/,
    {answer: {folders: [{folder: '/var/lib/docker', at: '/var/lib', isLocked: false}]}},
  ],
  ['no control groups', 'cgroup', 'failed', /no control groups/, {facts: {cgroup: 'none'}}],
  ['control groups without memory', 'cgroup', 'failed', /without memory/, {answer: {controllers: ['cpu', 'pids']}}],
  [
    'control groups v2 with an old docker',
    'cgroup',
    'failed',
    /docker 19\.03/,
    {...engine({version: '19.03.9'}), facts: {cgroup: 'v2'}},
  ],
  [
    'a kernel without a module',
    'modules',
    'failed',
    /br_netfilter/,
    {answer: {modules: {...sampleAnswer('x').modules, br_netfilter: 'missing'}}},
  ],
  [
    'no list of modules',
    'modules',
    'unknown',
    /overlay/,
    {answer: {modules: {...sampleAnswer('x').modules, overlay: 'unknown'}}},
  ],
  [
    'a module that will be loaded',
    'modules',
    'ok',
    /overlay will be loaded/,
    {answer: {modules: {...sampleAnswer('x').modules, overlay: 'loadable'}}},
  ],
  ['docker that is stopped', 'docker', 'failed', /not running/, stoppedDocker()],
  ['docker that hangs', 'docker', 'failed', /does not answer/, stoppedDocker({hung: ['docker']})],
  ['docker that answers root alone', 'docker', 'unknown', /nobody became root/, stoppedDocker({isRoot: false})],
  ['an old docker', 'docker', 'failed', /1\.12\.6 is too old/, engine({version: '1.12.6'})],
  ['a new docker', 'docker', 'warning', /28\.2\.2 is newer/, engine({version: '28.2.2'})],
  ['another storage driver', 'docker', 'warning', /vfs/, engine({storageDriver: 'vfs'})],
  [
    "docker's data elsewhere",
    'docker',
    'warning',
    /\/mnt\/docker.*says \/var\/lib\/docker: a docker that is there keeps its folder/,
    engine({dataRoot: '/mnt/docker'}),
  ],
  [
    'no docker, and apt has it',
    'docker',
    'ok',
    /docker\.io 20\.10\.24 is installed/,
    noDocker({candidates: {'docker.io': '20.10.24'}}),
  ],
  ['no docker, and apt does not have it', 'docker', 'failed', /apt knows of no docker/, noDocker()],
  [
    'no docker, and a bundle',
    'docker',
    'ok',
    /from the bundle/,
    {...noDocker(), cluster: {docker: {bundle: '/srv/docker.tgz'}}},
  ],
  ['no docker, and another system', 'docker', 'unknown', /what dnf has/, noDocker({installers: ['dnf']})],
  ['no docker, and nothing to install by', 'docker', 'failed', /nothing that installs/, noDocker({installers: []})],
  [
    'a port that is taken',
    'ports',
    'failed',
    /^Port 6443, which kube-apiserver needs, is taken by nginx/,
    {answer: port(6443, 'nginx')},
  ],
  ['a port that something has', 'ports', 'failed', /taken by something/, {answer: port(2379)}],
  ['a port of masters, on a worker', 'ports', 'ok', /free/, {on: 'gpu-01', answer: port(6443, 'nginx')}],
  ['a port of every machine', 'ports', 'failed', /kubelet/, {on: 'gpu-01', answer: port(10_250, 'kubelet')}],
  [
    'a port of this cluster',
    'ports',
    'ok',
    /of this cluster/,
    {answer: {...port(10_257, 'kube-controller'), member: ours}},
  ],
  [
    'a port of this cluster that somebody else has',
    'ports',
    'failed',
    /nginx/,
    {answer: {...port(6443, 'nginx'), member: ours}},
  ],
  [
    'ports that cannot be seen',
    'ports',
    'unknown',
    /neither ss/,
    {answer: {missing: ['Ports: neither ss nor netstat is there.']}},
  ],
  ['a kubelet of nobody', 'leftovers', 'failed', /at work.*process kubelet/, {facts: {leftovers: ['process kubelet']}}],
  [
    'a manifest',
    'leftovers',
    'failed',
    /manifests\/etcd\.yaml/,
    {facts: {leftovers: ['/etc/kubernetes/manifests/etcd.yaml']}},
  ],
  ['folders', 'leftovers', 'warning', /left \/etc\/cni\/net\.d/, {facts: {leftovers: ['/etc/cni/net.d']}}],
  [
    'those of this cluster',
    'leftovers',
    'ok',
    /of this cluster/,
    {facts: {leftovers: ['process kubelet']}, answer: {member: ours}},
  ],
  [
    'those of another cluster',
    'leftovers',
    'failed',
    /another cluster.*https:\/\/10\.9\.9\.9:6443/,
    {answer: {member: {servers: ['https://10.9.9.9:6443']}}},
  ],
  [
    'a kubelet of somebody else',
    'leftovers',
    'failed',
    /another cluster, whose kubelet was started neither/,
    {answer: {member: {...ours, hasOthersKubelet: true}}},
  ],
  [
    'a kubeconfig that leads to itself',
    'leftovers',
    'ok',
    /Nothing is left/,
    {answer: {member: {servers: ['https://127.0.0.1:6443']}}},
  ],
  [
    'what was moved aside',
    'leftovers',
    'ok',
    /Nothing is left/,
    {facts: {leftovers: ['/var/etcd']}, answer: {etcdKept: ['/var/etcd/data.bak-2026']}},
  ],
  [
    'etcd data of an earlier cluster',
    'etcd data',
    'failed',
    /\/var\/etcd\/data/,
    {answer: {etcdData: ['/var/etcd/data']}},
  ],
  [
    'etcd data on a worker',
    'etcd data',
    'warning',
    /no master/,
    {on: 'gpu-01', answer: {etcdData: ['/var/etcd/data']}},
  ],
  [
    'etcd data of this cluster',
    'etcd data',
    'ok',
    /That of this cluster/,
    {answer: {etcdData: ['/var/etcd/data'], member: ours}},
  ],
  [
    'etcd data that was moved aside',
    'etcd data',
    'ok',
    /Kept from earlier, and not used: \/var\/etcd\/data\.bak-2026/,
    {answer: {etcdKept: ['/var/etcd/data.bak-2026']}},
  ],
  ['etcd data that nobody may see', 'etcd data', 'unknown', /Only root/, {answer: {isRoot: false}}],
  [
    'a registry that does not answer',
    'registry',
    'failed',
    /^reg\.example cannot be reached from here \(no route\); reg\.example\/etcd:3\.4\.23 is not here/,
    {answer: {images: image('unreachable', undefined, 'no route.')}},
  ],
  [
    'a registry that only the dashboard is in',
    'registry',
    'warning',
    /dashboard:1/,
    {on: 'gpu-01', answer: {images: image('unreachable', 'reg.example/dashboard:1')}},
  ],
  [
    'images that are all here',
    'registry',
    'ok',
    /None is needed/,
    {answer: {images: sampleAnswer('x').images.map((one) => ({...one, state: 'here'}))}},
  ],
  [
    'a registry that cannot be asked',
    'registry',
    'unknown',
    /neither docker, curl nor wget/,
    {answer: {images: sampleAnswer('x').images.map((one) => ({...one, state: 'unknown'}))}},
  ],
  [
    'an image that is not there',
    'images',
    'failed',
    /does not have reg\.example\/etcd:3\.4\.23/,
    {answer: {images: image('absent')}},
  ],
  [
    'a dashboard that is not there',
    'images',
    'warning',
    /dashboard:1/,
    {on: 'gpu-01', answer: {images: image('absent', 'reg.example/dashboard:1')}},
  ],
  ['a registry without TLS', 'images', 'failed', /HTTP without TLS/, {answer: {images: image('plain')}}],
  ['a registry that wants a login', 'images', 'unknown', /wants a login/, {answer: {images: image('refused')}}],
  ['another name', 'host name', 'warning', /calls itself gpu-77/, {facts: {hostName: 'gpu-77'}}],
  ['the same name with its domain', 'host name', 'ok', /./, {facts: {hostName: 'MASTER-1.example'}}],
  [
    'an own name that nobody knows',
    'dns',
    'warning',
    /does not know its own name/,
    {answer: {names: [{name: 'master-1', addresses: 'none'}]}},
  ],
  [
    'an own name that leads elsewhere',
    'dns',
    'warning',
    /leads to 10\.9\.9\.9/,
    {answer: {names: [{name: 'master-1', addresses: ['10.9.9.9']}]}},
  ],
  [
    'an own name that leads to loopback',
    'dns',
    'ok',
    /resolves/,
    {answer: {names: [{name: 'master-1', addresses: ['127.0.1.1']}]}},
  ],
  ['names that cannot be asked', 'dns', 'unknown', /own name/, {answer: {names: []}}],
  [
    'an API that nobody knows',
    'dns',
    'failed',
    /does not know api\.example/,
    {cluster: {api: {host: 'api.example', port: 6443}}, answer: {names: [{name: 'api.example', addresses: 'none'}]}},
  ],
  [
    'many name servers',
    'dns',
    'warning',
    /4 servers/,
    {answer: {resolver: {servers: ['1.1.1.1', '1.1.1.2', '1.1.1.3', '1.1.1.4'], search: []}}},
  ],
  [
    'many search domains',
    'dns',
    'warning',
    /7 domains/,
    {answer: {resolver: {servers: [], search: ['a', 'b', 'c', 'd', 'e', 'f', 'g']}}},
  ],
  [
    'an own name server',
    'dns',
    'warning',
    /127\.0\.0\.53/,
    {answer: {resolver: {servers: ['127.0.0.53'], search: []}}},
  ],
  [
    'a name twice',
    'identity',
    'failed',
    /^gpu-01, gpu-02 all call themselves gpu-02/,
    {on: 'gpu-01', facts: {hostName: 'gpu-02'}},
  ],
  [
    'a machine-id twice',
    'identity',
    'failed',
    /^gpu-01, gpu-02 have the same machine-id/,
    {on: 'gpu-01', facts: {machineId: 'id-of-gpu-02'}},
  ],
  [
    'a card twice',
    'identity',
    'failed',
    /^gpu-01, gpu-02 have/,
    {on: 'gpu-01', asked: {facts: {...sampleFacts('gpu-01'), machineId: 'id-of-gpu-02'}}},
  ],
  [
    'cards with the same address',
    'identity',
    'failed',
    /network cards of gpu-01, gpu-02/,
    {on: 'gpu-01', answer: {macs: {eth0: '02:00:00:00:00:03'}, others: []}},
  ],
  [
    'a clock that is a little off',
    'clock',
    'warning',
    /2\.0 s ahead of the others/,
    {facts: {clock: {offsetMs: 2000, uncertainMs: 5}}},
  ],
  [
    'a clock that is far off',
    'clock',
    'failed',
    /10 min 0 s behind the others/,
    {facts: {clock: {offsetMs: -600_000, uncertainMs: 5}}},
  ],
  ['a clock that may be off', 'clock', 'ok', /within/, {facts: {clock: {offsetMs: 2000, uncertainMs: 1500}}}],
  ['a clock that is not told', 'clock', 'unknown', /does not say/, {asked: {facts: withoutClock('master-1')}}],
  [
    'a machine that does not reach another',
    'network',
    'failed',
    /does not reach gpu-01/,
    {answer: way({answers: false, mac: undefined})},
  ],
  [
    'a machine without a way to another',
    'network',
    'failed',
    /does not reach gpu-01/,
    {answer: {others: [{address: '10.0.0.12'}]}},
  ],
  ['ways that were not asked', 'network', 'unknown', /not to be asked/, {answer: {others: []}}],
  [
    'a gateway',
    'segment',
    'failed',
    /gpu-01 through a gateway/,
    {answer: way({route: 'gateway', mac: undefined, answers: false})},
  ],
  [
    'somebody who answers for another',
    'segment',
    'failed',
    /in between answers for gpu-01/,
    {answer: way({mac: '02:ff:ff:ff:ff:ff'})},
  ],
  [
    'a neighbour without proof',
    'segment',
    'unknown',
    /gpu-01 is of its segment is not proven/,
    {answer: way({mac: undefined})},
  ],
  [
    'a gateway where nobody insists on routes',
    'segment',
    'warning',
    /pods of different machines will not reach/,
    {cluster: {podNetwork: {kind: 'auto', range: '10.200.0.0/16'}}, answer: way({route: 'gateway'})},
  ],
  [
    'ranges that overlap',
    'ranges',
    'failed',
    /services \(10\.200\.128\.0\/17\) and pods/,
    {cluster: {serviceRange: '10.200.128.0/17'}},
  ],
  ['a range that is none', 'ranges', 'failed', /'10\.254\/16'/, {cluster: {serviceRange: '10.254/16'}}],
  [
    'services where machines are',
    'ranges',
    'failed',
    /The machine's own address, 10\.0\.0\.12, on gpu-01 lies|own address, 10\.0\.0\.1/,
    {cluster: {serviceRange: '10.0.0.0/16'}},
  ],
  [
    'pods where docker is',
    'ranges',
    'failed',
    /route to 172\.17\.0\.0\/16 \(docker0\) on/,
    {cluster: {podNetwork: {kind: 'routes', range: '172.17.0.0/16'}}},
  ],
  [
    "pods where docker is, once it is the cluster's",
    'ranges',
    'ok',
    /nobody else/,
    {
      answer: {
        member: ours,
        routes: [
          {to: '10.200.1.0/24', device: 'docker0'},
          {to: '10.200.2.0/24', via: '10.0.0.12', device: 'eth0'},
        ],
      },
    },
  ],
  [
    'the bridge that docker keeps of a cluster that was cleaned away',
    'ranges',
    'ok',
    /nobody else/,
    {answer: {routes: [{to: '10.200.1.0/24', device: 'docker0'}]}},
  ],
  [
    'a route of a boot that did not come to its end',
    'ranges',
    'ok',
    /nobody else/,
    {answer: {routes: [{to: '10.200.2.0/24', via: '10.0.0.12', device: 'eth0', isOfBoot: true}]}},
  ],
  [
    'a route to pods of a cluster that is not there',
    'ranges',
    'failed',
    /route to 10\.200\.2\.0\/24 \(eth0\) on/,
    {answer: {routes: [{to: '10.200.2.0/24', via: '10.0.0.12', device: 'eth0'}]}},
  ],
  [
    'a name server in a range',
    'ranges',
    'failed',
    /name server 10\.254\.0\.10/,
    {answer: {resolver: {servers: ['10.254.0.10'], search: []}}},
  ],
  [
    'an API elsewhere',
    'balancer',
    'failed',
    /gpu-01, which is no master/,
    {cluster: {api: {host: '10.0.0.12', port: 6443}}},
  ],
  [
    'an API nowhere',
    'balancer',
    'failed',
    /not the address of the master/,
    {cluster: {api: {host: '10.0.0.99', port: 6443}}},
  ],
  [
    'a proxy',
    'balancer',
    'ok',
    /the proxy gpu-02/,
    {
      cluster: {
        availability: 'proxy',
        api: {host: '10.0.0.13', port: 6443},
        machines: [masterNode, {...masterNode, name: 'gpu-02', address: '10.0.0.13', roles: ['proxy']}],
      },
    },
  ],
  ['a proxy that is none', 'balancer', 'failed', /no proxy/, {cluster: {availability: 'proxy'}}],
  [
    'a balancer that is a master',
    'balancer',
    'warning',
    /is the master master-1/,
    {cluster: {...external, api: {host: '10.0.0.11', port: 6443}}},
  ],
  [
    'a balancer that nobody answers at',
    'balancer',
    'warning',
    /Nobody answers at 10\.0\.0\.100/,
    {cluster: external, api: {endpoints: [endpoint(behind.host, 'silent')]}},
  ],
  [
    'a balancer before the cluster',
    'balancer',
    'ok',
    /10\.0\.0\.100 answers/,
    {cluster: external, api: {endpoints: [endpoint(behind.host, 'refused')]}},
  ],
  [
    'a balancer that leads to all',
    'balancer',
    'ok',
    /every API server that answers \(3 of 3\)/,
    {
      cluster: external,
      api: {
        endpoints: [
          ...masters('answers', 'answers', 'answers'),
          endpoint(behind.host, 'answers', 'certificate 2', 'certificate 0', 'certificate 1'),
        ],
      },
    },
  ],
  [
    'a balancer that leaves one out',
    'balancer',
    'warning',
    /led to gpu-01 in none/,
    {
      cluster: external,
      api: {
        endpoints: [
          ...masters('answers', 'answers', 'answers'),
          endpoint(behind.host, 'answers', 'certificate 2', 'certificate 0'),
        ],
      },
    },
  ],
  [
    'a balancer that ends TLS',
    'balancer',
    'failed',
    /none of the API servers/,
    {
      cluster: external,
      api: {endpoints: [...masters('answers', 'answers', 'silent'), endpoint(behind.host, 'answers', 'its own')]},
    },
  ],
  [
    'a balancer that leads nowhere',
    'balancer',
    'failed',
    /does not lead to them/,
    {
      cluster: external,
      api: {endpoints: [...masters('answers', 'answers', 'answers'), endpoint(behind.host, 'silent')]},
    },
  ],
  ['two masters', 'masters', 'warning', /2 masters: none of them may go/, {cluster: {machines: three.slice(0, 2)}}],
  ['three masters', 'masters', 'ok', /one of them may go/, {cluster: {machines: three}}],
  [
    'a version that nobody tried',
    'version',
    'warning',
    /^v1\.22\.1 is booted/,
    {cluster: {version: 'v1.22.1', isProven: false}},
  ],
  [
    'a registry without TLS that docker is told of',
    'images',
    'ok',
    /in their registry/,
    {cluster: {docker: {insecureRegistries: ['reg.example']}}, answer: {images: image('plain')}},
  ],
  ['no master', 'masters', 'failed', /no master/, {cluster: {machines: sampleCluster.machines.slice(1)}}],
];

describe('it tells', () => {
  test.each(rows)('%s', (_, check, state, detail, changes) => {
    const {on = 'master-1'} = changes;
    const results = judged(changes).filter((one) => one.check === check && (one.machine ?? on) === on);
    const found = results.find((one) => one.state === state && detail.test(one.detail));
    expect(found, JSON.stringify(results)).toBeDefined();
    if (state === 'failed' || state === 'warning') expect(found?.fix, found?.detail).toMatch(/\S/);
  });
});

test('facts are plain data: what was written down is judged the same', () => {
  const facts = factsWith({facts: {hostName: 'gpu-77'}});
  expect(judgedOf(JSON.parse(JSON.stringify(facts)))).toEqual(judgedOf(facts));
});

describe('routes between pods', () => {
  test('are possible where every pair is proven to be of one segment', () => {
    expect(canRoutePods(factsWith(), sampleCluster)).toBe(true);
  });
  test.each<readonly [string, Changes]>([
    ['there is a gateway', {answer: way({route: 'gateway'})}],
    ['a neighbour is not proven', {answer: way({mac: undefined})}],
  ])('are not where %s', (_, changes) => {
    expect(canRoutePods(factsWith(changes), sampleCluster)).toBe(false);
  });
  test('are not where one machine did not answer', () => {
    const {machines, api} = factsWith();
    const silent = machines.map((one) => (one.name === 'gpu-02' ? {name: one.name} : one));
    expect(canRoutePods({machines: silent, api}, sampleCluster)).toBe(false);
  });
});

function withoutClock(name: string) {
  const {clock: _, ...facts} = sampleFacts(name);
  return facts;
}

function judgedOf(facts: Parameters<typeof judgeCluster>[0]): readonly CheckResult[] {
  return judgeCluster(facts, sampleCluster);
}

function notOk(results: readonly CheckResult[]): readonly string[] {
  return results.filter(({state}) => state !== 'ok').map(({check, state}) => `${check} ${state}`);
}
