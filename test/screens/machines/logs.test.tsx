import {expect, test} from 'vitest';
import type {MachineLogList} from '../../../src/engine/index.ts';
import {logChoices} from '../../../src/screens/machines/log-choices.ts';
import {type OpenMachinesOptions, openMachines} from './open-machines.tsx';

const logList: MachineLogList = {
  files: [
    {path: '/var/log/syslog', bytes: 1_400_000},
    {path: '/var/log/auth.log', bytes: 812},
  ],
  units: [{unit: 'kubelet.service', state: 'failed', about: 'The node agent'}],
  containers: [
    {
      container: 'k8s_etcd_etcd-server_kube-system_1_0',
      name: 'etcd',
      state: 'running',
      image: 'etcd:3.2',
      pod: 'etcd-server',
    },
  ],
  missing: ['journalctl is not there.'],
};

async function openLogs(options: OpenMachinesOptions = {}) {
  const app = await openMachines({...options, machines: {logList, ...options.machines}});
  await app.shows('! degraded');
  app.press('j', 'l');
  await app.shows('Follow a log');
  return app;
}

test('what a machine has that logs is offered, and followed', async () => {
  const app = await openLogs();
  await app.shows('/var/log/syslog');
  await app.shows('journalctl is not there.');
  app.press('kube');
  await app.hides('/var/log/syslog');
  await app.shows('unit kubelet.service');
  app.press('enter');
  await app.shows('0 of 1 ended');
  expect(app.asked.calls.at(-1)).toBe('logs gpu-01 : unit kubelet.service');
  const log = app.asked.runs.at(-1);
  log?.print('gpu-01', ['Failed to start', 'restarting']);
  await app.shows('restarting');
});

test('any path can be typed, as root', async () => {
  const app = await openLogs();
  await app.shows('/var/log/syslog');
  app.press('tab');
  await app.shows('as root, with sudo');
  await app.until(() => app.asked.calls.at(-1) === 'listLogs gpu-01 sudo');
  app.press('/srv/app.log');
  await app.shows('as typed');
  app.press('enter');
  await app.shows('sudo /srv/app.log');
  expect(app.asked.calls.at(-1)).toBe('logs gpu-01 sudo : file /srv/app.log');
});

test('a machine that cannot be asked says why, and a name can be typed all the same', async () => {
  const app = await openLogs({
    machines: {logList: {code: 'machine-unreachable', message: 'gpu-01 does not answer.', machine: 'gpu-01'}},
  });
  await app.shows('gpu-01 does not answer.');
  app.press('etcd');
  await app.shows('container etcd');
});

test('logs of several machines stand side by side; Esc follows them no further', async () => {
  const app = await openMachines({machines: {logList}, columns: 140, rows: 40});
  await app.shows('! degraded');
  app.press('@');
  await app.shows('hosts:');
  app.press('gpu-*', 'enter', 'l');
  await app.shows('/var/log/syslog');
  app.press('enter');
  await app.shows('0 of 4 ended');
  const log = app.asked.runs.at(-1);
  for (const name of ['gpu-01', 'gpu-02', 'gpu-03', 'gpu-04']) log?.print(name, [`this is ${name}`]);
  for (const name of ['gpu-01', 'gpu-02', 'gpu-03', 'gpu-04']) await app.shows(`this is ${name}`);
  app.press('tab', '&');
  await app.shows('Enter keep');
  app.press('nothing like it');
  await app.shows('No line has nothing like it');
  app.press('esc', 'esc');
  await app.hides('nothing like it');
  app.press('esc');
  await app.hides('0 of 4 ended');
  expect(log?.calls).toContain('close');
  await app.shows('! degraded');
});

test('choices answer what was typed, and end with what was typed itself', () => {
  const names = (typed: string) => logChoices(logList, typed).map(({name}) => name);
  expect(names('')).toEqual(['/var/log/syslog', '/var/log/auth.log', 'unit kubelet.service', 'container etcd']);
  expect(names('auth')).toEqual(['/var/log/auth.log', 'unit auth', 'container auth']);
  expect(names('/var/log/syslog')).toEqual(['/var/log/syslog']);
  expect(names('/opt/x y.log')).toEqual(['/opt/x y.log']);
  expect(names('unit docker')).toEqual(['unit docker']);
  expect(names('failed')).toEqual(['unit kubelet.service', 'unit failed', 'container failed']);
  expect(logChoices(undefined, 'x').map(({log}) => log)).toEqual([
    {kind: 'unit', unit: 'x'},
    {kind: 'container', container: 'x'},
  ]);
});
