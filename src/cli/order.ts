import {type Catalog, closure, orderGroups} from '../engine/index.ts';

/** Images in groups that could build at the same time, and the rings that keep the rest from building. */
export function buildOrder(catalog: Catalog): {
  readonly groups: readonly (readonly string[])[];
  readonly cycles: readonly (readonly string[])[];
} {
  const {groups, cycles} = orderGroups(allNeeds(catalog));
  return {groups, cycles};
}

/** What each image waits for: the images it stands on, and those of every component its own one needs. */
function allNeeds(catalog: Catalog): ReadonlyMap<string, readonly string[]> {
  const componentNeeds = new Map(catalog.components.map(({name, needs}) => [name, needs]));
  const imagesOf = new Map(catalog.components.map(({name, images}) => [name, images]));
  return new Map(
    catalog.images.map((image) => {
      const before = closure(componentNeeds, componentNeeds.get(image.component) ?? []);
      // A component without images still stands between others, hence the closure.
      const waited = before.flatMap((name) => imagesOf.get(name) ?? []);
      return [
        image.name,
        [...new Set([...image.needs, ...waited])].filter((name) => name !== image.name || image.needs.includes(name)),
      ];
    }),
  );
}
