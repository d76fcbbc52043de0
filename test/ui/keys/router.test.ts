import {expect, test} from 'vitest';
import type {KeyBinding} from '../../../src/ui/keys/binding.ts';
import type {KeyLayer} from '../../../src/ui/keys/router.ts';
import {createKeyRouter} from '../../../src/ui/keys/router.ts';

function setUp() {
  const router = createKeyRouter();
  const log: string[] = [];
  const table = (
    layer: KeyLayer,
    who: string,
    keys: readonly string[],
    more: {text?: boolean; disabled?: string} = {},
  ) =>
    router.add(router.nextOrder(), {
      layer,
      title: who,
      bindings: keys.map(
        (key): KeyBinding => ({
          keys: [key],
          word: key,
          help: '',
          ...(more.disabled === undefined ? {} : {disabled: more.disabled}),
          run: () => log.push(`${who} ${key}`),
        }),
      ),
      ...(more.text ? {onText: (text: string) => log.push(`${who} typed ${text}`)} : {}),
    });
  const press = (name: string) =>
    router.dispatch({type: 'key', name, raw: name, ...(name.length === 1 ? {text: name} : {})});
  return {router, log, table, press};
}

test('the first table that has the key wins, nearest place first', () => {
  const {log, table, press} = setUp();
  table('global', 'global', ['q', '?', 'x']);
  table('pane', 'pane', ['q']);
  table('screen', 'screen', ['q', 'x']);
  press('q');
  press('x');
  press('?');
  expect(press('z')).toBe(false);
  expect(log).toEqual(['pane q', 'screen x', 'global ?']);
});

test('an open dialog hides everything else, and gives it back', () => {
  const {log, table, press, router} = setUp();
  table('screen', 'screen', ['D', 'y']);
  table('global', 'global', ['q']);
  const dialog = table('modal', 'dialog', ['y']);
  expect([press('y'), press('D'), press('q')]).toEqual([true, false, false]);
  expect(router.tables().map(({title}) => title)).toEqual(['dialog']);
  dialog.remove();
  press('y');
  expect(log).toEqual(['dialog y', 'screen y']);
});

test('an input takes what is typed before the keys below it; keys that type nothing fall through', () => {
  const {log, table, press, router} = setUp();
  table('screen', 'screen', ['q', 'tab']);
  table('input', 'filter', ['enter'], {text: true});
  for (const key of ['q', 'enter', 'tab']) press(key);
  router.dispatch({type: 'paste', text: 'pasted'});
  expect(log).toEqual(['filter typed q', 'filter enter', 'screen tab', 'filter typed pasted']);
});

test('an input inside a dialog gets its letters before the dialog, an input under the dialog none', () => {
  const {log, table, press} = setUp();
  table('input', 'below', ['enter'], {text: true});
  table('modal', 'dialog', ['y', 'esc']);
  press('y');
  table('input', 'inside', [], {text: true});
  press('y');
  press('esc');
  expect(press('enter')).toBe(false);
  expect(log).toEqual(['dialog y', 'inside typed y', 'dialog esc']);
});

test('a paste is never taken for keys', () => {
  const {log, table, router} = setUp();
  table('screen', 'screen', ['D']);
  expect(router.dispatch({type: 'paste', text: 'D'})).toBe(false);
  expect(log).toEqual([]);
});

test('a disabled key says why, and no other table gets it', () => {
  const {log, table, press, router} = setUp();
  router.onRefused((reason, binding) => log.push(`${binding.word}: ${reason}`));
  table('global', 'global', ['B']);
  table('screen', 'screen', ['B'], {disabled: 'No engine answers.'});
  expect(press('B')).toBe(true);
  expect(log).toEqual(['B: No engine answers.']);
});

test('listeners hear when the footer would look different, not when only functions change', () => {
  const {router, log} = setUp();
  let changes = 0;
  router.subscribe(() => changes++);
  const binding = (word: string, said: string): KeyBinding => ({
    keys: ['a'],
    word,
    help: '',
    run: () => log.push(said),
  });
  const table = router.add(1, {layer: 'screen', bindings: [binding('one', 'first')]});
  const before = router.tables();
  table.update({layer: 'screen', bindings: [binding('one', 'second')]});
  expect(changes).toBe(1);
  expect(router.tables()).toBe(before);
  router.dispatch({type: 'key', name: 'a', text: 'a', raw: 'a'});
  expect(log).toEqual(['second']);
  table.update({layer: 'screen', bindings: [binding('two', 'third')]});
  expect(changes).toBe(2);
});

test('keys that always work are there in a dialog too, unless an input takes them as text', () => {
  const {log, table, press, router} = setUp();
  table('always', 'help', ['?']);
  table('global', 'global', ['q']);
  table('modal', 'dialog', ['y']);
  expect([press('?'), press('q')]).toEqual([true, false]);
  const input = table('input', 'name', ['enter'], {text: true});
  expect(router.tables().map(({title}) => title)).toEqual(['name']);
  press('?');
  input.remove();
  expect(router.tables().map(({title}) => title)).toEqual(['dialog', 'help']);
  expect(log).toEqual(['help ?', 'name typed ?']);
});

test('a key is shown only where pressing it arrives', () => {
  const {table, router} = setUp();
  table('global', 'global', ['q', 'ctrl-c']);
  table('screen', 'screen', ['enter', 'ctrl-c']);
  const keysOf = () => router.tables().map(({title, bindings}) => [title, bindings.flatMap(({keys}) => keys)]);
  expect(keysOf()).toEqual([
    ['screen', ['enter', 'ctrl-c']],
    ['global', ['q']],
  ]);
  const input = table('input', 'filter', ['enter', 'ctrl-c'], {text: true});
  expect(keysOf()).toEqual([['filter', ['enter', 'ctrl-c']]]);
  input.remove();
  expect(keysOf()).toHaveLength(2);
});

test('who takes everything as it was sent leaves nothing to others, but for its own keys and dialogs', () => {
  const {router, log, table, press} = setUp();
  table('global', 'global', ['q', 'ctrl-l']);
  table('always', 'always', ['?']);
  const program = router.add(router.nextOrder(), {
    layer: 'input',
    title: 'program',
    bindings: [{keys: ['ctrl-]'], word: 'leave', help: '', run: () => log.push('leave')}],
    onRaw: (sent) => log.push(`sent ${sent.replaceAll('\x1b', 'ESC')}`),
  });
  for (const key of ['q', '?', 'ctrl-l', 'ctrl-]']) press(key);
  router.dispatch({type: 'key', name: 'up', raw: '\x1b[A'});
  router.dispatch({type: 'paste', text: 'a\nb'});
  expect(log).toEqual(['sent q', 'sent ?', 'sent ctrl-l', 'leave', 'sent ESC[A', 'sent ESC[200~a\nbESC[201~']);
  const q = {type: 'key', name: 'q', raw: 'q'} as const;
  expect([router.takesRaw(q), router.takesRaw({...q, name: 'ctrl-]'})]).toEqual([true, false]);
  expect(router.tables().map(({title}) => title)).toEqual(['program']);
  const dialog = table('modal', 'dialog', ['y']);
  expect(router.takesRaw(q)).toBe(false);
  expect([press('y'), press('x')]).toEqual([true, false]);
  dialog.remove();
  program.remove();
  expect(router.takesRaw(q)).toBe(false);
  press('q');
  expect(log.slice(-2)).toEqual(['dialog y', 'global q']);
});
