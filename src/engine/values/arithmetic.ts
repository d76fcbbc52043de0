/** Python's + - * / // % ** and signs. */

import {floatOf} from './convert-number.ts';
import {Fault} from './fault.ts';
import {floatArithmetic} from './float-arithmetic.ts';
import {intArithmetic} from './int-arithmetic.ts';
import {type Meter, unmetered} from './meter.ts';
import {numberOf} from './number-compare.ts';
import {percentFormat} from './percent-format.ts';
import {isList, type Operator, PythonObject, typeName, type Value} from './types.ts';

export function operate(operator: Operator, left: Value, right: Value, meter: Meter = unmetered): Value {
  const leftNumber = numberOf(left);
  const rightNumber = numberOf(right);
  if (leftNumber !== undefined && rightNumber !== undefined) {
    return typeof leftNumber === 'bigint' && typeof rightNumber === 'bigint'
      ? intArithmetic(operator, leftNumber, rightNumber, meter)
      : floatArithmetic(operator, asFloat(leftNumber), asFloat(rightNumber));
  }
  if (operator === '%' && typeof left === 'string') return percentFormat(left, right, meter);
  const answer =
    (left instanceof PythonObject ? left.operate(operator, right, true, meter) : undefined) ??
    (right instanceof PythonObject ? right.operate(operator, left, false, meter) : undefined) ??
    (operator === '+' ? joined(left, right, meter) : operator === '*' ? repeated(left, right, meter) : undefined);
  if (answer !== undefined) return answer;
  const types = `'${typeName(left)}' and '${typeName(right)}'`;
  if (operator === '+' && typeof left === 'string') {
    throw new Fault('TypeError', `can only concatenate str (not "${typeName(right)}") to str`);
  }
  throw new Fault('TypeError', `unsupported operand type(s) for ${operator}: ${types}`);
}

function asFloat(value: bigint | number): number {
  return typeof value === 'bigint' ? floatOf(value) : value;
}

function joined(left: Value, right: Value, meter: Meter): Value | undefined {
  if (typeof left === 'string' && typeof right === 'string') {
    meter.allow(left.length + right.length);
    return left + right;
  }
  if (!isList(left) || !isList(right)) return undefined;
  meter.allowItems(left.length + right.length);
  meter.spend(left.length + right.length);
  return [...left, ...right];
}

function repeated(left: Value, right: Value, meter: Meter): Value | undefined {
  const [what, times] = typeof left === 'string' || isList(left) ? [left, right] : [right, left];
  if (typeof times !== 'bigint' && typeof times !== 'boolean') return undefined;
  const wanted = BigInt(times);
  const count = wanted < 0n ? 0n : wanted;
  if (typeof what !== 'string' && !isList(what)) return undefined;
  const size = count * BigInt(what.length);
  if (typeof what === 'string') meter.allow(size);
  else meter.allowItems(size);
  if (what.length === 0) return typeof what === 'string' ? '' : [];
  meter.spend((Number(count) * what.length) / (typeof what === 'string' ? 64 : 1));
  if (typeof what === 'string') return what.repeat(Number(count));
  return Array.from({length: Number(count)}, () => what).flat();
}

export function negate(value: Value): Value {
  const number = numberOf(value);
  if (number !== undefined) return -number;
  return badSign('-', value);
}

export function keepSign(value: Value): Value {
  return numberOf(value) ?? badSign('+', value);
}

function badSign(sign: string, value: Value): never {
  if (value instanceof PythonObject) value.operate('-', 0n, true, unmetered);
  throw new Fault('TypeError', `bad operand type for unary ${sign}: '${typeName(value)}'`);
}

/** `abs(value)` */
export function absolute(value: Value): Value {
  const number = numberOf(value);
  if (number === undefined) throw new Fault('TypeError', `bad operand type for abs(): '${typeName(value)}'`);
  return typeof number === 'bigint' ? (number < 0n ? -number : number) : Math.abs(number);
}
