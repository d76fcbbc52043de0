import {describe, expect, test} from 'vitest';
import type {TaskState} from '../../../src/engine/index.ts';
import {gridSummary, placeIn, runGrid, taskBeside, taskNear} from '../../../src/screens/runs/run-grid.ts';
import {taskState} from '../../helpers/fake-engine.ts';

const task = (id: string, status: TaskState['status'] = 'waiting') => {
  const [on = ''] = id.split('/');
  return taskState(id, status, on === 'cluster' ? {} : {on});
};

const tasks = [
  task('infra-01/docker', 'done'),
  task('infra-01/etcd', 'running'),
  task('infra-01/kubelet'),
  task('gpu-01/docker', 'done'),
  task('gpu-01/images', 'done'),
  task('gpu-01/kubelet'),
  task('cluster/nodes-ready'),
  task('gpu-02/docker', 'failed'),
  task('gpu-02/kubelet', 'skipped'),
];

function gridOf(all: readonly TaskState[] = tasks) {
  const grid = runGrid(all);
  if (!grid) throw new Error('these make a grid');
  return grid;
}
const shapeOf = (all?: readonly TaskState[]) =>
  gridOf(all).rows.map(({machine, cells}) => [machine, cells.map((cell) => cell?.id.split('/')[1] ?? '')]);

describe('a grid', () => {
  test('has a row for each machine, the failed ones first, and what is about all of them by itself', () => {
    expect(gridOf().phases).toEqual(['docker', 'images', 'etcd', 'kubelet']);
    expect(shapeOf()).toEqual([
      ['gpu-02', ['docker', '', '', 'kubelet']],
      ['infra-01', ['docker', '', 'etcd', 'kubelet']],
      ['gpu-01', ['docker', 'images', '', 'kubelet']],
      [undefined, ['nodes-ready']],
    ]);
  });

  test('is none where fewer than two machines have tasks of their own', () => {
    expect(runGrid(tasks.slice(0, 3))).toBeUndefined();
    expect(runGrid([taskState('build/a', 'done'), taskState('build/b', 'done')])).toBeUndefined();
    const authorities = {...task('cluster/authorities'), on: 'infra-02'};
    expect(runGrid([...tasks.slice(0, 3), authorities])).toBeUndefined();
  });

  test('says in short which phases are not through, and how many machines have failed', () => {
    expect(gridSummary(gridOf())).toBe('1 of 3 machines failed; docker 2 of 3, etcd 0 of 1, kubelet 0 of 3');
    const done = tasks.map((one) => ({...one, status: 'done' as const}));
    expect(gridSummary(gridOf(done))).toBe('all phases done on 3 machines');
  });
});

describe('the cursor', () => {
  const grid = gridOf();

  test('goes from machine to machine in the same phase, or the nearest there is', () => {
    const at = placeIn(grid, 'infra-01/etcd');
    expect(at).toEqual({row: 1, column: 2});
    expect(taskNear(grid, at.row + 1, at.column)).toBe('gpu-01/images');
    expect(taskNear(grid, at.row + 2, at.column)).toBe('cluster/nodes-ready');
    expect(taskNear(grid, 99, at.column)).toBe('cluster/nodes-ready');
    expect(taskNear(grid, -1, 3)).toBe('gpu-02/kubelet');
  });

  test('goes from phase to phase of one machine, over those it has not', () => {
    expect(taskBeside(grid, placeIn(grid, 'gpu-02/docker'), 1)).toBe('gpu-02/kubelet');
    expect(taskBeside(grid, placeIn(grid, 'gpu-02/kubelet'), 1)).toBe('gpu-02/kubelet');
    expect(taskBeside(grid, placeIn(grid, 'gpu-01/images'), -1)).toBe('gpu-01/docker');
  });
});
