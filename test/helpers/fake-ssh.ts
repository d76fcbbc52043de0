import {type ChildProcess, spawn} from 'node:child_process';
import {tmpdir} from 'node:os';
import {Readable} from 'node:stream';
import type {HostKey, Remote, RemoteCommand, RemoteEnd, Ssh, SshTarget} from '../../src/engine/machine-tools.ts';
import {type Problem, ProblemError} from '../../src/engine/problem.ts';

/** How a machine behaves: up, answering nobody ('silent'), or as a problem says. */
type FakeMachine = 'up' | 'silent' | Problem;

export interface FakeSsh {
  readonly ssh: Ssh;
  /** By the name of the machine; one that is not named is up. */
  set(machine: string, state: FakeMachine): void;
  /** Breaks the connections of a machine, and what runs on them. */
  cut(machine: string): void;
  /** Connections made so far, one word each. */
  readonly connects: readonly string[];
  /** Connections that are open now, by machine, sorted. */
  open(): readonly string[];
  /** Commands that run now. */
  running(): number;
  /** The most commands that ran at once. */
  mostRunning(): number;
  /** Ends whatever is still there. */
  close(): Promise<void>;
}

export interface FakeSshOptions {
  readonly keys?: (target: SshTarget) => readonly HostKey[];
  /** Variables of commands on a machine. */
  readonly environment?: (machine: string) => Readonly<Record<string, string>>;
}

/**
 * Machines that are this computer: scripts really run, by its /bin/sh, with MACHINE in their environment. What a real
 * connection does with sudo, silence and deadlines is tried on real ones.
 */
export function createFakeSsh({keys = () => [], environment = () => ({})}: FakeSshOptions = {}): FakeSsh {
  const states = new Map<string, FakeMachine>();
  const connects: string[] = [];
  const remotes = new Set<FakeRemote>();
  const count = {running: 0, most: 0};
  const ssh: Ssh = {
    async connect(target, signal) {
      connects.push(target.name);
      await answer(states.get(target.name), signal);
      const remote = new FakeRemote(target, environment(target.name), count, () => remotes.delete(remote));
      remotes.add(remote);
      return remote;
    },
    async hostKeys(target, signal) {
      await answer(states.get(target.name), signal);
      return keys(target);
    },
  };
  return {
    ssh,
    set: (machine, state) => void states.set(machine, state),
    cut(machine) {
      for (const remote of remotes) if (remote.target.name === machine) remote.cut();
    },
    connects,
    open: () => [...remotes].map(({target}) => target.name).sort(),
    running: () => count.running,
    mostRunning: () => count.most,
    async close() {
      await Promise.all([...remotes].map((remote) => remote.close()));
    },
  };
}

async function answer(state: FakeMachine | undefined, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  // Never in the same turn, as on a network.
  await new Promise((resolve) => setImmediate(resolve));
  signal.throwIfAborted();
  if (state === undefined || state === 'up') return;
  if (state !== 'silent') throw new ProblemError(state);
  await new Promise((_, reject) =>
    signal.addEventListener('abort', () => reject(signal.reason as Error), {once: true}),
  );
}

class FakeRemote implements Remote {
  readonly target: SshTarget;
  private readonly environment: Readonly<Record<string, string>>;
  private readonly count: {running: number; most: number};
  private readonly gone: () => void;
  private readonly lost = new AbortController();
  private readonly work = new Set<Promise<unknown>>();

  constructor(
    target: SshTarget,
    environment: Readonly<Record<string, string>>,
    count: {running: number; most: number},
    gone: () => void,
  ) {
    this.target = target;
    this.environment = environment;
    this.count = count;
    this.gone = gone;
  }

  cut(): void {
    const problem = {code: 'machine-lost' as const, message: `The connection to ${this.target.name} broke.`};
    this.lost.abort(new ProblemError({...problem, machine: this.target.name}));
    this.gone();
  }

  async close(): Promise<void> {
    if (!this.lost.signal.aborted) this.lost.abort(new Error('closed'));
    await Promise.allSettled(this.work);
    this.gone();
  }

  run: Remote['run'] = (command, watch, signal) => {
    const work = this.carryOut(command, watch, signal);
    this.work.add(work);
    work.catch(() => {}).finally(() => this.work.delete(work));
    return work;
  };

  private async carryOut(
    {script, args = [], stdin = '', deadlineMs}: RemoteCommand,
    watch: Parameters<Remote['run']>[1],
    signal: AbortSignal,
  ): Promise<RemoteEnd> {
    const ending = AbortSignal.any([signal, this.lost.signal]);
    ending.throwIfAborted();
    const child = spawn('/bin/sh', ['-c', script, 'sh', ...args], {
      cwd: tmpdir(),
      detached: true,
      env: {PATH: process.env['PATH'], MACHINE: this.target.name, ...this.environment},
    });
    this.count.running++;
    this.count.most = Math.max(this.count.most, this.count.running);
    const onAbort = () => endGroup(child);
    ending.addEventListener('abort', onAbort);
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      endGroup(child);
    }, deadlineMs ?? 600_000);
    if (child.pid !== undefined) watch.begun?.(child.pid);
    child.stdout.on('data', (bytes: Buffer) => watch.stdout?.(bytes));
    child.stderr.on('data', (bytes: Buffer) => watch.stderr?.(bytes));
    child.stdin.on('error', () => {});
    if (stdin instanceof Readable) stdin.pipe(child.stdin);
    else child.stdin.end(stdin);
    try {
      const end = await new Promise<RemoteEnd>((resolve, reject) => {
        child.on('error', reject);
        child.on('close', (exit, name) => resolve(name === null ? {exit: exit ?? 0} : {signal: name}));
      });
      ending.throwIfAborted();
      if (late) throw new ProblemError({code: 'deadline-passed', message: 'It ran for too long.'});
      return end;
    } finally {
      clearTimeout(timer);
      ending.removeEventListener('abort', onAbort);
      this.count.running--;
    }
  }

  /** Of pipes: what needs a pty is tried where there is one. */
  shell: Remote['shell'] = async ({script = 'exec sh'}) => {
    const child = spawn('/bin/sh', ['-c', script], {detached: true, env: {MACHINE: this.target.name}});
    const ended = new Promise<RemoteEnd>((resolve) => {
      child.on('close', (exit, name) => resolve(name === null ? {exit: exit ?? 0} : {signal: name}));
    });
    this.work.add(ended);
    const onLost = () => endGroup(child);
    this.lost.signal.addEventListener('abort', onLost);
    return {
      write: (bytes) => void child.stdin.write(bytes),
      resize() {},
      pause: () => void child.stdout.pause(),
      resume: () => void child.stdout.resume(),
      onOutput(listener) {
        child.stdout.on('data', listener);
        child.stderr.on('data', listener);
      },
      ended,
      close: () => endGroup(child),
    };
  };

  async isAlive(processGroup: number): Promise<boolean> {
    try {
      process.kill(-processGroup, 0);
      return true;
    } catch {
      return false;
    }
  }

  async endGroup(processGroup: number): Promise<void> {
    process.kill(-processGroup, 'SIGKILL');
  }
}

function endGroup({pid}: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // Gone already.
  }
}
