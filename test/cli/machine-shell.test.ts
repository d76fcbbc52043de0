import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {createHangUp} from '../../src/cli/shell-hang-up.ts';
import {trackModes} from '../../src/cli/shell-modes.ts';
import type {RemoteEnd, RemoteShell} from '../../src/engine/machine-tools.ts';
import {ProblemError} from '../../src/engine/problem.ts';
import {createFakeMachines, machine} from './fake-machines.ts';
import {makeConfig, openWith, runWith} from './machine-config.ts';

let config: ReturnType<typeof makeConfig>;
beforeAll(() => {
  config = makeConfig();
});
afterAll(() => config.remove());

/** A program on a machine that a test plays. */
function playShell() {
  const typed: Buffer[] = [];
  const sizes: string[] = [];
  let say = (_bytes: Uint8Array) => {};
  let finish: {resolve(end: RemoteEnd): void; reject(error: unknown): void} | undefined;
  let closed = 0;
  const ended = new Promise<RemoteEnd>((resolve, reject) => {
    finish = {resolve, reject};
  });
  const shell: RemoteShell = {
    write: (bytes) => typed.push(Buffer.from(bytes as Uint8Array)),
    resize: (columns, rows) => sizes.push(`${columns}x${rows}`),
    pause() {},
    resume() {},
    onOutput(listener) {
      say = listener;
    },
    ended,
    close() {
      closed += 1;
    },
  };
  return {
    shell,
    say: (text: string) => say(Buffer.from(text, 'latin1')),
    end: (end: RemoteEnd) => finish?.resolve(end),
    lose: (error: unknown) => finish?.reject(error),
    typed: () => Buffer.concat(typed).toString('latin1'),
    sizes,
    closed: () => closed,
  };
}

function openShell(argv: readonly string[] = ['gpu-01']) {
  const program = playShell();
  const machines = createFakeMachines({machines: [machine('gpu-01'), machine('gpu-02')], shell: () => program.shell});
  const command = openWith(machines.machines, ['machine', 'shell', '-c', config.folder, ...argv], {terminal: true});
  const begun = async () => {
    while (!command.signals.eventNames().includes('exit')) await new Promise((resolve) => setImmediate(resolve));
  };
  return {program, machines, command, begun};
}

describe('machine shell', () => {
  test('passes what is typed and what is printed as it is, and ends with the code of the program', async () => {
    const {program, machines, command, begun} = openShell(['gpu-01', '--', 'top', '-d', '1 s']);
    await begun();
    expect(machines.calls.at(-1)).toMatchObject({
      what: 'rawShell',
      with: {columns: 80, rows: 24, script: "top -d '1 s'"},
    });
    program.say('\u001b[1mbold\u001b[0m \u009b');
    command.type('ls\r\u0003');
    await command.sees('\u001b[1mbold\u001b[0m');
    while (program.typed() !== 'ls\r\u0003') await new Promise((resolve) => setImmediate(resolve));
    program.end({exit: 7});
    expect(await command.ended).toBe(7);
    expect(program.closed()).toBe(1);
    expect(command.signals.eventNames()).toEqual([]);
    expect(machines.closed()).toBe(true);
  });

  test('that is ended by a signal ends as a shell says it', async () => {
    for (const signal of ['KILL', 'SIGKILL']) {
      const {program, command, begun} = openShell();
      await begun();
      program.end({signal});
      expect(await command.ended).toBe(137);
    }
  });

  test('puts the terminal back when the machine is lost, and says so', async () => {
    const {program, command, begun} = openShell();
    await begun();
    program.say('\u001b[?1049h\u001b[?25l');
    program.lose(new ProblemError({code: 'machine-lost', message: 'The connection broke.'}));
    expect(await command.ended).toBe(1);
    expect(command.stdout()).toBe('\u001b[?1049h\u001b[?25l\u001b[?1049l\u001b[?25h\u001b[m');
    expect(command.stderr()).toContain(': The connection broke.');
  });

  test('puts the terminal back in an exit that nobody expected', async () => {
    const {program, command, begun} = openShell();
    await begun();
    program.say('\u001b[?2004h');
    command.signals.emit('exit');
    expect(command.stdout()).toBe('\u001b[?2004h\u001b[?2004l\u001b[m');
    program.end({exit: 0});
    await command.ended;
    expect(command.stdout()).toBe('\u001b[?2004h\u001b[?2004l\u001b[m');
  });

  test.each(['~.', 'SIGHUP', 'SIGTERM'])('hangs up on %s', async (how) => {
    const {program, command, begun} = openShell();
    await begun();
    if (how === '~.') command.type('\r~.');
    else command.signals.emit(how);
    expect(await command.ended).toBe(5);
    expect(program.closed()).toBe(1);
  });

  test('hangs up when its terminal goes away', async () => {
    const {program, command, begun} = openShell();
    await begun();
    command.breakTerminal();
    expect(await command.ended).toBe(5);
    expect(program.closed()).toBe(1);
  });

  test('needs a terminal and one machine, and is refused where nothing may be changed', async () => {
    const {machines} = createFakeMachines({machines: [machine('gpu-01'), machine('gpu-02')]});
    const shell = (argv: readonly string[], terminal = true) =>
      runWith(machines, ['machine', 'shell', '-c', config.folder, ...argv], {terminal});
    expect((await shell(['gpu-01'], false)).stderr).toContain('no-terminal');
    expect((await shell(['@all'])).stderr.replaceAll(/\s+/g, ' ')).toContain('on one machine, not on 2');
    expect((await shell(['gpu-01', '--readonly'])).code).toBe(4);
    expect((await shell(['gpu-01', 'gpu-02'])).code).toBe(2);
  });
});

describe('hanging up', () => {
  const typed = (...pieces: readonly string[]) => {
    let hungUp = false;
    const hangUp = createHangUp(() => {
      hungUp = true;
    });
    const passed = pieces.map((piece) => Buffer.from(hangUp(Buffer.from(piece))).toString()).join('');
    return hungUp ? `${passed}|` : passed;
  };
  test.each([
    [['~.'], '|'],
    [['~', '.'], '|'],
    [['ls\r~.'], 'ls\r|'],
    [['ls ~.'], 'ls ~.'],
    [['~~.'], '~.'],
    [['~/bin'], '~/bin'],
    [['a\r~', 'x~.'], 'a\r~x~.'],
    [['~\r~.'], '~\r|'],
  ])('%j passes %s', (pieces, passed) => {
    expect(typed(...pieces)).toBe(passed);
  });
});

describe('modes of a terminal', () => {
  const undo = (...pieces: readonly string[]) => {
    const modes = trackModes();
    for (const piece of pieces) modes.see(Buffer.from(piece, 'latin1'));
    return modes.undo().slice(0, -'\u001b[m'.length).replaceAll('\u001b', 'ESC ');
  };
  test.each([
    ['plain text', ['hello\r\n\u001b[1;31mred\u001b[m'], ''],
    ['what was switched off again', ['\u001b[?1049h\u001b[?1000;1006h', 'x\u001b[?1000;1006l\u001b[?1049l'], ''],
    [
      'the mouse and the alternate screen',
      ['\u001b[?1049h\u001b[?1002h\u001b[?1006h'],
      'ESC [?1049lESC [?1002lESC [?1006l',
    ],
    ['a sequence in two pieces', ['\u001b[?10', '49h'], 'ESC [?1049l'],
    ['a sequence in many pieces', [...'\u001b[?2004h'], 'ESC [?2004l'],
    ['the cursor and autowrap', ['\u001b[?25l\u001b[?7l'], 'ESC [?25hESC [?7h'],
    ['application keys', ['\u001b[?1h\u001b='], 'ESC >ESC [?1l'],
    ['margins, characters, cursor', ['\u001b[2;10r\u001b(0\u001b[5 q'], 'ESC 7ESC [rESC 8ESC (BESC [0 q'],
    ['keyboard protocols', ['\u001b[>4;2m\u001b[>1u\u001b[>3u\u001b[<u'], 'ESC [>4mESC [<1u'],
    ['a full reset', ['\u001b[?1049h\u001b[>1u\u001bc'], ''],
    ['modes that are of no harm', ['\u001b[?12h\u001b[?3h\u001b[4h'], ''],
  ])('%s', (_what, pieces, expected) => {
    expect(undo(...pieces)).toBe(expected);
  });

  test('a sequence without an end is not kept for ever', () => {
    const modes = trackModes();
    for (let round = 0; round < 100; round++) modes.see(Buffer.from(`\u001b[${'1;'.repeat(5000)}`));
    modes.see(Buffer.from('\u001b[?25l'));
    expect(modes.undo()).toContain('\u001b[?25h');
  });
});
