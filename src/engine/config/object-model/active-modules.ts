/** Which configuration modules of F–H count (behaviour 3.6). */

import {isAtLeast} from '../release.ts';
import {placeIn, textAt} from '../yaml-access.ts';
import {mapIn, wordOf} from './assign.ts';
import {modulesOf} from './modules/table.ts';
import type {ServiceModule} from './modules/types.ts';
import type {NewInput} from './new-input.ts';
import type {TreeModule} from './tree-modules.ts';

/** Those of the tree, else every known one of the release; and which of them are for this kind of cluster. */
export function activeModules(
  input: NewInput,
  tree: readonly TreeModule[] | undefined,
): {readonly present: readonly string[]; readonly active: readonly Active[]} {
  const known = modulesOf(input.release);
  const present = tree ?? [...known.keys()].sort().map((name): TreeModule => ({name}));
  const type = activeType(input);
  const active = present
    .map((each) => ({...each, module: known.get(each.name)}))
    .filter((each) => type === undefined || [type, 'common'].includes(typeOf(input, each)));
  return {present: present.map(({name}) => name), active};
}

export interface Active extends TreeModule {
  readonly module: ServiceModule | undefined;
}

/** The kind of cluster, since v0.16; from v1.1 on there is one kind only (behaviour 0.3). */
export function activeType({release, services}: NewInput): string | undefined {
  if (!isAtLeast(release, 'v0.16')) return undefined;
  if (isAtLeast(release, 'v1.1')) return 'k8s';
  return wordOf(mapIn(mapIn(services, 'cluster'), 'common').get('cluster-type')) ?? 'yarn';
}

function typeOf({services}: NewInput, {name, defaults, module}: Active): string {
  const inTree = defaults ? textAt(placeIn(defaults, 'service_type')) : module?.type;
  return wordOf(mapIn(services, name).get('service_type')) ?? inTree ?? 'common';
}
