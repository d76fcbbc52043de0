/** The values of one service of F–H, by its module. */

import {displayText} from '../../names.ts';
import {Copier, type ValueMap, valueOfData} from '../context-values.ts';
import {nodeOf} from '../node.ts';
import {placeIn} from '../yaml-access.ts';
import {mapIn, wordOf} from './assign.ts';
import {mergeOver} from './merge.ts';
import type {ModuleInput, ServiceModule} from './modules/types.ts';
import {addressOf, type NewInput} from './new-input.ts';
import type {TreeModule} from './tree-modules.ts';

/** The defaults of a module, those of the tree before ours, with what the configuration says over them. */
export function ownValues(
  input: NewInput,
  name: string,
  defaults: TreeModule['defaults'],
  module: ServiceModule | undefined,
): ValueMap {
  const {origins, services} = input;
  const merge = module?.merge ?? 'deep';
  const own: ValueMap = new Map();
  if (defaults && merge !== 'none') {
    for (const [key, value] of new Copier(origins).map(placeIn(defaults))) own.set(key, value);
    noteDefaults(input, own, `${name}.yaml of the tree`);
  } else if (module?.defaults && merge !== 'none') {
    for (const [key, value] of valueOfData(module.defaults) as ValueMap) own.set(key, value);
    noteDefaults(input, own, `the defaults of ${name}`);
  }
  mergeOver(own, mapIn(services, name), merge, origins);
  return own;
}

function noteDefaults(input: NewInput, values: ValueMap, which: string): void {
  for (const [key, value] of values) {
    input.origins.note(values, key, {from: 'default', which});
    if (value instanceof Map) noteDefaults(input, value, which);
  }
}

/** What the module makes of its values; `view` is what other parts of the model are in. */
export function derive(
  input: NewInput,
  view: ValueMap,
  own: ValueMap,
  module: ServiceModule,
  folders: TreeModule['folders'],
): ValueMap {
  const master = addressOf(input.master);
  for (const [key, words] of Object.entries(module.derives ?? {})) {
    const text = filledIn(words, own, master);
    if (text !== undefined) input.assign.derived(own, key, text, sourcesOf(words));
  }
  module.run?.({
    own,
    release: input.release,
    hosts: input.hosts,
    skus: mapIn(input.machines, 'machine-sku'),
    layoutUrls: layoutUrls(view),
    ...(folders ? {treeFolders: folders} : {}),
    ...(master === undefined ? {} : {master}),
    assign: input.assign,
    problem: (key, message, hint, severity) => report(input, [module.name, ...key], message, hint, severity),
  });
  if (!module.returns) return own;
  const result: ValueMap = new Map();
  for (const key of module.returns) input.assign.same(result, key, own, key);
  return result;
}

function layoutUrls(view: ValueMap): ModuleInput['layoutUrls'] {
  const urls = mapIn(mapIn(view, 'layout'), 'kubernetes');
  const api = wordOf(urls.get('api-servers-url'));
  const dashboard = wordOf(urls.get('dashboard-url'));
  return {...(api === undefined ? {} : {api}), ...(dashboard === undefined ? {} : {dashboard})};
}

/** From what that is derived, for people: `http://{master}:{port}` is "hostip of the first pai-master and port". */
function sourcesOf(words: string): string {
  const sources = [...words.matchAll(/\{([^}]+)\}/g)].map(([, key = '']) =>
    key === 'master' ? 'hostip of the first pai-master' : key,
  );
  const last = sources.pop() ?? '';
  return sources.length === 0 ? last : `${sources.join(', ')} and ${last}`;
}

function filledIn(words: string, own: ValueMap, master: string | undefined): string | undefined {
  let isWhole = true;
  const text = words.replace(/\{([^}]+)\}/g, (_, key: string) => {
    const value = key === 'master' ? master : wordOf(own.get(key));
    isWhole &&= value !== undefined;
    return value ?? '';
  });
  return isWhole ? text : undefined;
}

/** Reports something at a key of the services, wherever in the file that came from. */
export function report(
  {problems, services, servicesPlace, origins}: NewInput,
  path: readonly string[],
  message: string,
  hint: string,
  severity?: 'warning' | 'notice',
): void {
  let node = servicesPlace && nodeOf(services, origins, servicesPlace);
  for (const part of path) node = node?.child(part);
  problems.push({
    code: 'config-invalid',
    ...(severity ? {severity} : {}),
    message,
    hint,
    ...(node ? {file: node.file, line: node.line, key: displayText(node.key)} : {}),
  });
}
