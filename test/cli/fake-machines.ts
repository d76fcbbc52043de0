import type {RemoteEnd, RemoteShell} from '../../src/engine/machine-tools.ts';
import type {
  FactsReport,
  HostKeyReport,
  MachineFacts,
  MachineInfo,
  MachineLook,
  MachineRun,
  MachineRunLook,
  MachineRunState,
  Machines,
  MachinesRequest,
  OutputGroup,
} from '../../src/engine/machines/types.ts';
import {type Problem, ProblemError} from '../../src/engine/problem.ts';
import {createStore} from '../../src/engine/store.ts';

export function machine(name: string, more: Partial<MachineInfo> = {}): MachineInfo {
  return {name, address: `${name}.example`, port: 22, roles: ['worker'], labels: [], ...more};
}

/** What one machine does with a command: its lines, and how it ends; or why nothing is run on it. */
export interface Played {
  readonly lines?: readonly (readonly [stream: 'stdout' | 'stderr', text: string])[];
  readonly end?: RemoteEnd;
  readonly problem?: Problem;
  readonly status?: MachineRunLook['status'];
  /** It goes on until it is cancelled. */
  readonly endless?: true;
}

export interface FakeMachinesOptions {
  readonly machines: readonly MachineInfo[];
  looks?(request: MachinesRequest): readonly MachineLook[];
  facts?(request: MachinesRequest): readonly FactsReport[];
  hostKeys?(request: MachinesRequest): readonly HostKeyReport[];
  play?(name: string, request: MachinesRequest): Played;
  shell?(request: MachinesRequest): RemoteShell;
}

export interface FakeMachines {
  readonly machines: Machines;
  /** What was asked, in order, with what it was asked by. */
  readonly calls: {readonly what: string; readonly with: unknown}[];
  /** Runs that were opened and not closed. */
  open(): number;
  readonly closed: () => boolean;
}

/** Machines that play what a test wrote for them. */
export function createFakeMachines(options: FakeMachinesOptions): FakeMachines {
  const calls: {what: string; with: unknown}[] = [];
  let open = 0;
  let isClosed = false;
  const named = ({names}: MachinesRequest): readonly MachineInfo[] => {
    const unknown = names.find((name) => name !== '@all' && !options.machines.some((one) => one.name === name));
    if (unknown !== undefined) {
      throw new ProblemError({code: 'unknown-name', message: `There is no machine ${unknown}.`});
    }
    if (names.length === 0 || names.includes('@all')) return options.machines;
    return options.machines.filter(({name}) => names.includes(name));
  };
  const unused = (): never => {
    throw new Error('a command should not have asked this');
  };
  const start = (what: string, request: MachinesRequest): MachineRun => {
    calls.push({what, with: request});
    open += 1;
    return playRun(
      named(request),
      (name) => options.play?.(name, request) ?? {},
      () => {
        open -= 1;
      },
    );
  };
  const machines: Machines = {
    async list(request) {
      calls.push({what: 'list', with: request});
      return {
        machines: named(request),
        groups: [{name: '@all', machines: options.machines.map(({name}) => name)}],
        problems: [],
      };
    },
    match: unused,
    watch(request) {
      calls.push({what: 'watch', with: request});
      open += 1;
      const store = createStore<readonly MachineLook[]>(
        named(request).map((one) => ({machine: one, state: 'asking', complaints: []})),
      );
      setImmediate(() => store.set(options.looks?.(request) ?? []));
      return {
        get: store.get,
        subscribe: store.subscribe,
        close() {
          open -= 1;
        },
      };
    },
    async facts(request, told) {
      calls.push({what: 'facts', with: request});
      const reports = options.facts?.(request) ?? [];
      for (const report of reports) told(report);
      return reports;
    },
    async hostKeys(request) {
      calls.push({what: 'hostKeys', with: request});
      return options.hostKeys?.(request) ?? [];
    },
    async trust(_request, keys, how) {
      calls.push({what: 'trust', with: {keys, how}});
    },
    run: (request) => start('run', request),
    logs: (request) => start('logs', request),
    async listLogs(request) {
      calls.push({what: 'listLogs', with: request});
      return {
        units: [{unit: 'docker.service', state: 'running', about: 'Docker'}],
        files: [{path: '/var/log/syslog', bytes: 2048}],
        containers: [{container: '1f2e3d', name: 'etcd', state: 'running', image: 'etcd:3'}],
        missing: ['Without sudo, not all logs are seen.'],
      };
    },
    shell: unused,
    async rawShell(request) {
      calls.push({what: 'rawShell', with: request});
      return options.shell ? options.shell(request) : unused();
    },
    probe: unused,
    async close() {
      isClosed = true;
    },
  };
  return {machines, calls, open: () => open, closed: () => isClosed};
}

function playRun(machines: readonly MachineInfo[], play: (name: string) => Played, closed: () => void): MachineRun {
  const played = machines.map((one) => ({machine: one, ...play(one.name)}));
  const listeners = new Set<(machine: string, text: string, stream: 'stdout' | 'stderr') => void>();
  const begin: MachineRunState = {running: true, machines: machines.map((one) => ({machine: one, status: 'running'}))};
  const state = createStore<MachineRunState>(begin);
  let end = (_state: MachineRunState) => {};
  const ended = new Promise<MachineRunState>((resolve) => {
    end = (final) => {
      state.set(final);
      resolve(final);
    };
  });
  const finish = (cancelled: boolean) =>
    end({
      running: false,
      machines: played.map(({machine: one, problem, end: how = {exit: 0}, endless, status}): MachineRunLook => {
        if (endless && cancelled) return {machine: one, status: 'stopped'};
        if (problem) return {machine: one, status: status ?? 'unreachable', problem};
        return {machine: one, status: status ?? (how.exit === 0 ? 'done' : 'failed'), end: how};
      }),
    });
  setImmediate(() => {
    for (const {machine: one, lines = []} of played) {
      for (const [stream, text] of lines) for (const listener of listeners) listener(one.name, text, stream);
    }
    if (!played.some(({endless}) => endless)) finish(false);
  });
  const textOf = (name: string, wanted: 'stdout' | 'stderr') =>
    (played.find(({machine: one}) => one.name === name)?.lines ?? [])
      .flatMap(([stream, text]) => (stream === wanted ? [`${text}\n`] : []))
      .join('');
  return {
    state: {...state, close() {}},
    output: () => {
      throw new Error('a command should not have asked this');
    },
    onLine(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    streams: (name) => ({stdout: textOf(name, 'stdout'), stderr: textOf(name, 'stderr'), leftOutBytes: 0}),
    groups: () => groupsOf(played),
    ended,
    save: async (_machine, file) => file,
    cancel() {
      const atWork = state.get().machines.filter(({status}) => status === 'running').length;
      finish(true);
      return atWork;
    },
    close: closed,
  };
}

function groupsOf(played: readonly (Played & {readonly machine: MachineInfo})[]): readonly OutputGroup[] {
  const groups = new Map<string, MachineInfo[]>();
  for (const {machine: one, lines = [], problem} of played) {
    if (problem) continue;
    const text = lines.map(([, line]) => `${line}\n`).join('');
    groups.set(text, [...(groups.get(text) ?? []), one]);
  }
  const sorted = [...groups].sort(([, a], [, b]) => b.length - a.length);
  return sorted.map(([text, machines], index) => {
    const end = played.find(({machine: one}) => one === machines[0])?.end ?? {exit: 0};
    const removed = (sorted[0]?.[0] ?? '').trimEnd().split('\n');
    return {
      machines,
      end,
      text,
      ...(index === 0
        ? {}
        : {
            difference: [
              ...removed.map((line) => ({kind: 'removed' as const, text: line})),
              ...text
                .trimEnd()
                .split('\n')
                .map((line) => ({kind: 'added' as const, text: line})),
            ],
          }),
    };
  });
}

export function factsOf(more: Partial<MachineFacts> = {}): MachineFacts {
  return {
    hostName: 'gpu-01',
    os: 'Ubuntu 22.04.4 LTS',
    kernel: 'Linux 5.15.0-113-generic',
    architecture: 'x86_64',
    uptimeSeconds: 90_061,
    cpus: 24,
    cpuModel: 'Intel Xeon',
    load: [0.5, 0.25, 0.125],
    memory: {total: 224 * 2 ** 30, available: 200 * 2 ** 30},
    swap: {total: 0, used: 0},
    disks: [
      {
        mount: '/',
        device: '/dev/sda1',
        type: 'ext4',
        size: 2 ** 40,
        used: 2 ** 39,
        available: 2 ** 39,
        readOnly: false,
      },
    ],
    clock: {offsetMs: 12, uncertainMs: 30},
    timeZone: 'UTC',
    ports: [{port: 22, protocol: 'tcp', address: '0.0.0.0', process: 'sshd'}],
    docker: {version: '24.0.7', running: true},
    cgroup: 'v2',
    initSystem: 'systemd',
    addresses: [{device: 'eth0', address: '10.0.0.11'}],
    gpus: [{slot: '00:04.0', model: 'Tesla K80', memory: 12 * 2 ** 30, driven: true}],
    gpuDriver: '470.1',
    leftovers: [],
    sudo: 'with password',
    hung: [],
    missing: [],
    ...more,
  };
}
