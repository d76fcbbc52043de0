import {Readable} from 'node:stream';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import type {Remote, RemoteCommand, RemoteEnd, Ssh} from '../../src/engine/machine-tools.ts';
import {problemOf} from '../../src/engine/problem.ts';
import {isGroupAlive, never} from './waiting.ts';

/** What every machine must do with a command, whoever serves it. */
export interface ContractSubject {
  readonly ssh: Ssh;
  readonly target: Parameters<Ssh['connect']>[0];
  /** Whether something runs in a process group of the machine; absent: it is one of this computer. */
  isAlive?(processGroup: number): Promise<boolean>;
  close(): Promise<void>;
}

export function remoteContract(title: string, start: () => Promise<ContractSubject>): void {
  describe.each([
    [title, false],
    [`${title}, with commands that can be repeated`, true],
  ])('%s', (_title, repeatable) => {
    let subject: ContractSubject;
    let remote: Remote;
    beforeEach(async () => {
      subject = await start();
      const connected = await subject.ssh.connect(subject.target, never);
      remote = repeatable ? repeating(connected) : connected;
    });
    afterEach(async () => {
      await remote.close();
      await subject.close();
    });

    const isAlive = async (group: number) => (await subject.isAlive?.(group)) ?? isGroupAlive(group);
    const run = async (command: RemoteCommand, signal = never) => {
      const out: Uint8Array[] = [];
      const err: Uint8Array[] = [];
      const groups: number[] = [];
      const watch = {
        stdout: (bytes: Uint8Array) => out.push(bytes),
        stderr: (bytes: Uint8Array) => err.push(bytes),
        begun: (group: number) => groups.push(group),
      };
      const end = await remote.run(command, watch, signal);
      return {...end, out: Buffer.concat(out).toString(), err: Buffer.concat(err).toString(), groups};
    };

    test('exit code, stdout and stderr of a script are kept apart', async () => {
      const {exit, signal, out, err} = await run({script: 'echo to out; echo to err >&2; exit 7'});
      expect({exit, signal, out, err}).toEqual({exit: 7, signal: undefined, out: 'to out\n', err: 'to err\n'});
    });

    test.each<[string, RemoteEnd]>([
      ['true', {exit: 0}],
      ['nosuchcommand 2>/dev/null', {exit: 127}],
      ['kill -TERM $$', {signal: 'SIGTERM'}],
      ['kill -KILL $$', {signal: 'SIGKILL'}],
      ['kill -HUP $$', {signal: 'SIGHUP'}],
      ['exit 137', {exit: 137}],
      ['exit 255', {exit: 255}],
      ["trap 'exit 4' TERM; kill -TERM $$", {exit: 4}],
      ['exec sh -c "exit 9"', {exit: 9}],
    ])('the end of `%s` is told as it was', async (script, end) => {
      const {exit, signal, err} = await run({script});
      expect({exit, signal, err}).toEqual({exit: undefined, signal: undefined, ...end, err: ''});
    });

    test('arguments arrive as they are', async () => {
      const args = ["it's", '', 'a  b', '$HOME `id` "x"', 'line\nend', 'ä!\\'];
      const {out} = await run({script: 'for word; do printf "<%s>" "$word"; done', args});
      expect(out).toBe(args.map((word) => `<${word}>`).join(''));
    });

    test('a long script with quotes of every kind arrives as it is', async () => {
      const text = `it's "quoted" $HOME \`date\` \\n !! ${'x'.repeat(300_000)} ä`;
      const {out} = await run({script: `cat <<'END'\n${text}\nEND`});
      expect(out).toBe(`${text}\n`);
    });

    test('a text for stdin arrives, and its end', async () => {
      expect(await run({script: 'cat; echo end', stdin: 'some words'})).toMatchObject({out: 'some wordsend\n'});
      expect(await run({script: 'cat; echo end'})).toMatchObject({out: 'end\n'});
    });

    test('what a script prints without reading its stdin is heard', async () => {
      const {exit, out} = await run({script: 'echo done', stdin: Readable.from(endlessly())});
      expect({exit, out}).toEqual({exit: 0, out: 'done\n'});
    });

    test('a stream for stdin arrives whole', async () => {
      const chunks = 64;
      const size = 1024 * 1024;
      async function* source() {
        for (let count = 0; count < chunks; count++) yield Buffer.alloc(size, count);
      }
      const {out, exit} = await run({script: 'wc -c', stdin: Readable.from(source())});
      expect({exit, out: Number(out)}).toEqual({exit: 0, out: chunks * size});
    });

    test('a source of stdin that fails ends the script', async () => {
      async function* source() {
        yield Buffer.from('begin');
        throw new Error('the file is gone');
      }
      await expect(run({script: 'cat; echo whole', stdin: Readable.from(source())})).rejects.toThrow(
        'the file is gone',
      );
    });

    test('much output arrives whole', async () => {
      let bytes = 0;
      const end = await remote.run(
        {script: 'head -c 100000000 /dev/zero; echo end >&2'},
        {stdout: (chunk) => (bytes += chunk.length)},
        never,
      );
      expect({...end, bytes}).toEqual({exit: 0, bytes: 100_000_000});
    });

    test('the process group is heard before the script does anything', async () => {
      const heard: string[] = [];
      await remote.run(
        {script: 'echo ran'},
        {begun: () => heard.push('begun'), stdout: (bytes) => heard.push(String(Buffer.from(bytes)))},
        never,
      );
      expect(heard).toEqual(['begun', 'ran\n']);
    });

    test('nothing of a script runs when whoever hears its process group throws', async () => {
      const heard: string[] = [];
      const watch = {
        begun: () => {
          throw new Error('the journal is full');
        },
        stdout: (bytes: Uint8Array) => heard.push(String(Buffer.from(bytes))),
      };
      await expect(remote.run({script: 'echo ran'}, watch, never)).rejects.toThrow('the journal is full');
      expect(heard).toEqual([]);
    });

    test('aborting ends the whole process group, and is told after it is gone', async () => {
      const stop = new AbortController();
      const reason = new Error('stopped by the operator');
      let group = 0;
      const running = remote.run(
        {script: 'sleep 1000 & sleep 1001 & echo on; wait'},
        {begun: (number) => (group = number), stdout: () => stop.abort(reason)},
        stop.signal,
      );
      await expect(running).rejects.toBe(reason);
      expect(await isAlive(group)).toBe(false);
    });

    test('a process group is known as long as something of it runs, and can be ended', async () => {
      const begun = Promise.withResolvers<number>();
      const running = remote.run({script: 'sleep 1000'}, {begun: begun.resolve}, never);
      const group = await begun.promise;
      expect(await remote.isAlive(group, never)).toBe(true);
      await remote.endGroup(group, never);
      expect(await running).toEqual({signal: 'SIGTERM'});
      expect(await remote.isAlive(group, never)).toBe(false);
    });

    test('a process group that is not ours is left alone', async () => {
      const group = process.pid;
      expect(await remote.isAlive(group, never)).toBe(false);
      await remote.endGroup(group, never);
    });

    test('a script that takes too long is ended', async () => {
      let group = 0;
      const running = remote.run({script: 'sleep 1000', deadlineMs: 200}, {begun: (number) => (group = number)}, never);
      const problem = problemOf(await running.catch((error: unknown) => error));
      expect(problem).toMatchObject({code: 'deadline-passed', machine: subject.target.name, command: 'sleep 1000'});
      expect(await isAlive(group)).toBe(false);
    });

    test('a script that is silent for too long is ended, one that speaks is not', async () => {
      const speaking = await run({script: 'for i in 1 2 3 4 5 6 7 8; do echo $i; sleep 0.2; done', silenceMs: 1_000});
      expect(speaking.exit).toBe(0);
      const problem = problemOf(await run({script: 'sleep 1000', silenceMs: 300}).catch((error: unknown) => error));
      expect(problem).toMatchObject({code: 'deadline-passed', message: expect.stringContaining('printed nothing')});
    });

    test('what a script leaves behind does not hold its end up', async () => {
      const {exit, out, groups} = await run({script: 'sleep 1000 & echo left it; exit 3'});
      expect({exit, out}).toEqual({exit: 3, out: 'left it\n'});
      for (const group of groups) await remote.endGroup(group, never);
    });

    test('many scripts at once wait for room and all end', async () => {
      const ends = await Promise.all(
        Array.from({length: 30}, (_, index) => run({script: `echo ${index}; exit ${index}`})),
      );
      expect(ends.map(({exit, out}) => [exit, out])).toEqual(ends.map((_, index) => [index, `${index}\n`]));
    });

    test('closing ends what runs', async () => {
      const begun = Promise.withResolvers<number>();
      const running = remote.run({script: 'sleep 1000'}, {begun: begun.resolve}, never);
      const ended = expect(running).rejects.toThrow('the connection was closed');
      const group = await begun.promise;
      await remote.close();
      await ended;
      expect(await isAlive(group)).toBe(false);
    });
  });
}

function* endlessly() {
  for (;;) yield Buffer.alloc(65_536);
}

/** The same machine, told that every command can be repeated. */
function repeating(remote: Remote): Remote {
  return {
    target: remote.target,
    run: (command, watch, signal) => remote.run({...command, repeatable: true}, watch, signal),
    shell: (request, signal) => remote.shell(request, signal),
    isAlive: (group, signal) => remote.isAlive(group, signal),
    endGroup: (group, signal) => remote.endGroup(group, signal),
    close: () => remote.close(),
  };
}
