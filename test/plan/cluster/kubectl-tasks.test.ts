import {describe, expect, test} from 'vitest';
import type {InstallKubectlRequest} from '../../../src/engine/api.ts';
import type {KubectlFacts} from '../../../src/engine/cluster/kubectl/judge-kubectl.ts';
import {planInstallKubectl} from '../../../src/engine/plan/cluster/install-kubectl.ts';
import {kubectlTasks} from '../../../src/engine/plan/cluster/kubectl-tasks.ts';
import {effectWords} from '../../../src/engine/plan/effect-words.ts';
import {bootableLayout} from '../../cluster/layouts.ts';

const layout = await bootableLayout();
const request: InstallKubectlRequest = {
  operation: 'cluster install-kubectl',
  config: '/srv/cluster',
  kubeconfig: '/home/op/.kube/config',
  programs: '/home/op/bin',
};

const fitting = {path: '/usr/bin/kubectl', version: 'v1.21.0'};
const old = {path: '/home/op/bin/kubectl', version: 'v1.9.9'};

function computer(kubectl: Partial<KubectlFacts>, isFolderThere = true) {
  return {
    kubectl: {...{isFolderThere, isOnPath: true, platform: 'linux', arch: 'x64'}, ...kubectl},
    kubeconfig: {file: '/data/op/kube.yaml', isFolderThere},
  };
}

function planned(kubectl: Partial<KubectlFacts>, changes: readonly string[], isFolderThere = true) {
  const {title, tasks} = planInstallKubectl(request, {layout, computer: computer(kubectl, isFolderThere), changes});
  return {
    title,
    tasks: tasks.map(({id, expected, does}) => ({id, expected, does: does.map(effectWords)})),
  };
}

describe('the plan of install-kubectl', () => {
  test('is empty of changes where this computer reaches the cluster already', () => {
    expect(planned({onPath: fitting}, [])).toEqual({
      title: expect.stringContaining('Install nothing'),
      tasks: [
        {id: 'cluster/kubectl', expected: 'unchanged', does: []},
        {id: 'cluster/kubeconfig', expected: 'unchanged', does: []},
      ],
    });
  });

  test('names every file, program and container that comes or goes', () => {
    const masters = layout.masters.map(({name}) => name);
    expect(masters.length).toBeGreaterThan(0);
    const {tasks} = planned({onPath: old, inPrograms: old}, ['The cluster is added.']);
    expect(tasks[0]).toEqual({
      id: 'cluster/kubectl',
      expected: 'change',
      does: [
        'write /home/op/bin/.kubectl.pai-tui',
        'run /home/op/bin/.kubectl.pai-tui version --client --output=json in /',
        'write /home/op/bin/kubectl',
        'run /home/op/bin/kubectl version --client --output=json in /',
        'write /home/op/bin/kubectl-v1.9.9.before-pai-tui',
        ...masters.flatMap((master) => [
          `run copy kubectl out of its image ${layout.images.hyperkube} 'pai-tui-kubectl-<run>' on ${master} as root`,
          `run the container pai-tui-kubectl-<run> on ${master} (decided while running: on the first that gives it; never started)`,
          `remove the container pai-tui-kubectl-<run> on ${master}`,
        ]),
      ],
    });
    expect(tasks[1]).toEqual({
      id: 'cluster/kubeconfig',
      expected: 'change',
      does: ['write /data/op/kube.yaml (holds a secret)'],
    });
  });

  test('makes the folders that are missing', () => {
    const {tasks} = planned({}, ['The file is new.'], false);
    expect(tasks.map(({does}) => does[0])).toEqual(['write /home/op/bin', 'write /data/op']);
  });
});

test('a boot decides about the kubeconfig when there is a cluster, and waits for that', () => {
  const needs = ['cluster/api-ready'];
  const places = {kubeconfig: request.kubeconfig, programs: request.programs};
  const {tasks} = kubectlTasks({layout, masters: ['m1'], places, computer: computer({}), needs});
  expect(tasks.map((task) => [task.id, task.expected, task.needs])).toEqual([
    ['cluster/kubectl', 'change', needs],
    ['cluster/kubeconfig', 'decided while running', needs],
  ]);
});
