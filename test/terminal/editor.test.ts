import {expect, test} from 'vitest';
import {openEditor} from '../../src/engine/terminal/editor.ts';
import {editorArguments} from '../../src/engine/terminal/editor-arguments.ts';
import {shellWords} from '../../src/engine/terminal/shell-words.ts';

test.each<[readonly [string, ...string[]], string]>([
  [['vi'], 'vi +7 f.yaml'],
  [['/usr/bin/vim.basic', '-n'], '/usr/bin/vim.basic -n +7 f.yaml'],
  [['nvim'], 'nvim +7 f.yaml'],
  [['nano', '-l'], 'nano -l +7 f.yaml'],
  [['emacs-nox', '-nw'], 'emacs-nox -nw +7 f.yaml'],
  [['emacsclient', '-t'], 'emacsclient -t +7 f.yaml'],
  [['code'], 'code --wait -g f.yaml:7'],
  [['code', '-w'], 'code -w -g f.yaml:7'],
  [['hx'], 'hx f.yaml:7'],
  [['subl'], 'subl --wait f.yaml:7'],
  [['/home/ops/my-editor'], '/home/ops/my-editor f.yaml'],
])('%j is told the line as it understands it', (words, expected) => {
  expect(editorArguments(words, 'f.yaml', 7).join(' ')).toBe(expected);
});

test('without a line there is only the file', () => {
  expect(editorArguments(['vim'], 'f.yaml', undefined)).toEqual(['vim', 'f.yaml']);
});

test.each<[string, readonly string[] | undefined]>([
  ['vim -u NONE', ['vim', '-u', 'NONE']],
  ["  'my editor'  --x ", ['my editor', '--x']],
  ['emacs -nw --eval "(setq x \\"y\\")"', ['emacs', '-nw', '--eval', '(setq x "y")']],
  ['/opt/my\\ editor', ['/opt/my editor']],
  ['a\'b\'"c"d', ['abcd']],
  ["''", ['']],
  ['$HOME/x `id`', ['$HOME/x', '`id`']],
  ['', []],
  ["vim 'open", undefined],
  ['vim "open', undefined],
  ['vim \\', undefined],
])('a shell would split %j so', (line, words) => {
  expect(shellWords(line)).toEqual(words);
});

const place = {file: '/dev/null', line: 1};
const alive = () => new AbortController().signal;

test.each<[string, Record<string, string>, string, string]>([
  ['EDITOR names nothing that is there', {EDITOR: 'no-such-editor', PATH: '/bin'}, 'no-such-editor', 'Correct EDITOR'],
  ['VISUAL does, where EDITOR is empty', {EDITOR: ' ', VISUAL: 'gone', PATH: '/bin'}, 'gone', 'Correct VISUAL (gone)'],
  ['a quote is open', {EDITOR: "vim 'x"}, 'a quote in it is not closed', 'Correct EDITOR'],
  ['there is none at all', {PATH: '/nowhere'}, 'There is no editor', 'Set EDITOR'],
  ['it fails', {EDITOR: 'sh -c "exit 3" --', PATH: '/bin:/usr/bin'}, 'sh ended with exit code 3', 'What it saved'],
  ['it is killed', {EDITOR: "sh -c 'kill -9 $$' --", PATH: '/bin:/usr/bin'}, 'sh was ended by SIGKILL', 'not saved'],
])('%s: that is a sentence with what to do', async (_, environment, message, hint) => {
  const failure = await openEditor(place, environment, alive()).catch((error: unknown) => error);
  expect(failure).toMatchObject({
    problem: {message: expect.stringContaining(message), hint: expect.stringContaining(hint)},
  });
});

test('an editor that is told to end, ends, also when it does not want to', async () => {
  const stop = new AbortController();
  const environment = {EDITOR: `sh -c 'trap "" TERM; while :; do sleep 0.05; done' --`, PATH: '/bin:/usr/bin'};
  const opened = openEditor(place, environment, stop.signal);
  setImmediate(() => stop.abort(new Error('the app ends')));
  await expect(opened).rejects.toThrow('the app ends');
});
