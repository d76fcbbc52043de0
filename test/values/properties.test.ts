import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {unescaped} from '../../src/engine/template/string-escapes.ts';
import {operate} from '../../src/engine/values/arithmetic.ts';
import {dictDelete, dictGet, dictSet} from '../../src/engine/values/dict.ts';
import {equals} from '../../src/engine/values/equality.ts';
import {floatRepr} from '../../src/engine/values/float-repr.ts';
import {unmetered} from '../../src/engine/values/meter.ts';
import {methodOf} from '../../src/engine/values/methods.ts';
import {less, sorted} from '../../src/engine/values/order.ts';
import {quoted, repr} from '../../src/engine/values/repr.ts';
import {sliceOf} from '../../src/engine/values/slice.ts';
import {isTrue} from '../../src/engine/values/truth.ts';
import type {Value} from '../../src/engine/values/types.ts';

const whole = fc.bigInt({min: -(10n ** 30n), max: 10n ** 30n});
const float = fc.double({noNaN: true, noDefaultInfinity: true});
const number = fc.oneof(whole, float, fc.boolean(), fc.integer({min: -3, max: 3}).map(BigInt));
const text = fc.string({unit: 'binary'}).filter((each) => !/\p{Surrogate}/u.test(each));
const scalar: fc.Arbitrary<Value> = fc.oneof(number, text, fc.constant(null));
const value: fc.Arbitrary<Value> = fc.letrec<{value: Value}>((tie) => ({
  value: fc.oneof(
    {depthSize: 'small'},
    scalar,
    fc.array(tie('value')),
    fc.array(fc.tuple(scalar, tie('value'))).map((pairs) => {
      const map = new Map<Value, Value>();
      for (const [key, item] of pairs) dictSet(map, key, item);
      return map;
    }),
  ),
})).value;

describe('printing', () => {
  test('a float gives itself back, and its exponent begins where that of Python does', () => {
    fc.assert(
      fc.property(float, (each) => {
        const printed = floatRepr(each);
        expect(Object.is(Number(printed), each)).toBe(true);
        const size = Math.abs(each);
        expect(printed.includes('e')).toBe(size !== 0 && (size < 1e-4 || size >= 1e16));
        expect(printed).toMatch(/^-?\d+(?:\.\d+(?:e[-+]\d{2,3})?|e[-+]\d{2,3})$/);
      }),
    );
  });

  test('a text in quotes is read back as it was', () => {
    fc.assert(
      fc.property(text, (each) => {
        const printed = quoted(each);
        expect(printed).not.toMatch(/[\n\r]/);
        expect(unescaped(printed.slice(1, -1))).toBe(each);
      }),
    );
  });

  test('what is equal and of the same types prints alike', () => {
    fc.assert(
      fc.property(value, (each) => {
        expect(repr(structuredClone(each))).toBe(repr(each));
      }),
    );
  });
});

describe('equality and order', () => {
  test('equality does not mind the sides, and a copy is equal', () => {
    fc.assert(
      fc.property(value, value, (one, other) => {
        expect(equals(one, other)).toBe(equals(other, one));
        expect(equals(one, structuredClone(one))).toBe(true);
      }),
    );
  });

  test('of two numbers exactly one is true: less, equal, greater', () => {
    fc.assert(
      fc.property(number, number, (one, other) => {
        expect([less(one, other, false), equals(one, other), less(other, one, false)].filter(Boolean)).toHaveLength(1);
        expect(less(one, other, true)).toBe(!less(other, one, false));
      }),
    );
  });

  test('texts are ordered by their code points', () => {
    const points = (each: string) => [...each].map((character) => BigInt(character.codePointAt(0) ?? 0));
    fc.assert(
      fc.property(text, text, (one, other) => {
        expect(less(one, other, false)).toBe(less(points(one), points(other), false));
      }),
    );
  });

  test('sorting keeps what is equal in its order, backwards too', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({min: 0, max: 5})), fc.boolean(), (keys, isReverse) => {
        const items = keys.map((key, index) => ({key, index}));
        const result = sorted(items, ({key}) => BigInt(key), isReverse);
        const expected = items.toSorted((a, b) => (isReverse ? b.key - a.key : a.key - b.key) || a.index - b.index);
        expect(result).toEqual(expected);
      }),
    );
  });

  test('a map has one place for all spellings of a number', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(scalar, fc.nat().map(BigInt)), {maxLength: 20}), (pairs) => {
        const map = new Map<Value, Value>();
        const model: {readonly key: Value; value: Value}[] = [];
        for (const [key, item] of pairs) {
          dictSet(map, key, item);
          const known = model.find((entry) => equals(entry.key, key));
          if (known) known.value = item;
          else model.push({key, value: item});
        }
        expect([...map]).toEqual(model.map((entry) => [entry.key, entry.value]));
        for (const {key, value: item} of model) expect(dictGet(map, key)).toEqual(item);
        for (const [key] of pairs) dictDelete(map, key);
        expect(map.size).toBe(0);
      }),
    );
  });
});

describe('operators', () => {
  test('left = right * (left // right) + left % right, and the rest has the sign of the right', () => {
    fc.assert(
      fc.property(whole, whole.filter(Boolean), (left, right) => {
        const quotient = operate('//', left, right) as bigint;
        const rest = operate('%', left, right) as bigint;
        expect(quotient * right + rest).toBe(left);
        expect(rest === 0n || rest < 0n === right < 0n).toBe(true);
        expect(rest < 0n ? -rest : rest).toBeLessThan(right < 0n ? -right : right);
      }),
    );
  });

  test('a quotient is the nearest float, however large the numbers', () => {
    fc.assert(
      fc.property(whole, whole.filter(Boolean), (left, right) => {
        const quotient = operate('/', left, right) as number;
        const distance = (candidate: number) => {
          const scale = 10n ** 400n;
          const exact = (left * scale) / right;
          const [mantissa = '0', exponent = '0'] = candidate.toExponential(20).split('e');
          const digits = BigInt(mantissa.replace('.', ''));
          const shift = 400 - 20 + Number(exponent);
          const wanted = shift >= 0 ? digits * 10n ** BigInt(shift) : digits / 10n ** BigInt(-shift);
          return wanted > exact ? wanted - exact : exact - wanted;
        };
        const step = Math.max(Math.abs(quotient) * Number.EPSILON, Number.MIN_VALUE);
        expect(distance(quotient) <= distance(quotient + step)).toBe(true);
        expect(distance(quotient) <= distance(quotient - step)).toBe(true);
      }),
    );
  });

  test('a power is that many factors', () => {
    fc.assert(
      fc.property(fc.integer({min: -50, max: 50}), fc.integer({min: 0, max: 20}), (base, exponent) => {
        const product = Array.from({length: exponent}, () => BigInt(base)).reduce((sum, each) => sum * each, 1n);
        expect(operate('**', BigInt(base), BigInt(exponent))).toBe(product);
      }),
    );
  });

  test('lists and texts are added and repeated', () => {
    fc.assert(
      fc.property(fc.array(scalar), fc.array(scalar), fc.integer({min: -2, max: 4}), (one, other, times) => {
        expect(operate('+', one, other)).toEqual([...one, ...other]);
        expect(operate('*', one, BigInt(times))).toEqual(Array.from({length: Math.max(times, 0)}, () => one).flat());
        expect(operate('*', BigInt(times), 'ab')).toBe('ab'.repeat(Math.max(times, 0)));
      }),
    );
  });

  test('a slice is what the places between its bounds hold', () => {
    const bound = fc.option(fc.integer({min: -12, max: 12}).map(BigInt), {nil: null});
    const step = fc.option(fc.integer({min: -4, max: 4}).filter(Boolean).map(BigInt), {nil: null});
    fc.assert(
      fc.property(text, bound, bound, step, (each, start, stop, by) => {
        const items = [...each];
        const fromList = sliceOf(items, {start, stop, step: by});
        expect(sliceOf(each, {start, stop, step: by})).toBe((fromList as string[]).join(''));
        if (start === null && stop === null)
          expect((fromList as string[]).length).toBe(Math.ceil(items.length / Math.abs(Number(by ?? 1n))));
      }),
    );
  });

  test('a text that is split at something is joined by it again', () => {
    const call = (self: Value, name: string, ...positional: Value[]) =>
      methodOf(self, name, unmetered, () => {})?.call({positional, named: new Map()}) ?? null;
    fc.assert(
      fc.property(
        text,
        text.filter((each) => each !== ''),
        fc.integer({min: -1, max: 3}),
        (each, by, most) => {
          expect(call(by, 'join', call(each, 'split', by, BigInt(most)))).toBe(each);
          expect(call(by, 'join', call(each, 'rsplit', by, BigInt(most)))).toBe(each);
          expect(call('', 'join', call(each, 'splitlines', true))).toBe(each);
        },
      ),
    );
  });

  test('only nothing, zero and what is empty is false', () => {
    fc.assert(
      fc.property(value, (each) => {
        const empty: readonly Value[] = [null, false, 0n, 0, ''];
        const isEmpty = empty.some((other) => equals(each, other)) || ['[]', '{}'].includes(repr(each));
        expect(isTrue(each)).toBe(!isEmpty);
      }),
    );
  });
});
