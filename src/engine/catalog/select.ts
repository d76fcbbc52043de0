/** Which components and images somebody means by the names they gave. */

import {closure} from '../graph.ts';
import {displayText, nearestNames} from '../names.ts';
import {ProblemError} from '../problem.ts';
import {isBuiltUpon} from './image-order.ts';
import type {Catalog} from './types.ts';

export interface Selection {
  /** Sorted. */
  readonly components: readonly string[];
  /** Sorted. */
  readonly images: readonly string[];
}

/**
 * Names of components or images; the case of letters does not matter when only that differs; none means all. A
 * component stands for all its images, and for a build a name that is both means the component.
 *
 * With prerequisites (building): every component below is included, since its folder is copied, but of its images
 * only those that a chosen image stands on; all of them where a component is needed by name alone (component.dep).
 * Without (pushing): just what was named.
 *
 * Throws `unknown-name` for all unknown names at once, with the nearest known ones.
 */
export function selectImages(
  catalog: Catalog,
  names: readonly string[],
  options: {readonly prerequisites: boolean} = {prerequisites: true},
): Selection {
  const components = new Map(catalog.components.map((component) => [component.name, component]));
  const images = new Map(catalog.images.map((image) => [image.name, image]));
  if (names.length === 0) return {components: [...components.keys()].sort(), images: [...images.keys()].sort()};

  const chosen = new Set<string>();
  const owners = new Set<string>();
  const unknown: string[] = [];
  for (const name of names) {
    const component = findName(components, name);
    const image = findName(images, name);
    const found = options.prerequisites ? (component ?? image) : (image ?? component);
    if (found === undefined) unknown.push(name);
    else if ('images' in found) {
      owners.add(found.name);
      for (const image of found.images) chosen.add(image);
    } else {
      owners.add(found.component);
      chosen.add(found.name);
    }
  }
  if (unknown.length > 0) throw unknownNames(unknown, [...components.keys(), ...images.keys()]);
  if (!options.prerequisites) return {components: [...owners].sort(), images: [...chosen].sort()};

  const all = closure(new Map([...components].map(([name, {needs}]) => [name, needs])), owners);
  const imageNeeds = new Map([...images].map(([name, {needs}]) => [name, needs]));
  for (const name of all) {
    for (const need of components.get(name)?.needs ?? []) {
      const needed = components.get(need);
      if (needed && !isBuiltUpon(components.get(name), needed, images)) {
        for (const image of needed.images) chosen.add(image);
      }
    }
  }
  return {components: all, images: closure(imageNeeds, chosen)};
}

/** The name as written, else the only one that differs in case alone. */
function findName<T>(known: ReadonlyMap<string, T>, name: string): T | undefined {
  const exact = known.get(name);
  if (exact !== undefined) return exact;
  const alike = [...known].filter(([other]) => other.toLowerCase() === name.toLowerCase());
  return alike.length === 1 ? alike[0]?.[1] : undefined;
}

function unknownNames(unknown: readonly string[], known: readonly string[]): ProblemError {
  const list = unknown.map((name) => displayText(name) || '""').join(', ');
  const isOne = unknown.length === 1;
  const hints = unknown.map((name) => {
    const nearest = nearestNames(name, known);
    if (nearest.length === 0) return isOne ? '' : `nothing is like ${displayText(name)}`;
    return isOne ? `did you mean ${nearest.join(' or ')}?` : `for ${displayText(name)}: ${nearest.join(' or ')}`;
  });
  const hint = hints.filter(Boolean).join('; ') || 'see the names with: pai-tui image list';
  return new ProblemError({
    code: 'unknown-name',
    message: isOne
      ? `The tree has no image and no component named ${list}.`
      : `The tree has no images and no components named ${list}.`,
    hint: hint.charAt(0).toUpperCase() + hint.slice(1),
  });
}
