/**
 * The world outside, as interfaces. main.tsx and the runner bring the real ones; tests bring others.
 * Leaves (docker/, terminal/, files/) implement these and import nothing else of the engine
 * but problem.ts, printable.ts and secret.ts. Machines over SSH are in machine-tools.ts, Kubernetes in kube-tools.ts.
 */

import type {Readable} from 'node:stream';
import type {KubeAccess} from './kube-tools.ts';
import type {MachineAccess} from './machine-tools.ts';
import type {Secret} from './secret.ts';

export interface Tools {
  readonly docker: Docker;
  readonly terminal: Terminal;
  readonly files: Files;
  readonly machines: MachineAccess;
  readonly kube: KubeAccess;
  readonly clock: Clock;
  /** The folder of what is shipped beside the program: scripts, manifests and templates. Only read. */
  readonly assets: string;
}

// ---------------------------------------------------------------- time

export interface Clock {
  /** Milliseconds since 1970: for showing, never for durations. */
  now(): number;
  /** Milliseconds of the machine's monotonic clock, the same for all processes of one boot. */
  monotonic(): number;
  /** Rejects with signal.reason when aborted. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

// ---------------------------------------------------------------- docker

export interface Docker {
  /** Where the engine is, as a person would write it: unix:///var/run/docker.sock, tcp://host:2376, ssh://host. */
  readonly endpoint: string;
  /** Throws `engine-unreachable` (what was tried, what to check) when nobody answers. */
  info(signal?: AbortSignal): Promise<EngineInfo>;
  /** Undefined when the engine has no such image. */
  image(reference: string, signal?: AbortSignal): Promise<EngineImage | undefined>;
  /**
   * Builds one image and tags it. Errors inside the 200 stream count as errors: `build-failed` with the step,
   * its exit code and last lines. Aborting cancels the build on the engine.
   */
  build(request: BuildRequest, watch: BuildWatch, signal: AbortSignal): Promise<{readonly id: string}>;
  tag(image: string, reference: string, signal?: AbortSignal): Promise<void>;
  /** Pushes a reference the engine has. Returns the digest the registry gave. */
  push(
    reference: string,
    credentials: Credentials | undefined,
    watch: PushWatch,
    signal: AbortSignal,
  ): Promise<{readonly digest: string}>;
  /** Brings what a registry has under a reference to the engine. Returns its digest. */
  pull(
    reference: string,
    credentials: Credentials | undefined,
    watch: PushWatch,
    signal: AbortSignal,
  ): Promise<{readonly digest: string}>;
  /**
   * The digest a registry has for a reference, asked through the engine; undefined when it has none.
   * Throws `registry-unreachable` or `registry-login`.
   */
  registryDigest(
    reference: string,
    credentials: Credentials | undefined,
    signal?: AbortSignal,
  ): Promise<string | undefined>;
  /** Credentials for a registry host from the docker configuration and its helpers; undefined when there are none. */
  credentials(registry: string, signal?: AbortSignal): Promise<Credentials | undefined>;
}

/** The name Docker's own registry goes by in references; its credentials are kept under another one. */
export const dockerHub = 'docker.io';

/** The registry host of a reference, as in the docker configuration: 'docker.io' where none is written. */
export function registryOf(reference: string): string {
  const slash = reference.indexOf('/');
  const first = slash < 0 ? '' : reference.slice(0, slash);
  return /[.:]/.test(first) || first === 'localhost' ? first : dockerHub;
}

export interface EngineInfo {
  readonly version: string;
  readonly apiVersion: string;
  readonly name: string;
  /** Identity of this engine, stable over restarts. */
  readonly id: string;
  readonly platform: string;
  readonly cpus: number;
  readonly buildkit: boolean;
}

export interface EngineImage {
  /** sha256:… of the image's configuration. */
  readonly id: string;
  /** repository@sha256:… for each registry the image was pulled from or pushed to. */
  readonly repoDigests: readonly string[];
  readonly repoTags: readonly string[];
  readonly sizeBytes: number;
  readonly created: string;
}

export interface BuildRequest {
  /** The context as an uncompressed tar; called once per attempt. */
  context(): Readable;
  /** Path of the Dockerfile inside the context, with forward slashes. */
  readonly dockerfile: string;
  readonly tag: string;
  readonly builder: 'classic' | 'buildkit';
  readonly noCache?: boolean;
  readonly buildArgs?: Readonly<Record<string, string>>;
  readonly platform?: string;
  /** For bases from registries that want a login, before those of the docker configuration are tried. */
  readonly credentials?: readonly Credentials[];
}

export interface BuildWatch {
  /** Output as a terminal would show it. */
  output(bytes: Uint8Array): void;
  /** Steps done of steps known: 'Step 3/12'. */
  progress(done: number, total?: number): void;
}

export interface PushWatch {
  output(bytes: Uint8Array): void;
  /** Bytes pushed of bytes known so far, all layers together. */
  progress(done: number, total?: number): void;
}

export interface Credentials {
  readonly registry: string;
  readonly username?: string;
  readonly password?: Secret;
  readonly identityToken?: Secret;
}

// ---------------------------------------------------------------- processes of this computer

export interface Terminal {
  /** 'pty', or 'pipes' where no pty can be had (musl, an unknown processor): said on screen. */
  readonly kind: 'pty' | 'pipes';
  /**
   * Runs a command of this computer to its end: argv as it is, no shell. Output comes as a terminal would show it.
   * A command, script interpreter or folder that is not there throws `not-found`. Aborting ends the whole process
   * session (TERM, later KILL) and rejects with the signal's reason, never before the command is gone.
   */
  run(command: Command, watch: CommandWatch, signal: AbortSignal): Promise<CommandEnd>;
}

export interface CommandWatch {
  output(bytes: Uint8Array): void;
  /**
   * Hears the number of the process session the command is in; over pipes before the command does anything. When it
   * throws, the command is ended.
   */
  begun?(session: number): void;
}

export interface Command {
  readonly argv: readonly [string, ...string[]];
  readonly cwd: string;
  /** Added to the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
  readonly columns?: number;
  readonly rows?: number;
}

export interface CommandEnd {
  /** Absent when a signal ended it. */
  readonly exit?: number;
  readonly signal?: string;
}

/** A program that reads what it is given, answers and ends: no task, and nothing to watch. */
export interface Question {
  readonly argv: readonly [string, ...string[]];
  readonly cwd: string;
  /** All of it; nothing is inherited. */
  readonly environment: Readonly<Record<string, string>>;
  /** For its stdin, where secrets may be. */
  readonly input: string;
  /** Of stdout and stderr together; whoever says more is ended. */
  readonly mostBytes: number;
}

export interface Answer extends CommandEnd {
  readonly stdout: string;
  readonly stderr: string;
  readonly saidTooMuch: boolean;
}

/** terminal/ask-program.ts. Beside the tools: tasks are not given it. */
export type AskProgram = (question: Question, signal: AbortSignal) => Promise<Answer>;

// ---------------------------------------------------------------- files of this computer

export interface Files {
  /**
   * Copies a whole tree (or one file or link): reflinks where the file system can, else copies, never hard links;
   * modes, mtimes and symbolic links kept. The source is not written in any way (atime aside). `to` may be there
   * already: files of the same name are replaced. Fails (`file-unreadable`, `disk-full`, `path-leaves-tree`) and
   * aborts (signal.reason) without leaving what it made.
   */
  copyTree(from: string, to: string, watch: CopyWatch, signal: AbortSignal): Promise<CopyReport>;
  /** Removes a tree if it is there, read-only folders included. */
  removeTree(path: string): Promise<void>;
  /** Makes a folder, and those above it, for this user alone (0700); one that is there stays as it is. */
  makeFolder(path: string): Promise<void>;
  /**
   * Replaces a file whole or not at all; mode in octal. Its folder must be there. With an owner it belongs to that
   * one, or nothing is written (`file-unwritable`).
   */
  writeFile(path: string, content: string | Uint8Array, mode: number, owner?: FileOwner): Promise<void>;
  /**
   * Begins a file that comes in pieces; one that is there already is replaced. Memory stays flat: whoever adds a piece
   * waits for it. Its folder must be there. Throws `disk-full` where there is no room for `bytes`.
   */
  beginFile(path: string, mode: number, bytes?: number): Promise<FileDraft>;
  /** Gives a file another name on the same file system, in one step; one that has that name is replaced. */
  moveFile(from: string, to: string): Promise<void>;
  /**
   * Every entry of a build context after .dockerignore (for BuildKit: after `<dockerfile>.dockerignore`, if there is
   * one), sorted by path; classic unless said otherwise. Reads only. Sockets are left out.
   * Throws `not-found` without the Dockerfile, `file-unreadable` for what cannot be read or sent.
   */
  listContext(
    folder: string,
    dockerfile: string,
    signal?: AbortSignal,
    builder?: BuildRequest['builder'],
  ): Promise<readonly ContextEntry[]>;
  /**
   * The same entries as a tar stream that is read from disk while it is consumed (flat memory). The stream fails
   * with `file-unreadable` when a file is no longer as it was listed.
   */
  packContext(folder: string, entries: readonly ContextEntry[]): Readable;
  /**
   * SHA-256 (hexadecimal) of the content of each regular file by path, cached by path, size, mtime, ctime and inode; files younger than
   * their cache entry are read again. Other entries hash their kind and link target.
   */
  hashEntries(
    folder: string,
    entries: readonly ContextEntry[],
    signal?: AbortSignal,
  ): Promise<ReadonlyMap<string, string>>;
  /**
   * The real path of a name inside a folder, every link followed; the name may be there or not. Throws
   * `path-leaves-tree` when it is absolute, climbs out or is led out by a link.
   */
  resolveInside(root: string, name: string): Promise<string>;
  /** Whether something is there; a link that points nowhere counts as something. */
  exists(path: string): Promise<boolean>;
  /** A whole file as text (UTF-8, broken bytes replaced). Throws `file-unreadable`. */
  readText(path: string): Promise<string>;
  /** Gives the owner the right to execute a file, as `chmod u+x`. */
  makeExecutable(path: string): Promise<void>;
}

export interface FileOwner {
  readonly uid: number;
  readonly gid: number;
}

export interface FileDraft {
  /** What cannot be written is told by `finish`. */
  add(bytes: Uint8Array): void;
  /** Gives it its mode; all of it is on the disk then. Throws `disk-full`, `file-unwritable`. */
  finish(): Promise<void>;
  /** Removes it. */
  discard(): Promise<void>;
}

export interface CopyWatch {
  /** Bytes of file content. */
  progress(done: number, total?: number): void;
}

export interface CopyReport {
  readonly files: number;
  readonly bytes: number;
  readonly how: 'reflink' | 'copy' | 'mixed';
  /** Sockets, named pipes and devices, which are not copied; relative to the tree. */
  readonly skipped: readonly string[];
}

export interface ContextEntry {
  /** Relative to the context folder, forward slashes, no leading './'. */
  readonly path: string;
  readonly kind: 'file' | 'folder' | 'link';
  /** Permission bits. */
  readonly mode: number;
  readonly size: number;
  readonly mtimeMs: number;
  /** Where a symbolic link points, as written. */
  readonly target?: string;
  /** Where the content is read from, if not at its path: a Dockerfile that is a link is sent as the file it leads to. */
  readonly readFrom?: string;
  /** Path of an earlier entry of which this file is another name (a hard link). */
  readonly sameAs?: string;
}
