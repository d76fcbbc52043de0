/** What stands behind `is`. */

import {operate} from '../values/arithmetic.ts';
import {contains} from '../values/contains.ts';
import {checkHashable} from '../values/dict-keys.ts';
import {equals} from '../values/equality.ts';
import {isIterable} from '../values/iterate.ts';
import {isMarked, textOf} from '../values/markup-text.ts';
import {bind} from '../values/native-function.ts';
import {less} from '../values/order.ts';
import {Range} from '../values/range.ts';
import {str} from '../values/repr.ts';
import {isLower, isUpper} from '../values/text-case.ts';
import {Tuple} from '../values/tuple.ts';
import {type Arguments, isList, isMap, PythonObject, type Value} from '../values/types.ts';
import {Undefined} from '../values/undefined.ts';
import type {Environment} from './environment.ts';

export type Test = (value: Value, args: Arguments, environment: Environment) => boolean;

const none = {names: [], required: 0};
const one = {names: ['other'], required: 1, byName: true};

function plain(run: (value: Value, environment: Environment) => boolean): Test {
  return (value, args, environment) => {
    bind('test', none, args);
    return run(value, environment);
  };
}

function against(run: (value: Value, other: Value, environment: Environment) => boolean, name = 'other'): Test {
  return (value, args, environment) => {
    const [other] = bind('test', {...one, names: [name]}, args);
    return run(value, other ?? null, environment);
  };
}

const equal = against((value, other, {meter}) => equals(value, other, meter));
const unequal = against((value, other, {meter}) => !equals(value, other, meter));
const lessThan = against((value, other, {meter}) => less(value, other, false, meter));
const lessOrEqual = against((value, other, {meter}) => less(value, other, true, meter));
const greaterThan = against((value, other, {meter}) => less(other, value, false, meter));
const greaterOrEqual = against((value, other, {meter}) => less(other, value, true, meter));

export const tests: ReadonlyMap<string, Test> = new Map<string, Test>([
  ['defined', plain((value) => !(value instanceof Undefined))],
  ['undefined', plain((value) => value instanceof Undefined)],
  ['none', plain((value) => value === null)],
  ['boolean', plain((value) => typeof value === 'boolean')],
  ['true', plain((value) => value === true)],
  ['false', plain((value) => value === false)],
  ['integer', plain((value) => typeof value === 'bigint')],
  ['float', plain((value) => typeof value === 'number')],
  ['number', plain((value) => ['boolean', 'bigint', 'number'].includes(typeof value))],
  ['string', plain((value) => textOf(value) !== undefined)],
  ['mapping', plain(isMap)],
  ['sequence', plain(isSequence)],
  ['iterable', plain(isIterable)],
  ['callable', plain((value) => value instanceof PythonObject && value.isCallable())],
  ['escaped', plain(isMarked)],
  ['lower', plain((value, {meter}) => isLower(str(value, meter)))],
  ['upper', plain((value, {meter}) => isUpper(str(value, meter)))],
  ['even', plain((value, {meter}) => equals(operate('%', value, 2n, meter), 0n))],
  ['odd', plain((value, {meter}) => equals(operate('%', value, 2n, meter), 1n))],
  ['divisibleby', against((value, other, {meter}) => equals(operate('%', value, other, meter), 0n), 'num')],
  ['sameas', against((value, other) => value === other)],
  ['in', against((value, other, {meter}) => contains(other, value, meter), 'seq')],
  ['filter', plain((value, environment) => isName(value) && environment.hasFilter(value))],
  ['test', plain((value, environment) => isName(value) && environment.hasTest(value))],
  ['eq', equal],
  ['equalto', equal],
  ['==', equal],
  ['ne', unequal],
  ['!=', unequal],
  ['lt', lessThan],
  ['lessthan', lessThan],
  ['<', lessThan],
  ['le', lessOrEqual],
  ['<=', lessOrEqual],
  ['gt', greaterThan],
  ['greaterthan', greaterThan],
  ['>', greaterThan],
  ['ge', greaterOrEqual],
  ['>=', greaterOrEqual],
]);

function isName(value: Value): value is string {
  checkHashable(value);
  return typeof value === 'string';
}

function isSequence(value: Value): boolean {
  const isPlain = textOf(value) !== undefined || isList(value) || isMap(value);
  return isPlain || value instanceof Tuple || value instanceof Range || value instanceof Undefined;
}
