import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {createFakeMachines, machine, type Played} from './fake-machines.ts';
import {makeConfig, openWith, runWith} from './machine-config.ts';

let config: ReturnType<typeof makeConfig>;
beforeAll(() => {
  config = makeConfig();
});
afterAll(() => config.remove());

const two = [machine('gpu-01'), machine('gpu-02')];
const played: Played = {
  lines: [
    ['stdout', 'one error'],
    ['stdout', 'two'],
    ['stderr', 'rotated'],
  ],
};
const fake = (play: () => Played = () => played) => createFakeMachines({machines: two, play});
const logs = (machines: ReturnType<typeof fake>, argv: readonly string[]) =>
  runWith(machines.machines, ['machine', 'logs', '-c', config.folder, ...argv]);

describe('machine logs', () => {
  test('of one machine are its lines, of several each has its name', async () => {
    const one = await logs(fake(), ['gpu-01', '--unit', 'docker']);
    expect(one).toMatchObject({code: 0, stdout: 'one error\ntwo\n', stderr: 'gpu-01 | rotated\n'});
    const both = await logs(fake(), ['@all', '--file', '/var/log/syslog']);
    expect(both.stdout).toBe('gpu-01 | one error\ngpu-01 | two\ngpu-02 | one error\ngpu-02 | two\n');
  });

  test.each([
    [['--unit', 'docker'], {log: {kind: 'unit', unit: 'docker'}, follow: false}],
    [['--file', '/x', '-n', '5', '--sudo'], {log: {kind: 'file', path: '/x'}, lines: 5, sudo: true, follow: false}],
    [['--container', 'etcd', '-f'], {log: {kind: 'container', container: 'etcd'}, follow: true}],
    [['--container', 'etcd', '--follow'], {log: {kind: 'container', container: 'etcd'}, follow: true}],
  ])('%j is what is asked for', async (argv, request) => {
    const machines = fake();
    await logs(machines, ['gpu-01', ...argv]);
    expect(machines.calls.at(-1)).toMatchObject({what: 'logs', with: request});
    expect(machines.open()).toBe(0);
  });

  test('are only the lines that match, colours aside', async () => {
    const coloured = fake(() => ({
      lines: [
        ['stdout', 'an \u001b[31merr\u001b[0mor'],
        ['stdout', 'fine'],
      ],
    }));
    expect((await logs(coloured, ['gpu-01', '--unit', 'x', '--grep', '^an err'])).stdout).toBe('an error\n');
    const {code, stderr} = await logs(fake(), ['gpu-01', '--unit', 'x', '--grep', '(']);
    expect(code).toBe(2);
    expect(stderr).toContain('"(" is no regular expression');
  });

  test('as JSON are a document, and lines while they are followed', async () => {
    const whole = await logs(fake(), ['gpu-01', '--unit', 'x', '--grep', 'err', '--json']);
    expect(JSON.parse(whole.stdout)).toEqual({
      results: [{machine: 'gpu-01', state: 'done', exit: 0, signal: null, stdout: 'one error\n', stderr: 'rotated\n'}],
    });
    const followed = await logs(fake(), ['gpu-01', '--unit', 'x', '-f', '--json']);
    expect(
      followed.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual([
      {machine: 'gpu-01', text: 'one error'},
      {machine: 'gpu-01', text: 'two'},
    ]);
  });

  test('are followed until Ctrl-C', async () => {
    const machines = fake(() => ({...played, endless: true}));
    const command = openWith(machines.machines, ['machine', 'logs', '-c', config.folder, '@all', '--unit', 'x', '-f']);
    await command.sees('gpu-02 | two');
    command.signals.emit('SIGINT');
    expect(await command.ended).toBe(5);
    expect(machines.open()).toBe(0);
  });

  test('are listed for one machine when none is named', async () => {
    const {code, stdout, stderr} = await logs(fake(), ['gpu-01']);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /--unit docker.service +running +Docker\n--file \/var\/log\/syslog +2.0 KiB\n--container 1f2e3d +running +etcd: etcd:3\n/,
    );
    expect(stderr).toBe('note: Without sudo, not all logs are seen.\n');
    expect(JSON.parse((await logs(fake(), ['gpu-01', '--json'])).stdout)).toMatchObject({
      machine: 'gpu-01',
      units: [{}],
    });
  });

  test.each([
    [['@all'], 'Say which log'],
    [['gpu-01', '--unit', 'a', '--file', 'b'], 'One log at a time'],
    [['--unit', 'a'], 'machine logs needs at least one M.'],
    [['gpu-01', '--unit', 'a', '-n', '0'], '--lines needs a whole number'],
  ])('%j is wrong use', async (argv, sentence) => {
    const {code, stderr} = await logs(fake(), argv);
    expect(code).toBe(2);
    expect(stderr).toContain(sentence);
  });
});
