import {expect, test} from 'vitest';
import {readAdminKubeconfig} from '../../src/engine/cluster/admin-kubeconfig.ts';
import type {MachineAccess, Remote} from '../../src/engine/machine-tools.ts';
import {ProblemError} from '../../src/engine/problem.ts';

const {signal} = new AbortController();

/** Masters that print a text, have no such file (undefined), or do not answer (a problem). */
function machinesOf(answers: Readonly<Record<string, string | undefined | ProblemError>>) {
  const asked: string[] = [];
  const machines: MachineAccess = {
    async use(machine, work) {
      asked.push(machine);
      const answer = answers[machine];
      if (answer instanceof ProblemError) throw answer;
      const run: Remote['run'] = async ({reads, sudo}, watch) => {
        expect({reads, sudo}).toEqual({reads: true, sudo: true});
        if (answer === undefined) return {exit: 1};
        // In two parts, as it may come.
        for (const part of [answer.slice(0, 3), answer.slice(3)]) watch.stdout?.(Buffer.from(part));
        return {exit: 0};
      };
      return work({run} as Remote);
    },
  };
  return {machines, asked};
}

const silent = new ProblemError({code: 'machine-unreachable', message: 'Nobody answers.'});

test('the kubeconfig is that of the first master which has one', async () => {
  const {machines, asked} = machinesOf({a: silent, b: undefined, c: 'kind: Config\n', d: 'another'});
  const {master, kubeconfig} = await readAdminKubeconfig(machines, ['a', 'b', 'c', 'd'], signal);
  expect([master, kubeconfig.reveal()]).toEqual(['c', 'kind: Config\n']);
  expect(asked).toEqual(['a', 'b', 'c']);
});

test('a cluster without one is told from masters that do not answer', async () => {
  const refusal = async (answers: Parameters<typeof machinesOf>[0]) => {
    const error = await readAdminKubeconfig(machinesOf(answers).machines, ['a', 'b'], signal).catch((e: unknown) => e);
    if (!(error instanceof ProblemError)) throw error;
    return error.problem;
  };
  expect(await refusal({a: silent, b: undefined})).toMatchObject({
    code: 'not-found',
    detail: 'a: Nobody answers.\nb: there is no /etc/kubernetes/admin.conf',
  });
  expect(await refusal({a: silent, b: silent})).toMatchObject({code: 'machine-unreachable'});
});
