/** The services of F–H: each module's defaults, what overrules them, and what it derives (behaviour 3.6, 3.7). */

import {displayText, nearestNames} from '../../names.ts';
import {checkShape} from '../check-shape.ts';
import type {Value, ValueMap} from '../context-values.ts';
import {nodeOf} from '../node.ts';
import {map, needed, optional} from '../shape.ts';
import {activeModules, activeType} from './active-modules.ts';
import {mapIn} from './assign.ts';
import type {ServiceModule} from './modules/types.ts';
import type {NewInput} from './new-input.ts';
import {takeRan} from './ran-modules.ts';
import {derive, ownValues, report} from './service-values.ts';
import type {TreeModule} from './tree-modules.ts';

/**
 * Adds the services to `view`. Without a tree every known module of the release counts as there. `ran`: what the tree's
 * own modules made, which then counts.
 */
export function addServices(
  input: NewInput,
  view: ValueMap,
  tree: readonly TreeModule[] | undefined,
  ran?: ReadonlyMap<string, Value>,
): void {
  const {present, active} = activeModules(input, tree);
  checkSections(
    input,
    active.map(({module}) => module).filter((module) => module !== undefined),
  );
  noteUnknown(input, new Set(present), tree !== undefined);
  for (const {name, defaults, folders, module} of active) {
    const own = ownValues(input, name, defaults, module);
    view.set(name, module ? derive(input, view, own, module, folders) : own);
    if (!module && !ran) noteGeneric(input, name, defaults?.file);
  }
  for (const {module} of active) if (module) checkNeeds(input, view, module);
  const known = new Set(active.flatMap(({name, module}) => (module ? [name] : [])));
  if (ran) takeRan(input, view, ran, known);
}

function checkSections(input: NewInput, modules: readonly ServiceModule[]): void {
  const {services, servicesPlace, origins, problems} = input;
  // A file whose YAML is wrong has its problem already.
  if (servicesPlace?.source.yaml.value === undefined) return;
  const fields = modules.map(({name, shape = map({})}) => {
    const examples = Object.values(shape.fields).flatMap((field) => (field.needed === 'error' ? [field.example] : []));
    const example = `${name}: with ${examples.join(' and ')}`;
    return [name, examples.length > 0 ? needed(shape, example) : optional(shape)] as const;
  });
  problems.push(...checkShape(nodeOf(services, origins, servicesPlace), map(Object.fromEntries(fields))));
}

function noteUnknown(input: NewInput, present: ReadonlySet<string>, isTree: boolean): void {
  for (const key of input.services.keys()) {
    const name = String(key);
    if (present.has(name)) continue;
    const [nearest] = nearestNames(name, present, 1);
    const what = isTree ? 'no configuration module of the tree' : 'no service that is known here';
    const hint =
      nearest === undefined
        ? 'Its section is not used.'
        : `Write ${nearest} if that is meant; the section is not used.`;
    report(input, [name], `${displayText(name)} is ${what}.`, hint, nearest === undefined ? 'notice' : 'warning');
  }
}

function noteGeneric({problems}: NewInput, name: string, file: string | undefined): void {
  problems.push({
    code: 'config-invalid',
    severity: 'notice',
    message: `The configuration module ${displayText(name)} is not known here: its defaults and the configuration are merged, and values it derives are missing.`,
    hint: 'Templates that need such values show nothing for them.',
    ...(file === undefined ? {} : {file}),
  });
}

function checkNeeds(input: NewInput, view: ValueMap, module: ServiceModule): void {
  const isYarn = (activeType(input) ?? 'yarn') === 'yarn';
  for (const need of [...(module.needs ?? []), ...(isYarn ? (module.needsOfYarn ?? []) : [])]) {
    const [service = '', key = ''] = need.split('.');
    if (mapIn(view, service).has(key)) continue;
    // Without a pai-master nothing has an address, which is said once and elsewhere.
    if (view.has(service) && input.master === undefined) continue;
    report(
      input,
      [module.name],
      `${module.name} needs ${need}, which is not there.`,
      `Add ${service} to the tree, or take ${module.name} out of it.`,
      'warning',
    );
  }
}
