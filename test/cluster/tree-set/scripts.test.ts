import {describe, expect, test} from 'vitest';
import {
  bootScripts,
  canKeepEtcd,
  cleanScripts,
  jobOf,
  roleOf,
  type TreeTools,
} from '../../../src/engine/cluster/tree-set/scripts.ts';
import type {Role} from '../../../src/engine/config/types.ts';

const line = ({script, args}: {readonly script: string; readonly args: readonly string[]}) =>
  [script, ...args].join(' ');
const tools = (era: TreeTools['era'], release: TreeTools['release']): TreeTools => ({era, release});
const byArgument = ['hosts-check.sh 10.0.0.11', 'docker-ce-install.sh JOB', 'kubelet-start.sh JOB'];
const withoutArgument = ['hosts-check.sh 10.0.0.11', 'docker-ce-install.sh', 'kubelet-start.sh JOB'];

/** Behaviour 6.4, 6.5, and 6.3 for the arguments. */
const releases: readonly (readonly [TreeTools, boot: readonly string[], clean: string, forced: string])[] = [
  [tools('A', 'v0.2'), ['start.sh 10.0.0.1:8080 operator 10.0.0.11'], 'cleanup.sh', 'cleanup.sh'],
  [tools('A', 'v0.3'), ['start.sh 10.0.0.1:8080 operator 10.0.0.11'], 'cleanup.sh', 'cleanup.sh'],
  [tools('B', 'v0.4'), ['start.sh 10.0.0.1:8080 operator 10.0.0.11'], 'cleanup.sh', 'cleanup.sh'],
  [tools('C', 'v0.5'), withoutArgument, 'kubernetes-cleanup.sh', 'kubernetes-cleanup.sh'],
  [tools('D', 'v0.6'), withoutArgument, 'kubernetes-cleanup.sh', 'kubernetes-cleanup.sh'],
  [tools('D', 'v0.7'), byArgument, 'kubernetes-cleanup.sh', 'kubernetes-cleanup.sh -f'],
  [tools('E', 'v0.8'), byArgument, 'kubernetes-cleanup.sh', 'kubernetes-cleanup.sh -f'],
  [tools('F', 'v0.9'), byArgument, 'kubernetes-cleanup.sh', 'kubernetes-cleanup.sh -f'],
  [tools('G', 'v0.14'), byArgument, 'kubernetes-cleanup.sh', 'kubernetes-cleanup.sh -f'],
  [tools('H', 'v1.8'), byArgument, 'kubernetes-cleanup.sh', 'kubernetes-cleanup.sh -f'],
];

describe('the scripts of a release, in the order of its tools', () => {
  test.each(releases)('$release', (release, boot, clean, forced) => {
    const target = {address: '10.0.0.11', user: 'operator', job: 'JOB'};
    expect(bootScripts(release, target, '10.0.0.1').map(line)).toEqual(boot);
    expect(cleanScripts(release, false).map(line)).toEqual([clean]);
    expect(cleanScripts(release, true).map(line)).toEqual([forced]);
    expect(canKeepEtcd(release)).toBe(forced.endsWith('-f'));
  });
});

test.each<[roles: Role[], role: Role]>([
  [['master'], 'master'],
  [['proxy'], 'proxy'],
  [['worker'], 'worker'],
  [['worker', 'master'], 'master'],
  [['worker', 'proxy'], 'proxy'],
])('a machine that is %s is sent the package of a %s', (roles, role) => {
  expect(roleOf({roles})).toBe(role);
  expect(jobOf(tools('G', 'v0.14'), 'deploy', role)).toBe(`${role}-deployment`);
  expect(jobOf(tools('A', 'v0.2'), 'deploy', role)).toBe('src');
  expect(jobOf(tools('G', 'v0.14'), 'clean', role)).toBe('clean');
});
