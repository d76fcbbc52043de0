import {join} from 'node:path';
import {start} from './a-run.ts';

// Starts a run of six tasks, the first of which waits, and stays until it is killed: node start-six-tasks.ts <state home>
const home = process.argv[2] ?? '';
await start(
  {
    home,
    stateFolder: join(home, 'cluster'),
    target: join(home, '.target'),
    factFile: join(home, '.facts'),
    remove: () => {},
  },
  {hold: ['a']},
);
setInterval(() => {}, 1000);
