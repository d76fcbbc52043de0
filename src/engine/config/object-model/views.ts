import type {ValueMap} from '../context-values.ts';
import type {Reading} from '../eras/reading.ts';
import {serviceSections} from '../eras/services.ts';
import {Guarded} from '../guarded.ts';
import {isAtLeast} from '../release.ts';
import type {Views} from '../types.ts';
import {placeIn} from '../yaml-access.ts';
import {createAssign, inner} from './assign.ts';
import {newInput} from './new-input.ts';
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
 * their readers. `tree`: its configuration modules; absent without a tree.
 */
export function buildViews(reading: Reading, tree: readonly TreeModule[] | undefined): Views {
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
  return release === 'v0.9' ? viewsOfF(reading, tree) : viewsOfLayout(reading, tree);
}

/** One load for everything; `layout` is there beside `machine` (behaviour 11.4.5). */
function viewsOfF(reading: Reading, tree: readonly TreeModule[] | undefined): Views {
  const input = inputOf(reading);
  const view: ValueMap = new Map();
  view.set('kubernetes', kubernetesValue(input));
  const machine = machineValue(input);
  view.set('machine', machine);
  view.set('layout', machine);
  addServices(input, view, tree);
  return {services: new Guarded(view), kubernetes: new Guarded(view)};
}

/** G and H: two loads. The services know no `kubernetes` but `layout.kubernetes`. */
function viewsOfLayout(reading: Reading, tree: readonly TreeModule[] | undefined): Views {
  const input = inputOf(reading);
  const layout = layoutValue(input);
  const services: ValueMap = new Map([['layout', layout]]);
  addServices(input, services, tree);
  const kubernetes: ValueMap = new Map([
    ['kubernetes', kubernetesValue(input)],
    ['layout', layout],
  ]);
  return {services: new Guarded(services), kubernetes: new Guarded(kubernetes)};
}

function inputOf({sources, release, origins, problems}: Reading) {
  const file = sources.files.get('services');
  const sections = file ? serviceSections(placeIn(file), origins) : new Map();
  if (isAtLeast(release, 'v0.16')) {
    const common = inner(inner(sections, 'cluster'), 'common');
    const type = isAtLeast(release, 'v1.1') ? 'k8s' : 'yarn';
    if (!common.has('cluster-type')) {
      createAssign(origins).fallback(common, 'cluster-type', type, `as ${release} has it`);
    }
  }
  return newInput(sources, sections, release, origins, problems);
}
