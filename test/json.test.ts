import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {
  firstDifference,
  fits,
  fitting,
  fittingJson,
  list,
  maybe,
  named,
  number,
  record,
  text,
} from '../src/engine/json.ts';

const schema = record({name: text, age: maybe(number), tags: list(text), more: maybe(named(text))});
const good = {name: 'a', tags: ['b']};

describe('a record', () => {
  test('keeps the fields that a later version wrote', () => {
    expect(fitting(schema, {...good, later: {deep: [1]}})).toEqual({...good, later: {deep: [1]}});
  });

  test('is none with a field that is missing, of another kind, or not a finite number', () => {
    for (const bad of [{tags: []}, {...good, age: '5'}, {...good, age: null}, {...good, tags: [5]}])
      expect(fitting(schema, bad), JSON.stringify(bad)).toBeUndefined();
    expect(fittingJson(schema, '{"name": "a", "tags": [], "age": 1e999}')).toBeUndefined();
  });

  test('cannot be given fields by the prototype of an object', () => {
    expect(fitting(schema, JSON.parse('{"name": "a", "tags": [], "__proto__": {"age": 5}}'))?.age).toBeUndefined();
    expect(fittingJson(named(text), '{"__proto__": {"toString": 5}, "a": "b"}')).toEqual({a: 'b'});
  });

  test('that is none is told by its first place', () => {
    expect(firstDifference(schema, {...good, tags: ['b', 5]})).toBe('tags.1');
    expect(firstDifference(schema, [])).toBeUndefined();
  });
});

test('whatever text there is, it is read or passed over', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json(), fc.constant('['.repeat(100_000))), (json) => {
      const read = fittingJson(schema, json);
      if (read !== undefined) expect(fits(schema, JSON.parse(json))).toBe(true);
    }),
  );
});
