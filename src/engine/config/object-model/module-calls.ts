/** Running the modules of a tree of F–H: what each is given, and what stands in the way. */

import type {Problem} from '../../problem.ts';
import {Copier, type Value, type ValueMap} from '../context-values.ts';
import type {Reading} from '../eras/reading.ts';
import {Guarded} from '../guarded.ts';
import {Origins} from '../origins.ts';
import {hasErrors} from '../problems.ts';
import type {ModulesRequest, RunModules} from '../python/types.ts';
import {isAtLeast} from '../release.ts';
import {placeIn} from '../yaml-access.ts';
import {activeModules} from './active-modules.ts';
import {mapIn} from './assign.ts';
import {newInputOf} from './new-input.ts';
import type {TreeModule} from './tree-modules.ts';
import {buildViews} from './views.ts';

/** What the modules make, by name; undefined when it could not be had, and the problems of the reading say why. */
export async function ranModules(
  reading: Reading,
  modules: readonly TreeModule[],
  tree: {readonly toolRoot: string} | undefined,
  run: RunModules,
): Promise<ReadonlyMap<string, Value> | undefined> {
  const {problems} = reading;
  const obstacle = obstacleOf(problems, modules, tree);
  if (obstacle || !tree) {
    if (obstacle) problems.push(obstacle);
    return undefined;
  }
  const answer = await run(requestOf(reading, modules, tree.toolRoot));
  problems.push(...answer.problems);
  return answer.values;
}

function obstacleOf(
  problems: readonly Problem[],
  modules: readonly TreeModule[],
  tree: {readonly toolRoot: string} | undefined,
): Problem | undefined {
  if (!tree || modules.length === 0) {
    return {
      code: 'not-found',
      message: tree
        ? 'No configuration modules were run: the tree has none.'
        : 'No configuration modules were run: no tree was named.',
      hint: 'Trees of v0.9 and later have them, as src/COMPONENT/config/COMPONENT.py. Name one with -s DIR, or leave out --python.',
      ...(tree ? {file: tree.toolRoot} : {}),
    };
  }
  if (!hasErrors(problems)) return undefined;
  return {
    code: 'module-failed',
    severity: 'notice',
    message: 'The configuration modules of the tree were not run, because the configuration has errors.',
    hint: 'Correct them first; the values are those that are known here.',
  };
}

/** Modules add to what they are given, so all of it is read anew. */
function requestOf(reading: Reading, modules: readonly TreeModule[], toolRoot: string): ModulesRequest {
  const apart: Reading = {...reading, problems: [], origins: new Origins()};
  const views = buildViews(apart, modules);
  const {machines, services, ...input} = newInputOf(apart);
  const {active} = activeModules({...input, machines, services}, modules);
  const copier = new Copier(apart.origins);
  const missing = (): Value => (isAtLeast(reading.release, 'v1.0') ? new Map() : []);
  const names = new Set(active.map(({name}) => name));
  return {
    toolRoot,
    modules: active.map(({name, defaults}) => ({
      name,
      given: [machines, mapIn(services, name), defaults ? copier.map(placeIn(defaults)) : missing()],
    })),
    whole: new Map([...views.services.reveal()].filter(([key]) => !names.has(String(key)))) as ValueMap,
    secrets: new Set([views.services, views.kubernetes, new Guarded(machines)].flatMap((each) => [...each.secrets()])),
  };
}
