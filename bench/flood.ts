// Stands for a run with four builds that never stop talking: `node flood.ts STATE_HOME LINES_PER_SECOND` makes a
// run directory, says its id, and writes output as a runner does until its stdin ends.
import {mkdirSync} from 'node:fs';
import {join} from 'node:path';
import {createClock} from '../src/engine/clock.ts';
import type {RunEvent, TaskOutline} from '../src/engine/run/events.ts';
import {runFolder, writeJson, writeRunner} from '../src/engine/run/folder.ts';
import {openJournal} from '../src/engine/run/journal.ts';
import {openOutput} from '../src/engine/run/output.ts';
import {bootId, thisProcess, whoami} from '../src/engine/run/process.ts';
import {createRedactor} from '../src/engine/run/redact.ts';

const [stateHome, rate] = process.argv.slice(2);
if (!stateHome || !rate) throw new Error('flood.ts STATE_HOME LINES_PER_SECOND');
const linesPerSecond = Number(rate);
const clock = createClock();
const folder = join(stateHome, 'bench-0000', 'runs', '20260101-000000-image-build');
mkdirSync(folder, {recursive: true, mode: 0o700});
const run = runFolder(folder);
const outlines = ['base-image', 'rest-server', 'webportal', 'zookeeper'].map(
  (name): TaskOutline => ({
    id: `build/${name}`,
    title: `Build ${name}`,
    needs: [],
    touches: 'this computer',
    does: [],
    expected: 'change',
    why: ['never built here'],
    resource: 'build',
  }),
);
const head = {operation: 'image build', title: 'Build 4 components'};
const request = {
  operation: 'image build',
  source: '/',
  names: [],
  force: false,
  noCache: false,
  builder: 'auto',
};
writeJson(run.request, {
  run: run.run,
  request,
  planHash: 'bench',
  who: whoami(),
  programVersion: 'bench',
  at: clock.now(),
});
writeJson(run.plan, {...head, tasks: outlines, notices: []});
writeRunner(run, {...thisProcess(), programVersion: 'bench', ready: true});
const journal = openJournal(run.journal);
const say = (event: DistributedOmit<RunEvent>) => journal.append({...event, at: clock.now(), up: clock.monotonic()});
say({type: 'run-started', run: run.run, ...head, planHash: 'bench', runner: 1, bootId: bootId(), tasks: outlines});
const outputs = outlines.map(({id}) => {
  say({type: 'task-started', task: id, attempt: 1});
  return openOutput({runFolder: folder, task: id, redactor: createRedactor([]), clock, onFull: fail});
});
console.log(run.run);

let number = 0;
let due = 0;
let last = clock.monotonic();
const timer = setInterval(() => {
  const now = clock.monotonic();
  due += (linesPerSecond * (now - last)) / 1000;
  last = now;
  const count = Math.floor(due);
  due -= count;
  number += count;
  for (const output of outputs)
    output.write(Array.from({length: count}, (_, index) => line(number - count + index)).join(''));
}, 10);
process.stdin.resume().on('end', () => {
  clearInterval(timer);
  for (const output of outputs) output.close();
  for (const {id} of outlines) say({type: 'task-done', task: id, changed: true});
  say({type: 'run-ended', outcome: 'done'});
  journal.close();
});

type DistributedOmit<T> = T extends unknown ? Omit<T, 'at' | 'up'> : never;

function line(index: number): string {
  const level = ['\x1b[32mINFO\x1b[0m', '\x1b[33mWARN\x1b[0m', '\x1b[2mDEBUG\x1b[0m'][index % 3];
  return `${level} step ${index} \x1b[36mcopying\x1b[0m usr/lib/module-${(index * 31) % 9973}/index.js ok=${index % 97}\r\n`;
}

function fail(problem: unknown): never {
  throw problem;
}
