/** In which order the images of a tree build, and what each waits for. */

import {closure, orderGroups} from '../graph.ts';
import type {Catalog, Component, Image} from './types.ts';

export interface ImageOrder {
  /** Groups of images that could build at the same time, each sorted; those on or behind a ring are absent. */
  readonly groups: readonly (readonly string[])[];
  /** Components that need each other, and images of one component that do; each ring begins with its smallest name. */
  readonly rings: readonly (readonly string[])[];
  /**
   * The images each image needs: by its Dockerfile, and where its component names another one (component.dep), all
   * images of that. Sorted; on a ring an image may need itself.
   */
  readonly needs: ReadonlyMap<string, readonly string[]>;
}

export function imageOrder(catalog: Catalog): ImageOrder {
  const componentNeeds = new Map(catalog.components.map(({name, needs}) => [name, needs]));
  const owners = new Map(catalog.images.map(({name, component}) => [name, component]));
  const written = orderGroups(new Map(catalog.images.map(({name, needs}) => [name, needs])));
  return {
    groups: orderGroups(waits(catalog, componentNeeds)).groups,
    rings: [
      ...orderGroups(componentNeeds).cycles,
      // Between components a ring of images is one of these, too.
      ...written.cycles.filter((ring) => new Set(ring.map((name) => owners.get(name))).size === 1),
    ],
    needs: directNeeds(catalog),
  };
}

/** A component is one step of a build: an image waits for all images of all components that its own one needs. */
function waits(
  {components, images}: Catalog,
  componentNeeds: ReadonlyMap<string, readonly string[]>,
): ReadonlyMap<string, readonly string[]> {
  const imagesOf = new Map(components.map((component) => [component.name, component.images]));
  return new Map(
    images.map(({name, component, needs}) => {
      // A component without images still stands between others, hence the closure.
      const before = closure(componentNeeds, componentNeeds.get(component) ?? []);
      return [name, [...needs, ...before.flatMap((other) => imagesOf.get(other) ?? [])]];
    }),
  );
}

function directNeeds(catalog: Catalog): ReadonlyMap<string, readonly string[]> {
  const components = new Map(catalog.components.map((component) => [component.name, component]));
  const images = new Map(catalog.images.map((image) => [image.name, image]));
  const byName = new Map(catalog.components.map((one) => [one.name, imagesNeededByName(one, components, images)]));
  return new Map(
    catalog.images.map(({name, component, needs}) => {
      return [name, [...new Set([...needs, ...(byName.get(component) ?? [])])].sort()];
    }),
  );
}

function imagesNeededByName(
  component: Component,
  components: ReadonlyMap<string, Component>,
  images: ReadonlyMap<string, Image>,
): readonly string[] {
  const found = new Set<string>();
  // Grows while it is walked: a component without images needs what it needs for those above it.
  const asking = new Set([component]);
  for (const one of asking) {
    for (const needed of one.needs.map((name) => components.get(name))) {
      if (!needed || isBuiltUpon(one, needed, images)) continue;
      if (needed.images.length === 0) asking.add(needed);
      for (const image of needed.images) found.add(image);
    }
  }
  return [...found];
}

/** Whether an image of the one names an image of the other; then that says which images are needed. */
export function isBuiltUpon(
  component: Component | undefined,
  needed: Component,
  images: ReadonlyMap<string, Image>,
): boolean {
  const needs = new Set(component?.images.flatMap((image) => images.get(image)?.needs ?? []));
  return needed.images.some((image) => needs.has(image));
}
