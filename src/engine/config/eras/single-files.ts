import {Guarded} from '../guarded.ts';
import type {Reading, Said} from './reading.ts';

/** The two files of A are found, and not read into a model yet. */
export function readSingleFiles({sources, problems}: Reading): Said {
  problems.push({
    code: 'config-invalid',
    message: 'Configurations of v0.1 to v0.3 are not read into a model yet.',
    hint: 'Images of such a tree can be built and pushed.',
    file: sources.folder,
  });
  return {machines: [], skus: new Map(), services: {format: 'single', sections: new Guarded(new Map())}};
}
