import {readdirSync} from 'node:fs';
import {createClock} from '../../src/engine/clock.ts';
import {createFiles} from '../../src/engine/files/create-files.ts';
import {problemOf} from '../../src/engine/problem.ts';
import {holderOf, takeLock} from '../../src/engine/run/lock.ts';
import {createRuns} from '../../src/engine/run/runs.ts';
import {startRun} from '../../src/engine/run/start.ts';
import {sharingRecords} from '../../src/engine/state.ts';

// What another account does with the runs of a state home: node other-account.ts <state home> <what>. Says it as JSON.
const [, , stateHome = '', what = ''] = process.argv;
const runs = createRuns({stateHome, command: [process.execPath, '/nowhere'], environment: {}, clock: createClock()});

async function act(): Promise<unknown> {
  switch (what) {
    case 'list':
      return (await runs.list()).map(({id, status}) => [id, status]);
    case 'show':
      return (await runs.show('last')).state.tasks.map(({id, status}) => [id, status]);
    case 'cancel':
      return runs.cancel('last');
    case 'resume':
      return runs.resume('last');
    case 'lock':
      takeLock(`${stateHome}/locks`, process.argv[4] ?? '', 'another', 0);
      return holderOf(`${stateHome}/locks`, process.argv[4] ?? '')?.run;
    case 'start': {
      const plan = {operation: 'x', title: 'x', tasks: [], notices: []};
      const request = {operation: 'x'};
      const world = {command: ['/bin/false'], environment: {}, clock: createClock()};
      return startRun({
        ...world,
        stateFolder: `${stateHome}/cluster`,
        request,
        facts: null,
        plan,
        planHash: 'x',
        programVersion: '1',
      });
    }
    case 'follow': {
      const store = runs.follow('last');
      const output = runs.output('last', 'write/a');
      const ended = () => ['done', 'stopped'].includes(store.get().summary.status) && output.get().ended;
      process.stdout.write('following\n');
      await new Promise<void>((resolve) => {
        const look = () => ended() && resolve();
        store.subscribe(look);
        output.subscribe(look);
        look();
      });
      store.close();
      output.close();
      return [store.get().summary.status, output.get().lines(0, 1)[0]?.text];
    }
    case 'remove': {
      const cluster = `${stateHome}/cluster/images`;
      const files = sharingRecords(createFiles({cacheFile: '/nowhere/hashes'}), stateHome);
      await files.removeTree(`${cluster}/generated`);
      await files.makeFolder(`${cluster}/generated`);
      return readdirSync(cluster).map((name) => name.replace(/aside-.*/, 'aside'));
    }
    default:
      throw new Error(`what is ${what}?`);
  }
}

await act().then(
  (said) => process.stdout.write(`${JSON.stringify(said ?? null)}\n`),
  (error: unknown) => process.stdout.write(`${JSON.stringify({problem: problemOf(error)})}\n`),
);
