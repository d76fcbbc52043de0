import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';

/** Writes the folder of a run as one that went well leaves it; `runs` is the folder of all of them. */
export function writeRun(runs: string, run: string): void {
  const folder = join(runs, run);
  mkdirSync(folder, {recursive: true});
  const request = {operation: 'image build', source: '/srv/pai', names: []};
  const record = {run, request, planHash: 'c0ffee', who: 'ops@jump1', programVersion: '0.1.0', at: 1_790_000_000_000};
  writeFileSync(join(folder, 'request.json'), JSON.stringify(record));
  const plan = {operation: 'image build', title: 'Build 1 image', tasks: [], notices: []};
  writeFileSync(join(folder, 'plan.json'), JSON.stringify(plan));
  const events = [
    {
      type: 'run-started',
      run,
      operation: 'image build',
      title: 'Build 1 image',
      planHash: 'c0ffee',
      runner: 1,
      bootId: 'x',
      tasks: [],
    },
    {type: 'run-ended', outcome: 'done'},
  ];
  const lines = events.map((event, index) => JSON.stringify({at: record.at + index, up: index, ...event}));
  writeFileSync(join(folder, 'journal.jsonl'), `${lines.join('\n')}\n`);
}
