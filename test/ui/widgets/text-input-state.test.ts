import {expect, test} from 'vitest';
import {type InputAction, inputOf, reduceInput, textOf} from '../../../src/ui/widgets/text-input-state.ts';

const typed = (start: string, ...actions: InputAction[]) => {
  const state = actions.reduce(reduceInput, inputOf(start));
  return `${state.before.join('')}|${state.after.join('')}`;
};

test.each<[string, string, InputAction[], string]>([
  ['typing', 'ab', [{type: 'insert', text: 'c'}], 'abc|'],
  ['typing in the middle', 'ac', [{type: 'left'}, {type: 'insert', text: 'b'}], 'ab|c'],
  ['backspace', 'ab', [{type: 'backspace'}], 'a|'],
  ['backspace at the start', 'ab', [{type: 'home'}, {type: 'backspace'}], '|ab'],
  ['delete', 'ab', [{type: 'home'}, {type: 'delete'}], '|b'],
  ['a word back', 'base image ', [{type: 'word-back'}], 'base |'],
  ['everything before', 'base image', [{type: 'clear'}], '|'],
  ['ends', 'ab', [{type: 'home'}, {type: 'end'}, {type: 'right'}], 'ab|'],
  ['one emoji is one character', 'a👩‍👩‍👧', [{type: 'backspace'}], 'a|'],
  ['replacing', 'ab', [{type: 'set', text: 'xyz'}], 'xyz|'],
])('%s', (_, start, actions, expected) => {
  expect(typed(start, ...actions)).toBe(expected);
});

test('pasted lines become one line without control characters', () => {
  expect(textOf(reduceInput(inputOf(''), {type: 'insert', text: 'one\r\ntwo\tthree\u001B\u0007'}))).toBe(
    'one two three',
  );
});
