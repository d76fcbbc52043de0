/**
 * Makes the golden files of the fixture trees anew: contexts by this program, results by Jinja2. To run:
 * node test/golden/make.ts (with python3 and jinja2 3.1.6).
 */

import {execFileSync} from 'node:child_process';
import {mkdirSync, rmSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {isList, isMap, type Value} from '../../src/engine/values/types.ts';
import {eras, fixtureTemplates} from '../template/fixture-templates.ts';

const here = dirname(fileURLToPath(import.meta.url));

for (const era of eras) {
  const templates = (await fixtureTemplates(era)).map(({name, file, root, context}) => {
    const written = writer();
    return {name, file, root, context: [...context].map(([key, value]) => [key, written(value)])};
  });
  const answer = execFileSync('python3', [join(here, 'render.py')], {input: JSON.stringify(templates)});
  const results: {readonly texts: Record<string, string>; readonly outcomes: unknown} = JSON.parse(String(answer));
  const folder = join(here, era);
  rmSync(folder, {recursive: true, force: true});
  for (const [name, text] of Object.entries(results.texts)) {
    mkdirSync(dirname(join(folder, name)), {recursive: true});
    writeFileSync(join(folder, name), text);
  }
  writeFileSync(join(folder, 'outcomes.json'), `${JSON.stringify(results.outcomes, undefined, 2)}\n`);
}

/** Values with their types: {int}, {float}, {list}, {map}; one object at several places is written once and named. */
function writer(): (value: Value) => unknown {
  const ids = new Map<Value, number>();
  const write = (value: Value): unknown => {
    if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
    if (typeof value === 'bigint') return {int: String(value)};
    if (typeof value === 'number') return {float: String(value)};
    const known = ids.get(value);
    if (known !== undefined) return {same: known};
    ids.set(value, ids.size);
    const id = ids.size - 1;
    if (isList(value)) return {id, list: value.map(write)};
    if (isMap(value)) return {id, map: [...value].map(([key, item]) => [write(key), write(item)])};
    throw new Error(`No context has a ${value.typeName}.`);
  };
  return write;
}
