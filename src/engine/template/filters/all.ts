/** All filters by name. */

import type {Filter} from '../environment.ts';
import {htmlFilters} from './html.ts';
import {jsonFilters} from './json.ts';
import {listFilters} from './list.ts';
import {mapFilters} from './map.ts';
import {numberFilters} from './number.ts';
import {selectFilters} from './select.ts';
import {textFilters} from './text.ts';

export const filters: ReadonlyMap<string, Filter> = new Map(
  Object.entries({
    ...htmlFilters,
    ...jsonFilters,
    ...listFilters,
    ...mapFilters,
    ...numberFilters,
    ...selectFilters,
    ...textFilters,
  }),
);
