import fc from 'fast-check';
import {expect, test} from 'vitest';
import {editYaml} from '../../../src/engine/config/edit/edit-yaml.ts';
import type {Edit} from '../../../src/engine/config/edit/types.ts';
import {readYaml, type YamlMap, type YamlPath, type YamlValue} from '../../../src/engine/config/yaml.ts';
import {documents, type Manner, manners, texts, values, written} from './documents.ts';

/** All places of a value: how a path names them, and what is there. */
function places(value: YamlValue, path: YamlPath = []): {path: YamlPath; value: YamlValue}[] {
  const inner = Array.isArray(value)
    ? value.map((item, index) => [index, item] as const)
    : value instanceof Map
      ? [...(value as YamlMap)].map(([key, item]) => [key === 31n ? '0x1F' : String(key), item] as const)
      : [];
  return [{path, value}, ...inner.flatMap(([part, item]) => places(item as YamlValue, [...path, part]))];
}

/** Written down so that 1 and 1.0, and the orders of keys, are told apart. */
function plain(value: YamlValue): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof Map) return {map: [...(value as YamlMap)].map(([key, item]) => [plain(key), plain(item)])};
  if (typeof value === 'bigint') return {int: String(value)};
  return typeof value === 'number' ? {float: Object.is(value, -0) ? '-0' : String(value)} : value;
}

/** The value with one place of it changed; `change` gets the collection as a list of entries and the index in it. */
function changedAt(
  value: YamlValue,
  path: YamlPath,
  change: (entries: [YamlValue, YamlValue][], index: number) => void,
): YamlValue {
  const [part, ...rest] = path;
  const isList = Array.isArray(value);
  const entries: [YamlValue, YamlValue][] = isList
    ? value.map((item, index) => [BigInt(index), item])
    : [...(value as YamlMap)].map(([key, item]) => [key, item]);
  const index = entries.findIndex(([key]) => String(key) === String(part) || (part === '0x1F' && key === 31n));
  const entry = entries[index];
  if (!entry) throw new Error('no such place');
  if (rest.length === 0) change(entries, index);
  else entry[1] = changedAt(entry[1], rest, change);
  return isList ? entries.map(([, item]) => item) : (new Map(entries) as YamlMap);
}

const read = (text: string) => {
  const {value, problems} = readYaml(text, '/c.yaml');
  expect(problems).toEqual([]);
  return value as YamlValue;
};

const commentsOf = (text: string) => text.match(/# c\d+;/g) ?? [];

/** The lines that differ: those at the beginning and at the end which are the same are taken away. */
function difference(before: string, after: string): {removed: string[]; added: string[]; from: number} {
  const old = before.split('\n');
  const fresh = after.split('\n');
  let from = 0;
  while (from < Math.min(old.length, fresh.length) && old[from] === fresh[from]) from++;
  let back = 0;
  while (back < Math.min(old.length, fresh.length) - from && old.at(-1 - back) === fresh.at(-1 - back)) back++;
  return {removed: old.slice(from, old.length - back), added: fresh.slice(from, fresh.length - back), from};
}

/** Whether all of `inner` comes in `outer`, in its order. */
function isWithin(inner: string, outer: string): boolean {
  let at = 0;
  for (const character of outer) if (character === inner[at]) at++;
  return at === inner.length;
}

interface Case {
  readonly text: string;
  readonly before: YamlValue;
  readonly path: YamlPath;
  readonly at: YamlValue;
}

const cases: fc.Arbitrary<Case> = fc
  .tuple(documents, manners, fc.nat())
  .map(([document, manner, number]: [Parameters<typeof written>[0], Manner, number]) => {
    const text = written(document, manner);
    const before = read(text);
    const all = places(before);
    const {path, value} = all[number % all.length] ?? {path: [], value: before};
    return {text, before, path, at: value};
  });

function done(text: string, edit: Edit): string {
  const result = editYaml(text, edit, '/c.yaml');
  if (result.type === 'refused') throw new Error(`refused: ${JSON.stringify(result.problem)}`);
  return result.text;
}

const runs = {numRuns: 500};

test('a value that is set is read back exactly, and only lines of the old one change', () => {
  fc.assert(
    fc.property(cases, values, ({text, before, path}, value) => {
      const after = done(text, {type: 'set', path, value});
      const expected =
        path.length === 0
          ? value
          : changedAt(before, path, (entries, index) => {
              (entries[index] as [YamlValue, YamlValue])[1] = value;
            });
      expect(plain(read(after))).toEqual(plain(expected));
      // What is above and below begins on lines that are left alone, or shared with it.
      const {line} = readYaml(text, '/c.yaml');
      const all = places(before).map((place) => place.path);
      const isInside = (other: YamlPath) => path.every((part, depth) => other[depth] === part);
      const first = all.findIndex(isInside);
      const above = line(all[first - 1] ?? []) ?? 0;
      const below = all.slice(first).find((other) => !isInside(other));
      const {removed, from} = difference(text, after);
      if (path.length > 0 && removed.length > 0) {
        expect(from + 1).toBeGreaterThanOrEqual(above);
        if (below) expect(from + removed.length).toBeLessThanOrEqual(line(below) ?? 0);
      }
    }),
    runs,
  );
});

test('a scalar takes the place of another within its line', () => {
  fc.assert(
    fc.property(cases, texts, ({text, path, at}, value) => {
      fc.pre(!(at instanceof Map || Array.isArray(at)) && path.length > 0 && !value.includes('\n'));
      const after = done(text, {type: 'set', path, value});
      const {removed, added} = difference(text, after);
      expect(removed.length).toBe(added.length);
      expect(removed.length).toBeLessThanOrEqual(1);
      expect(commentsOf(after)).toEqual(commentsOf(text));
    }),
    runs,
  );
});

test('what is inserted is there, and every character of before is too', () => {
  fc.assert(
    fc.property(cases, texts, values, fc.nat(), ({text, before, path, at}, key, value, number) => {
      const isList = Array.isArray(at);
      fc.pre(isList || at instanceof Map);
      fc.pre(isList || !(at as YamlMap).has(key));
      fc.pre(isList || ![...(at as YamlMap).keys()].some((known) => String(known) === key));
      const index = number % (isList ? at.length + 1 : 1);
      const after = done(
        text,
        isList ? {type: 'insert-item', path, at: index, value} : {type: 'insert-key', path, key, value},
      );
      const larger: YamlValue = isList ? at.toSpliced(index, 0, value) : new Map([...(at as YamlMap), [key, value]]);
      const expected =
        path.length === 0
          ? larger
          : changedAt(before, path, (entries, place) => {
              (entries[place] as [YamlValue, YamlValue])[1] = larger;
            });
      expect(plain(read(after))).toEqual(plain(expected));
      expect(isWithin(text, after)).toBe(true);
    }),
    runs,
  );
});

test('what is removed is gone, and nothing new is there but the sign of an empty collection', () => {
  fc.assert(
    fc.property(cases, ({text, before, path}) => {
      fc.pre(path.length > 0);
      const after = done(text, {type: 'remove', path});
      const expected = changedAt(before, path, (entries, index) => entries.splice(index, 1));
      expect(plain(read(after))).toEqual(plain(expected));
      expect(isWithin(after.replace(/ ?(?:\{\}|\[\])/g, ''), text)).toBe(true);
      // Of the lines of other keys none is touched.
      const {removed} = difference(text, after);
      const own = places(changedAt(before, path, () => {})).length - places(expected).length;
      expect(removed.filter((line) => !/^(?:#.*)?$/.test(line.trim())).length).toBeLessThanOrEqual(own + 1);
    }),
    runs,
  );
});

test('a key has its new name, and its line is otherwise the same', () => {
  fc.assert(
    fc.property(cases, texts, ({text, before, path}, key) => {
      fc.pre(path.length > 0 && typeof path.at(-1) === 'string');
      let taken = false;
      const expected = changedAt(before, path, (entries, index) => {
        taken = entries.some(([name], other) => other !== index && (name === key || String(name) === key));
        (entries[index] as [YamlValue, YamlValue])[0] = key;
      });
      fc.pre(!taken);
      const after = done(text, {type: 'rename', path, key});
      expect(plain(read(after))).toEqual(plain(expected));
      const {removed, added} = difference(text, after);
      expect(removed.length).toBe(added.length);
      expect(removed.length).toBeLessThanOrEqual(1);
      expect(commentsOf(after)).toEqual(commentsOf(text));
    }),
    runs,
  );
});

test('whatever the text and the edit, nothing is thrown, and nothing is done that was not asked for', () => {
  const anything = fc.oneof(
    fc.string({unit: fc.constantFrom(...'a:- \n{}[]&*!|>#"\'?,<%\t\r'), maxLength: 40}),
    fc.string(),
  );
  const paths = fc.array(fc.oneof(fc.constantFrom('a', 'b', ''), fc.nat({max: 2})), {maxLength: 2});
  fc.assert(
    fc.property(anything, paths, texts, values, (text, path, key, value) => {
      const edits: Edit[] = [
        {type: 'set', path, value},
        {type: 'insert-key', path, key, value},
        {type: 'insert-item', path, value},
        {type: 'remove', path},
        {type: 'rename', path, key},
      ];
      for (const edit of edits) {
        const result = editYaml(text, edit, '/c.yaml');
        if (result.type === 'edited') expect(readYaml(result.text, '/c.yaml').value).not.toBeUndefined();
      }
    }),
    {numRuns: 2000},
  );
});
