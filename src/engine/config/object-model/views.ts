import type {Value, ValueMap} from '../context-values.ts';
import type {Reading} from '../eras/reading.ts';
import {Guarded} from '../guarded.ts';
import {isAtLeast} from '../release.ts';
import type {Views} from '../types.ts';
import {newInputOf} from './new-input.ts';
import {kubernetesValue} from './new-kubernetes.ts';
import {layoutValue, machineValue} from './new-machines.ts';
import {addServices} from './new-services.ts';
import {oldInput} from './old-input.ts';
import {oldKubernetes} from './old-kubernetes.ts';
import {oldServices} from './old-services.ts';
import {singleViews} from './single.ts';
import type {TreeModule} from './tree-modules.ts';

/**
 * What templates see, under the names of the era. Whatever the files lack is missing here too; that was reported by
 * their readers. `tree`: its configuration modules; absent without a tree. `ran`: what they made, where they were run.
 */
export function buildViews(
  reading: Reading,
  tree: readonly TreeModule[] | undefined,
  ran?: ReadonlyMap<string, Value>,
): Views {
  const {sources, release, origins, problems} = reading;
  if (sources.format === 'single-files') {
    const {services, kubernetes} = singleViews(reading);
    return {services: new Guarded(services), kubernetes: new Guarded(kubernetes)};
  }
  if (!isAtLeast(release, 'v0.9')) {
    const input = oldInput(sources, release, origins, problems);
    // In this order: the service parser has the last word on the hosts that both share (behaviour 3.2).
    const kubernetes = oldKubernetes(input);
    return {services: new Guarded(oldServices(input)), kubernetes: new Guarded(kubernetes)};
  }
  return release === 'v0.9' ? viewsOfF(reading, tree, ran) : viewsOfLayout(reading, tree, ran);
}

type Tree = readonly TreeModule[] | undefined;
type Ran = ReadonlyMap<string, Value> | undefined;

/** One load for everything; `layout` is there beside `machine` (behaviour 11.4.5). */
function viewsOfF(reading: Reading, tree: Tree, ran: Ran): Views {
  const input = newInputOf(reading);
  const view: ValueMap = new Map();
  view.set('kubernetes', kubernetesValue(input));
  const machine = machineValue(input);
  view.set('machine', machine);
  view.set('layout', machine);
  addServices(input, view, tree, ran);
  return {services: new Guarded(view), kubernetes: new Guarded(view)};
}

/** G and H: two loads. The services know no `kubernetes` but `layout.kubernetes`. */
function viewsOfLayout(reading: Reading, tree: Tree, ran: Ran): Views {
  const input = newInputOf(reading);
  const layout = layoutValue(input);
  const services: ValueMap = new Map([['layout', layout]]);
  addServices(input, services, tree, ran);
  const kubernetes: ValueMap = new Map([
    ['kubernetes', kubernetesValue(input)],
    ['layout', layout],
  ]);
  return {services: new Guarded(services), kubernetes: new Guarded(kubernetes)};
}
