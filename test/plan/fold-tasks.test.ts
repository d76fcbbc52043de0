import {describe, expect, test} from 'vitest';
import {type FoldableTask, foldTasks, foldUndo} from '../../src/engine/plan/fold-tasks.ts';
import type {Effect} from '../../src/engine/plan/types.ts';

const start = (on: string, ...args: readonly string[]): Effect => ({
  kind: 'script',
  on,
  name: 'start.sh',
  // Of the text, which may differ: it is what names and arguments say that is read.
  script: `sha256:${on}`,
  args,
});

function task(on: string | undefined, more: Partial<FoldableTask> = {}): FoldableTask {
  return {
    id: `${on ?? 'here'}/kubelet`,
    title: 'Start kubelet',
    ...(on === undefined ? {} : {on}),
    touches: 'a machine',
    does: on === undefined ? [] : [start(on)],
    expected: 'change',
    why: [],
    ...more,
  };
}

const hosts = ['gpu-01', 'gpu-02', 'infra-01'];

describe('tasks', () => {
  test('that do the same on several machines are one, at the place of the first', () => {
    const tasks = [task('gpu-01'), task(undefined, {title: 'Look on'}), task('gpu-02'), task('infra-01')];
    expect(foldTasks(tasks)).toEqual([
      {
        tasks: [tasks[0], tasks[2], tasks[3]],
        title: 'Start kubelet on 3 machines',
        hosts: 'gpu-[01-02],infra-01',
        why: [],
        does: ['run start.sh on each'],
      },
      {tasks: [tasks[1]], title: 'Look on', why: [], does: []},
    ]);
  });

  test('are the same where their titles differ by the name of the machine alone', () => {
    const titled = hosts.map((on) => task(on, {title: `Put certificates on ${on}`}));
    expect(foldTasks(titled).map(({title}) => title)).toEqual(['Put certificates on 3 machines']);
    // gpu-1 is no part of gpu-10, nor of a longer name.
    const near = [task('gpu-1', {title: 'Look at gpu-10'}), task('gpu-2', {title: 'Look at gpu-20'})];
    expect(foldTasks(near).map(({title}) => title)).toEqual(['Look at gpu-10 on gpu-1', 'Look at gpu-20 on gpu-2']);
  });

  test('by themselves keep their words, with their machine once', () => {
    const [plain, titled] = foldTasks([task('gpu-01'), task('gpu-02', {title: 'Boot gpu-02'})]);
    expect([plain?.title, titled?.title]).toEqual(['Start kubelet on gpu-01', 'Boot gpu-02']);
    expect(plain?.does).toEqual(['run start.sh on gpu-01']);
  });

  test.each<Partial<FoldableTask>>([{expected: 'unchanged'}, {touches: 'data'}, {critical: true}])(
    'are not the same with %o on one of them',
    (other) => {
      expect(foldTasks([task('gpu-01'), task('gpu-02', other)])).toHaveLength(2);
    },
  );
});

describe('reasons and effects', () => {
  const doing = (...does: readonly (readonly Effect[])[]) =>
    foldTasks(hosts.map((on, index) => task(on, {does: does[index] ?? []})))[0]?.does;

  test('of some machines say which', () => {
    const file = (on: string): Effect => ({kind: 'machine file', on, path: '/etc/hosts'});
    expect(doing([file('gpu-01')], [file('gpu-02')])).toEqual(['write /etc/hosts on gpu-[01-02]']);
    expect(doing([{kind: 'docker', call: 'pull', image: 'a'}])).toEqual(['docker pull a, for gpu-01']);
    const why = [['it is old'], ['it is old'], ['it was never booted']];
    expect(foldTasks(hosts.map((on, index) => task(on, {why: why[index] ?? []})))[0]?.why).toEqual([
      'gpu-[01-02]: it is old',
      'infra-01: it was never booted',
    ]);
  });

  test('with other arguments on each machine are said once', () => {
    expect(doing(...hosts.map((on) => [start(on, on)]))).toEqual(['run start.sh MACHINE on each']);
    expect(doing([start('gpu-01', 'a')], [start('gpu-02', 'b')], [start('infra-01', 'b')])).toEqual([
      'run start.sh a on gpu-01',
      'run start.sh b on gpu-02,infra-01',
    ]);
    expect(doing(...hosts.map((on, index) => [start(on, `10.0.0.${index}`)]))).toEqual([
      'run start.sh on each, with arguments of its own',
    ]);
  });

  test('of another machine name it', () => {
    expect(doing(...hosts.map(() => [start('login')]))).toEqual(['run start.sh on login']);
  });

  test('that many machines have of their own are told of some, but never where data go', () => {
    const many = Array.from({length: 9}, (_, index) => `gpu-${index}`);
    const sized = (touches: FoldableTask['touches']) =>
      foldTasks(many.map((on, index) => task(on, {touches, why: [`it has ${index} GiB`]})))[0]?.why;
    expect(sized('a machine')).toEqual([
      ...[0, 1, 2, 3].map((index) => `gpu-${index}: it has ${index} GiB`),
      'and 5 more of this kind',
    ]);
    expect(sized('data')).toHaveLength(9);
  });
});

test('ways back are said once, with all they are of', () => {
  const undone = [
    task('gpu-01', {undo: 'Clean it.'}),
    task('gpu-02', {undo: 'Clean it.'}),
    task(undefined, {title: 'Put it into the kubeconfig', undo: 'Clean it.'}),
    task('infra-01', {expected: 'unchanged', undo: 'Never.'}),
  ];
  expect(foldUndo(foldTasks(undone))).toEqual([
    {undo: 'Clean it.', whose: ['Start kubelet on 2 machines', 'Put it into the kubeconfig']},
  ]);
});
