/** What a build has to do for each component, as far as the facts tell. */

import {posix} from 'node:path';
import type {ImageBuildRequest} from '../../api.ts';
import type {Catalog, Component} from '../../catalog/types.ts';
import {givenIn, type ImageBuildFacts} from '../../images/facts.ts';
import {componentOf, imageOf} from '../../images/inputs.ts';
import {allCopies, hooksBefore, type ImageJudgement} from '../../images/judge.ts';
import type {Expected} from '../types.ts';

/** What the facts let us expect of one component. */
export interface Step {
  readonly component: Component;
  readonly images: readonly ImageJudgement[];
  readonly expected: Expected;
  readonly why: readonly string[];
}

/** Components that have something to do or to hand on, by name, in build order of their images. */
export function stepsOf(request: ImageBuildRequest, facts: ImageBuildFacts): Map<string, Step> {
  const {catalog} = facts;
  const judged = new Map(facts.images.map((image) => [image.name, image]));
  const steps = new Map<string, Step>();
  for (const name of facts.selection.components) {
    const component = componentOf(catalog, name);
    const images = component.images.flatMap((image) => judged.get(image) ?? []);
    // A component that is only a folder for others needs no task: the copy of the tree has it.
    if (images.length === 0 && !hasHooks(component) && component.copies.length === 0) continue;
    steps.set(name, {component, images, ...expectation(component, images, request.force, catalog)});
  }
  return steps;
}

function expectation(
  component: Component,
  images: readonly ImageJudgement[],
  force: boolean,
  catalog: Catalog,
): Pick<Step, 'expected' | 'why'> {
  if (force && images.length > 0) {
    return {
      expected: 'change',
      why: sentences(images.filter(willBuild), images.length, ['everything is built (--force)']),
    };
  }
  const building = images.filter(willBuild);
  if (building.length > 0) return {expected: 'change', why: sentences(building, images.length, [])};
  const open = images.filter(({state}) => state === 'unknown');
  if (open.length > 0) return {expected: 'decided while running', why: sentences(open, images.length, [])};
  if (images.length > 0) return {expected: 'unchanged', why: []};
  const hooks = hooksBefore(catalog, component);
  const own = component.postHook === undefined ? hooks : [...hooks, posix.basename(component.postHook)];
  return own.length > 0
    ? {
        expected: 'decided while running',
        why: [`${own.join(' and ')} ${own.length > 1 ? 'run' : 'runs'} for what stands on it`],
      }
    : {expected: 'unchanged', why: []};
}

/** With more than one image in a component each sentence says which it is about. */
function sentences(images: readonly ImageJudgement[], of: number, first: readonly string[]): string[] {
  const all = images.flatMap(({name, reasons}) => (of > 1 ? reasons.map((reason) => `${name}: ${reason}`) : reasons));
  return [...first, ...all];
}

/**
 * Components that work in the copy of the tree: those with hooks or copied dependencies that may have something to do,
 * and what is copied into them as far as it must be made ready first.
 */
export function inCopy(steps: ReadonlyMap<string, Step>, {catalog, hadoop}: ImageBuildFacts): Set<string> {
  const given = givenIn(hadoop).map(({image}) => image);
  const needsCopy = (component: Component) =>
    isPrepared(component, catalog) || component.images.some((name) => given.includes(name));
  const found = new Set<string>();
  for (const {component, expected} of steps.values()) {
    if (expected === 'unchanged' || !needsCopy(component)) continue;
    found.add(component.name);
    for (const copied of allCopies(catalog, component)) {
      if (steps.has(copied.name) && needsCopy(copied)) found.add(copied.name);
    }
  }
  return found;
}

function isPrepared(component: Component, catalog: Catalog): boolean {
  return (
    hasHooks(component) ||
    component.copies.length > 0 ||
    component.images
      .map((name) => imageOf(catalog, name))
      .some((image) => image.copyList.length + image.templates.length > 0)
  );
}

export function hasHooks({preHook, postHook}: Component): boolean {
  return preHook !== undefined || postHook !== undefined;
}

export function willBuild({state}: ImageJudgement): boolean {
  return state === 'stale' || state === 'never';
}
