import {createClock} from '../../src/engine/clock.ts';
import type {HostKey, RemoteEnd} from '../../src/engine/machine-tools.ts';
import {matchHostLists} from '../../src/engine/machines/host-list.ts';
import type {
  HostKeyReport,
  MachineFacts,
  MachineInfo,
  MachineList,
  MachineLogList,
  MachineLogRequest,
  MachineLook,
  MachineRun,
  MachineRunLook,
  MachineRunRequest,
  MachineRunState,
  MachineSku,
  Machines,
  MachinesRequest,
  OutputGroup,
} from '../../src/engine/machines/types.ts';
import type {OutputView} from '../../src/engine/output-text.ts';
import {type Problem, ProblemError} from '../../src/engine/problem.ts';
import {createStore, type LiveStore, type Store, type WritableStore} from '../../src/engine/store.ts';
import {openTerminalScreen} from '../../src/engine/terminal/terminal-screen.ts';
import {fakeNow} from './fake-now.ts';
import {outputView} from './fake-output.ts';
import {createFakeShell, type FakeShell} from './fake-shell.ts';

/** Machines without machines: answers what a test tells it, and writes down what it was asked. */
export interface FakeMachines {
  readonly machines: Machines;
  /** 'list', 'watch', 'hostKeys gpu-01', 'trust gpu-01 compared on screen', 'run gpu-01 gpu-02 sudo: id'. */
  readonly calls: string[];
  /** The requests of list, watch and run as they came, for what was given to log in. */
  readonly requests: MachinesRequest[];
  answer(next: Partial<FakeMachineAnswers>): void;
  /** Changes how a machine is seen. */
  look(name: string, change: Partial<MachineLook>): void;
  /** The runs and logs that were started, the newest last. */
  readonly runs: readonly FakeMachineRun[];
  /** The shells that were opened, the newest last. */
  readonly shells: readonly FakeShell[];
  openStores(): number;
}

export interface FakeMachineAnswers {
  readonly list: MachineList | Problem;
  readonly looks: readonly MachineLook[];
  readonly hostKeys: readonly HostKeyReport[] | Problem;
  /** Beside those whose host keys come, some machines do not answer for as long as somebody waits. */
  readonly someSilent: boolean;
  readonly trust: Problem | undefined;
  readonly logList: MachineLogList | Problem;
}

/** A run as a test drives it. */
export interface FakeMachineRun {
  readonly request: MachineRunRequest | MachineLogRequest;
  readonly calls: string[];
  print(machine: string, lines: readonly string[], at?: number): void;
  set(machine: string, change: Partial<MachineRunLook>): void;
  end(machine: string, end: RemoteEnd): void;
}

export function createFakeMachines(initial: Partial<FakeMachineAnswers> = {}): FakeMachines {
  let answers: FakeMachineAnswers = {
    list: machineListOf(sampleMachines),
    looks: sampleLooks(),
    hostKeys: [],
    someSilent: false,
    trust: undefined,
    logList: {files: [], units: [], containers: [], missing: []},
    ...initial,
  };
  const looks = createStore(answers.looks);
  const calls: string[] = [];
  const requests: MachinesRequest[] = [];
  const runs: FakeMachineRun[] = [];
  const shells: FakeShell[] = [];
  let open = 0;
  const live = <T>(store: Store<T>): LiveStore<T> => {
    open += 1;
    let closed = false;
    return {
      ...store,
      close() {
        if (!closed) open -= 1;
        closed = true;
      },
    };
  };
  const called = (word: string, request: MachinesRequest, rest = ''): void => {
    calls.push([word, ...request.names, rest].filter(Boolean).join(' '));
    requests.push(request);
  };
  const notAsked = (): never => {
    throw new Error('No screen asks this.');
  };
  const infos = (): readonly MachineInfo[] => ('machines' in answers.list ? answers.list.machines : []);
  const machines: Machines = {
    async list(request) {
      called('list', request);
      if ('code' in answers.list) throw new ProblemError(answers.list);
      return answers.list;
    },
    match: (expression, all) => matchHostLists([expression], all),
    watch(request) {
      called('watch', request);
      return live(looks);
    },
    async hostKeys(request, told, signal) {
      called('hostKeys', request);
      const {hostKeys} = answers;
      if ('code' in hostKeys) throw new ProblemError(hostKeys);
      const {names} = request;
      const asked = hostKeys.filter(({machine}) => names.length === 0 || names.includes(machine.name));
      for (const report of asked) told(report);
      return answers.someSilent ? never(signal) : asked;
    },
    async trust(request, keys, how) {
      const types = keys.map(({machine, keys: own}) => `${machine}:${own.map(({type}) => type).join('+')}`);
      called('trust', {...request, names: types}, `${how.how}${how.replace ? ' replace' : ''}`);
      if (answers.trust) throw new ProblemError(answers.trust);
    },
    run(request) {
      called('run', request, `${request.sudo ? 'sudo ' : ''}: ${request.script}`);
      const asked = infos().filter(({name}) => request.names.includes(name));
      const {run, driven} = fakeRun(request, asked, live);
      runs.push(driven);
      return run;
    },
    facts: notAsked,
    logs(request) {
      called('logs', request, `${request.sudo ? 'sudo ' : ''}: ${Object.values(request.log).join(' ')}`);
      const asked = infos().filter(({name}) => request.names.includes(name));
      const {run, driven} = fakeRun(request, asked, live);
      runs.push(driven);
      return run;
    },
    async listLogs(request) {
      called('listLogs', request, request.sudo ? 'sudo' : '');
      if ('code' in answers.logList) throw new ProblemError(answers.logList);
      return answers.logList;
    },
    async shell(request) {
      called('shell', request);
      const shell = createFakeShell();
      shells.push(shell);
      return openTerminalScreen(shell, request, createClock());
    },
    rawShell: notAsked,
    probe: notAsked,
    async close() {},
  };
  return {
    machines,
    calls,
    requests,
    answer(next) {
      answers = {...answers, ...next};
      if (next.looks) looks.set(next.looks);
    },
    look: (name, change) =>
      looks.set(looks.get().map((look) => (look.machine.name === name ? {...look, ...change} : look))),
    runs,
    shells,
    openStores: () => open,
  };
}

function fakeRun(
  request: MachineRunRequest | MachineLogRequest,
  machines: readonly MachineInfo[],
  live: <T>(store: Store<T>) => LiveStore<T>,
): {readonly run: MachineRun; readonly driven: FakeMachineRun} {
  const calls: string[] = [];
  const state = createStore<MachineRunState>({
    running: true,
    machines: machines.map((machine) => ({machine, status: 'running', startedAt: fakeNow - 12_000})),
  });
  const outputs = new Map<string, WritableStore<OutputView>>();
  const outputOf = (name: string): WritableStore<OutputView> => {
    const store = outputs.get(name) ?? createStore(outputView([]));
    outputs.set(name, store);
    return store;
  };
  const text = (name: string): string => {
    const view = outputOf(name).get();
    return view
      .lines(0, view.lineCount)
      .map((line) => line.text)
      .join('\n');
  };
  let resolve: (state: MachineRunState) => void = () => {};
  const ended = new Promise<MachineRunState>((done) => {
    resolve = done;
  });
  const goesOn = ({status}: MachineRunLook): boolean => ['waiting', 'connecting', 'running'].includes(status);
  const set = (name: string, change: Partial<MachineRunLook>): void => {
    const looks = state.get().machines.map((look) => (look.machine.name === name ? {...look, ...change} : look));
    const running = looks.some(goesOn);
    state.set({machines: looks, running});
    if (!running) resolve(state.get());
  };
  const watched = live(state);
  return {
    run: {
      state: watched,
      output: (name) => live(outputOf(name)),
      streams: (name) => ({stdout: text(name), stderr: '', leftOutBytes: 0}),
      onLine: () => () => {},
      groups: () =>
        groupsOf(
          state.get().machines.filter((look) => !goesOn(look)),
          text,
        ),
      ended,
      async save(name, file) {
        calls.push(`save ${name} ${file}`);
        return `/home/ops/${file}`;
      },
      cancel() {
        calls.push('cancel');
        const left = state.get().machines.filter(goesOn);
        for (const look of left) set(look.machine.name, {status: 'stopped', endedAt: fakeNow});
        return left.filter(({status}) => status !== 'waiting').length;
      },
      close() {
        calls.push('close');
        watched.close();
      },
    },
    driven: {
      request,
      calls,
      print(name, lines, at = fakeNow) {
        const store = outputOf(name);
        const before = store.get().lines(0, store.get().lineCount);
        store.set(outputView([...before, ...lines.map((line) => ({text: line, at}))]));
        set(name, {spokeAt: at});
      },
      set,
      end: (name, end) => set(name, {status: end.exit === 0 ? 'done' : 'failed', end, endedAt: fakeNow}),
    },
  };
}

function groupsOf(looks: readonly MachineRunLook[], text: (name: string) => string): readonly OutputGroup[] {
  const groups = new Map<string, MachineRunLook[]>();
  for (const look of looks) {
    const key = JSON.stringify([look.status, look.end, text(look.machine.name)]);
    groups.set(key, [...(groups.get(key) ?? []), look]);
  }
  const sorted = [...groups.values()].sort((a, b) => b.length - a.length);
  const linesOf = (group: readonly MachineRunLook[] | undefined): readonly string[] =>
    text(group?.[0]?.machine.name ?? '').split('\n');
  const first = linesOf(sorted[0]);
  return sorted.map((group, index) => {
    const own = linesOf(group);
    return {
      machines: group.map(({machine}) => machine),
      ...(group[0]?.end ? {end: group[0].end} : {}),
      text: own.join('\n'),
      ...(index === 0
        ? {}
        : {
            difference: [
              ...first.map((line) => ({
                kind: own.includes(line) ? ('same' as const) : ('removed' as const),
                text: line,
              })),
              ...own.filter((line) => !first.includes(line)).map((line) => ({kind: 'added' as const, text: line})),
            ],
          }),
    };
  });
}

const gpuSku: MachineSku = {name: 'gpu-worker', cpus: 24, memory: '224', gpu: {type: 'teslak80', count: 4}};

/** A machine of the configuration: 'gpu-01' at 10.0.0.11, a worker, unless said otherwise. */
export function machineOf(name: string, more: Partial<MachineInfo> = {}): MachineInfo {
  return {
    name,
    address: `10.0.0.${10 + (Number(/\d+$/.exec(name)?.[0] ?? 0) % 240)}`,
    port: 22,
    user: 'operator',
    roles: ['worker'],
    labels: [],
    ...more,
  };
}

/** One master and four GPU workers. */
const sampleMachines: readonly MachineInfo[] = [
  machineOf('infra-01', {address: '10.0.0.1', roles: ['master']}),
  ...['gpu-01', 'gpu-02', 'gpu-03', 'gpu-04'].map((name) => machineOf(name, {sku: gpuSku})),
];

export function machineListOf(machines: readonly MachineInfo[]): MachineList {
  return {machines, groups: [], problems: []};
}

/** Facts of a healthy machine with four GPUs. */
export function factsOf(hostName: string, more: Partial<MachineFacts> = {}): MachineFacts {
  return {
    hostName,
    os: 'Ubuntu 22.04.4 LTS',
    kernel: '5.15.0-97-generic',
    architecture: 'x86_64',
    uptimeSeconds: 262_800,
    cpus: 24,
    cpuModel: 'Intel Xeon E5-2690',
    load: [0.42, 0.5, 0.61],
    memory: {total: 240_000_000_000, available: 180_000_000_000},
    swap: {total: 0, used: 0},
    disks: [
      {
        mount: '/',
        device: '/dev/sda1',
        type: 'ext4',
        size: 80_000_000_000,
        used: 28_000_000_000,
        available: 52_000_000_000,
        inodesUsed: 0.1,
        readOnly: false,
      },
    ],
    clock: {offsetMs: 3, uncertainMs: 12},
    timeZone: 'UTC',
    ports: [{port: 22, protocol: 'tcp', address: '0.0.0.0', process: 'sshd'}],
    docker: {version: '24.0.7', running: true, dataRoot: '/var/lib/docker'},
    cgroup: 'v2',
    initSystem: 'systemd',
    addresses: [{device: 'eth0', address: '10.0.0.11'}],
    gpus: Array.from({length: 4}, () => ({model: 'Tesla K80', driven: true})),
    gpuDriver: '450.80.02',
    leftovers: [],
    sudo: 'without password',
    hung: [],
    missing: [],
    ...more,
  };
}

/** One of each state a machine is in on a bad night. */
function sampleLooks(): readonly MachineLook[] {
  const [infra, one, two, three, four] = sampleMachines;
  if (!infra || !one || !two || !three || !four) throw new Error('There are five.');
  const seen = {askedAt: fakeNow - 2000, seenAt: fakeNow - 2000, complaints: []};
  return [
    {machine: infra, state: 'up', ...seen, facts: factsOf('infra-01', {gpus: []})},
    {machine: one, state: 'up', ...seen, facts: factsOf('gpu-01')},
    {
      machine: two,
      state: 'degraded',
      ...seen,
      facts: factsOf('gpu-02', {gpus: Array.from({length: 3}, () => ({model: 'Tesla K80', driven: true}))}),
      complaints: ['one GPU of 4 is missing'],
    },
    {
      machine: three,
      state: 'down',
      askedAt: fakeNow - 1000,
      seenAt: fakeNow - 240_000,
      complaints: [],
      problem: {
        code: 'machine-unreachable',
        message: 'gpu-03 does not answer at 10.0.0.13, port 22: no route to host.',
        hint: 'Look whether it is switched on and its cable is in.',
        machine: 'gpu-03',
      },
    },
    {machine: four, state: 'up', ...seen, facts: factsOf('gpu-04')},
  ];
}

/** A look at a machine whose host key nobody approved yet. */
export function untrustedLook(machine: MachineInfo): MachineLook {
  return {
    machine,
    state: 'unknown',
    askedAt: fakeNow - 2000,
    complaints: [],
    problem: {
      code: 'host-key-unknown',
      message: `The host key of ${machine.name} is not known.`,
      hint: 'Compare its fingerprint, and trust it with: pai-tui machine trust.',
      machine: machine.name,
    },
  };
}

/** A host key whose fingerprint begins with these letters. */
export function hostKeyOf(letters: string, type = 'ssh-ed25519'): HostKey {
  return {type, blob: `AAAA${letters}`, fingerprint: `SHA256:${letters.padEnd(43, 'x')}`};
}

/** Waits until it is aborted: a question that gets no answer. */
function never(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), {once: true});
  });
}
