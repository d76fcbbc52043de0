import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {statusPage} from '../../src/cli/status-page.ts';
import type {ClusterStatus} from '../../src/engine/cluster/types.ts';
import type {Problem} from '../../src/engine/problem.ts';
import {clusterStatusOf, withMachine, withNode} from '../helpers/cluster-status.ts';
import {createFakeEngine} from '../helpers/fake-engine.ts';
import {fakeNow} from '../helpers/fake-now.ts';
import {createFakeMachines} from './fake-machines.ts';
import {makeConfig} from './machine-config.ts';
import {runCommand} from './open-command.ts';

const down: Problem = {code: 'machine-unreachable', message: 'It does not answer.', hint: 'Switch it on.'};

const degraded = clusterStatusOf((parts) => ({
  ...withMachine(parts, 'proxy-01', ({machine, roles}) => ({machine, roles, problem: down})),
  ...withNode(parts, 'gpu-02', (node) => ({...node, state: 'not ready'})),
}));

const unreached = (problem: Problem) =>
  clusterStatusOf(({machines, api}) => ({
    machines: machines.map(({machine, roles}) => ({machine, roles, problem})),
    api: {
      known: {leaders: [], servers: (api.known?.servers ?? []).map((one) => ({...one, state: 'unknown'}))},
      problem,
    },
  }));

test('the page has a line for each part, what mends what is wrong, and the nodes', () => {
  const look = {colour: false, columns: undefined, utf8: true, now: fakeNow};
  expect(statusPage(degraded, look)).toBe(`\
pai: degraded

✓ ok       API servers   3 of 3 ready; https://10.0.0.9:6443 leads to them
✗ failed   nodes         5 of 6 ready
✓ ok       pods          12 of 12 ready
✓ ok       etcd          3 voting members, all healthy. 1 more may fail. infra-01 leads.
? unknown  machines      5 of 6 answer
✓ ok       certificates  5 of 5 good; the first ends in 212 days (infra-01)
✓ ok       drift         none on 5 machines
✓ ok       versions      v1.20.2 (configuration: v1.20.2)

✗ failed   nodes         gpu-02: It is not ready: its kubelet does not say why.
                         mend: pai-tui machine logs gpu-02 --container kubelet  # Look into its log.
? unknown  machines      proxy-01: It does not answer.
                         mend: Switch it on.

NODE      ROLE    STATE      VERSION  HEARD   PODS  TAINTS
infra-01  master  ready      v1.20.2  4s ago  2/2   -
infra-02  master  ready      v1.20.2  4s ago  2/2   -
infra-03  master  ready      v1.20.2  4s ago  2/2   -
proxy-01  proxy   ready      v1.20.2  4s ago  2/2   -
gpu-01    worker  ready      v1.20.2  4s ago  2/2   -
gpu-02    worker  not ready  v1.20.2  4s ago  2/2   -`);
  const narrow = statusPage(degraded, {...look, columns: 70, utf8: false});
  expect(narrow.split('\n').filter((line) => line.length > 70)).toEqual([]);
  expect(narrow).toContain('x failed   nodes         5 of 6 ready');
});

let config: ReturnType<typeof makeConfig>;
beforeAll(() => {
  config = makeConfig();
});
afterAll(() => config.remove());

function runWith(cluster: ClusterStatus, command: string, ...argv: readonly string[]) {
  const {engine, calls} = createFakeEngine({cluster});
  const ended = runCommand(['cluster', command, '-c', config.folder, ...argv], {
    engine: {...engine, machines: createFakeMachines({machines: []}).machines},
  });
  return ended.then((end) => ({...end, calls}));
}

describe('cluster status', () => {
  const run = (cluster: ClusterStatus, ...argv: string[]) => runWith(cluster, 'status', ...argv);

  test.each<readonly [string, number, ClusterStatus]>([
    ['all is well', 0, clusterStatusOf()],
    ['something is wrong', 1, degraded],
    ['nobody answers', 6, unreached(down)],
    ['host keys alone are in the way', 4, unreached({code: 'host-key-unknown', message: 'x'})],
  ])('where %s ends with %i', async (_, code, cluster) => {
    expect((await run(cluster)).code).toBe(code);
  });

  test('as JSON has a list for each part', async () => {
    const {stdout} = await run(degraded, '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      ...{cluster: 'pai', health: 'degraded', versions: {kubernetes: 'v1.20.2'}},
      nodes: [
        {name: 'infra-01', role: 'master', state: 'ready', version: 'v1.20.2', seen: expect.any(String)},
        {},
        {},
        {},
        {},
        {state: 'not ready'},
      ],
      api: [{machine: 'infra-01', state: 'ready'}, {}, {}, {machine: null}],
      certificates: [{machine: 'infra-01', daysLeft: 212, state: 'good'}, {}, {}, {}, {}],
      drift: [],
      problems: [
        {part: 'nodes', gravity: 'failed', machine: 'gpu-02'},
        {machine: 'proxy-01', gravity: 'unknown'},
      ],
    });
  });
});

describe('cluster certificates', () => {
  const expiring = clusterStatusOf((parts) =>
    withMachine(parts, 'gpu-02', ({known, ...one}) => ({
      ...one,
      ...(known
        ? {
            known: {
              ...known,
              certificates: known.certificates.map((certificate) => ({
                ...{...certificate, state: 'expiring', daysLeft: 12},
                faults: ['The certificate of the kubelet expires in 12 days, on 2026-12-10.'],
              })),
            },
          }
        : {}),
    })),
  );

  test('are a line each, with what is wrong and what mends it', async () => {
    const {code, stdout} = await runWith(expiring, 'certificates');
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /^gpu-02 +the kubelet +\d{4}-\d\d-\d\d +12 +expiring +\/etc\/kubernetes\/pki\/kubelet.crt$/m,
    );
    expect(stdout).toContain('gpu-02: The certificate of the kubelet expires in 12 days, on 2026-12-10.\n');
    expect(stdout).toContain('pai-tui cluster certificates renew');
    expect((await runWith(clusterStatusOf(), 'certificates', 'show')).code).toBe(0);
  });

  test('as JSON are a list, and machines that do not answer are problems', async () => {
    const {code, stdout} = await runWith(degraded, 'certificates', '--json');
    expect(code).toBe(1);
    const {certificates, problems} = JSON.parse(stdout);
    expect(certificates).toHaveLength(5);
    expect(certificates[0]).toMatchObject({
      machine: 'infra-01',
      state: 'good',
      daysLeft: 212,
      until: expect.any(String),
    });
    expect(problems).toMatchObject([{code: 'machine-unreachable'}]);
  });

  test('are shown or renewed, and nothing else', async () => {
    expect((await runWith(clusterStatusOf(), 'certificates', 'rotate')).code).toBe(2);
    expect((await runWith(clusterStatusOf(), 'certificates', 'show', 'renew')).code).toBe(2);
    const {calls} = await runWith(clusterStatusOf(), 'certificates', 'renew', '--dry-run');
    expect(calls.filter((call) => call.startsWith('propose'))).toHaveLength(1);
  });
});

describe('cluster package', () => {
  test('says what was written where', async () => {
    const {code, stdout, calls} = await runWith(clusterStatusOf(), 'package', 'infra-01', '-o', '/tmp/there');
    expect(code).toBe(0);
    expect(calls).toContain('cluster package infra-01 deploy /tmp/there');
    expect(stdout).toBe('Wrote what infra-01 would be sent into /tmp/there:\n  steps.txt  12 B\n');
  });

  test('needs a folder, and is refused with --readonly', async () => {
    expect((await runWith(clusterStatusOf(), 'package', 'infra-01')).code).toBe(2);
    expect((await runWith(clusterStatusOf(), 'package', 'infra-01', '-o', '/tmp/x', '--readonly')).code).toBe(4);
  });
});
