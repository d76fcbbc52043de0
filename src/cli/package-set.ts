import type {Options} from './flags.ts';

/** What `--package-set` chose, as requests have it: the built-in set is no choice. */
export function packageSetOf({'package-set': name}: Options): {readonly packageSet?: 'tree'} {
  return name === 'tree' ? {packageSet: name} : {};
}
