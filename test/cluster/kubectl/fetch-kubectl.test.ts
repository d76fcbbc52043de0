import {mkdtemp, readdir, readFile, rm, stat} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {fetchKubectl} from '../../../src/engine/cluster/kubectl/fetch-kubectl.ts';
import {createFiles} from '../../../src/engine/files/create-files.ts';
import type {MachineAccess, Remote, RemoteCommand} from '../../../src/engine/machine-tools.ts';
import {type Problem, ProblemError} from '../../../src/engine/problem.ts';

const {signal} = new AbortController();
const files = createFiles({cacheFile: '/nonexistent/cache'});
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pai-fetch-'));
});
afterEach(() => rm(folder, {recursive: true}));

/** What a master prints, in pieces, and how it ends; or why it cannot be asked. */
type Answer = {readonly pieces: readonly Uint8Array[]; readonly exit: number; readonly said?: string} | ProblemError;

function program(machine: number, length: number): Buffer {
  const bytes = Buffer.alloc(length, 'x');
  bytes.writeUInt32BE(0x7f454c46);
  bytes[5] = 1;
  bytes.writeUInt16LE(machine, 18);
  return bytes;
}
const whole = program(62, 5000);

async function fetch(answers: Readonly<Record<string, Answer>>) {
  const commands: RemoteCommand[] = [];
  const refused: Problem[] = [];
  const machines: MachineAccess = {
    async use(machine, work) {
      const answer = answers[machine];
      if (!answer || answer instanceof ProblemError) throw answer;
      const run: Remote['run'] = async (command, watch, ending) => {
        commands.push(command);
        if (answer.said) watch.stderr?.(Buffer.from(answer.said));
        for (const piece of answer.pieces) watch.stdout?.(piece);
        ending.throwIfAborted();
        return {exit: answer.exit};
      };
      return work({run} as Remote);
    },
  };
  const fetched = await fetchKubectl(
    {image: 'registry/hyperkube:v1.20.2', run: 'run-1', masters: Object.keys(answers), arch: 'x64'},
    machines,
    () => files.beginFile(join(folder, 'draft'), 0o755),
    {progress: () => {}, refused: (problem) => refused.push(problem)},
    signal,
  ).catch((error: unknown) => error);
  return {fetched, refused, commands};
}

const silent = new ProblemError({code: 'machine-unreachable', message: 'Nobody answers.'});

test('kubectl comes from the first master that gives it, whole and executable', async () => {
  const {fetched, refused, commands} = await fetch({
    a: silent,
    b: {pieces: [], exit: 3, said: 'The image registry/hyperkube:v1.20.2 is not there.\n'},
    c: {pieces: [whole.subarray(0, 7), whole.subarray(7, 30), whole.subarray(30)], exit: 0},
    d: {pieces: [], exit: 0},
  });
  expect(fetched).toMatchObject({master: 'c', bytes: whole.length});
  expect(refused).toMatchObject([
    {code: 'machine-unreachable'},
    {code: 'script-failed', machine: 'b', exitCode: 3, detail: 'The image registry/hyperkube:v1.20.2 is not there.'},
  ]);
  expect(commands).toHaveLength(2);
  expect(commands[0]).toMatchObject({args: ['registry/hyperkube:v1.20.2', 'pai-tui-kubectl-run-1'], sudo: true});
  expect(await readFile(join(folder, 'draft'))).toEqual(whole);
  expect((await stat(join(folder, 'draft'))).mode & 0o777).toBe(0o755);
});

test.each<[string, Answer, Partial<Problem>]>([
  [
    'for another processor',
    {pieces: [program(183, 40), whole], exit: 0},
    {code: 'package-corrupt', message: expect.stringContaining('is for another processor (arm64)'), machine: 'a'},
  ],
  ['that is none', {pieces: [Buffer.from('<html>')], exit: 0}, {code: 'package-corrupt'}],
  ['that ends early', {pieces: [whole.subarray(0, 1000)], exit: 5}, {code: 'script-failed', exitCode: 5}],
  ['of a master that is away', silent, {code: 'machine-unreachable'}],
])('a program %s is refused, and nothing of it stays', async (_what, answer, problem) => {
  const {fetched} = await fetch({a: answer});
  expect(fetched).toBeInstanceOf(ProblemError);
  expect((fetched as ProblemError).problem).toMatchObject(problem);
  expect(await readdir(folder)).toEqual([]);
});

test('without a master there is none to be had', async () => {
  expect(((await fetch({})).fetched as ProblemError).problem.code).toBe('machine-unreachable');
});
