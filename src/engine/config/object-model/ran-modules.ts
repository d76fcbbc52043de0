/** What the modules of a tree made, in the place of what is known here of them. */

import {displayText} from '../../names.ts';
import {repr} from '../../values/repr.ts';
import {nameOfKey, type Value, type ValueMap} from '../context-values.ts';
import {Guarded} from '../guarded.ts';
import {moduleFile} from '../python/types.ts';
import type {YamlValue} from '../yaml.ts';
import type {YamlScalar} from '../yaml-scalars.ts';
import type {NewInput} from './new-input.ts';

/** Replaces the services in `view`; of those that are `known` here every difference becomes a notice. */
export function takeRan(
  {assign, problems}: NewInput,
  view: ValueMap,
  ran: ReadonlyMap<string, Value>,
  known: ReadonlySet<string>,
): void {
  const before: ValueMap = new Map([...ran.keys()].map((name) => [name, view.get(name) ?? null]));
  const after: ValueMap = new Map(ran);
  const shown = [new Guarded(before).shown(), new Guarded(after).shown()] as const;
  for (const [name, value] of ran) {
    assign.derived(view, name, value, moduleFile(name));
    if (!known.has(name)) continue;
    const pairs = [before.get(name), value, shown[0].get(name), shown[1].get(name)] as const;
    const found = [...differences(displayText(name), ...pairs)];
    problems.push(
      ...found.slice(0, mostTold).map(({path, here, there}) => ({
        code: 'config-invalid' as const,
        severity: 'notice' as const,
        message: `${path} is ${there} by ${displayText(moduleFile(name))}, and ${here} as it is known here.`,
        hint: 'The tree’s own module counts for its templates; without --python the other value is used.',
        key: path,
      })),
    );
    if (found.length > mostTold) {
      problems.push({
        code: 'config-invalid',
        severity: 'notice',
        message: `${displayText(moduleFile(name))} differs in ${found.length - mostTold} more values from what is known here.`,
      });
    }
  }
}

const mostTold = 20;
const longestShown = 200;

interface Difference {
  readonly path: string;
  readonly here: string;
  readonly there: string;
}

/** Values as they are decide; what is told of them has dots for secrets. The order of keys says nothing. */
function* differences(
  path: string,
  here: Value | undefined,
  there: Value | undefined,
  shownHere: YamlValue | undefined,
  shownThere: YamlValue | undefined,
): Generator<Difference> {
  if (here instanceof Map && there instanceof Map && shownHere instanceof Map && shownThere instanceof Map) {
    for (const key of new Set([...here.keys(), ...there.keys()])) {
      const below = `${path}.${displayText(nameOfKey(key as YamlScalar))}`;
      yield* differences(below, here.get(key), there.get(key), shownHere.get(key), shownThere.get(key));
    }
  } else if (Array.isArray(here) && Array.isArray(there) && here.length === there.length) {
    const [left, right] = [shownHere, shownThere].map((each) => (Array.isArray(each) ? each : []));
    for (const [index, item] of here.entries()) {
      yield* differences(`${path}.${index}`, item, there[index], left?.[index], right?.[index]);
    }
  } else if (!isSame(here, there)) {
    yield {path, here: words(shownHere), there: words(shownThere)};
  }
}

function isSame(here: Value | undefined, there: Value | undefined): boolean {
  if (Object.is(here, there)) return true;
  if (here === undefined || there === undefined || typeof here !== typeof there) return false;
  return isPlainObject(here) && isPlainObject(there) && repr(here) === repr(there);
}

/** A date, a list of another length, a map against a list: told apart as they print. */
function isPlainObject(value: Value): boolean {
  return typeof value === 'object' && value !== null;
}

function words(value: YamlValue | undefined): string {
  if (value === undefined) return 'not there';
  const text = displayText(repr(value));
  return text.length > longestShown ? `${text.slice(0, longestShown)}…` : text;
}
