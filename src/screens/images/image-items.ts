import type {Catalog, Component, Image, ImageStatus, ImageStatusReport} from '../../engine/index.ts';
import type {State} from '../../ui/theme/theme.ts';
import {matches} from '../../ui/widgets/list-state.ts';
import type {ImageOrder} from './image-order.ts';

/** One image with everything that is known of it now. */
export interface ImageItem {
  readonly image: Image;
  readonly component: Component | undefined;
  /** Absent while the engine is being asked. */
  readonly status: ImageStatus | undefined;
}

export const imageSorts = ['name', 'state', 'build order', 'size', 'age'] as const;
export type ImageSort = (typeof imageSorts)[number];

/** Every image of the catalog, in the catalog's order. */
export function imageItems(catalog: Catalog, report: ImageStatusReport | undefined): readonly ImageItem[] {
  const components = new Map(catalog.components.map((component) => [component.name, component]));
  const statuses = new Map((report?.images ?? []).map((status) => [status.name, status]));
  return catalog.images.map((image) => ({
    image,
    component: components.get(image.component),
    status: statuses.get(image.name),
  }));
}

/** Those a filter lets through (by name, component, state and reason), sorted. */
export function shownImages(
  items: readonly ImageItem[],
  filter: string,
  sort: ImageSort,
  order: ImageOrder,
): readonly ImageItem[] {
  const shown = filter.trim() === '' ? items : items.filter((item) => matches(filter, searchText(item)));
  return sort === 'name' ? shown : [...shown].sort(comparing(sort, order));
}

/** State as glyph, word and tone. */
export function imageState(item: ImageItem): {readonly glyph: State; readonly word: string} {
  switch (item.status?.state) {
    case undefined:
      return {glyph: 'waiting', word: 'asking'};
    case 'current':
      return {glyph: 'ok', word: 'current'};
    case 'stale':
      return {glyph: 'warning', word: 'stale'};
    case 'never':
      return {glyph: 'skipped', word: 'not built'};
    case 'unknown':
      return {glyph: 'unknown', word: 'unknown'};
  }
}

/** Why it would be built, or where it was pushed: one line. */
export function imageReason(item: ImageItem): string {
  const reasons = item.status?.reasons ?? [];
  if (reasons.length > 0) return reasons.join('; ');
  if (item.status?.pushedAs) return `pushed as ${item.status.pushedAs}`;
  return '';
}

/** What an image stands on: images of the tree first, then foreign ones. */
export function imageBases(item: ImageItem): string {
  return [...item.image.needs, ...item.image.foreignBases].join(', ');
}

function searchText(item: ImageItem): string {
  return [item.image.name, item.image.component, imageState(item).word, imageReason(item)].join(' ');
}

const stateRank = {stale: 0, never: 1, unknown: 2, current: 3} as const;

function comparing(sort: ImageSort, order: ImageOrder): (a: ImageItem, b: ImageItem) => number {
  const place = new Map(order.levels.flat().map((name, index) => [name, index]));
  const rank = (item: ImageItem): number => {
    switch (sort) {
      case 'name':
        return 0;
      case 'state':
        return item.status === undefined ? 4 : stateRank[item.status.state];
      case 'build order':
        return place.get(item.image.name) ?? Number.MAX_SAFE_INTEGER;
      case 'size':
        return -(item.status?.sizeBytes ?? -1);
      case 'age':
        return -(item.status?.builtAt ?? -1);
    }
  };
  return (a, b) => rank(a) - rank(b);
}
