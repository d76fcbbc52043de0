/**
 * Machines as tools: what the engine may do on one over SSH. remote/ brings the real ones, tests bring others.
 * Apart from tools.ts because everything here has to do with the wire, and nothing there has.
 */

import type {Readable} from 'node:stream';
import type {Secret} from './secret.ts';
import type {LiveStore} from './store.ts';

/** Where a machine is and how to log in. Holds secrets, which print as dots. */
export interface SshTarget {
  /** As the configuration calls it; for people. */
  readonly name: string;
  /** A host name, an IPv4 or an IPv6 address, without brackets. */
  readonly address: string;
  readonly port: number;
  readonly user: string;
  /** Tried in this order. */
  readonly credentials: readonly SshCredential[];
  /** For sudo. Absent: the password to log in with, if there is one. */
  readonly sudoPassword?: Secret;
  /** The machine to go through. */
  readonly jump?: SshTarget;
}

export type SshCredential =
  /** Also answers keyboard-interactive. */
  | {readonly kind: 'password'; readonly password: Secret}
  /** A private key of any kind OpenSSH writes; `passphrase` where it has one. */
  | {readonly kind: 'key'; readonly file: string; readonly passphrase?: Secret}
  /** The socket of an agent (SSH_AUTH_SOCK). */
  | {readonly kind: 'agent'; readonly socket: string};

export interface Ssh {
  /**
   * Logs in. Many at once are paced, and tried again where a stock sshd turned some away. Throws `host-key-unknown`,
   * `host-key-changed` (refused before anything secret was sent), `machine-unreachable`, `login-refused`,
   * `secret-missing` (a key with a passphrase nobody gave).
   */
  connect(target: SshTarget, signal: AbortSignal): Promise<Remote>;
  /**
   * The host keys a machine shows, one of each kind, without logging in. Through a jump host, that one must be
   * trusted. Throws `machine-unreachable`.
   */
  hostKeys(target: SshTarget, signal: AbortSignal): Promise<readonly HostKey[]>;
}

export interface HostKey {
  /** As in known_hosts: 'ssh-ed25519', 'ssh-rsa', 'ecdsa-sha2-nistp256'. */
  readonly type: string;
  /** The key itself, base64, as the third word of a line of known_hosts. */
  readonly blob: string;
  /** 'SHA256:…' as ssh-keygen -lf prints it. */
  readonly fingerprint: string;
}

/** One connection to a machine; everything on it is multiplexed. It comes back by itself where nothing runs on it. */
export interface Remote {
  readonly target: SshTarget;
  /**
   * Runs a POSIX script by /bin/sh, whatever the login shell is and whatever its profile prints. Resolves with how it
   * ended, which is never an error here. Aborting ends its whole process group on the machine (TERM, later KILL) and
   * rejects with the signal's reason, never before the group is gone or the machine cannot be asked. Throws
   * `machine-lost` when the connection broke and did not come back (`processGroup` in its detail), `deadline-passed`
   * when it ran or was silent for too long, `sudo-refused`, `secret-missing` (sudo asks and nobody gave a password).
   *
   * When the connection breaks, the command goes on, is followed over another one, and its end is told; of its output
   * then only the last is heard. One that may not have been sent all of its stdin took that for the end: it is ended,
   * and is `machine-lost`.
   */
  run(command: RemoteCommand, watch: RemoteWatch, signal: AbortSignal): Promise<RemoteEnd>;
  /** An interactive program in a pty of the machine; without a script, the login shell. */
  shell(request: ShellRequest, signal: AbortSignal): Promise<RemoteShell>;
  /** The process group of an earlier command: whether something of it still runs. */
  isAlive(processGroup: number, signal: AbortSignal): Promise<boolean>;
  /** Ends a process group, TERM first, KILL after ten seconds. Resolves when nothing of it runs. */
  endGroup(processGroup: number, signal: AbortSignal): Promise<void>;
  /** Closes the connection. What still runs is ended as by aborting. */
  close(): Promise<void>;
}

export interface RemoteCommand {
  /** POSIX sh. Never a secret: those go through stdin. */
  readonly script: string;
  /** $1, $2, … of the script. */
  readonly args?: readonly string[];
  readonly stdin?: string | Uint8Array | Readable;
  /** Runs the whole script under one sudo; nothing of it happens where the account is root already or sudo asks for nothing. */
  readonly sudo?: boolean;
  /**
   * Can be done again without harm. Then it is not followed over a connection that broke, but ended there, and takes
   * fewer processes on the machine. It is done once more where the machine is back, if whoever watches hears of that
   * (`again`) and its stdin is no stream; else it is `machine-lost`.
   */
  readonly repeatable?: boolean;
  /** Changes nothing on the machine, so that no plan needs to list it. */
  readonly reads?: true;
  /** Milliseconds from its start to its end. */
  readonly deadlineMs?: number;
  /** Milliseconds without any output before it is ended. */
  readonly silenceMs?: number;
}

/** The machines of a configuration, by name. */
export interface MachineAccess {
  /**
   * Does something on a machine, over a connection that is shared with everybody who asks it, and is not to be closed.
   * Throws `unknown-name`, what is wrong with the configuration, what connecting throws, and what the work throws.
   */
  use<T>(machine: string, work: (remote: Remote) => Promise<T>, signal: AbortSignal): Promise<T>;
}

export interface RemoteWatch {
  stdout?(bytes: Uint8Array): void;
  stderr?(bytes: Uint8Array): void;
  /** Hears the process group before the script does anything: for the journal, and to find it again. */
  begun?(processGroup: number): void;
  /** Hears that a command that can be repeated is: what it has printed so far counts for nothing. */
  again?(): void;
}

export interface RemoteEnd {
  /** Absent when a signal ended it. */
  readonly exit?: number;
  readonly signal?: string;
}

export interface ShellRequest {
  readonly columns: number;
  readonly rows: number;
  /** POSIX sh, run in the pty; absent: the login shell. */
  readonly script?: string;
}

/** A program in a pty of a machine: bytes in, bytes out. terminal/ makes a screen of them. */
export interface RemoteShell {
  write(bytes: string | Uint8Array): void;
  resize(columns: number, rows: number): void;
  /** Holds the other side back while whoever reads is behind. */
  pause(): void;
  resume(): void;
  /** Called with what the program prints, until it ends. */
  onOutput(listener: (bytes: Uint8Array) => void): void;
  readonly ended: Promise<RemoteEnd>;
  /** Hangs up. */
  close(): void;
}

/** A program in a pty with a screen in memory. Nothing it prints reaches our own terminal as it is. */
export interface TerminalSession {
  /** Changes with every paint of its screen, at most every 16 ms. */
  readonly screen: LiveStore<TerminalPicture>;
  /** What the operator typed or pasted, as the terminal sent it; turned into what the program asked for. */
  write(bytes: string | Uint8Array): void;
  resize(columns: number, rows: number): void;
  /** Lines scrolled back into what left the screen; 0: at the end. */
  scroll(lines: number): void;
  readonly ended: Promise<RemoteEnd>;
  close(): void;
}

export interface TerminalPicture {
  readonly columns: number;
  /** Text with SGR only, top to bottom, each at most `columns` cells. */
  readonly rows: readonly string[];
  /** Absent: hidden, or scrolled away. */
  readonly cursor?: {readonly column: number; readonly row: number};
  readonly title?: string;
  /** Lines above the screen that can be scrolled to. */
  readonly above: number;
  readonly scrolled: number;
}
