import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {changeCluster} from '../../src/cli/cluster-operation.ts';
import type {Options} from '../../src/cli/flags.ts';
import {kubectlPlaces} from '../../src/cli/kubectl-places.ts';
import {openOutput} from '../../src/cli/output.ts';
import type {World} from '../../src/cli/world.ts';
import type {ClusterRequest, Engine, StartOptions} from '../../src/engine/api.ts';
import type {MachineSecrets} from '../../src/engine/machines/types.ts';
import {type Problem, problemOf} from '../../src/engine/problem.ts';
import {clusterPlan} from '../helpers/fake-cluster.ts';
import {createFakeEngine, type FakeAnswers, type FakeEngine, runOf, taskState} from '../helpers/fake-engine.ts';
import {makeConfig} from './machine-config.ts';
import {type CommandOptions, openCommand, openOn, runCommand} from './open-command.ts';

let config: ReturnType<typeof makeConfig>;
let folder: string;
beforeAll(() => {
  config = makeConfig();
  folder = mkdtempSync(join(tmpdir(), 'pai-cluster-'));
  writeFileSync(join(folder, 'password'), 'from a file\n', {mode: 0o600});
});
afterAll(() => {
  config.remove();
  rmSync(folder, {recursive: true});
});

const clean = (wish: object) => ({operation: 'cluster k8s-clean', force: false, ...wish}) as ClusterRequest;
const boot = (wish: object) =>
  ({operation: 'cluster k8s-bootup', verify: false, kubeconfig: '/k', programs: '/p', ...wish}) as ClusterRequest;

/** An engine whose runs end as soon as they are started. */
function openEngine(answers: Partial<FakeAnswers> = {}) {
  const fake = createFakeEngine(answers);
  const asked: ClusterRequest[] = [];
  const end = (id: string) =>
    fake.update(id, (view) => ({
      ...view,
      summary: {...view.summary, status: 'done', folder},
      state: {...view.state, status: 'done', tookMs: 61_000},
    }));
  const engine: Engine = {
    ...fake.engine,
    async propose(request, ...more) {
      asked.push(request as ClusterRequest);
      return fake.engine.propose(request, ...more);
    },
    async start(...more) {
      const id = await fake.engine.start(...more);
      end(id);
      return id;
    },
    runs: {
      ...fake.engine.runs,
      async resume(id, options) {
        await fake.engine.runs.resume(id, options);
        end(id);
      },
    },
  };
  return {...fake, engine, asked};
}

function openChange(
  engine: Engine,
  request: (wish: object) => ClusterRequest,
  options: Options = {},
  more: CommandOptions = {},
) {
  const change = async (world: World) => {
    const output = openOutput(world, {json: options.json === true, noColor: true});
    const given = more.cwd === undefined ? {config: config.folder, ...options} : options;
    const context = {
      engine,
      world,
      output,
      options: given,
      names: [],
      rest: [],
      name: '',
      treeIsHere: false,
    };
    try {
      return await changeCluster(context, request);
    } catch (error) {
      const {code, message, hint} = problemOf(error);
      output.say(`${code}: ${message} ${hint ?? ''}`);
      return -1;
    }
  };
  return openOn(change, more);
}

async function change(...of: Parameters<typeof openChange>) {
  const command = openChange(...of);
  const code = await command.ended;
  return {code, stdout: command.stdout(), stderr: command.stderr()};
}

const started = ({calls}: FakeEngine) => calls.filter((call) => call.startsWith('start '));
const revealed = ({machineSecrets = {}}: StartOptions) =>
  Object.fromEntries(Object.entries(machineSecrets).map(([kind, secret]) => [kind, secret.reveal()]));

describe('a cluster operation', () => {
  test('asks for what the flags say', async () => {
    const fake = openEngine();
    const options = {
      yes: true,
      jump: 'ops@jump1',
      parallel: '3',
      'fail-fast': true,
      timeout: '1h',
      'take-over-lock': true,
      'password-file': join(folder, 'password'),
    } as const;
    expect((await change(fake.engine, boot, options)).code).toBe(0);
    expect(fake.asked).toEqual([
      boot({
        config: config.folder,
        source: '/srv/pai',
        jump: 'ops@jump1',
        parallel: 3,
        failFast: true,
        timeoutMs: 3_600_000,
        takeOverLock: true,
      }),
    ]);
    expect(fake.handed.map(revealed)).toEqual([{password: 'from a file'}]);
  });

  test.each([
    [[], false],
    [['-f'], true],
  ])('cluster k8s-clean %j asks whether etcd data goes for good', async (words, force) => {
    const fake = openEngine();
    const argv = ['cluster', 'k8s-clean', '-c', config.folder, '-s', '/srv/pai', '--dry-run', ...words];
    expect((await runCommand(argv, {engine: fake.engine})).code).toBe(0);
    expect(fake.asked).toEqual([clean({config: config.folder, source: '/srv/pai', force})]);
  });

  test.each([
    [['--package-set', 'tree'], {packageSet: 'tree'}],
    [['--package-set', 'built-in'], {}],
  ])('%j asks for whose scripts are run', async (words, chosen) => {
    const fake = openEngine();
    for (const [verb = '', more] of [
      ['k8s-clean'],
      ['k8s-bootup', {kubeconfig: expect.any(String), programs: expect.any(String)}],
    ] as const) {
      const argv = ['cluster', verb, '-c', config.folder, '-s', '/srv/pai', '--dry-run', ...words];
      expect((await runCommand(argv, {engine: fake.engine})).code).toBe(0);
      const wish = {config: config.folder, source: '/srv/pai', ...chosen, ...more};
      expect(fake.asked.at(-1)).toEqual(verb === 'k8s-clean' ? clean(wish) : boot(wish));
    }
  });

  test('of the sample is refused', async () => {
    const fake = openEngine();
    const {stderr} = await change(fake.engine, boot, {yes: true}, {cwd: folder});
    expect(stderr).toContain('config-missing: No configuration was named');
    expect(fake.asked).toEqual([]);
  });

  test('that only looks starts nothing', async () => {
    const fake = openEngine();
    const {code, stdout} = await change(fake.engine, clean, {'dry-run': true});
    expect(code).toBe(0);
    expect(stdout).toContain(
      [
        '  change     Move the data of etcd aside on 3 machines (touches data)',
        '               on infra-[01-03]',
        '               run keep-etcd.sh on each as root',
      ].join('\n'),
    );
    expect(stdout).toContain('This is the plan only: nothing was done.');
    const json = (await change(fake.engine, clean, {'dry-run': true, json: true})).stdout;
    expect(JSON.parse(json).plan).toMatchObject({confirm: 'prod-east', tasks: {length: 9}});
    const {stderr} = await change(fake.engine, boot, {readonly: true, yes: true});
    expect(stderr).toContain('read-only: ');
    expect(started(fake)).toEqual([]);
  });
});

describe('data', () => {
  test('are taken away after their name was typed on a terminal, which shows the plan first', async () => {
    const fake = openEngine();
    const command = openChange(fake.engine, clean, {yes: true}, {terminal: true});
    await command.sees('Type prod-east to carry it out: ');
    expect(command.stderr()).toContain('Remove Kubernetes from 6 machines');
    expect(started(fake)).toEqual([]);
    command.type('prod-east\r');
    expect(await command.ended).toBe(0);
    expect(fake.handed).toEqual([{machineSecrets: {}, confirmed: 'prod-east'}]);
  });

  test('stay where another name was typed', async () => {
    const fake = openEngine();
    const command = openChange(fake.engine, clean, {}, {terminal: true});
    await command.sees('to carry it out: ');
    command.type('prod-west\r');
    await command.ended;
    expect(command.stderr()).toContain('confirmation-missing: "prod-west" is not prod-east: nothing was changed.');
    expect(started(fake)).toEqual([]);
  });

  test.each<[string, Options, CommandOptions, string]>([
    ['--yes alone', {yes: true}, {}, 'confirmation-missing: '],
    ['--yes on a terminal that gets JSON', {yes: true, json: true}, {terminal: true}, 'confirmation-missing: '],
    ['another name', {yes: true, confirm: 'prod'}, {}, 'confirmation-missing: "prod" is not prod-east'],
    ['the name without --yes', {confirm: 'prod-east'}, {}, 'approval-missing: '],
  ])('stay with %s', async (_, options, more, refusal) => {
    const fake = openEngine();
    const {stderr} = await change(fake.engine, clean, options, more);
    expect(stderr).toContain(refusal);
    expect(started(fake)).toEqual([]);
  });

  test('go without a terminal where flags approve the plan and name the cluster', async () => {
    const fake = openEngine();
    expect((await change(fake.engine, clean, {yes: true, confirm: 'prod-east'})).code).toBe(0);
    expect(fake.handed).toEqual([{machineSecrets: {}, confirmed: 'prod-east'}]);
  });

  test('that are named in a flag are still asked about on a terminal', async () => {
    const fake = openEngine();
    const command = openChange(fake.engine, clean, {confirm: 'prod-east'}, {terminal: true});
    await command.sees('Carry this out? [y/N]');
    command.type('y\r');
    expect(await command.ended).toBe(0);
    expect(fake.handed).toEqual([{machineSecrets: {}, confirmed: 'prod-east'}]);
  });
});

describe('secrets of machines', () => {
  const refused: Problem = {code: 'login-refused', message: 'It lets nobody in.', machine: 'infra-01'};
  const locked: Problem = {code: 'secret-missing', message: 'It has a passphrase.', file: '/home/ops/.ssh/id'};
  const wants = ({password, passphrase}: MachineSecrets): Problem | undefined => {
    if (!passphrase) return locked;
    return password ? undefined : refused;
  };

  test('that are missing are asked for one after the other, and handed to the run', async () => {
    const fake = openEngine({propose: wants});
    const command = openChange(fake.engine, boot, {yes: true}, {terminal: true});
    await command.sees('Passphrase of /home/ops/.ssh/id: ');
    command.type('open\r');
    await command.sees('Password for infra-01: ');
    command.type('sesame\r');
    expect(await command.ended).toBe(0);
    expect(fake.handed.map(revealed)).toEqual([{passphrase: 'open', password: 'sesame'}]);
    expect(command.stderr()).not.toMatch(/open|sesame/);
  });

  test('are asked for where machines without them would be left out of the plan', async () => {
    const fake = openEngine();
    const engine: Engine = {
      ...fake.engine,
      async propose(request, signal, secrets = {}) {
        const proposal = await fake.engine.propose(request, signal, secrets);
        const notices = secrets.password ? [] : [{...refused, severity: 'warning' as const}];
        return {...proposal, plan: {...proposal.plan, notices}};
      },
    };
    const command = openChange(engine, boot, {yes: true}, {terminal: true});
    await command.sees('Password for infra-01: ');
    command.type('sesame\r');
    expect(await command.ended).toBe(0);
    expect(fake.handed.map(revealed)).toEqual([{password: 'sesame'}]);
  });

  test('are not asked for without a terminal, nor twice', async () => {
    const fake = openEngine({propose: () => refused});
    expect((await change(fake.engine, boot, {yes: true})).stderr).toContain('login-refused: It lets nobody in.');
    const command = openChange(fake.engine, boot, {yes: true}, {terminal: true});
    await command.sees('Password for infra-01: ');
    command.type('wrong\r');
    await command.ended;
    expect(command.stderr()).toContain('login-refused: It lets nobody in.');
  });
});

describe('run repeat and run resume of a cluster', () => {
  const request: ClusterRequest = {...clean({config: '/cfg'}), takeOverLock: true};

  test('ask for the same again, with secrets and names given anew, and take over no lock by themselves', async () => {
    const fake = openEngine({requestOf: request, runs: [runOf({id: 'run-1', status: 'done', tasks: []})]});
    const argv = ['run', 'repeat', 'run-1', '--yes', '--confirm', 'prod-east'];
    const environment = {PAI_PASSWORD_FILE: join(folder, 'password')};
    expect((await runCommand(argv, {engine: fake.engine, environment})).code).toBe(0);
    expect(fake.asked).toEqual([clean({config: '/cfg'})]);
    expect(fake.handed.map(revealed)).toEqual([{password: 'from a file'}]);
    await runCommand([...argv, '--take-over-lock', '--dry-run'], {engine: fake.engine});
    expect(fake.asked[1]).toEqual(request);
  });

  const interrupted = {
    ...runOf({
      id: 'run-1',
      operation: 'cluster k8s-bootup',
      status: 'interrupted',
      tasks: clusterPlan(boot({}), 3).tasks.map(({id}) => taskState(id, 'waiting')),
    }),
    given: ['password', 'passphrase'] as const,
  };

  test('want again what the run was given', async () => {
    const fake = openEngine({runs: [interrupted]});
    const {code, stderr} = await runCommand(['run', 'resume', 'run-1', '--yes'], {engine: fake.engine});
    expect(code).toBe(4);
    expect(stderr).toContain('secret-missing: Run run-1 was given the password of machines');
    const argv = ['run', 'resume', 'run-1', '--yes', '--password-file', join(folder, 'password')];
    const command = openCommand(argv, {engine: fake.engine, terminal: true});
    await command.sees('For run-1, the passphrase of a key: ');
    command.type('open\r');
    expect(await command.ended).toBe(0);
    expect(fake.handed.map(revealed)).toEqual([{password: 'from a file', passphrase: 'open'}]);
  });
});

test.each<[Record<string, string>, boolean, string, string]>([
  [{HOME: '/home/ops'}, false, '/home/ops/.kube/config', '/home/ops/.local/bin'],
  [{HOME: '/root'}, true, '/root/.kube/config', '/usr/local/bin'],
  [{HOME: '/home/ops', KUBECONFIG: ':east.yaml:/w'}, false, '/srv/east.yaml', '/home/ops/.local/bin'],
])('with %o kubectl goes where this computer looks for it', (environment, isRoot, kubeconfig, programs) => {
  expect(kubectlPlaces({environment, cwd: '/srv'}, isRoot)).toEqual({kubeconfig, programs});
});
