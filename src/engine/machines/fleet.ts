import {createHash} from 'node:crypto';
import type {Remote, Ssh, SshCredential, SshTarget} from '../machine-tools.ts';
import {ProblemError} from '../problem.ts';
import type {Clock} from '../tools.ts';

export interface FleetOptions {
  readonly ssh: Ssh;
  readonly clock: Clock;
  /** Milliseconds a connection stays open that nobody uses. */
  readonly idleMs?: number;
}

/** A connection that is somebody's until `release`, among others. */
export interface Hold {
  readonly remote: Remote;
  /** `isBroken`: it is of no more use, and the next who asks is given another. */
  release(isBroken?: boolean): void;
}

interface Line {
  readonly key: string;
  readonly remote: Promise<Remote>;
  /** Ends connecting when nobody waits for it any more. */
  readonly attempt: AbortController;
  users: number;
  /** Monotonic milliseconds since when nobody uses it. */
  idleSince: number;
  /** Nobody else is given it. */
  isRetired: boolean;
}

/**
 * The connections to machines: one for each, shared by all that ask it, made when it is first needed and closed when it
 * was not for a while. Closing looks at all of them together: one timer, however many machines there are.
 */
export class Fleet {
  private readonly ssh: Ssh;
  private readonly clock: Clock;
  private readonly idleMs: number;
  private readonly lines = new Set<Line>();
  private readonly current = new Map<string, Line>();
  private readonly closing = new Set<Promise<void>>();
  private readonly ended = new AbortController();
  private isSweeping = false;

  constructor({ssh, clock, idleMs = 120_000}: FleetOptions) {
    this.ssh = ssh;
    this.clock = clock;
    this.idleMs = idleMs;
  }

  /** Throws what connecting throws. Aborting rejects with the signal's reason at once, whatever the machine does. */
  async hold(target: SshTarget, signal: AbortSignal): Promise<Hold> {
    signal.throwIfAborted();
    this.ended.signal.throwIfAborted();
    const key = keyOf(target);
    const line = this.current.get(key) ?? this.connect(key, target);
    line.users++;
    try {
      const remote = await orAborted(line.remote, signal);
      return {remote, release: (isBroken = false) => this.release(line, isBroken)};
    } catch (error) {
      line.users--;
      // Nobody waits for it any more: that is not worth a machine's time.
      if (line.users === 0) this.close(line);
      throw error;
    }
  }

  /** Closes all, and ends what still runs on them. Nothing can be asked afterwards. */
  async closeAll(): Promise<void> {
    this.ended.abort(stopped());
    for (const line of [...this.lines]) this.close(line);
    await Promise.all(this.closing);
  }

  private connect(key: string, target: SshTarget): Line {
    const attempt = new AbortController();
    const remote = this.ssh.connect(target, attempt.signal);
    const line = {key, remote, attempt, users: 0, idleSince: 0, isRetired: false};
    this.lines.add(line);
    this.current.set(key, line);
    remote.catch(() => this.retire(line));
    return line;
  }

  private release(line: Line, isBroken: boolean): void {
    line.users--;
    if (isBroken) this.retire(line);
    if (line.users > 0) return;
    line.idleSince = this.clock.monotonic();
    if (line.isRetired) this.close(line);
    else void this.sweep();
  }

  private retire(line: Line): void {
    line.isRetired = true;
    if (this.current.get(line.key) === line) this.current.delete(line.key);
  }

  private close(line: Line): void {
    this.retire(line);
    if (!this.lines.delete(line)) return;
    line.attempt.abort(stopped());
    const done = line.remote
      .then((remote) => remote.close())
      // How connecting failed was told to whoever asked, and a connection that cannot be closed is closed.
      .catch(() => {})
      .then(() => void this.closing.delete(done));
    this.closing.add(done);
  }

  private async sweep(): Promise<void> {
    if (this.isSweeping) return;
    this.isSweeping = true;
    const idle = () => [...this.lines].filter(({users}) => users === 0);
    while (idle().length > 0 && !this.ended.signal.aborted) {
      await this.clock.sleep(this.idleMs / 2, this.ended.signal).catch(() => {});
      const before = this.clock.monotonic() - this.idleMs;
      for (const line of idle()) if (line.idleSince <= before) this.close(line);
    }
    this.isSweeping = false;
  }
}

/** The same machine, login and way to it; secrets count without being kept in the clear. */
function keyOf(target: SshTarget): string {
  const hash = createHash('sha256');
  for (let hop: SshTarget | undefined = target; hop; hop = hop.jump) {
    const credentials = hop.credentials.map(wordsOf);
    const sudo = hop.sudoPassword?.reveal();
    hash.update(JSON.stringify([hop.name, hop.address, hop.port, hop.user, credentials, sudo ?? null]));
  }
  return hash.digest('hex');
}

function wordsOf(credential: SshCredential): readonly (string | undefined)[] {
  switch (credential.kind) {
    case 'password':
      return [credential.kind, credential.password.reveal()];
    case 'key':
      return [credential.kind, credential.file, credential.passphrase?.reveal()];
    case 'agent':
      return [credential.kind, credential.socket];
  }
}

/** Whether what was thrown says that the connection is of no more use. */
export function isBroken(error: unknown): boolean {
  return (
    error instanceof ProblemError &&
    (error.problem.code === 'machine-lost' || error.problem.code === 'machine-unreachable')
  );
}

/** What was asked goes on behind it; its failure then is nobody's. */
function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason as Error);
    signal.addEventListener('abort', onAbort, {once: true});
    void work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

function stopped(): ProblemError {
  return new ProblemError({code: 'stopped', message: 'The connection to the machine is not needed any more.'});
}
