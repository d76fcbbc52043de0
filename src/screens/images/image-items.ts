import type {Catalog, Component, Image, ImageStatus, ImageStatusReport} from '../../engine/index.ts';
import type {State} from '../../ui/theme/theme.ts';
import {matches} from '../../ui/widgets/list-state.ts';
import {progressWords} from '../progress-words.ts';
import type {ShownOrder} from './image-graph.ts';
import type {LiveImage, LiveImages} from './live-images.ts';

/** One image with everything that is known of it now. */
export interface ImageItem {
  readonly image: Image;
  readonly component: Component | undefined;
  /** Absent while the engine is being asked, or when it gave no answer. */
  readonly status: ImageStatus | undefined;
  /** The engine will still say what its state is. */
  readonly asking: boolean;
  /** What a run does to it now. */
  readonly live: LiveImage | undefined;
}

export const imageSorts = ['name', 'state', 'build order', 'size', 'age'] as const;
export type ImageSort = (typeof imageSorts)[number];

/** Every image of the catalog, in the catalog's order. */
export function imageItems(
  catalog: Catalog,
  report: ImageStatusReport | undefined,
  live: LiveImages,
  asking: boolean,
): readonly ImageItem[] {
  const components = new Map(catalog.components.map((component) => [component.name, component]));
  const statuses = new Map((report?.images ?? []).map((status) => [status.name, status]));
  return catalog.images.map((image) => ({
    image,
    component: components.get(image.component),
    status: statuses.get(image.name),
    asking,
    live: live.get(image.name),
  }));
}

/** Those a filter lets through (by name, component, state and reason), sorted. */
export function shownImages(
  items: readonly ImageItem[],
  filter: string,
  sort: ImageSort,
  order: ShownOrder,
): readonly ImageItem[] {
  const shown = items.filter((item) => answersFilter(filter, item));
  return sort === 'name' ? shown : [...shown].sort(comparing(sort, order));
}

/** Whether an image has all words of a filter, in its name, component, state or reason. */
export function answersFilter(filter: string, item: ImageItem): boolean {
  return matches(filter, searchText(item));
}

/** State as glyph, word and tone. */
export function imageState(item: ImageItem): {readonly glyph: State; readonly word: string} {
  const {live} = item;
  if (live) {
    if (live.status === 'failed') return {glyph: 'failed', word: 'failed'};
    if (live.status === 'waiting') return {glyph: 'waiting', word: 'queued'};
    return {glyph: 'running', word: live.doing === 'build' ? 'building' : 'pushing'};
  }
  switch (item.status?.state) {
    case undefined:
      return item.asking ? {glyph: 'waiting', word: 'asking'} : {glyph: 'unknown', word: 'unknown'};
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

/** How far it is, or why it would be built, or where it was pushed: one line. */
export function imageReason(item: ImageItem): string {
  const {live} = item;
  if (live?.failure !== undefined) return live.failure;
  if (live?.status === 'running')
    return [stepWords(live.progress), live.who === undefined ? '' : `by ${live.who}`].filter(Boolean).join(' ');
  const reasons = item.status?.reasons ?? [];
  if (reasons.length > 0) return reasons.join('; ');
  if (item.status?.pushedAs) return `pushed as ${item.status.pushedAs}`;
  return '';
}

/** 'step 4/6' */
function stepWords(progress: LiveImage['progress']): string {
  const words = progressWords(progress);
  return words.includes('/') ? `step ${words}` : words;
}

/** What an image stands on: images of the tree first, then foreign ones. */
export function imageBases(item: ImageItem): string {
  return [...item.image.needs, ...item.image.foreignBases].join(', ');
}

function searchText(item: ImageItem): string {
  return [item.image.name, item.image.component, imageState(item).word, imageReason(item)].join(' ');
}

const stateRank = {stale: 1, never: 2, unknown: 3, current: 4} as const;

function comparing(sort: ImageSort, order: ShownOrder): (a: ImageItem, b: ImageItem) => number {
  const place = new Map(order.levels.flat().map((name, index) => [name, index]));
  const rank = (item: ImageItem): number => {
    switch (sort) {
      case 'name':
        return 0;
      case 'state':
        if (item.live) return 0;
        return item.status === undefined ? 5 : stateRank[item.status.state];
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
