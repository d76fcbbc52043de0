import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {Problem} from '../../src/engine/problem.ts';
import {createFakeMachines, type FakeMachinesOptions, machine, type Played} from './fake-machines.ts';
import {makeConfig, openWith, runWith} from './machine-config.ts';

let config: ReturnType<typeof makeConfig>;
beforeAll(() => {
  config = makeConfig();
});
afterAll(() => config.remove());

const three = [machine('gpu-01'), machine('gpu-02'), machine('gpu-03')];
const down: Problem = {code: 'machine-unreachable', message: 'It does not answer.', hint: 'Is it on?'};

function fake(play: (name: string, secrets: unknown) => Played, machines = three) {
  const options: FakeMachinesOptions = {machines, play: (name, {secrets}) => play(name, secrets)};
  return createFakeMachines(options);
}

const out = (...lines: string[]): Played => ({lines: lines.map((line) => ['stdout', line] as const)});
const run = (machines: ReturnType<typeof fake>, argv: readonly string[], more = {}) =>
  runWith(machines.machines, ['machine', 'run', '-c', config.folder, ...argv], more);

describe('machine run', () => {
  test('says what kept all of it from beginning', async () => {
    const {machines} = fake(() => out('never seen'));
    const problem: Problem = {code: 'file-unwritable', message: 'gpu-01.out cannot be written: there already.'};
    const refusing: typeof machines = {
      ...machines,
      run: (...asked) => ({...machines.run(...asked), ended: Promise.resolve({machines: [], running: false, problem})}),
    };
    const {code, stderr} = await runWith(refusing, ['machine', 'run', '-c', config.folder, '@all', '--', 'true']);
    expect(code).not.toBe(0);
    expect(stderr).toContain('file-unwritable: gpu-01.out cannot be written: there already.');
  });

  test('tells lines with their machine while it runs, and then equal outputs once and the odd one as a difference', async () => {
    const machines = fake((name) => (name === 'gpu-02' ? out('driver 460') : out('driver 470')));
    const {code, stdout, stderr} = await run(machines, ['@all', '--', 'nvidia-smi']);
    expect(code).toBe(0);
    expect(stderr).toContain('gpu-01 | driver 470\n');
    expect(stderr).toContain('gpu-02 | driver 460\n');
    expect(stderr).toMatch(/3 done\n$/);
    expect(stdout).toBe(
      [
        '== 2 machines: gpu-[01,03] (exit 0)',
        '  driver 470',
        '== gpu-02 (exit 0), differs:',
        '- driver 470',
        '+ driver 460',
        '',
      ].join('\n'),
    );
    expect(machines.open()).toBe(0);
    expect(machines.closed()).toBe(true);
  });

  test('tells what one machine prints as it is, its errors on stderr', async () => {
    const machines = fake(() => ({
      lines: [
        ['stdout', 'one'],
        ['stderr', 'oh'],
        ['stdout', 'two'],
      ],
    }));
    const {code, stdout, stderr} = await run(machines, ['gpu-01', '--', 'cat', 'file']);
    expect({code, stdout, stderr}).toEqual({code: 0, stdout: 'one\ntwo\n', stderr: 'oh\n'});
  });

  test.each([
    [['uptime; df -h | tail'], 'uptime; df -h | tail'],
    [['grep', 'a b', '/etc/x', '--json'], "grep 'a b' /etc/x --json"],
    [['echo', '$HOME', "it's"], `echo '$HOME' 'it'\\''s'`],
  ])('%j is carried out as %s', async (words, script) => {
    const machines = fake(() => ({}));
    const {stdout} = await run(machines, ['gpu-01', '--', ...words]);
    expect(stdout).toBe('');
    expect(machines.calls.at(-1)?.with).toMatchObject({script, names: ['gpu-01']});
  });

  test('hands on how many at once, how long, with sudo, where outputs go, and through which host', async () => {
    const machines = fake(() => ({}));
    const flags = '--parallel 5 --timeout 30s --fail-fast --sudo --output-dir logs --jump ops@jump:22'.split(' ');
    await run(machines, ['@all', ...flags, '--', 'true'], {cwd: '/somewhere'});
    expect(machines.calls.at(-1)?.with).toMatchObject({
      parallel: 5,
      deadlineMs: 30_000,
      failFast: true,
      sudo: true,
      outputDir: '/somewhere/logs',
      jump: 'ops@jump:22',
    });
  });

  test('as JSON is one document', async () => {
    const machines = fake((name) => {
      if (name === 'gpu-02') return {problem: down};
      return {
        lines: [
          ['stdout', 'a'],
          ['stderr', 'b'],
        ],
        end: name === 'gpu-03' ? {signal: 'KILL'} : {exit: 0},
      };
    });
    const {code, stdout} = await run(machines, ['@all', '--json', '--', 'true']);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toEqual({
      results: [
        {machine: 'gpu-01', state: 'done', exit: 0, signal: null, stdout: 'a\n', stderr: 'b\n'},
        {machine: 'gpu-02', state: 'unreachable', exit: null, signal: null, stdout: '', stderr: '', problem: down},
        {machine: 'gpu-03', state: 'failed', exit: null, signal: 'KILL', stdout: 'a\n', stderr: 'b\n'},
      ],
    });
  });

  const unknownKey: Problem = {code: 'host-key-unknown', message: 'Its key is new.'};
  test.each<[string, number, (name: string) => Played]>([
    ['all done', 0, () => ({})],
    ['one failed', 1, (name) => (name === 'gpu-01' ? {end: {exit: 3}} : {})],
    ['one was not reached', 1, (name) => (name === 'gpu-01' ? {problem: down} : {})],
    ['none was reached', 6, () => ({problem: down})],
    ['no host key is trusted', 4, () => ({problem: unknownKey})],
    [
      'one key is not trusted, the others are not reached',
      6,
      (name) => ({problem: name === 'gpu-01' ? unknownKey : down}),
    ],
    [
      'one was lost',
      1,
      (name) => (name === 'gpu-01' ? {problem: {...down, code: 'machine-lost'}, status: 'failed'} : {}),
    ],
    ['one was not begun', 1, (name) => (name === 'gpu-01' ? {status: 'skipped'} : {})],
  ])('when %s ends with %i', async (_what, code, play) => {
    expect((await run(fake(play), ['@all', '--', 'true'])).code).toBe(code);
  });

  test('says once what many machines have in common', async () => {
    const many = Array.from({length: 20}, (_, index) => machine(`gpu-${String(index + 1).padStart(2, '0')}`));
    const {code, stderr} = await run(
      fake((name) => (name === 'gpu-01' ? {} : {problem: down}), many),
      ['@all', '--', 'true'],
    );
    expect(code).toBe(1);
    expect(stderr).toContain('machine-unreachable: 19 machines: gpu-[02-20]. The first: It does not answer.\n');
    expect(stderr).toContain('1 done, 19 not reached');
  });

  test('lets nothing of a machine reach the terminal but text and colours', async () => {
    const nasty = fake(() => out('\u001b]0;title\u0007\u001b[2J\u001b[31mred\u001b[0m\u001b[?1049h\u009b5n', 'x\ry'));
    const shown = await run(nasty, ['gpu-01', '--', 'true'], {terminal: true});
    expect(shown.stdout.replaceAll('\u001b[31m', '').replaceAll('\u001b[0m', '')).toBe('red\nx y\n');
    const folded = await run(nasty, ['@all', '--', 'true']);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they must not be there
    expect(folded.stdout + folded.stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  });

  test('is stopped on the machines by Ctrl-C, and not waited for after the second', async () => {
    const machines = fake((name) => (name === 'gpu-01' ? {...out('begun'), endless: true} : {}));
    const command = openWith(machines.machines, ['machine', 'run', '-c', config.folder, '@all', '--', 'sleep 9']);
    await command.sees('begun');
    command.signals.emit('SIGINT');
    expect(await command.ended).toBe(5);
    expect(command.stderr()).toContain('Stopping the command on 3 machines.');
    expect(command.stderr()).toContain('2 done, 1 stopped');
    expect(machines.open()).toBe(0);
    expect(command.signals.eventNames()).toEqual([]);

    const stuck = fake(() => ({...out('begun'), endless: true}));
    const deaf = {
      ...stuck.machines,
      run: (...asked: Parameters<typeof stuck.machines.run>) => ({...stuck.machines.run(...asked), cancel: () => 3}),
    };
    const left = openWith(deaf, ['machine', 'run', '-c', config.folder, '@all', '--', 'sleep 9']);
    await left.sees('begun');
    left.signals.emit('SIGTERM');
    left.signals.emit('SIGINT');
    expect(await left.ended).toBe(5);
  });

  test('stops when whoever read its answer has gone', async () => {
    const machines = fake(() => ({...out('begun'), endless: true}), [machine('gpu-01')]);
    const command = openWith(machines.machines, ['machine', 'run', '-c', config.folder, 'gpu-01', '--', 'yes']);
    await command.sees('begun');
    command.breakStdout();
    expect(await command.ended).toBe(5);
  });

  test('asks for a password where one is wanted, and runs it there alone', async () => {
    const refused: Problem = {code: 'login-refused', message: 'Nobody is let in.'};
    const machines = fake((name, secrets) => {
      const {password} = secrets as {password?: {reveal(): string}};
      return name === 'gpu-02' && password?.reveal() !== 'open sesame' ? {problem: refused} : out('hello');
    });
    const command = openWith(machines.machines, ['machine', 'run', '-c', config.folder, '@all', '--', 'true'], {
      terminal: true,
    });
    await command.sees('Password for gpu-02: ');
    command.type('open sesame\r');
    expect(await command.ended).toBe(0);
    expect(
      machines.calls.flatMap(({what, with: asked}) => (what === 'run' ? [(asked as {names: string[]}).names] : [])),
    ).toEqual([['@all'], ['gpu-02']]);
    expect(command.stdout() + command.stderr()).not.toContain('sesame');
  });

  test('asks nobody without a terminal, and not twice', async () => {
    const refused: Problem = {code: 'login-refused', message: 'Nobody is let in.'};
    const machines = fake(() => ({problem: refused}));
    expect((await run(machines, ['gpu-01', '--', 'true'])).code).toBe(6);
    const command = openWith(machines.machines, ['machine', 'run', '-c', config.folder, 'gpu-01', '--', 'true'], {
      terminal: true,
    });
    await command.sees('Password for gpu-01: ');
    command.type('wrong\r');
    expect(await command.ended).toBe(6);
  });

  test('ends with 5 when the password is not given', async () => {
    const machines = fake(() => ({problem: {code: 'secret-missing', message: 'A passphrase is missing.', file: '/k'}}));
    const command = openWith(machines.machines, ['machine', 'run', '-c', config.folder, 'gpu-01', '--', 'true'], {
      terminal: true,
    });
    await command.sees('Passphrase of /k: ');
    command.type('\u0003');
    expect(await command.ended).toBe(5);
    expect(machines.open()).toBe(0);
  });

  test('is refused where nothing may be changed', async () => {
    const machines = fake(() => ({}));
    const {code, stderr} = await run(machines, ['@all', '--readonly', '--', 'true']);
    expect(code).toBe(4);
    expect(stderr).toContain('read-only: machine run');
    expect(machines.calls).toEqual([]);
  });

  test.each([
    [['--', 'true'], 'machine run needs at least one M.'],
    [['gpu-01'], 'machine run needs a COMMAND behind --.'],
    [['gpu-01', '--'], 'machine run needs a COMMAND behind --.'],
    [['gpu-01', '--parallel', 'x', '--', 'true'], '--parallel needs a whole number'],
    [['gpu-99', '--', 'true'], 'There is no machine gpu-99.'],
  ])('%j is wrong use', async (argv, sentence) => {
    const {code, stderr} = await run(
      fake(() => ({})),
      argv,
    );
    expect(code).toBe(2);
    expect(stderr).toContain(sentence);
  });

  test('never asks the machines of the sample', async () => {
    const machines = fake(() => ({}));
    const {code, stderr} = await runWith(machines.machines, ['machine', 'run', '@all', '--', 'true']);
    expect(code).toBe(3);
    expect(stderr).toContain('config-missing');
    expect(machines.calls).toEqual([]);
  });
});
