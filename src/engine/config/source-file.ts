/** One file of a configuration, read once: its text, its value, and the line of every key. */

import {constants} from 'node:fs';
import {open} from 'node:fs/promises';
import {basename} from 'node:path';
import {displayText} from '../names.ts';
import {type Problem, ProblemError} from '../problem.ts';
import type {YamlFile} from './yaml.ts';

/** What it holds is out of the way of whoever prints it, since there may be secrets in it. */
export class SourceFile {
  /** As it was given to be read; absolute when the configuration was. */
  readonly file: string;
  readonly name: string;
  /** The permission bits of the file itself, links followed. */
  readonly mode: number;
  readonly #text: string;
  readonly #yaml: YamlFile;

  constructor(file: string, mode: number, text: string, yaml: YamlFile) {
    this.file = file;
    this.name = basename(file);
    this.mode = mode;
    this.#text = text;
    this.#yaml = yaml;
  }

  get text(): string {
    return this.#text;
  }

  get yaml(): YamlFile {
    return this.#yaml;
  }
}

/** Bytes; real ones have some kilobytes. */
export const largestFile = 4 * 1024 * 1024;

/** Undefined after the reason was noted. A file with mistakes in its YAML is given, with a value of undefined. */
export async function readSourceFile(file: string, problems: Problem[]): Promise<SourceFile | undefined> {
  try {
    const {bytes, mode} = await readBounded(file);
    const text = decode(bytes, file);
    // The YAML library is loaded when there is something to read.
    const {readYaml} = await import('./yaml.ts');
    const yaml = readYaml(text, file);
    problems.push(...yaml.problems);
    return new SourceFile(file, mode, text, yaml);
  } catch (error) {
    if (error instanceof Unreadable) problems.push(error.problem);
    else problems.push(unreadable(file, reason(error as NodeJS.ErrnoException)));
    return undefined;
  }
}

/** The text exactly as it is, an order mark at its beginning included. Throws `file-unreadable`. */
export async function readExactly(file: string): Promise<string> {
  try {
    const {bytes} = await readBounded(file);
    return decode(bytes, file, {ignoreBOM: true});
  } catch (error) {
    const because =
      error instanceof Unreadable ? error.problem : unreadable(file, reason(error as NodeJS.ErrnoException));
    throw new ProblemError(because);
  }
}

class Unreadable extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.message);
    this.problem = problem;
  }
}

async function readBounded(file: string): Promise<{bytes: Buffer; mode: number}> {
  // Opening a pipe would wait for its other end, and reading a device could go on for ever.
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const facts = await handle.stat();
    if (!facts.isFile()) throw new Unreadable(unreadable(file, 'it is no regular file'));
    // One byte more than allowed shows a file that grew since it was asked for its size.
    const bytes = Buffer.alloc(Math.min(facts.size, largestFile) + 1);
    const {bytesRead} = await handle.read(bytes, 0, bytes.length, 0);
    if (facts.size > largestFile || bytesRead > largestFile) {
      throw new Unreadable({
        code: 'file-unreadable',
        message: `${displayText(file)} is too large for a configuration (${facts.size} bytes, at most ${largestFile}).`,
        hint: 'Give the configuration folder of a cluster; such a file has some kilobytes.',
        file,
      });
    }
    return {bytes: bytes.subarray(0, bytesRead), mode: facts.mode & 0o777};
  } finally {
    await handle.close();
  }
}

function decode(bytes: Buffer, file: string, options: {readonly ignoreBOM?: boolean} = {}): string {
  try {
    return new TextDecoder('utf-8', {fatal: true, ...options}).decode(bytes);
  } catch {
    throw new Unreadable({
      code: 'file-unreadable',
      message: `${displayText(file)} is not written in UTF-8.`,
      hint: `Save it as UTF-8: iconv -f latin1 -t utf8 ${displayText(basename(file))}`,
      file,
      line: firstWrongLine(bytes),
    });
  }
}

function firstWrongLine(bytes: Buffer): number {
  let line = 1;
  let start = 0;
  for (;;) {
    const end = bytes.indexOf(10, start);
    const part = bytes.subarray(start, end === -1 ? undefined : end);
    if (part.includes(0) || !part.equals(Buffer.from(part.toString('utf8'), 'utf8'))) return line;
    if (end === -1) return line;
    start = end + 1;
    line++;
  }
}

function unreadable(file: string, because: string): Problem {
  return {
    code: 'file-unreadable',
    message: `${displayText(file)} cannot be read: ${because}.`,
    hint: `Look at it with: ls -la ${displayText(file)}`,
    file,
  };
}

function reason({code}: NodeJS.ErrnoException): string {
  if (code === 'EACCES' || code === 'EPERM') return 'permission denied';
  if (code === 'ELOOP') return 'its symbolic links lead in a circle';
  if (code === 'ENOENT') return 'it is not there';
  if (code === 'EISDIR') return 'it is a folder';
  return code ?? 'of an unknown error';
}
