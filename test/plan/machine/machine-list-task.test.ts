import {appendFile, readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {createFiles} from '../../../src/engine/files/create-files.ts';
import {machineListTask, planMachineList} from '../../../src/engine/plan/machine/machine-list-task.ts';
import type {TaskContext} from '../../../src/engine/plan/types.ts';
import {makeTree} from '../../catalog/trees.ts';
import {editedConfig} from '../../config/configs.ts';

const entry = 'hostip: 10.0.0.19, username: operator, password: s3cret-word, k8s-role: worker';

async function scene(more: string) {
  const folder = await editedConfig('g', []);
  const nodeList = join(
    await makeTree({'nodes.yaml': `machine-list:\n  - {hostname: gpu-09, ${entry}${more}}\n`}),
    'nodes.yaml',
  );
  const file = join(folder, 'layout.yaml');
  const request = {operation: 'machine add', config: folder, nodeList} as const;
  const carryOut = async () => {
    const list = await planMachineList(request, ['gpu-09']);
    if (!list) throw new Error('nothing to write');
    const task = machineListTask(request, list, []);
    const context = {tools: {files: createFiles({cacheFile: join(folder, 'hashes')})}} as unknown as TaskContext;
    return {list, run: () => task.run(context), satisfied: () => task.satisfied?.(context)};
  };
  return {file, request, carryOut};
}

describe('the task that changes the machine list', () => {
  test('writes what the plan showed, once', async () => {
    const {file, carryOut} = await scene(', machine-type: GPU');
    const {list, run, satisfied} = await carryOut();
    expect(list.lines[0]).toBe('+   - hostname: gpu-09');
    expect(await satisfied()).toBeUndefined();
    expect(await run()).toMatchObject({changed: true});
    expect(await satisfied()).toBe(true);
    expect(await readFile(file, 'utf8')).toContain('  - hostname: gpu-09\n    hostip: 10.0.0.19\n');
  });

  test('is refused before anything is done where the configuration would be wrong with it', async () => {
    const {file, carryOut} = await scene('');
    const before = await readFile(file, 'utf8');
    await expect(carryOut()).rejects.toMatchObject({
      problem: {code: 'edit-refused', message: expect.stringContaining('machine-list[gpu-09].machine-type is missing')},
    });
    expect(await readFile(file, 'utf8')).toBe(before);
  });

  test('leaves a file alone that was changed since', async () => {
    const {file, carryOut} = await scene(', machine-type: GPU');
    const {run} = await carryOut();
    await appendFile(file, '# seen\n');
    const before = await readFile(file, 'utf8');
    await expect(run()).rejects.toMatchObject({problem: {code: 'edit-refused'}});
    expect(await readFile(file, 'utf8')).toBe(before);
  });
});
