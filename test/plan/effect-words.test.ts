import {expect, test} from 'vitest';
import {effectWords, shellWord} from '../../src/engine/plan/effect-words.ts';
import type {Effect} from '../../src/engine/plan/types.ts';

test.each<[Effect, string]>([
  [{kind: 'docker', call: 'push', image: 'r:5000/x:v1'}, 'docker push r:5000/x:v1'],
  [{kind: 'file', path: '$RUN/tree/**'}, 'write below tree of the run folder'],
  [{kind: 'file', path: '$STATE/images/**'}, 'write below images of the state folder'],
  [{kind: 'file', path: '$RUN/**'}, 'write below the run folder'],
  [{kind: 'file', path: '/etc/x', digest: 'secret'}, 'write /etc/x (holds a secret)'],
  [{kind: 'file', path: '$RUNNER/x'}, 'write $RUNNER/x'],
  [
    {kind: 'command', argv: ['a b.sh', "it's"], cwd: '$RUN/tree/root', decided: 'only if an image was built'},
    "run 'a b.sh' 'it'\\''s' in tree/root of the run folder (decided while running: only if an image was built)",
  ],
])('%j is one line for people', (effect, words) => {
  expect(effectWords(effect)).toBe(words);
});

test.each([
  ['webportal', 'webportal'],
  ['~/x', "'~/x'"],
  ['a~', 'a~'],
  ['', "''"],
  ['$(x)', "'$(x)'"],
])('a shell takes %s as %s', (word, quoted) => {
  expect(shellWord(word)).toBe(quoted);
});
