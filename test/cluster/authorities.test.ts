import {describe, expect, test} from 'vitest';
import {
  type Authorities,
  authorityInput,
  findAuthorities,
  makeAuthorities,
  readAnyAuthorities,
  readAuthorities,
} from '../../src/engine/cluster/authorities.ts';
import type {MachineAccess, Remote} from '../../src/engine/machine-tools.ts';
import {ProblemError} from '../../src/engine/problem.ts';

const {signal} = new AbortController();

/** All files that a master has of them, by their paths. */
function filesOf(authorities: Authorities): ReadonlyMap<string, string> {
  return new Map(
    authorityInput(authorities, ['master', 'etcd']).map(({path, content}) => [
      path,
      typeof content === 'string' ? content : content.reveal(),
    ]),
  );
}

function without(files: ReadonlyMap<string, string>, ...paths: readonly string[]): ReadonlyMap<string, string> {
  return new Map([...files].filter(([path]) => !paths.includes(path)));
}

/** Masters with files, which answer as the script on them does. */
function mastersWith(masters: Readonly<Record<string, ReadonlyMap<string, string>>>): MachineAccess {
  return {
    async use(machine, work) {
      const run: Remote['run'] = async ({args = [], reads, sudo}, watch) => {
        expect({reads, sudo}).toEqual({reads: true, sudo: true});
        const [mark = '', ...paths] = args;
        const lines = paths.flatMap((path, index) => {
          const text = masters[machine]?.get(path);
          if (text === undefined) return [];
          const said = text.trimEnd().split('\n');
          return [`there ${index + 1}`, ...said.map((line) => `text-${index + 1} ${line}`)];
        });
        watch.stdout?.(Buffer.from([...lines, 'end ended'].map((line) => `${mark} ${line}\n`).join('')));
        return {exit: 0};
      };
      return work({run} as Remote);
    },
  };
}

describe('authorities on masters', async () => {
  const now = new Date('2026-11-28T04:41:00Z');
  const [ours, others] = [filesOf(await makeAuthorities(now)), filesOf(await makeAuthorities(now))];
  const none = new Map<string, string>();
  const find = async (masters: Parameters<typeof mastersWith>[0], isFresh = false) => {
    const found = await findAuthorities(mastersWith(masters), Object.keys(masters), {isFresh}, signal);
    return found && Object.fromEntries(filesOf(found));
  };
  const refused = async (work: Promise<unknown>) => {
    const error = await work.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    if (!(error instanceof ProblemError)) throw new Error('not refused');
    return error.problem;
  };

  test('are those of whoever has them, byte for byte', async () => {
    expect(await find({a: none, b: none})).toBeUndefined();
    expect(await find({a: none, b: ours, c: ours})).toEqual(Object.fromEntries(ours));
  });

  test('are read from the next master where one does not answer, or has not all of them', async () => {
    const having = mastersWith({a: ours, b: without(ours, '/etc/kubernetes/pki/sa.key'), c: ours, d: none});
    const machines: MachineAccess = {
      async use(machine, work, until) {
        if (machine === 'a') throw new ProblemError({code: 'machine-unreachable', message: 'a does not answer.'});
        return having.use(machine, work, until);
      },
    };
    const read = (...masters: readonly string[]) => readAnyAuthorities(machines, masters, signal);
    const found = await read('a', 'b', 'c');
    expect(found && filesOf(found)).toEqual(ours);
    expect(await refused(read('a', 'b', 'd'))).toMatchObject({code: 'machine-unreachable'});
    expect(await read('d')).toBeUndefined();
  });

  test('are found though a run was killed while it put them on another master', async () => {
    const half = without(ours, '/etc/kubernetes/pki/front-proxy-ca.key', '/etc/kubernetes/pki/sa.key');
    expect(await find({a: half, b: ours})).toEqual(Object.fromEntries(ours));
    expect(await refused(readAuthorities(mastersWith({a: half}), 'a', signal))).toMatchObject({
      code: 'certificate-invalid',
      machine: 'a',
    });
  });

  test('are begun anew from a part of them only where nothing was signed by them', async () => {
    const half = without(ours, '/etc/kubernetes/pki/ca.key');
    expect(await find({a: none, b: half}, true)).toBeUndefined();
    expect(await refused(find({a: none, b: half}))).toMatchObject({
      ...{code: 'certificate-invalid', machine: 'b'},
      message: 'b has authorities of a cluster and lacks /etc/kubernetes/pki/ca.key: nothing can be signed there.',
    });
  });

  test('are refused where masters have different ones, and where one has a part of different ones', async () => {
    expect(await refused(find({a: ours, b: others}, true))).toMatchObject({
      ...{code: 'certificate-invalid', machine: 'b'},
      message: expect.stringMatching(/^a and b have different authorities/),
      hint: expect.stringContaining('would take away the whole cluster'),
    });
    const part = without(others, '/etc/kubernetes/pki/ca.key');
    expect(await refused(find({a: part, b: ours}))).toMatchObject({machine: 'a'});
  });
});
