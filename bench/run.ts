// npm run bench [-- images start panes context templates machines fleet shell boots] [--context-gb 5]: figures of this machine, taken in one run.
import {cpus} from 'node:os';
import {parseArgs} from 'node:util';
import {builtProgram} from '../test/helpers/built-program.ts';
import {measureBoots} from './boots.ts';
import {measureContext} from './context.ts';
import {measureFleet} from './fleet.ts';
import {measureImages} from './images.ts';
import {measureMachines} from './machines.ts';
import type {Figure} from './measure.ts';
import {measurePanes} from './panes.ts';
import {measureShell} from './shell.ts';
import {measureStart} from './start.ts';
import {measureTemplates} from './templates.ts';

const {values, positionals: wanted} = parseArgs({
  allowPositionals: true,
  options: {'context-gb': {type: 'string', default: '5'}},
});
const contextGb = Number(values['context-gb']);
if (!(contextGb > 0)) {
  console.error('--context-gb takes a number of gigabytes.');
  process.exit(2);
}

const parts: Readonly<Record<string, () => Promise<readonly Figure[]>>> = {
  start: measureStart,
  panes: measurePanes,
  images: measureImages,
  context: () => measureContext(contextGb),
  templates: measureTemplates,
  machines: measureMachines,
  fleet: measureFleet,
  shell: measureShell,
  boots: measureBoots,
};

const unknown = wanted.filter((name) => !(name in parts));
if (unknown.length > 0) {
  console.error(`There is no part ${unknown.join(', ')}; there are: ${Object.keys(parts).join(', ')}.`);
  process.exit(2);
}
await builtProgram();
console.log(
  `${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} processors, Node ${process.version}, ${new Date().toISOString()}`,
);
for (const [name, measure] of Object.entries(parts)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  console.log(`\n${name}`);
  for (const {what, value, goal, met} of await measure()) {
    console.log(
      `  ${what.padEnd(58)} ${value.padStart(10)}${goal ? `   goal ${goal}: ${met ? 'met' : 'NOT met'}` : ''}`,
    );
  }
}
