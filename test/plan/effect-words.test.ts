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
  [
    {kind: 'script', on: 'gpu-01', name: 'start.sh', script: 'sha256:1', args: ['a b'], sudo: true},
    "run start.sh 'a b' on gpu-01 as root",
  ],
  [{kind: 'script', on: 'gpu-01', name: 'look.sh', script: 'sha256:1'}, 'run look.sh on gpu-01'],
  [{kind: 'machine file', on: 'gpu-01', path: '/etc/kubernetes/**'}, 'write below /etc/kubernetes on gpu-01'],
  [
    {kind: 'machine file', on: 'gpu-01', path: '/etc/kubernetes/sa.key', digest: 'secret'},
    'write /etc/kubernetes/sa.key on gpu-01 (holds a secret)',
  ],
  [{kind: 'container', on: 'gpu-01', call: 'run', name: 'kubelet'}, 'run the container kubelet on gpu-01'],
  [
    {kind: 'kube', verb: 'remove', object: {apiVersion: 'v1', kind: 'Namespace', name: 'pai-tui-$RUN'}},
    'remove Namespace pai-tui-<run>',
  ],
  [{kind: 'container', on: 'gpu-01', call: 'remove', name: 'copy-$RUN'}, 'remove the container copy-<run> on gpu-01'],
  [{kind: 'container', on: 'gpu-01', call: 'pull', name: 'r/etcd:3'}, 'pull the image r/etcd:3 on gpu-01'],
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
