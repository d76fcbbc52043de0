import {constants} from 'node:fs';
import {access, open, stat} from 'node:fs/promises';
import {delimiter, join, resolve} from 'node:path';
import {ProblemError} from '../problem.ts';
import type {Command} from '../tools.ts';

/**
 * Makes sure that a command can be started, because a pty would only show a line of the C library: its folder, its
 * program (by PATH where the name has no slash) and the interpreter of a script. Throws `not-found`.
 */
export async function checkProgram(command: Command, searchPath: string): Promise<void> {
  const [name] = command.argv;
  if (!(await isFolder(command.cwd))) {
    throw notFound(command, `the folder ${command.cwd} is not there`, 'Check the path.');
  }
  const program = await find(name, command.cwd, searchPath);
  if (program === undefined) {
    throw name.includes('/')
      ? notFound(command, `${name} is not there`, `Look for it in ${command.cwd}.`)
      : notFound(command, `there is no program "${name}" on this computer`, 'Install it, or correct PATH.');
  }
  if (!program.executable) {
    throw notFound(
      command,
      `${name} may not be executed`,
      `Make it executable: chmod +x ${resolve(command.cwd, name)}`,
    );
  }
  await checkInterpreter(command, program.path);
}

interface Found {
  readonly path: string;
  readonly executable: boolean;
}

/** The first executable file of that name; failing that, one that is there but not executable. */
async function find(name: string, cwd: string, searchPath: string): Promise<Found | undefined> {
  const folders = name.includes('/') ? [cwd] : searchPath.split(delimiter).map((folder) => resolve(cwd, folder));
  let second: Found | undefined;
  for (const folder of folders) {
    const path = name.includes('/') ? resolve(folder, name) : join(folder, name);
    if (!(await isFile(path))) continue;
    if (await isExecutable(path)) return {path, executable: true};
    second ??= {path, executable: false};
  }
  return second;
}

/** '#!' lines name what really runs; a Windows line end makes that name a different one. */
async function checkInterpreter(command: Command, path: string): Promise<void> {
  const line = await firstLine(path);
  const interpreter = /^#![ \t]*([^ \t\n]+)/.exec(line)?.[1];
  if (interpreter === undefined || (await isFile(interpreter))) return;
  throw interpreter.endsWith('\r')
    ? notFound(
        command,
        `its first line asks for "${interpreter.slice(0, -1)}" with a Windows line end`,
        'Save it with Unix line ends (dos2unix).',
      )
    : notFound(
        command,
        `its first line asks for ${interpreter}, which is not there`,
        'Install it, or correct the line.',
      );
}

/** Empty for what may be executed but not read. */
async function firstLine(path: string): Promise<string> {
  const file = await open(path, 'r').catch(() => undefined);
  if (file === undefined) return '';
  try {
    const {buffer, bytesRead} = await file.read(Buffer.alloc(256), 0, 256, 0);
    return buffer.toString('latin1', 0, bytesRead);
  } finally {
    await file.close();
  }
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

function notFound(command: Command, why: string, hint: string): ProblemError {
  const line = withoutControls(command.argv.join(' '));
  return new ProblemError({
    code: 'not-found',
    message: `${line} cannot be started: ${withoutControls(why)}.`,
    hint: withoutControls(hint),
    command: line,
  });
}

function withoutControls(text: string): string {
  return text.replace(/\p{Cc}/gu, '\ufffd');
}
