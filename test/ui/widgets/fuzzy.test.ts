import {expect, test} from 'vitest';
import {fuzzyFind, fuzzyScore} from '../../../src/ui/widgets/fuzzy.ts';

const find = (typed: string, ...items: string[]) => fuzzyFind(typed, items, (item) => item);

test('letters must all be there in order', () => {
  expect(find('bldw', 'build webportal', 'push webportal')).toEqual(['build webportal']);
  expect(fuzzyScore('zz', 'build')).toBeUndefined();
});

test('beginnings of words and letters in a row come first', () => {
  expect(find('rs', 'browser', 'rest-server', 'runs')[0]).toBe('rest-server');
  expect(find('run', 'return', 'runs')[0]).toBe('runs');
});

test('a letter that begins a later word does not hide a match', () => {
  expect(find('ab', 'axb a')).toEqual(['axb a']);
});

test('nothing typed keeps everything in its order', () => {
  expect(find(' ', 'b', 'a')).toEqual(['b', 'a']);
});
