import {describe, expect, test} from 'vitest';
import {operate} from '../../src/engine/values/arithmetic.ts';
import {equals} from '../../src/engine/values/equality.ts';
import {Fault} from '../../src/engine/values/fault.ts';
import {formatValue} from '../../src/engine/values/format-spec.ts';
import {unmetered} from '../../src/engine/values/meter.ts';
import {methodOf} from '../../src/engine/values/methods.ts';
import {less} from '../../src/engine/values/order.ts';
import {percentFormat} from '../../src/engine/values/percent-format.ts';
import {repr, str} from '../../src/engine/values/repr.ts';
import {sliceOf} from '../../src/engine/values/slice.ts';
import {Timestamp} from '../../src/engine/values/timestamp.ts';
import {Tuple} from '../../src/engine/values/tuple.ts';
import type {Operator} from '../../src/engine/values/types.ts';
import {golden, valueOfWritten} from './golden.ts';

/** The result, or the kind of the fault, as the golden data has them. */
function outcome<T>(work: () => T): T | {readonly raises: string} {
  try {
    return work();
  } catch (error) {
    if (error instanceof Fault) return {raises: error.kind};
    throw error;
  }
}

const raised = (result: string | {readonly raises: string}) => (typeof result === 'string' ? result : result.raises);

describe('values are what Python makes of them', () => {
  test.each(golden.printing)('%j prints as %j, inside a list as %j', (written, plain, inside) => {
    const value = valueOfWritten(written);
    expect([str(value), repr(value)]).toEqual([plain, inside]);
  });

  test.each(golden.arithmetic)('%s of %j and %j is %s', (operator, left, right, expected) => {
    const result = outcome(() => repr(operate(operator as Operator, valueOfWritten(left), valueOfWritten(right))));
    expect(raised(result)).toBe(expected);
  });

  test.each(golden.comparing)('%j and %j: equal %j, less %j', (one, other, isEqual, isLess) => {
    const [left, right] = [valueOfWritten(one), valueOfWritten(other)];
    expect(equals(left, right)).toBe(isEqual);
    expect(equals(right, left)).toBe(isEqual);
    expect(outcome(() => less(left, right, false))).toEqual(isLess === 'TypeError' ? {raises: isLess} : isLess);
  });

  test.each(golden.percent)('the format %j with %j gives %j', (format, written, expected) => {
    expect(outcome(() => percentFormat(format, new Tuple([valueOfWritten(written)]), unmetered))).toEqual(expected);
  });

  test.each(golden.formatting)('the specification %j of %j gives %j', (specification, written, expected) => {
    const value = valueOfWritten(written);
    expect(outcome(() => formatValue(value, specification, str(value), unmetered))).toEqual(expected);
  });

  test.each(golden.slices)('%j[%j:%j:%j] is %j', (written, start, stop, step, expected) => {
    const slice = {start: valueOfWritten(start), stop: valueOfWritten(stop), step: valueOfWritten(step)};
    expect(repr(sliceOf(valueOfWritten(written), slice))).toBe(repr(valueOfWritten(expected)));
  });

  test.each(golden.methods)('%j.%s(%j) is %j', (text, name, given, expected) => {
    const method = methodOf(text, name, unmetered, () => {});
    const result = method?.call({positional: given.map(valueOfWritten), named: new Map()});
    expect(result === undefined ? undefined : repr(result)).toBe(repr(valueOfWritten(expected)));
  });

  test.each(golden.timestamps)('%s prints as %s, inside a list as %s', (text, plain, inside) => {
    const time = Timestamp.parse(text);
    expect([time?.str(), time?.repr(unmetered)]).toEqual([plain, inside]);
  });
});
