import {describe, expect, test} from 'vitest';
import type {MachineAccess, Remote, RemoteCommand} from '../../src/engine/machine-tools.ts';
import {packageEffects, scriptEffect} from '../../src/engine/plan/script-effect.ts';
import type {Effect} from '../../src/engine/plan/types.ts';
import {ProblemError} from '../../src/engine/problem.ts';
import {limitMachines} from '../../src/engine/run/limit-machines.ts';

const {signal} = new AbortController();
const start = 'systemctl start "$1"';
const runFolder = '/state/prod/runs/20261128-031500-boot';

/** Machines that note what is run on them. */
function recordingMachines() {
  const ran: string[] = [];
  const machines: MachineAccess = {
    async use(machine, work) {
      const no = (): never => {
        throw new Error('a limited machine let it through');
      };
      const remote: Remote = {
        target: {name: machine, address: '192.0.2.7', port: 22, user: 'operator', credentials: []},
        async run({script, args = [], sudo}, watch) {
          watch.begun?.(4711);
          ran.push([machine, sudo ? 'sudo' : 'plain', script, ...args].join(' | '));
          return {exit: 0};
        },
        shell: no,
        isAlive: async () => false,
        async endGroup(processGroup) {
          ran.push(`${machine} | end | ${processGroup}`);
        },
        close: no,
      };
      return work(remote);
    },
  };
  return {machines, ran};
}

function limited(does: readonly Effect[]) {
  const {machines, ran} = recordingMachines();
  const some = limitMachines(machines, {does, runFolder}, (call, allowed) => {
    if (!allowed) throw new ProblemError({code: 'not-in-plan', message: call});
  });
  const run = (machine: string, command: RemoteCommand) =>
    some.use(machine, (remote) => remote.run(command, {}, signal), signal);
  return {some, ran, run};
}

describe('machines of a task', () => {
  const does = [scriptEffect('node-1', {name: 'start', script: start, args: ['kubelet', '$RUN'], sudo: true})];
  const args = ['kubelet', '20261128-031500-boot'];

  test('run a script it declared, with its arguments, as root', async () => {
    const {run, ran} = limited(does);
    await run('node-1', {script: start, args, sudo: true});
    expect(ran).toEqual([`node-1 | sudo | ${start} | kubelet | 20261128-031500-boot`]);
  });

  test.each<[string, string, RemoteCommand]>([
    ['another script', 'node-1', {script: `${start} `, args, sudo: true}],
    ['other arguments', 'node-1', {script: start, args: ['docker', '20261128-031500-boot'], sudo: true}],
    ['more arguments', 'node-1', {script: start, args: [...args, 'x'], sudo: true}],
    ['fewer arguments', 'node-1', {script: start, sudo: true}],
    ['another machine', 'node-2', {script: start, args, sudo: true}],
  ])('refuse %s', async (_what, machine, command) => {
    const {run, ran} = limited(does);
    await expect(run(machine, command)).rejects.toMatchObject({problem: {code: 'not-in-plan'}});
    expect(ran).toEqual([]);
  });

  test('find a package in whatever home folder it lies', async () => {
    const {run, ran} = limited([scriptEffect('node-1', {name: 'start', script: start, args: ['~/.pai-tui/$RUN/job']})]);
    const of = (folder: string) => run('node-1', {script: start, args: [folder]});
    await of('/home/x/.pai-tui/20261128-031500-boot/job');
    for (const other of [
      '.pai-tui/20261128-031500-boot/job',
      '/home/x/.pai-tui/other/job',
      '/home/x.pai-tui/20261128-031500-boot/job',
    ])
      await expect(of(other)).rejects.toThrow();
    expect(ran).toHaveLength(1);
  });

  test('run as root only what was declared to', async () => {
    const {run, ran} = limited([scriptEffect('node-1', {name: 'start', script: start})]);
    await expect(run('node-1', {script: start, args, sudo: true})).rejects.toThrow();
    await run('node-1', {script: start, args});
    expect(ran).toHaveLength(1);
  });

  test('may always be asked', async () => {
    const {run, ran} = limited([]);
    await run('node-3', {script: 'uptime', reads: true, sudo: true});
    expect(ran).toEqual(['node-3 | sudo | uptime']);
  });

  test('do what was checked, even when the arguments become others meanwhile', async () => {
    const {some, ran} = limited(does);
    const changing = [...args];
    await some.use(
      'node-1',
      async (remote) => {
        const running = remote.run({script: start, args: changing, sudo: true}, {}, signal);
        changing[0] = 'docker';
        await running;
      },
      signal,
    );
    expect(ran[0]).toContain('kubelet');
  });

  test('end what the task itself began there, and nothing else', async () => {
    const {some, run, ran} = limited(does);
    const end = (machine: string) => some.use(machine, (remote) => remote.endGroup(4711, signal), signal);
    await expect(end('node-1')).rejects.toMatchObject({problem: {code: 'not-in-plan'}});
    await run('node-1', {script: start, args, sudo: true});
    await end('node-1');
    await expect(end('node-2')).rejects.toMatchObject({problem: {code: 'not-in-plan'}});
    expect(ran.slice(1)).toEqual(['node-1 | end | 4711']);
  });

  test('open no shell, end nothing and stay connected', async () => {
    const {some} = limited(does);
    await expect(
      some.use('node-1', (remote) => remote.shell({columns: 80, rows: 24}, signal), signal),
    ).rejects.toMatchObject({problem: {code: 'not-in-plan'}});
    await expect(some.use('node-1', (remote) => remote.endGroup(7, signal), signal)).rejects.toThrow();
    await expect(some.use('node-1', (remote) => remote.close(), signal)).rejects.toThrow('shared');
  });
});

test('sending a package is three effects on one machine', () => {
  expect(packageEffects('node-1', 'kubelet').map(({kind, on}) => `${kind} ${on}`)).toEqual([
    'machine file node-1',
    'script node-1',
    'script node-1',
  ]);
});
