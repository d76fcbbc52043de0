import {resolve} from 'node:path';
import {parseArgs} from 'node:util';
import type {Engine} from '../engine/index.ts';
import {type Flag, flags, type Options} from './flags.ts';
import type {Output} from './output.ts';
import {findConfig, findWhere} from './where.ts';
import type {World} from './world.ts';

/**
 * What completion asks for: names of images and components, of machines and groups, or of runs, one a line, of the
 * tree, the configuration and the state folder that the words typed so far name. It has no place for problems: whoever
 * completes hides them.
 */
export async function tellNames([of, ...words]: readonly string[], world: World, output: Output): Promise<number> {
  const {state, ...options} = placesIn(words, world);
  const engine = await world.openEngine(state === undefined ? {} : {stateHome: resolve(world.cwd, state)});
  if (of === 'runs') for (const {id} of await engine.runs.list()) output.print(id);
  if (of === 'machines') await tellMachines(engine, world, options, output);
  if (of !== 'images') return 0;
  const {source, catalog} = await findWhere(engine, world, options);
  const {images, components} = catalog ?? (await engine.openTree(source));
  for (const name of new Set([...images, ...components].map((one) => one.name))) {
    tellName(name, output);
  }
  return 0;
}

/** Machines, and the groups that a host list may have in their place; nothing for the sample, which nobody can ask. */
async function tellMachines(engine: Engine, world: World, options: Places, output: Output): Promise<void> {
  const {config, tree, note} = await findConfig(engine, world, options);
  if (note) return;
  const {machines, groups} = await engine.machines.list({config, ...(tree ? {source: tree.root} : {}), names: []});
  for (const {name} of [...machines, ...groups]) tellName(name, output);
}

/** bash expands what it completes: a file of the tree called $(command).dockerfile would be carried out. */
function tellName(name: string, output: Output): void {
  if (/^[\w.@:/+-]+$/.test(name)) output.print(name);
}

type Places = Pick<Options, 'source' | 'config'> & {state?: string};

/** The folders among words as a shell hands them to its completion: raw, and bash makes --source=DIR three words. */
function placesIn(words: readonly string[], {environment}: World): Places {
  const {values} = parseArgs({
    args: words.filter((word) => word !== '='),
    options: Object.fromEntries(
      Object.entries<Flag>(flags).map(([name, {value, short}]) => [
        name,
        {type: value ? 'string' : 'boolean', ...(short ? {short} : {})} as const,
      ]),
    ),
    allowPositionals: true,
    strict: false,
  });
  const place = (name: 'source' | 'config' | 'state') => {
    const value = values[name];
    return typeof value === 'string' && value !== '' ? {[name]: unquoted(value, environment['HOME'] ?? '~')} : {};
  };
  return {...place('source'), ...place('config'), ...place('state')};
}

/** As a shell would read the word: the home folder, quotes and backslashes. */
function unquoted(word: string, home: string): string {
  const plain = /^(['"])(.*)\1$/.exec(word)?.[2];
  return plain ?? word.replace(/^~(?=\/|$)/, home).replaceAll(/\\(.)/g, '$1');
}
