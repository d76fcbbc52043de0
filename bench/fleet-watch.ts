// node bench/fleet-watch.ts JSON: watches all machines as the screen does, but in this process, so that its timers can be
// counted. Prints WatchFigures.
import {createHook} from 'node:async_hooks';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {createClock} from '../src/engine/clock.ts';
import {createMachines} from '../src/engine/machines/machines.ts';
import {createSsh} from '../src/engine/remote/create-ssh.ts';
import {root} from './program.ts';

export interface WatchWork {
  readonly config: string;
  readonly state: string;
}

export interface WatchFigures {
  readonly machines: number;
  /** That are set at a moment, with all machines connected. */
  readonly timers: number;
  /** That were made while each machine was asked once more. */
  readonly made: number;
  /** Milliseconds that took. */
  readonly ms: number;
}

const {config, state} = JSON.parse(process.argv[2] ?? '') as WatchWork;
const clock = createClock();
const machines = createMachines({
  environment: process.env,
  stateHome: state,
  assets: join(root, 'assets'),
  clock,
  loadSsh: async () => (hostKeys) => createSsh({hostKeys, clock}),
});
const watch = machines.watch({config, names: []});
/** Until each machine was seen after a moment. */
const allSeen = async (since: number) => {
  while (watch.get().length === 0 || watch.get().some(({seenAt = 0}) => seenAt <= since)) await sleep(200);
};
await allSeen(0);

let made = 0;
const hook = createHook({
  init(_id, type) {
    if (type === 'Timeout') made++;
  },
});
const began = performance.now();
hook.enable();
await allSeen(clock.now());
hook.disable();
const figures: WatchFigures = {
  machines: watch.get().length,
  timers: process.getActiveResourcesInfo().filter((type) => type === 'Timeout').length,
  made,
  ms: performance.now() - began,
};
console.log(JSON.stringify(figures));
watch.close();
await machines.close();
