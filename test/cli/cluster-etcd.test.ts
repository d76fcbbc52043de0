import {afterAll, beforeAll, expect, test} from 'vitest';
import type {Engine} from '../../src/engine/api.ts';
import type {EtcdSnapshot, EtcdStatus} from '../../src/engine/cluster/types.ts';
import type {Problem} from '../../src/engine/problem.ts';
import {etcdReportOf} from '../helpers/etcd-report.ts';
import {createFakeEngine} from '../helpers/fake-engine.ts';
import {fakeNow} from '../helpers/fake-now.ts';
import {createFakeMachines} from './fake-machines.ts';
import {makeConfig} from './machine-config.ts';
import {runCommand} from './open-command.ts';

let config: ReturnType<typeof makeConfig>;
beforeAll(() => {
  config = makeConfig();
});
afterAll(() => config.remove());

const snapshot: EtcdSnapshot = {
  ...{file: '/state/etcd-snapshots/one.db', machine: 'infra-02', member: 'etcd-infra-02 on infra-02'},
  ...{version: '3.4.13', clusterId: 'cdf8', at: fakeNow - 7_500_000, bytes: 21_000_032, sha256: 'ab57', hash: 'b693'},
  ...{revision: 812, totalKeys: 190},
};
const well: EtcdStatus = {report: etcdReportOf(), snapshots: [snapshot], refusals: [], at: fakeNow};

async function run(status: EtcdStatus, ...argv: readonly string[]) {
  const {engine, calls} = createFakeEngine({});
  const fake: Engine = {
    ...engine,
    machines: createFakeMachines({machines: []}).machines,
    cluster: {...engine.cluster, etcd: async () => status},
  };
  const ended = await runCommand(['cluster', 'etcd', ...argv, '-c', config.folder], {engine: fake});
  return {...ended, calls};
}

test('its members are a line each, and the snapshots at hand with their age', async () => {
  const {code, stdout} = await run(well, 'status');
  expect(code).toBe(0);
  expect(stdout).toBe(`\
3 voting members, 3 healthy.

MEMBER         MACHINE   STATE           VERSION  DATABASE  IN USE   REVISION  INDEX  ID
etcd-infra-01  infra-01  healthy, leads  3.4.13   20 MiB    3.8 MiB  -         120    8e9e05c52164690
etcd-infra-02  infra-02  healthy         3.4.13   20 MiB    3.8 MiB  -         120    8e9e05c52164691
etcd-infra-03  infra-03  healthy         3.4.13   20 MiB    3.8 MiB  -         120    8e9e05c52164692

SNAPSHOT   REVISION  KEYS  SIZE    OF                         FILE
2h05m ago  812       190   20 MiB  etcd-infra-02 on infra-02  /state/etcd-snapshots/one.db
`);
});

test('without a snapshot it is said how one is taken', async () => {
  const {stdout} = await run({...well, snapshots: []}, 'status');
  expect(stdout).toContain('Take one: pai-tui cluster etcd snapshot');
});

test('as JSON members are what cluster status has of them', async () => {
  const {stdout} = await run(well, 'status', '--json');
  expect(JSON.parse(stdout)).toMatchObject({
    state: 'ok',
    members: [{name: 'etcd-infra-01', machine: 'infra-01', state: 'healthy', leader: true, revision: null}, {}, {}],
    snapshots: [{revision: 812, sha256: 'ab57', at: new Date(fakeNow - 7_500_000).toISOString()}],
    problems: [],
  });
});

test('it ends with 1 when a member is down, and with 6 when nobody was reached', async () => {
  expect((await run({...well, report: etcdReportOf(['infra-02'])}, 'status')).code).toBe(1);
  const problem: Problem = {code: 'machine-unreachable', message: 'It does not answer.'};
  const refusals = ['infra-01', 'infra-02', 'infra-03'].map((machine) => ({machine, problem}));
  expect(
    (await run({...well, report: etcdReportOf(['infra-01', 'infra-02', 'infra-03']), refusals}, 'status')).code,
  ).toBe(6);
});

test('the line for cron takes a snapshot for each day of the week, and nothing is done', async () => {
  const {code, stdout, stderr, calls} = await run(well, 'snapshot', '--cron');
  expect(code).toBe(0);
  expect(stdout).toBe(
    `17 3 * * *  mkdir -p -m 700 "$HOME/etcd-snapshots" && pai-tui cluster etcd snapshot -c ${config.folder} -s /srv/pai --yes -o "$HOME/etcd-snapshots/$(date +\\%u).db"\n`,
  );
  expect(stderr).toContain('PAI_PASSWORD_FILE');
  expect(calls.filter((call) => call.startsWith('propose'))).toEqual([]);
  expect((await run(well, 'snapshot', '--cron', '-o', '/srv/50% of it.db')).stdout).toMatch(
    / --yes -o '\/srv\/50\\% of it\.db'\n$/,
  );
});

test.each([['status', '-o', 'x'], ['defrag', '--cron'], ['status', '--cron'], ['restore']])(
  'wrong words are refused: %s %s %s',
  async (...argv) => {
    expect((await run(well, ...argv.filter((word) => word !== undefined))).code).toBe(2);
  },
);
