import {readFileSync} from 'node:fs';
import {chmod, mkdtemp, readdir, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, it, vi} from 'vitest';
import {problemOf} from '../../src/engine/problem.ts';
import {createTerminal, type TerminalOptions} from '../../src/engine/terminal/create-terminal.ts';
import type {Command, CommandEnd} from '../../src/engine/tools.ts';

const quick = {killAfterMs: 300, giveUpAfterMs: 5_000};
const noPty = () => Promise.reject(new Error('no prebuilt library for this processor'));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'terminal-'));
});
afterAll(() => rm(folder, {recursive: true}));

describe.each<{kind: 'pty' | 'pipes'; options: TerminalOptions}>([
  {kind: 'pty', options: {patience: quick}},
  {kind: 'pipes', options: {patience: quick, load: noPty}},
])('a terminal of $kind', ({kind, options}) => {
  it('says what it is', async () => {
    expect((await createTerminal(options)).kind).toBe(kind);
  });

  it('gives the output as a terminal shows it, in order, and the exit code', async () => {
    const {end, text} = await run('printf "one\\n"; printf "two\\n" >&2; printf "\\303\\251\\033[1m three\\n"; exit 3');
    expect(text).toBe('one\r\ntwo\r\né\u001b[1m three\r\n');
    expect(end).toEqual({exit: 3});
  });

  it('gives bytes that are no text as they are', async () => {
    const {bytes} = await run("printf '\\377\\376\\000\\303'");
    expect([...bytes]).toEqual([0xff, 0xfe, 0x00, 0xc3]);
  });

  it('names the signal that ended the command', async () => {
    expect((await run('kill -KILL $$')).end).toEqual({signal: 'SIGKILL'});
  });

  it('hands arguments over without a shell', async () => {
    const {text} = await runArgv(['printf', '%s|', '$HOME', 'a b', '*', "it's", '"; exit 1']);
    expect(text).toBe('$HOME|a b|*|it\'s|"; exit 1|');
  });

  it('runs in the given folder with the given environment', async () => {
    const {text} = await run('pwd; echo "$WORD"; echo "$PWD"', {env: {WORD: 'of mouth'}});
    expect(text).toBe(`${folder}\r\nof mouth\r\n${folder}\r\n`);
  });

  it('runs a script by its path from the folder, also one without a first line for the kernel', async () => {
    await script('hook.sh', 'echo "$0 in $(basename "$PWD")"\n');
    const {text} = await runArgv(['./hook.sh']);
    expect(text).toBe(`./hook.sh in ${folder.split('/').at(-1)}\r\n`);
  });

  // node-pty alone would lose the end here: it stops reading 200 ms after the command is gone.
  it.each([3_000, 13_000, 20_000])('loses nothing of %i bytes that are read slowly', async (count) => {
    const terminal = await createTerminal(options);
    let received = 0;
    const output = (bytes: Uint8Array) => {
      const until = performance.now() + (received === 0 ? 300 : 210);
      received += bytes.length;
      while (performance.now() < until);
    };
    const argv = ['sh', '-c', `echo a; sleep 0.02; head -c ${count} /dev/zero`] as const;
    const end = await terminal.run({argv, cwd: folder}, {output}, new AbortController().signal);
    expect(end).toEqual({exit: 0});
    expect(received).toBe(count + 'a\r\n'.length);
  });

  it('gives a flood of lines whole and in order', async () => {
    const {text} = await run('seq 1 200000');
    expect(text === Array.from({length: 200_000}, (_, index) => `${index + 1}\r\n`).join('')).toBe(true);
  });

  it('does not wait for a child in the background that keeps the output open', async () => {
    const {end, text} = await run('trap "" HUP; sleep 600 & echo $!; exit 4');
    const child = Number(text);
    try {
      expect(end).toEqual({exit: 4});
      expect(isAlive(child)).toBe(true);
    } finally {
      process.kill(child, 'SIGKILL');
    }
  });

  it.each([
    ['./gone.sh', './gone.sh is not there'],
    ['surely-no-such-program', 'there is no program "surely-no-such-program"'],
    ['./plain.txt', './plain.txt may not be executed'],
    ['./windows.sh', 'asks for "/bin/sh" with a Windows line end'],
    ['./exotic.sh', 'asks for /opt/no/such/interpreter, which is not there'],
  ])('says why %s cannot be started', async (name, why) => {
    await writeFile(join(folder, 'plain.txt'), 'text');
    await script('windows.sh', '#!/bin/sh\r\necho\r\n');
    await script('exotic.sh', '#!/opt/no/such/interpreter -x\n');
    const thrown = await runArgv([name, 'arg']).catch(problemOf);
    expect(thrown).toMatchObject({code: 'not-found', command: `${name} arg`});
    expect(thrown).toHaveProperty('message', expect.stringContaining(why));
  });

  it('says that the folder is not there', async () => {
    const thrown = await runArgv(['true'], {cwd: join(folder, 'gone')}).catch(problemOf);
    expect(thrown).toHaveProperty('message', expect.stringContaining(`the folder ${folder}/gone is not there`));
  });

  it('starts nothing for a signal that is aborted already', async () => {
    const reason = new Error('stopped before');
    const terminal = await createTerminal(options);
    const running = terminal.run(
      {argv: ['touch', 'started'], cwd: folder},
      {output: () => undefined},
      AbortSignal.abort(reason),
    );
    await expect(running).rejects.toBe(reason);
    await expect(readFile(join(folder, 'started'))).rejects.toThrow('ENOENT');
  });

  it('asks with TERM on abort and lets the command end in its own way', async () => {
    const {text, thrown} = await abortWhen(
      'ready',
      'trap "echo tidied; exit 0" TERM; echo ready; while :; do sleep 0.05; done',
    );
    expect(thrown).toBe('stop');
    expect(text).toContain('tidied');
  });

  it('kills on abort what does not listen, with its children, also those in groups of their own', async () => {
    const stubborn = `trap "" TERM HUP; sleep 600 & echo "child $!"; setsid=; set -m; sleep 601 & echo "group $!"; set +m; echo ready; while :; do sleep 0.05; done`;
    const {text, thrown} = await abortWhen('ready', stubborn);
    expect(thrown).toBe('stop');
    const pids = [...text.matchAll(/(?:child|group) (\d+)/g)].map((match) => Number(match[1]));
    expect(pids).toHaveLength(2);
    expect(pids.filter(isAlive)).toEqual([]);
  });

  it('ends the command when nobody can take its output', async () => {
    const terminal = await createTerminal(options);
    let pid = 0;
    const running = terminal.run(
      {argv: ['sh', '-c', 'echo $$; while :; do sleep 0.05; done'], cwd: folder},
      {
        output: (bytes) => {
          pid = Number(Buffer.from(bytes).toString());
          throw new Error('the disk is full');
        },
      },
      new AbortController().signal,
    );
    await expect(running).rejects.toThrow('the disk is full');
    expect(isAlive(pid)).toBe(false);
  });

  it('tells in which process session a command is', async () => {
    const terminal = await createTerminal(options);
    let text = '';
    const sessions: number[] = [];
    await terminal.run(
      {argv: ['sh', '-c', 'echo $$; cut -d" " -f6 /proc/self/stat'], cwd: folder},
      {output: (bytes) => (text += Buffer.from(bytes).toString()), begun: (session) => sessions.push(session)},
      new AbortController().signal,
    );
    expect(text).toBe(`${sessions[0]}\r\n${sessions[0]}\r\n`);
    expect(sessions).toHaveLength(1);
  });

  it('ends a command that nobody could take note of', async () => {
    const terminal = await createTerminal(options);
    let pid = 0;
    const begun = (session: number) => {
      pid = session;
      throw new Error('the disk is full');
    };
    const running = terminal.run(
      {argv: ['sh', '-c', 'while :; do sleep 0.05; done'], cwd: folder},
      {output: () => {}, begun},
      new AbortController().signal,
    );
    await expect(running).rejects.toThrow('the disk is full');
    expect(isAlive(pid)).toBe(false);
  });

  it('runs several commands side by side without mixing them', async () => {
    const results = await Promise.all([1, 2, 3, 4].map((n) => run(`echo ${n}; sleep 0.1; echo ${n}; exit ${n}`)));
    expect(results.map(({text}) => text)).toEqual([1, 2, 3, 4].map((n) => `${n}\r\n${n}\r\n`));
    expect(results.map(({end}) => end.exit)).toEqual([1, 2, 3, 4]);
  });

  it('gives every file descriptor back', async () => {
    await run('true');
    const before = await openFiles();
    await Promise.all([run('true'), run('exit 1'), run('echo'), abortWhen('ready', 'echo ready; sleep 600')]);
    await vi.waitFor(async () => expect(await openFiles()).toBe(before));
  });

  function run(line: string, more?: Partial<Command>) {
    return runArgv(['sh', '-c', line], more);
  }

  async function runArgv(argv: Command['argv'], more: Partial<Command> = {}) {
    const terminal = await createTerminal(options);
    const chunks: Uint8Array[] = [];
    const end: CommandEnd = await terminal.run(
      {argv, cwd: folder, ...more},
      {output: (bytes) => chunks.push(bytes)},
      new AbortController().signal,
    );
    const bytes = Buffer.concat(chunks);
    return {end, bytes, text: bytes.toString()};
  }

  async function abortWhen(word: string, line: string) {
    const terminal = await createTerminal(options);
    const stop = new AbortController();
    let text = '';
    const output = (bytes: Uint8Array) => {
      text += Buffer.from(bytes).toString();
      if (text.includes(word)) stop.abort('stop');
    };
    const thrown = await terminal.run({argv: ['bash', '-c', line], cwd: folder}, {output}, stop.signal).then(
      () => 'nothing',
      (reason: unknown) => reason,
    );
    return {text, thrown};
  }
});

it('starts nothing over pipes before it was taken note of', async () => {
  const terminal = await createTerminal({patience: quick, load: noPty});
  const begun = () => {
    throw new Error('the disk is full');
  };
  const running = terminal.run(
    {argv: ['touch', 'too-early'], cwd: folder},
    {output: () => {}, begun},
    new AbortController().signal,
  );
  await expect(running).rejects.toThrow('the disk is full');
  expect(await readdir(folder)).not.toContain('too-early');
});

describe('a pty', () => {
  it('is a terminal of the wanted size with its own session', async () => {
    const terminal = await createTerminal();
    let text = '';
    const output = (bytes: Uint8Array) => {
      text += Buffer.from(bytes).toString();
    };
    const argv = [
      'sh',
      '-c',
      'stty size; test -t 0 && test -t 1 && test -t 2 && echo tty; echo $TERM; : </dev/tty && echo mine',
    ] as const;
    await terminal.run({argv, cwd: folder, columns: 97, rows: 31}, {output}, new AbortController().signal);
    expect(text).toBe('31 97\r\ntty\r\nxterm-256color\r\nmine\r\n');
  });
});

async function script(name: string, content: string): Promise<void> {
  await writeFile(join(folder, name), content);
  await chmod(join(folder, name), 0o755);
}

/** What was killed may still wait for its parent to take note: that is not alive. */
function isAlive(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return !/\) [ZX] /.test(stat);
  } catch {
    return false;
  }
}

async function openFiles(): Promise<number> {
  return (await readdir('/proc/self/fd')).length;
}
