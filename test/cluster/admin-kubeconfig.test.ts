import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {readAdminKubeconfig, wholeKubeconfigScript} from '../../src/engine/cluster/admin-kubeconfig.ts';
import {kubeconfigWithFiles} from '../../src/engine/kube/certificates.ts';
import type {MachineAccess, Remote} from '../../src/engine/machine-tools.ts';
import {ProblemError} from '../../src/engine/problem.ts';
import {createLocalRemote} from '../helpers/local-remote.ts';

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
        if (answer === undefined) return {exit: 3};
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

test('what a kubeconfig names on its machine comes with it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'pai-admin-'));
  const print = async (file: string) => {
    let text = '';
    const command = {script: wholeKubeconfigScript, args: [join(folder, file)]};
    const stdout = (bytes: Uint8Array) => {
      text += Buffer.from(bytes).toString('utf8');
    };
    return {...(await createLocalRemote().run(command, {stdout}, signal)), text};
  };
  try {
    const key = `a key of ${'many '.repeat(30)}letters\n`;
    for (const [name, text] of Object.entries({'ca.crt': 'authority\n', 'admin.crt': 'certificate', 'admin.key': key}))
      await writeFile(join(folder, name), text);
    const names = {cluster: 'it', user: 'admin', context: 'it', server: 'https://10.0.0.1:6443'};
    const files = {
      authorityFile: join(folder, 'ca.crt'),
      certificateFile: join(folder, 'admin.crt'),
      keyFile: 'admin.key',
    };
    await writeFile(join(folder, 'admin.conf'), kubeconfigWithFiles({...names, ...files}));
    const {exit, text} = await print('admin.conf');
    expect(exit).toBe(0);
    const data = [...text.matchAll(/^ +(\S+)-data: (.*)$/gm)].map(([, name, value = '']) => [
      name,
      Buffer.from(value, 'base64').toString('utf8'),
    ]);
    expect(Object.fromEntries(data)).toEqual({
      'certificate-authority': 'authority\n',
      'client-certificate': 'certificate',
      'client-key': key,
    });
    expect(text).toContain('server: https://10.0.0.1:6443');
    // One that holds all of it stays as it is.
    await writeFile(join(folder, 'whole.conf'), text);
    expect(await print('whole.conf')).toEqual({exit: 0, text});
    expect(await print('none.conf')).toEqual({exit: 3, text: ''});
    await rm(join(folder, 'admin.key'));
    expect((await print('admin.conf')).exit).not.toBe(0);
  } finally {
    await rm(folder, {recursive: true});
  }
});
